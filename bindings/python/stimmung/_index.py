"""The segmented index of audformat: file, start and end of every row."""

from __future__ import annotations

from typing import Sequence

import numpy as np
import pandas as pd


def _times(seconds: Sequence[float | None]) -> np.ndarray:
    """Exact for numbers of up to six decimals; NaT for None."""
    microseconds = [np.iinfo(np.int64).min if one is None else round(one * 1e6) * 1000 for one in seconds]
    return np.array(microseconds, np.int64).astype("timedelta64[ns]")


def segmented_index(files: Sequence[str], starts: Sequence[float], ends: Sequence[float | None]) -> pd.MultiIndex:
    """Rows with their times in seconds; an end of None is that of the recording."""
    return pd.MultiIndex.from_arrays(
        [pd.array(list(files), dtype="string"), _times(starts), _times(ends)], names=["file", "start", "end"]
    )
