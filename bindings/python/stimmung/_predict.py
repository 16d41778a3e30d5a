"""Recognition of recordings."""

from __future__ import annotations

import json
import threading
import warnings
from typing import Any

import numpy as np
import pandas as pd

from . import _inputs, _interrupt, _library
from ._errors import RecordingWarning, StimmungError
from ._index import segmented_index
from ._model import Model, Path, opened


def predict(
    inputs: _inputs.Recordings,
    rate: float | None = None,
    *,
    model: Model | Path | None = None,
    voice: Path | None = None,
    reject: float | None = None,
    timeline: bool = False,
    window: float | None = None,
    channels: str = "mix",
    affect: bool = False,
    workers: int | None = None,
    errors: str = "raise",
) -> pd.DataFrame:
    """Recognises the emotion of recordings, with the numbers that ``stimmung predict`` prints.

    Args:
        inputs: a file or several; or samples, 1-D float in −1 … 1 or signed integers, or several such arrays.
        rate: samples per second of arrays, a whole number.
        model: an opened model, or a name that ``Model`` takes. Default: the built-in model.
        voice: the voice of the person who speaks, as ``enrol`` wrote it.
        reject: label decisions with less confidence ``uncertain``, 0 … 1.
        timeline: one row per segment instead of one per recording.
        window: seconds of a segment, at least 0.1; needs ``timeline``. Default: cut at pauses and where the class changes.
        channels: ``mix``, ``first``, ``louder``, or ``each`` for a row per channel (files only).
        affect: add arousal and valence, −1 … 1: a mapping of the probabilities, not a measurement.
        workers: threads; results do not depend on it. Default: all processors.
        errors: ``raise`` the first error, or ``return`` a row per failed recording, with NaT as its end.

    Returns:
        One row per recording or segment, in the order of the inputs. The index is audformat's segmented index: ``file`` (the position for
        arrays), ``start`` and ``end``. Columns: ``label`` and ``confidence`` (0 … 1); the probability of each class (0 … 1), by its name;
        ``familiarity`` (0 … 1; NaN if the model does not measure it); ``channel``, counted from 1, with ``channels="each"``; ``arousal``
        and ``valence`` with ``affect``; ``error`` with ``errors="return"``. Without speech and after an error, numbers are NaN and the
        label is None; without an error, ``error`` is None. ``label`` and ``error`` always have dtype ``object``.

    Raises:
        StimmungError: for the first recording that fails, unless errors are returned; for a model that cannot be read.
    """
    if errors not in ("raise", "return"):
        raise ValueError(f'errors is {errors!r}; it must be "raise" or "return".')
    model = opened(model, voice, reject)
    files, arrays = _inputs.recordings(inputs, rate)
    workers = workers or _inputs.processors()
    options = {"timeline": timeline, "window": window, "channels": channels, "affect": affect}
    if arrays:
        results = model._interruptible(lambda stop: _of_arrays(model, arrays, rate, workers, options, stop))
    else:
        every = _library.options(**options, threads=workers)
        results = model._interruptible(lambda _: _library.document("predict_files", model._handle, *_library.paths(files), every))
    if files:
        _name(results, files)
    for result in results:
        if "error" in result and errors == "raise":
            raise StimmungError(result["error"], result["code"])
        for warning in result.get("warnings", []):
            warnings.warn(f"{result['file']}: {warning['message']}", RecordingWarning, stacklevel=2)
    table = _table(results, model.labels, affect)
    if channels == "each":
        table.insert(0, "channel", pd.array([result.get("channel") for result in results for _ in _segments(result)], dtype="Int64"))
    if errors == "return":
        table["error"] = _texts([result.get("error") for result in results for _ in _segments(result)], table.index)
    return table


def _of_arrays(
    model: Model, arrays: list[np.ndarray], rate: Any, workers: int, options: dict[str, Any], stop: threading.Event
) -> list[dict[str, Any]]:
    settings = _library.options(**options)

    def one(position: int) -> dict[str, Any]:
        try:
            text = _library.text("predict_samples", model._handle, _library.audio(arrays[position], rate), settings)
            return {**json.loads(text or "null"), "file": str(position)}
        except StimmungError as error:
            # Errors of options, of the model and of cancelled work are not those of a recording.
            if error.code.split(".")[0] not in ("audio", "feature", "features", "recogniser"):
                raise
            return {"file": str(position), "error": f"recording {position}: {error}", "code": error.code}

    return _interrupt.each(one, range(len(arrays)), min(workers, len(arrays)), stop)


def _name(results: list[dict[str, Any]], files: list[str]) -> None:
    """Gives results the names that were given: JSON has another one for a file whose name is not UTF-8."""
    position = -1
    for result in results:
        # The channels of a recording follow one another.
        position += (result.get("channel") or 1) == 1
        result["file"] = files[position]


def _texts(values: list[str | None], index: pd.Index) -> pd.Series:
    """A column whose type does not depend on the values: pandas would infer another one where there is no text."""
    return pd.Series(values, index=index, dtype=object)


def _segments(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a result that are a row each."""
    return result["segments"] if "segments" in result else [{"start": 0.0, "end": result.get("duration"), **result}]


def _table(results: list[dict[str, Any]], labels: tuple[str, ...], affect: bool) -> pd.DataFrame:
    rows = [(result["file"], segment) for result in results for segment in _segments(result)]
    segments = [segment for _, segment in rows]

    def numbers(values: list[Any]) -> np.ndarray:
        return np.array([np.nan if value is None else value for value in values], np.float64)

    index = segmented_index([file for file, _ in rows], [one["start"] for one in segments], [one["end"] for one in segments])
    columns: dict[str, Any] = {"label": _texts([segment.get("label") for segment in segments], index)}
    columns["confidence"] = numbers([segment.get("confidence") for segment in segments])
    # As in the CSV of the program, where a class has the name of another column.
    reserved = {"label", "confidence", "familiarity", "arousal", "valence", "channel", "error"}
    for label in labels:
        name = f"p_{label}" if label in reserved else label
        columns[name] = numbers([(segment.get("probabilities") or {}).get(label) for segment in segments])
    for name in ["familiarity"] + (["arousal", "valence"] if affect else []):
        columns[name] = numbers([segment.get(name) for segment in segments])
    return pd.DataFrame(columns, index=index)
