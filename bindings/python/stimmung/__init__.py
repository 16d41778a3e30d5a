"""Speech emotion recognition.

    import stimmung

    table = stimmung.predict(["a.wav", "b.mp3"])                 # one row per recording
    table = stimmung.predict("call.wav", timeline=True)          # one row per segment
    frames = stimmung.features("call.wav")                       # 39 MFCC per frame

Recordings are files in any format, or 1-D arrays of mono samples with their rate. All functions release the GIL while they compute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._errors import ArgumentError, RecordingWarning, StimmungError
from ._features import feature_names, features
from ._library import version
from ._model import Model
from ._predict import predict
from ._program import evaluate, program, train
from ._session import Session
from ._voice import enrol

if TYPE_CHECKING:
    from ._sklearn import Functionals

__version__ = version()

__all__ = [
    "ArgumentError", "Functionals", "Model", "RecordingWarning", "Session", "StimmungError", "enrol", "evaluate", "feature_names",
    "features", "predict", "program", "train",
]


def __getattr__(name: str) -> Any:
    # scikit-learn is optional.
    if name == "Functionals":
        from ._sklearn import Functionals

        return Functionals
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
