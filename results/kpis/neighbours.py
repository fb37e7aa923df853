"""What a configuration asks of neighbours, what they have room for, and care wherever it is given.

Shares are of a neighbour's size: what it is staffed for in the year, its headroom left out. More is
what Twente sends beyond what it sends today, grown to the year.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.special import pdtr  # scipy.stats has it too, at 60 MB in each process that simulates

from geodata.config.norms import norms
from results.kpis.destinations import by_home, went
from results.kpis.timeline import P95, share
from scenarios.neighbours import neighbour_rooms, neighbour_sizes
from scenarios.parameters.registry import registry
from scenarios.units import DAYS_PER_YEAR
from sim.journal.steps import Step
from sim.patients.cohort import Cohort
from sim.replication.outcome import WHOLE_REGION
from sim.units import MINUTES_PER_HOUR, MINUTES_PER_YEAR

if TYPE_CHECKING:
    from files.arrays import BoolArray, FloatArray
    from results.kpis.durations import Durations
    from results.kpis.timeline import Timeline
    from scenarios.neighbours import NeighbourRoom
    from sim.replication.outcome import Measures


CERTAIN: Final = 0.95
HOURS_PER_YEAR: Final = MINUTES_PER_YEAR / MINUTES_PER_HOUR


def neighbour_kpis(line: Timeline) -> Measures:
    """Return what each neighbour is asked; of those that have walls how they cope, and of all."""
    scenario = line.outcome.scenario
    sizes, walls = neighbour_sizes(scenario), neighbour_rooms(scenario)
    number = {name: at for at, name in enumerate(line.outcome.sites)}
    asked = {name: _asked(line, number[name], size) for name, size in sizes.items()}
    coped = {name: _coped(line, number[name], walls[name], asked[name]) for name in walls}
    rows: Measures = [
        (name, f"neighbour.{kpi}", value)
        for found in (asked, coped)
        for name, figures in found.items()
        for kpi, value in figures._asdict().items()
    ]
    if not walls:
        return rows
    sent = sum(found.visits + found.births for found in asked.values())
    refused = sum(found.refused for found in coped.values())
    return [
        *rows,
        (WHOLE_REGION, "neighbour.asked.most", max(found.extra for found in asked.values())),
        (WHOLE_REGION, "neighbour.refused", refused),
        (
            WHOLE_REGION,
            "neighbour.granted",
            sent / (sent + refused) if sent + refused else np.nan,
        ),
        (WHOLE_REGION, "neighbour.room", float(all(found.room for found in coped.values()))),
    ]


class _Asked(NamedTuple):
    """What comes from Twente to one neighbour, walls or not, in the order of reports."""

    visits: float
    births: float
    extra: float
    extra_births: float


class _Coped(NamedTuple):
    """How one neighbour that has walls copes, in the order of reports."""

    bed_days: float
    extra_bed_days: float
    refused: float
    wait: float
    stop_hours: float
    headroom: float
    room: float


def _asked(line: Timeline, site: int, size: NeighbourRoom) -> _Asked:
    birth = _sent(line, site) & Cohort.BIRTH.includes(line.patients)
    visits, births = (line.per_year(who.sum()) for who in (_came(line, site), birth))
    return _Asked(
        visits=visits,
        births=births,
        extra=_share(visits - size.twente_visits, size.staffed_visits),
        extra_births=_share(births - size.twente_births, size.staffed_births),
    )


def _sent(line: Timeline, site: int) -> BoolArray:
    """Return who goes from Twente to a neighbour."""
    to = line.site(Step.TO_NEIGHBOUR)
    return line.measured(line.at(Step.TO_NEIGHBOUR)) & (to == site)


def _came(line: Timeline, site: int) -> BoolArray:
    """Return who of them goes to its emergency department first."""
    here = _sent(line, site) & Cohort.VISIT.includes(line.patients)
    return here & np.isnan(line.at(Step.ED_ARRIVE))


def _coped(line: Timeline, site: int, room: NeighbourRoom, asked: _Asked) -> _Coped:
    came = _came(line, site)
    in_bed = line.mean_number(Step.NEIGHBOUR_BED, Step.NEIGHBOUR_BED_LEFT, site=site)
    bed_days = in_bed * DAYS_PER_YEAR
    a_visit = registry()["neighbour.visit.bed_days"]
    own = line.count(Step.NEIGHBOUR_OWN, site)
    return _Coped(
        bed_days=bed_days,
        extra_bed_days=_share(
            bed_days - room.twente_visits * a_visit, room.staffed_visits * a_visit
        ),
        refused=line.count(Step.NEIGHBOUR_REFUSED, site)
        + line.count(Step.NEIGHBOUR_BOOKED_UP, site),
        wait=_wait(line, site, came, own),
        stop_hours=line.mean_number(Step.ED_STOP, Step.ED_STOP_END, site=site) * HOURS_PER_YEAR,
        headroom=1 + room.headroom - _share(own + asked.visits, room.staffed_visits),
        room=float(_fits(line, came.sum(), room)),
    )


def _fits(line: Timeline, came: int, room: NeighbourRoom) -> bool:
    """Whether as many came as there is room for: beyond it by no more than chance (Poisson)."""
    a_year = room.staffed_visits * (1 + room.headroom) - room.own_visits
    expected = max(a_year, 0.0) / line.per_year(1)
    return not came or bool(pdtr(came - 1, expected) < CERTAIN)


def _wait(line: Timeline, site: int, came: BoolArray, own: float) -> float:
    """Return the mean minutes until a place of all who come, its own and ours.

    Of its own the number waiting is known: by Little's law (1961) their rate times their wait.
    """
    waiting = line.mean_number(Step.NEIGHBOUR_OWN_WAITS, Step.NEIGHBOUR_OWN_SERVED, site=site)
    ours = _until_place(line)[came]
    minutes = np.nansum(ours.minutes) if came.any() else 0.0
    together = line.per_year(came.sum()) + own
    return (waiting * MINUTES_PER_YEAR + line.per_year(minutes)) / together if together else np.nan


def _until_place(line: Timeline) -> Durations:
    return line.until(
        line.at(Step.TO_NEIGHBOUR), line.at(Step.NEIGHBOUR_PLACE), line.at(Step.LEAVE)
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole else np.nan


def wherever_kpis(line: Timeline) -> Measures:
    """Return where residents are treated and how long they wait, wherever that is.

    Of neighbours that are only counted no wait is known: who goes there is left out of it.
    """
    visit, birth = went(line).values()
    at = np.fmin(visit.at, birth.at)
    treated = line.resident & line.measured(at)
    of_twente = visit.in_twente | birth.in_twente
    inside, outside = line.at(Step.ED_ARRIVE), line.at(Step.TO_NEIGHBOUR)
    doctor = _until_seen(line, inside, outside)
    late = norms(line.outcome.scenario.norms)["ed.room"]
    rows: Measures = []
    for site, chosen in by_home(line, treated):
        at_ed = chosen & ~np.isnan(visit.at)
        waits = doctor[at_ed]
        rows += [
            (site, "care.in_twente", share(of_twente[chosen])),
            (site, "care.in_time", waits.within(late)),
        ]
        if site == WHOLE_REGION:
            rows.append((site, "care.wait_doctor.p95", waits.quantile(P95)))
    return rows


def _until_seen(line: Timeline, inside: FloatArray, outside: FloatArray) -> Durations:
    """Return the minutes from the first door to a doctor, or to a neighbour's place."""
    by_ambulance = ~np.isnan(line.at(Step.CREW_SENT))
    door = np.fmin(inside, outside)
    refused = np.where(by_ambulance, np.nan, line.at(Step.NEIGHBOUR_REFUSED))
    begin = np.where(refused < door, refused, door)
    seen = np.where(np.isnan(inside), line.at(Step.NEIGHBOUR_PLACE), line.at(Step.ED_DOCTOR))
    if not neighbour_rooms(line.outcome.scenario):
        begin = np.where(np.isnan(inside), np.nan, begin)
    return line.until(begin, seen, line.at(Step.ED_UNSEEN))
