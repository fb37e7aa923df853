"""What a configuration asks of neighbours, what they have room for, and care wherever it is given.

Shares are of a neighbour's size: what it is staffed for in the year, its headroom left out. More is
what Twente sends beyond what it sends today, grown to the year.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.special import pdtr  # scipy.stats has it too, at 60 MB in each process that simulates

from geodata.config.norms import norms
from results.kpis.timeline import P95, share
from scenarios.neighbours import neighbour_rooms
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
    """Return the KPIs of each neighbour that has walls, and of all together."""
    rooms = neighbour_rooms(line.outcome.scenario)
    number = {name: at for at, name in enumerate(line.outcome.sites)}
    rows: Measures = []
    asked = [_of(line, number[name], room) for name, room in rooms.items()]
    for name, found in zip(rooms, asked, strict=True):
        rows += [(name, f"neighbour.{kpi}", value) for kpi, value in found._asdict().items()]
    if not asked:
        return rows
    sent = sum(found.visits + found.births for found in asked)
    refused = sum(found.refused for found in asked)
    return [
        *rows,
        (WHOLE_REGION, "neighbour.asked.most", max(found.extra for found in asked)),
        (WHOLE_REGION, "neighbour.refused", refused),
        (
            WHOLE_REGION,
            "neighbour.granted",
            sent / (sent + refused) if sent + refused else np.nan,
        ),
        (WHOLE_REGION, "neighbour.room", float(all(found.room for found in asked))),
    ]


class _Asked(NamedTuple):
    """The figures of one neighbour, in the order of reports."""

    visits: float
    births: float
    bed_days: float
    extra: float
    extra_births: float
    extra_bed_days: float
    refused: float
    wait: float
    stop_hours: float
    headroom: float
    room: float


def _of(line: Timeline, site: int, room: NeighbourRoom) -> _Asked:
    visit, birth = (cohort.includes(line.patients) for cohort in (Cohort.VISIT, Cohort.BIRTH))
    outside = line.at(Step.TO_NEIGHBOUR)
    here = line.measured(outside) & (line.site(Step.TO_NEIGHBOUR) == site)
    came = here & visit & np.isnan(line.at(Step.ED_ARRIVE))
    visits, births = line.per_year(came.sum()), line.per_year((here & birth).sum())
    in_bed = line.mean_number(Step.NEIGHBOUR_BED, Step.NEIGHBOUR_BED_LEFT, site=site)
    bed_days = in_bed * DAYS_PER_YEAR
    size_days = room.staffed_visits * registry()["neighbour.visit.bed_days"]
    extra = _share(visits - room.twente_visits, room.staffed_visits)
    own = line.count(Step.NEIGHBOUR_OWN, site)
    left = 1 + room.headroom - _share(own + visits, room.staffed_visits)
    return _Asked(
        visits=visits,
        births=births,
        bed_days=bed_days,
        extra=extra,
        extra_births=_share(births - room.twente_births, room.staffed_births),
        extra_bed_days=_share(
            bed_days - room.twente_visits * registry()["neighbour.visit.bed_days"], size_days
        ),
        refused=line.count(Step.NEIGHBOUR_REFUSED, site)
        + line.count(Step.NEIGHBOUR_BOOKED_UP, site),
        wait=_wait(line, site, came, own),
        stop_hours=line.mean_number(Step.ED_STOP, Step.ED_STOP_END, site=site) * HOURS_PER_YEAR,
        headroom=left,
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
    visit, birth = (cohort.includes(line.patients) for cohort in (Cohort.VISIT, Cohort.BIRTH))
    inside, outside = line.at(Step.ED_ARRIVE), line.at(Step.TO_NEIGHBOUR)
    own_birth = line.at(Step.MATERNITY_ARRIVE)
    first = np.where(visit, np.fmin(inside, outside), np.fmin(own_birth, outside))
    treated = line.resident & (visit | birth) & line.measured(first)
    of_twente = np.where(visit, ~np.isnan(inside), ~np.isnan(own_birth) & np.isnan(outside))
    doctor = _until_seen(line, inside, outside)
    late = norms(line.outcome.scenario.norms)["ed.room"]
    rows: Measures = []
    for site, chosen in _by_home(line, treated):
        at_ed = chosen & visit
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


def _by_home(line: Timeline, chosen: BoolArray) -> list[tuple[str, BoolArray]]:
    """Return the chosen residents of the region, and of each municipality."""
    homes = line.outcome.home
    if not len(homes):
        return [(WHOLE_REGION, chosen)]
    at = np.searchsorted(line.outcome.residents, line.patients).clip(max=len(homes) - 1)
    home = np.where(line.resident, homes[at], "")
    return [
        (WHOLE_REGION, chosen),
        *((str(code), chosen & (home == code)) for code in np.unique(homes)),
    ]
