"""The segmented index of audformat: file, start and end of every row."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np
import pandas as pd


def _times(seconds: Sequence[float | None]) -> np.ndarray:
    """Exact for numbers of up to six decimals; NaT for None."""
    microseconds = [np.iinfo(np.int64).min if one is None else round(one * 1e6) * 1000 for one in seconds]
    return np.array(microseconds, np.int64).astype("timedelta64[ns]")


def segmented_index(files: Sequence[str], starts: Sequence[float], ends: Sequence[float | None]) -> pd.MultiIndex:
    """Rows with their times in seconds; an end of None is that of the recording."""
    return pd.MultiIndex.from_arrays([_names(files), _times(starts), _times(ends)], names=["file", "start", "end"])


def _names(files: Sequence[str]) -> Any:
    try:
        return pd.array(list(files), dtype="string")
    except UnicodeEncodeError:
        # Arrow holds UTF-8 only, and a name may have bytes that are not.
        return pd.array(list(files), dtype=pd.StringDtype("python"))
