"""Recordings as users give them: files, or arrays of samples."""

from __future__ import annotations

import numbers
import os
from typing import Any, Iterable, Sequence, Union

import numpy as np

from ._errors import ArgumentError

#: A file, samples (1-D), or several of one of them.
Recordings = Union[
    str, bytes, "os.PathLike[str]", np.ndarray, Iterable[Union[str, bytes, "os.PathLike[str]"]], Iterable[np.ndarray]]

_PATHS = (str, bytes, os.PathLike)

#: An array with more columns than this has a recording per row, and otherwise a channel per column.
_MOST_CHANNELS = 32


def sample_rate(rate: Any) -> int:
    """The rate as an integer. Some libraries return it as a float."""
    if isinstance(rate, numbers.Real) and not isinstance(rate, bool) and float(rate).is_integer() and 0 < rate < 1 << 31:
        return int(rate)
    raise ArgumentError(f"The rate is {rate!r}. Give a whole number of samples per second, such as 16000.", "python.rate")


def _requires_numbers(array: np.ndarray) -> None:
    if array.dtype.kind not in "if":
        raise ArgumentError(f"The samples are of type {array.dtype}. Give floating-point numbers or signed integers.", "python.samples")


def _requires_one_channel(array: np.ndarray) -> None:
    if array.ndim == 1:
        return
    if array.ndim != 2 or min(array.shape) > _MOST_CHANNELS:
        raise ArgumentError(f"The samples have {array.ndim} dimensions. Give one channel, as an array of one dimension.", "python.samples")
    first, axis = ("samples[:, 0]", 1) if array.shape[0] >= array.shape[1] else ("samples[0]", 0)
    # A mean of integers is a float, which is not scaled.
    scale = f" / {-int(np.iinfo(array.dtype).min)}" if array.dtype.kind == "i" else ""
    raise ArgumentError(
        f"The samples have two dimensions, {array.shape[0]} × {array.shape[1]}. Give one channel, such as {first}, or the mean of all, "
        f"samples.mean(axis={axis}){scale}.", "python.samples")


def samples(array: Any) -> np.ndarray:
    """Mono samples as contiguous float32 in −1 … 1; integers are divided by the largest magnitude of their type."""
    array = np.asarray(array)
    _requires_numbers(array)
    _requires_one_channel(array)
    if array.dtype.kind == "i":
        # In double precision, so that 32 bits are rounded once.
        array = array / -float(np.iinfo(array.dtype).min)
    return np.ascontiguousarray(array, np.float32)


def recordings(inputs: Recordings, rate: float | None) -> tuple[list[str], list[np.ndarray]]:
    """The files, or the arrays, of which one list is empty. Bytes of file names that are not UTF-8 are surrogates, as in ``os``."""
    if isinstance(inputs, _PATHS):
        inputs = [inputs]
    elif isinstance(inputs, np.ndarray) and inputs.dtype.kind in "if":
        if inputs.ndim == 2 and inputs.shape[1] <= _MOST_CHANNELS:
            _requires_one_channel(inputs)
        inputs = [inputs] if inputs.ndim == 1 else list(inputs)
    every: Sequence[Any] = list(inputs)
    if all(isinstance(one, _PATHS) for one in every):
        if rate is not None and every:
            raise ArgumentError("The rate is that of arrays; files know theirs. Leave it out.", "python.rate")
        return [os.fsdecode(one) for one in every], []
    if any(isinstance(one, _PATHS) for one in every):
        raise ArgumentError("There are files and arrays. Give only files or only arrays.", "python.inputs")
    if rate is None:
        raise ArgumentError("Arrays need their rate in samples per second. Give rate=16000, for instance.", "python.rate")
    sample_rate(rate)
    return [], [samples(one) for one in every]


def processors() -> int:
    """The number of processors available to this process."""
    return len(os.sched_getaffinity(0))
