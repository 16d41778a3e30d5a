"""The functions of ``stimmung.h`` by ctypes, which releases the GIL during every call."""

from __future__ import annotations

import ctypes
import json
import os
from ctypes import POINTER, c_char_p, c_float, c_int, c_size_t, c_void_p
from pathlib import Path
from typing import Any, Sequence

import numpy as np

from ._errors import ArgumentError, StimmungError


class Audio(ctypes.Structure):
    """``stimmung_audio``."""

    _fields_ = [("samples", c_void_p), ("count", c_size_t), ("rate", c_int)]


class Table(ctypes.Structure):
    """``stimmung_table``."""

    _fields_ = [("values", POINTER(c_float)), ("rows", c_size_t), ("columns", c_size_t)]


_PATHS = POINTER(c_char_p)
_OUT = POINTER(c_void_p)

_ARGUMENTS: dict[str, list[Any]] = {
    "model_open": [c_char_p, c_char_p, _OUT],
    "model_labels": [c_void_p, _OUT],
    "model_cancel": [c_void_p],
    "model_free": [c_void_p],
    "predict": [c_void_p, c_char_p, c_char_p, _OUT],
    "predict_files": [c_void_p, _PATHS, c_size_t, c_char_p, _OUT],
    "predict_samples": [c_void_p, POINTER(Audio), c_char_p, _OUT],
    "features": [c_char_p, c_char_p, POINTER(Table)],
    "features_samples": [POINTER(Audio), c_char_p, POINTER(Table)],
    "features_layout": [c_char_p, _OUT],
    "features_cancel": [],
    "enrol": [c_void_p, _PATHS, c_size_t, c_char_p, _OUT],
    "session_open": [c_void_p, c_int, c_char_p, _OUT],
    "session_push": [c_void_p, c_void_p, c_size_t],
    "session_next": [c_void_p, _OUT],
    "session_finish": [c_void_p],
    "session_free": [c_void_p],
    "free": [c_void_p],
}

#: ``STIMMUNG_BAD_ARGUMENT``
_BAD_ARGUMENT = 2


def _load() -> ctypes.CDLL:
    path = os.environ.get("STIMMUNG_LIBRARY") or str(Path(__file__).parent / "lib" / "libstimmung.so.0")
    try:
        library = ctypes.CDLL(path)
    except OSError as error:
        raise ImportError(
            f"The library {path} cannot be loaded: {error}. Install libsndfile1 and libsoxr0, and build the package with pip, "
            "or set STIMMUNG_LIBRARY to the path of libstimmung.so."
        ) from error
    for name, arguments in _ARGUMENTS.items():
        function = getattr(library, "stimmung_" + name)
        function.argtypes, function.restype = arguments, c_int
    for name in ["version", "error_code", "error_message"]:
        function = getattr(library, "stimmung_" + name)
        function.argtypes, function.restype = [], c_char_p
    return library


_library = _load()


def version() -> str:
    """The version of the library."""
    return _library.stimmung_version().decode()


def call(name: str, *arguments: Any) -> None:
    """Calls ``stimmung_NAME``; raises the error of a status other than ``STIMMUNG_OK``."""
    status = getattr(_library, "stimmung_" + name)(*arguments)
    if status:
        code, message = (text.decode("utf-8", "replace") for text in (_library.stimmung_error_code(), _library.stimmung_error_message()))
        raise (ArgumentError if status == _BAD_ARGUMENT else StimmungError)(message, code)


def text(name: str, *arguments: Any) -> str | None:
    """Calls a function whose last parameter is a place for text; None for NULL."""
    place = c_void_p()
    call(name, *arguments, ctypes.byref(place))
    if not place.value:
        return None
    try:
        return ctypes.string_at(place.value).decode()
    finally:
        call("free", place)


def document(name: str, *arguments: Any) -> Any:
    """The same for JSON."""
    return json.loads(text(name, *arguments) or "null")


def handle(name: str, *arguments: Any) -> int:
    """Calls a function whose last parameter is a place for a handle."""
    place = c_void_p()
    call(name, *arguments, ctypes.byref(place))
    return place.value or 0


def table(name: str, *arguments: Any) -> np.ndarray:
    """Calls a function whose last parameter is a place for a table: rows × columns, float32."""
    place = Table()
    call(name, *arguments, ctypes.byref(place))
    try:
        if place.rows == 0:
            return np.zeros((0, place.columns), np.float32)
        return np.ctypeslib.as_array(place.values, (place.rows, place.columns)).copy()
    finally:
        call("free", ctypes.cast(place.values, c_void_p))


def options(**values: Any) -> bytes:
    """Options as JSON, without those that are None."""
    return json.dumps({name: value for name, value in values.items() if value is not None}).encode()


def paths(files: Sequence[str]) -> tuple[Any, int]:
    """An array of C strings, and its length."""
    for file in files:
        if "\0" in file:
            raise ValueError(f"{file!r} is not the name of a file.")
    return (c_char_p * len(files))(*map(os.fsencode, files)), len(files)


def audio(samples: np.ndarray, rate: float) -> Audio:
    """Samples as an argument. The array must outlive it: contiguous, float32."""
    return Audio(samples.ctypes.data, len(samples), int(rate))
