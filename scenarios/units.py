"""Units of the calendar: hours, days, weeks and months, and how many go into a mean year."""

from __future__ import annotations

from typing import Final

HOURS_PER_DAY: Final = 24
DAYS_PER_WEEK: Final = 7
HOURS_PER_WEEK: Final = HOURS_PER_DAY * DAYS_PER_WEEK
DAYS_PER_YEAR: Final = 365.25
MONTHS_PER_YEAR: Final = 12
HOURS_PER_YEAR: Final = DAYS_PER_YEAR * HOURS_PER_DAY
WEEKS_PER_YEAR: Final = DAYS_PER_YEAR / DAYS_PER_WEEK
