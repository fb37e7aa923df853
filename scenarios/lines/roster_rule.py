"""What a line takes: the fewest people of a legal roster, and what any number of people bear.

Law and agreements bound the duties of a person; the bounds add up over people, so the fewest are
the demand over what one person may do, rounded up. A test holds this against real rosters that an
exact solver finds. Nobody is ever there all year: leave, sickness and training come on top.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scenarios.schema.lines import Presence
from scenarios.units import (
    DAYS_PER_WEEK,
    DAYS_PER_YEAR,
    HOURS_PER_WEEK,
    MONTHS_PER_YEAR,
    WEEKS_PER_YEAR,
)

if TYPE_CHECKING:
    from scenarios.lines.catalogue import Rules

DAYS_PER_MONTH: Final = DAYS_PER_YEAR / MONTHS_PER_YEAR
FOUR_WEEKS: Final = 28
ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class RosterRule:
    """How many people it takes to fill places day and night.

    Attributes
    ----------
    rules
        Of a version of the norms.
    worked_hours
        Hours that a full-time job works in a year, leave, sickness and training left out
        (`staff.hours_per_fte`).
    """

    rules: Rules
    worked_hours: float

    @property
    def away(self) -> float:
        """How many people it takes to have one there: contract hours over worked hours."""
        return self.rules.contract_hours_per_year.value / self.worked_hours

    def people_per_place(self, presence: Presence, fte: float = 1.0) -> float:
        """Return the people in a legal roster of one place day and night, all of them always there.

        Parameters
        ----------
        presence
            How they are on duty.
        fte
            Full-time jobs of a person; counts for who works in shifts.
        """
        rules = self.rules
        if presence is Presence.ON_CALL:
            called = rules.called_share.value * rules.out_of_office_hours_per_week.value
            return max(
                FOUR_WEEKS / rules.duty_days_per_4_weeks.value,
                FOUR_WEEKS / (FOUR_WEEKS - rules.free_days_per_4_weeks.value),
                called / rules.duty_hours_per_week.value,
            )
        if presence is Presence.IN_HOUSE:
            duties = 26 * DAYS_PER_WEEK / rules.presence_per_26_weeks.value
            hours = rules.out_of_office_hours_per_week.value / rules.presence_hours_per_week.value
            return max(duties, hours)
        nights = 16 * DAYS_PER_WEEK / rules.nights_per_16_weeks.value
        week = rules.contract_hours_per_year.value / WEEKS_PER_YEAR
        return max(nights, HOURS_PER_WEEK / (week * fte))

    def least_people(self, presence: Presence, places: int, fte: float = 1.0) -> int:
        """Return the fewest people of a legal roster when all of them are always there."""
        return math.ceil(places * self.people_per_place(presence, fte) - ROUNDING)

    def least_people_with_leave(self, presence: Presence, places: int, fte: float = 1.0) -> int:
        """Return the fewest people of a legal roster that leave, sickness and training thin out."""
        each = self.people_per_place(presence, fte) * self.away
        return math.ceil(places * each - ROUNDING)

    def full_time_jobs(self, places: float) -> float:
        """Return the full-time jobs that it takes to have so many in house day and night."""
        return places * DAYS_PER_YEAR * 24 / self.worked_hours


def duties_per_person(places: float, people: float) -> float:
    """Return the days or nights on duty of each person in a month; infinite for nobody."""
    return math.inf if people <= 0 else places * DAYS_PER_MONTH / people
