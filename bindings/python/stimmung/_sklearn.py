"""A transformer of scikit-learn."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from . import _inputs
from ._features import compute, feature_names, feature_options


class Functionals(TransformerMixin, BaseEstimator):
    """Recordings in, one row of functionals each out. There is nothing to fit.

        make_pipeline(stimmung.Functionals(), StandardScaler(), LinearSVC()).fit(files, labels)

    Args:
        rate: samples per second, if X holds arrays; None for files.
        kinds: features that the functionals are of. Default: ``fbank``, ``mfcc``, ``energy`` and ``pitch``.
        functionals: True, or a dictionary with options such as ``{"trim": 30}``.
        options: other feature options of a recipe, such as ``{"melScale": "htk"}``.
        channels: ``mix``, ``first`` or ``louder``.
        workers: threads. Default: all processors.
    """

    def __init__(
        self,
        rate: float | None = None,
        kinds: str | Sequence[str] | None = None,
        functionals: bool | dict[str, Any] = True,
        options: dict[str, Any] | None = None,
        channels: str = "mix",
        workers: int | None = None,
    ) -> None:
        self.rate = rate
        self.kinds = kinds
        self.functionals = functionals
        self.options = options
        self.channels = channels
        self.workers = workers

    def fit(self, X: Any, y: Any = None) -> Functionals:
        """Does nothing."""
        return self

    def transform(self, X: _inputs.Recordings) -> np.ndarray:
        """The functionals of N recordings: float32, N × D, with D = 2456 by default."""
        files, arrays = _inputs.recordings(X, self.rate)
        settings = feature_options(self.kinds, 2, self.functionals, self.options or {}, self.channels)
        rows = compute(files, arrays, self.rate, settings, self.workers)
        return np.concatenate(rows) if rows else np.zeros((0, len(self.get_feature_names_out())), np.float32)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """The names of the D columns, such as ``mfcc_3_delta_p90``."""
        return np.array(feature_names(kinds=self.kinds, functionals=self.functionals, **(self.options or {})), dtype=object)

    def __sklearn_is_fitted__(self) -> bool:
        return True
