"""Recognition of speech as it arrives."""

from __future__ import annotations

import json
import os
import weakref
from typing import Any

import numpy as np

from . import _inputs, _library
from ._errors import ArgumentError
from ._model import Model, Path, opened


class Session:
    """Samples in, events out: those that ``stimmung stream`` prints.

        with stimmung.Session(16000) as session:
            for chunk in microphone:
                for event in session.push(chunk): print(event["event"], event["time"])
            events = session.finish()

    A session belongs to one thread at a time. Any cut of the samples into chunks gives the same events. docs/events.md describes them.

    Args:
        rate: samples per second, a whole number, 1000 … 1000000.
        model: an opened model, or a name that ``Model`` takes. Default: the built-in model.
        voice: the voice of the person who speaks, as ``enrol`` wrote it.
        reject: label decisions with less confidence ``uncertain``, 0 … 1.
        interval: seconds between posteriors, 0.05 … 60; 0 for none.
        speech: ``detected`` or ``all``. Default: that of the model's recipe.
        enrol: a file; the voice is learnt from this session, used from then on, and written at the end.
        adapt: learn the source (line, room, speakers) from this session's speech, without labels.
        detection: ``least_speech``, ``least_pause``, ``padding_before``, ``padding_after`` (seconds), ``upper_threshold``,
            ``lower_threshold`` (0 … 1) of the speech detection.
    """

    def __init__(
        self,
        rate: float,
        *,
        model: Model | Path | None = None,
        voice: Path | None = None,
        reject: float | None = None,
        interval: float = 0.25,
        speech: str | None = None,
        enrol: Path | None = None,
        adapt: bool = False,
        **detection: float,
    ) -> None:
        #: Samples per second.
        self.rate = _inputs.sample_rate(rate)
        #: The model, whose classes are ``model.labels``.
        self.model = opened(model, voice, reject)
        settings = _library.options(
            interval=interval, speech=speech, enrol=None if enrol is None else os.fspath(enrol), adapt=adapt,
            **{_camel(name): value for name, value in detection.items()},
        )
        self._handle = _library.handle("session_open", self.model._handle, self.rate, settings)
        # Also runs at the end of the process, before modules are torn down.
        self._free = weakref.finalize(self, _library.call, "session_free", self._handle)

    def push(self, samples: np.ndarray) -> list[dict[str, Any]]:
        """Takes the next samples, mono, 1-D: float in −1 … 1 or signed integers. Returns the events that became certain.

        Raises:
            StimmungError: for samples that are not finite; after ``finish``; for a session that another thread uses.
        """
        array = _inputs.samples(samples)
        _library.call("session_push", self._opened(), array.ctypes.data, len(array))
        return self._events()

    def finish(self) -> list[dict[str, Any]]:
        """Ends the session. Returns the remaining events, of which the last is ``finished``."""
        _library.call("session_finish", self._opened())
        return self._events()

    def close(self) -> None:
        """Frees the session. ``with`` does this."""
        self._free()

    def _opened(self) -> int:
        if not self._free.alive:
            raise ArgumentError("The session is closed. Open another one for more samples.", "python.closed")
        return self._handle

    def _events(self) -> list[dict[str, Any]]:
        events = []
        while (line := _library.text("session_next", self._handle)) is not None:
            events.append(json.loads(line))
        return events

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _camel(name: str) -> str:
    """``leastPause`` for ``least_pause``."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
