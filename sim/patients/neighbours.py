"""The patients of neighbours who are not from Twente: drawn beforehand, as all others are.

They come by the hour, the week and the season as ours do, and what each needs is what one of ours
needs, taken at random: a neighbour's patients are no other people. So few steps are followed: a
place at the emergency department, theatre, a bed on the ward or in intensive care, a delivery room.
A neighbour's numbers are drawn from its own id, so that they are the same in every configuration.
"""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - a compiled dataclass reads its types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal
from zlib import crc32

import numpy as np

from files.arrays import BoolArray, FloatArray  # noqa: TC001 - a compiled dataclass reads its types
from scenarios.parameters.shapes import day_shape, week_shape
from scenarios.units import WEEKS_PER_YEAR
from sim.patients.births import BirthPlace, Mode
from sim.patients.cohort import CEILING, busy, compact, kept
from sim.patients.past import PAST_WEEKS
from sim.patients.visits import FIRST_PATIENT_URGENCY
from sim.random.distributions import arrival_times, day_factors, hour_weights
from sim.random.streams import Purpose
from sim.units import MINUTES_PER_WEEK

if TYPE_CHECKING:
    from files.arrays import IntArray
    from scenarios.neighbours import NeighbourRoom
    from scenarios.parameters.registry import Parameters
    from sim.patients.births import Births
    from sim.patients.cohort import Horizon
    from sim.patients.visits import Visits


@dataclass(frozen=True)
class NeighbourPatients:
    """Those of one neighbour, in order of time; minutes.

    Attributes
    ----------
    time, place_minutes
        When each visit begins, and how long it takes a place when nobody waits.
    is_urgent
        Whether it goes before others.
    theatre
        Minutes of emergency surgery straight from the department; 0: none.
    goes_home
        Whether none of what follows is needed.
    icu, ward
        In intensive care, and after that on the ward; 0: none.
    icu_left, ward_left
        Of who is there when it begins, the minutes that are left.
    birth_time, room_minutes
        When each woman comes, and how long she takes a delivery room.
    """

    time: Sequence[float]
    place_minutes: Sequence[float]
    is_urgent: Sequence[bool]
    goes_home: Sequence[bool]
    theatre: Sequence[float]
    icu: Sequence[float]
    ward: Sequence[float]
    icu_left: Sequence[float]
    ward_left: Sequence[float]
    birth_time: Sequence[float]
    room_minutes: Sequence[float]


@dataclass(frozen=True)
class Needs:
    """What patients need of a hospital when nobody waits, by patient: minutes."""

    place: FloatArray
    is_urgent: BoolArray
    theatre: FloatArray
    icu: FloatArray
    ward: FloatArray


NO_NEEDS: Final = Needs(*(np.zeros(0), np.zeros(0, dtype=bool), *[np.zeros(0)] * 3))
"""Of nobody: where no neighbour has walls."""


def needs_of(visits: Visits, turnover: float) -> Needs:
    """Return what visits need: the steps of the department together, and the stay.

    Parameters
    ----------
    turnover
        Minutes of theatre after each operation.
    """
    place = np.maximum(visits.laboratory, np.add(visits.xray, visits.ct))
    for step in ("assessment", "consult_delay", "consult", "treatment"):
        place = place + np.array(getattr(visits, step))
    to_theatre, to_icu, admitted, observed = (
        np.array(flags, dtype=bool)
        for flags in (
            visits.to_theatre,
            visits.to_icu,
            visits.is_admitted,
            visits.to_observation,
        )
    )
    observed = admitted & observed & ~to_icu & ~to_theatre
    stays = admitted & ~observed
    place = place + np.where(stays, visits.boarding, 0.0)
    place = place + np.where(observed, visits.observation, 0.0)
    of_stay = visits.stays
    return Needs(
        place=place,
        is_urgent=np.array(visits.urgency) < FIRST_PATIENT_URGENCY,
        theatre=np.where(to_theatre, np.array(of_stay.surgery_minutes) + turnover, 0.0),
        icu=np.where(stays, of_stay.icu_minutes, 0.0),
        ward=np.where(stays, np.add(of_stay.los, of_stay.delayed), 0.0),
    )


def room_minutes(births: Births) -> FloatArray:
    """Return how long each woman takes a delivery room, 0 for who needs none in hospital."""
    place, mode = np.array(births.place), np.array(births.mode)
    in_room = (place != BirthPlace.HOME) & (mode != Mode.PLANNED_CAESAREAN)
    return np.where(in_room, np.add(births.labour, births.room_after_birth), 0.0)


def sample_neighbour(
    horizon: Horizon,
    parameters: Parameters,
    site: str,
    room: NeighbourRoom,
    births: Births,
    needs: Needs,
) -> NeighbourPatients:
    """Draw the patients of one neighbour's own, and who of them is in bed when it begins."""
    detail = crc32(site.encode())
    visits = _Stream("ed", room.size_visits, room.own_visits, parameters["demand.ed.day_cv"])
    time, row = visits.drawn(
        horizon.generator(Purpose.NEIGHBOUR_VISIT, detail), parameters, horizon.weeks, needs.place
    )
    before, earlier = visits.drawn(
        horizon.generator(Purpose.NEIGHBOUR_PAST, detail), parameters, PAST_WEEKS, needs.place
    )
    leaves_ed = before - PAST_WEEKS * MINUTES_PER_WEEK
    leaves_ed += needs.place[earlier] + needs.theatre[earlier]
    leaves_icu = leaves_ed + needs.icu[earlier]
    leaves = leaves_icu + needs.ward[earlier]
    in_icu = (leaves_ed <= 0) & (leaves_icu > 0)
    on_ward = (leaves_icu <= 0) & (leaves > 0)
    in_room = room_minutes(births)
    taken = in_room[in_room > 0]
    in_hospital = int((np.array(births.place) != BirthPlace.HOME).sum())
    share = len(taken) / in_hospital if in_hospital else 0.0
    women = _Stream("births", room.size_births * share, room.own_births * share)
    birth_time, like = women.drawn(
        horizon.generator(Purpose.NEIGHBOUR_BIRTH, detail), parameters, horizon.weeks, taken
    )
    return NeighbourPatients(
        time=compact(time),
        place_minutes=compact(needs.place[row]),
        is_urgent=needs.is_urgent[row].tolist(),
        goes_home=(needs.theatre + needs.icu + needs.ward == 0)[row].tolist(),
        theatre=compact(needs.theatre[row]),
        icu=compact(needs.icu[row]),
        ward=compact(needs.ward[row]),
        icu_left=compact(leaves_icu[in_icu]),
        ward_left=compact(leaves[on_ward]),
        birth_time=compact(birth_time),
        room_minutes=compact(taken[like]),
    )


@dataclass(frozen=True)
class _Stream:
    """Patients of one kind: so many a year at a neighbour's size, and so many of its own now."""

    shape: Literal["ed", "births"]
    size: float
    own: float
    day_cv: float = 0.0

    def drawn(
        self, rng: np.random.Generator, parameters: Parameters, weeks: int, ours: FloatArray
    ) -> tuple[FloatArray, IntArray]:
        """Draw when they come, and which of ours each is like; more than come, and thinned."""
        days = day_factors(rng, weeks, self.day_cv)
        per_week = self.size / WEEKS_PER_YEAR * CEILING
        time = arrival_times(rng, per_week, self._hours(), weeks, days)
        now = self.own / self.size if self.size else 0.0
        keep = kept(rng, now * busy(parameters, self.shape, time), len(time))
        like = (rng.random(len(time)) * len(ours)).astype(np.int64)
        return time[keep], like[keep]

    def _hours(self) -> FloatArray:
        if self.shape == "births":
            day = day_shape("births_spontaneous")
            return hour_weights(day, day, week_shape("births"))
        weekday, weekend = day_shape("ed_arrivals_weekday"), day_shape("ed_arrivals_weekend")
        return hour_weights(weekday, weekend, week_shape("ed"))
