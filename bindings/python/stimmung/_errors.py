"""What can go wrong."""

from __future__ import annotations


class StimmungError(RuntimeError):
    """An error whose message names the file, the cause and a remedy.

    Attributes:
        code: the kind of error, such as ``audio.truncated``. Codes are stable across versions.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple:
        return (type(self), (str(self), self.code))


class ArgumentError(StimmungError, ValueError):
    """An argument or option is invalid."""


class RecordingWarning(UserWarning):
    """Something about a recording is unusual, such as a header that declares another duration."""
