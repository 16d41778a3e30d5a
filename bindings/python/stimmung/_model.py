"""Models."""

from __future__ import annotations

import os
import threading
import weakref
from typing import Callable, TypeVar, Union

from . import _interrupt, _library

Result = TypeVar("Result")
Path = Union[str, "os.PathLike[str]"]


class Model:
    """A trained model. Any number of threads may use it at a time.

    Args:
        name: path of a model file, ``"built-in"``, or ``"encoder"``: the built-in model for voices unlike its training data, which
            needs ``stimmung encoder install``. Default: the built-in model.
        voice: the voice of the person who speaks, as ``enrol`` wrote it.
        reject: label decisions with less confidence ``uncertain``, 0 … 1.
    """

    def __init__(self, name: Path | None = None, *, voice: Path | None = None, reject: float | None = None) -> None:
        settings = _library.options(voice=None if voice is None else os.fspath(voice), reject=reject)
        self._handle = _library.handle("model_open", None if name is None else os.fsencode(name), settings)
        # Also runs at the end of the process, before modules are torn down.
        weakref.finalize(self, _library.call, "model_free", self._handle)
        #: The classes, in the model's order.
        self.labels: tuple[str, ...] = tuple(_library.document("model_labels", self._handle))

    def __repr__(self) -> str:
        return f"<stimmung.Model {', '.join(self.labels)}>"

    def _interruptible(self, work: Callable[[threading.Event], Result]) -> Result:
        """Runs work that Ctrl-C cancels, as ``_interrupt.run`` describes."""
        return _interrupt.run(work, lambda: _library.call("model_cancel", self._handle))


#: The models that were opened last, by name, options and the state of their files.
_opened: dict[tuple, Model] = {}
_MOST_OPENED = 8


def _state(path: Path | None) -> tuple | None:
    try:
        status = os.stat(path) if path is not None else None
    except OSError:
        return None
    return status and (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def opened(model: Model | Path | None, voice: Path | None, reject: float | None) -> Model:
    """A model as functions take it: opened, or a name."""
    if isinstance(model, Model):
        if voice is not None or reject is not None:
            raise ValueError("An opened model has its own voice and reject. Give them to Model(...).")
        return model
    names = tuple(None if one is None else os.fspath(one) for one in (model, voice))
    key = (names, _state(model), _state(voice), reject)
    if key not in _opened:
        made = Model(model, voice=voice, reject=reject)
        while len(_opened) >= _MOST_OPENED:
            _opened.pop(next(iter(_opened)), None)
        _opened[key] = made
        return made
    return _opened[key]
