"""What arrays of travel times hold, for type hints all over the floor."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Minutes = npt.NDArray[np.float32]
"""Travel times, as data sets keep them."""
