"""What numpy arrays hold, for type hints all over the project."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
AnyFloatArray = npt.NDArray[np.floating]
"""Of any precision: columns of many people over many months are kept in single."""
