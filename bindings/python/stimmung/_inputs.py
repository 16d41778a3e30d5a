"""Recordings as users give them: files, or arrays of samples."""

from __future__ import annotations

import os
from typing import Any, Iterable, Sequence, Union

import numpy as np

from ._errors import ArgumentError

#: A file, samples (1-D), or several of one of them.
Recordings = Union[str, "os.PathLike[str]", np.ndarray, Iterable[Union[str, "os.PathLike[str]"]], Iterable[np.ndarray]]


def samples(array: Any) -> np.ndarray:
    """Mono samples as contiguous float32 in −1 … 1; integers are divided by the largest magnitude of their type."""
    array = np.asarray(array)
    if array.ndim != 1:
        raise ArgumentError(f"The samples have {array.ndim} dimensions. Give one channel, as an array of one dimension.", "python.samples")
    if array.dtype.kind == "i":
        # In double precision, so that 32 bits are rounded once.
        array = array / -float(np.iinfo(array.dtype).min)
    elif array.dtype.kind != "f":
        raise ArgumentError(f"The samples are of type {array.dtype}. Give floating-point numbers or signed integers.", "python.samples")
    return np.ascontiguousarray(array, np.float32)


def recordings(inputs: Recordings, rate: int | None) -> tuple[list[str], list[np.ndarray]]:
    """The files, or the arrays, of which one list is empty."""
    if isinstance(inputs, (str, os.PathLike)):
        inputs = [inputs]
    elif isinstance(inputs, np.ndarray) and inputs.dtype.kind in "if":
        inputs = [inputs] if inputs.ndim == 1 else list(inputs)
    every: Sequence[Any] = list(inputs)
    if all(isinstance(one, (str, os.PathLike)) for one in every):
        if rate is not None and every:
            raise ArgumentError("The rate is that of arrays; files know theirs. Leave it out.", "python.rate")
        return [os.fspath(one) for one in every], []
    if any(isinstance(one, (str, os.PathLike)) for one in every):
        raise ArgumentError("There are files and arrays. Give only files or only arrays.", "python.inputs")
    if rate is None:
        raise ArgumentError("Arrays need their rate in samples per second. Give rate=16000, for instance.", "python.rate")
    return [], [samples(one) for one in every]


def processors() -> int:
    """The number of processors available to this process."""
    return len(os.sched_getaffinity(0))
