"""Enrolled voices."""

from __future__ import annotations

import os
import warnings
from typing import Any, Iterable

from . import _inputs, _library
from ._errors import ArgumentError, RecordingWarning
from ._model import Model, Path, opened


def enrol(inputs: Path | Iterable[Path], output: Path, *, model: Model | Path | None = None) -> dict[str, Any]:
    """Learns the voice of one person from recordings without labels, and writes it to a file.

        stimmung.enrol(["anna1.wav", "anna2.wav"], "anna.voice")
        stimmung.predict("call.wav", voice="anna.voice")

    Args:
        inputs: one file or several, of half a minute of ordinary speech together.
        output: the voice file. Nothing that could be turned back into audio is kept.
        model: an opened model, or a name that ``Model`` takes. A voice fits all models with the same features.

    Returns:
        ``seconds`` of speech, the number of ``stretches`` between pauses, and ``share``, how much the voice counts against the mean of
        the training speakers (0 … 1).

    Raises:
        StimmungError: for a file that cannot be read; without speech; for a model that cannot use voices.
    """
    files, arrays = _inputs.recordings(inputs, None)  # type: ignore[arg-type]
    if arrays or not files:
        raise ArgumentError("Enrolment needs files. Give the paths of recordings.", "python.inputs")
    model = opened(model, None, None)
    count = _library.paths(files)
    summary = model._interruptible(lambda _: _library.document("enrol", model._handle, *count, os.fsencode(output)))
    for warning in summary.pop("warnings"):
        warnings.warn(f"{os.fspath(output)}: {warning}", RecordingWarning, stacklevel=2)
    return summary
