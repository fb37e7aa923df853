"""The years over which people are followed, month by month."""

from __future__ import annotations

from typing import Final

FIRST_YEAR: Final = 2025
LAST_YEAR: Final = 2055
