"""What numpy arrays hold, for type hints all over the project."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Minutes = npt.NDArray[np.float32]
"""Travel times, as data sets keep them."""
