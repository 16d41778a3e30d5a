"""Features of recordings."""

from __future__ import annotations

import json
import os
import threading
from typing import Any, Sequence

import numpy as np
import pandas as pd

from . import _inputs, _interrupt, _library
from ._index import segmented_index


def features(
    inputs: _inputs.Recordings,
    rate: float | None = None,
    *,
    kinds: str | Sequence[str] | None = None,
    deltas: int = 2,
    functionals: bool | dict[str, Any] = False,
    channels: str = "mix",
    workers: int | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Computes the features of recordings, like ``stimmung features``.

    Args:
        inputs: a file or several; or samples, 1-D float in −1 … 1 or signed integers, or several such arrays.
        rate: samples per second of arrays, a whole number.
        kinds: one or several, such as ``["mfcc", "pitch"]``. Default: ``mfcc``; with functionals ``fbank``, ``mfcc``, ``energy`` and ``pitch``.
        deltas: highest order of deltas, 0 … 2.
        functionals: one row of statistics per recording; True, or a dictionary with options such as ``{"trim": 30}``.
        channels: ``mix``, ``first`` or ``louder``.
        workers: threads; results do not depend on it. Default: all processors.
        options: feature options of a recipe, such as ``melScale="htk"`` or ``hop=0.005`` (seconds).

    Returns:
        float32, T × D: T frames of all recordings, D features; with functionals, one row per recording. The index is audformat's segmented
        index with the times of each frame; with functionals, each row is from 0 to NaT, the end of the file.

    Raises:
        StimmungError: for the first recording that fails.
    """
    files, arrays = _inputs.recordings(inputs, rate)
    settings = feature_options(kinds, deltas, functionals, options, channels)
    layout = _library.document("features_layout", settings)
    tables = compute(files, arrays, rate, settings, workers)
    names = files or [str(position) for position in range(len(arrays))]
    counts = [len(table) for table in tables]
    rows = [name for name, count in zip(names, counts) for _ in range(count)]
    if layout["hop"] is None:
        index = segmented_index(rows, [0.0] * len(rows), [None] * len(rows))
    else:
        starts = [frame * layout["hop"] for count in counts for frame in range(count)]
        index = segmented_index(rows, starts, [start + layout["window"] for start in starts])
    values = np.concatenate(tables) if tables else np.zeros((0, len(layout["names"])), np.float32)
    return pd.DataFrame(values, index=index, columns=layout["names"])


def feature_names(
    *, kinds: str | Sequence[str] | None = None, deltas: int = 2, functionals: bool | dict[str, Any] = False, **options: Any
) -> list[str]:
    """The names of the columns that ``features`` gives with these options."""
    return _library.document("features_layout", feature_options(kinds, deltas, functionals, options))["names"]


def feature_options(
    kinds: str | Sequence[str] | None, deltas: int, functionals: bool | dict[str, Any], options: dict[str, Any], channels: str = "mix"
) -> bytes:
    """The options of the library."""
    if isinstance(kinds, str):
        kinds = [kinds]
    if functionals is not False:
        options = {**options, "functionals": functionals}
    # JSON is YAML, in which the library reads values.
    values = [f"{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in options.items()]
    return _library.options(kinds=None if kinds is None else list(kinds), deltas=deltas, set=values, channels=channels)


def compute(files: list[str], arrays: list[np.ndarray], rate: Any, settings: bytes, workers: int | None) -> list[np.ndarray]:
    """The features of each recording, in order."""

    def of_file(file: str) -> np.ndarray:
        return _library.table("features", os.fsencode(file), settings)

    def of_array(array: np.ndarray) -> np.ndarray:
        return _library.table("features_samples", _library.audio(array, rate), settings)

    def all_of(stop: threading.Event) -> list[np.ndarray]:
        count = workers or _inputs.processors()
        return _interrupt.each(of_array, arrays, count, stop) if arrays else _interrupt.each(of_file, files, count, stop)

    return _interrupt.run(all_of, lambda: _library.call("features_cancel"))
