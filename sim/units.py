"""Units of time: the clock counts minutes from Monday 00:00."""

from __future__ import annotations

from typing import Final

from scenarios.units import DAYS_PER_YEAR

MINUTES_PER_HOUR: Final = 60
MINUTES_PER_DAY: Final = 1440
MINUTES_PER_WEEK: Final = 10_080
MINUTES_PER_YEAR: Final = DAYS_PER_YEAR * MINUTES_PER_DAY
