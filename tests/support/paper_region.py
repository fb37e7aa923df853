"""A region small enough to work out on paper: two hospitals, a neighbour, three homes.

Minutes by car / by siren:

            EAST     WEST     FAR      POST_E   POST_W   POST_X
home east   10 / 8   30 / 24  60 / 48   4 / 3   24 / 19  50 / 40
home west   30 / 24  10 / 8   60 / 48  24 / 19   4 / 3   50 / 40
outside     60 / 48  40 / 32  20 / 16  55 / 44  35 / 28   6 / 5

A home is also the middle of its postcode; east and west are 28 / 22 apart.
EAST-WEST 20 / 16, either to FAR 50 / 40, EAST to POST_E and WEST to POST_W 6, crosswise 22.
Nothing takes time unless a test says so; every place has plenty unless a test says so.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geodata.dataset.dataset import DataSet
from scenarios.schema.scenario import Scenario
from scenarios.schema.vocabulary import Resource
from sim.journal.records import Records
from sim.patients.ambulance_rides import Rides
from sim.patients.births import BirthPlace, Births, Mode
from sim.patients.cohort import Cohort, Horizon
from sim.patients.direct_admissions import Directs
from sim.patients.elective import Medicals, Operations
from sim.patients.population import Patients
from sim.patients.stays import Stays
from sim.patients.visits import Visits
from sim.resources.region import Region
from sim.simulation import run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.journal.steps import Step

EAST, WEST, FAR = range(3)
HOME_EAST, HOME_WEST, OUTSIDE = range(3)
FOREVER = float("inf")
DAY, HOUR = 1440.0, 60.0
WEEK = 7 * DAY
ONE_THEATRE = {"theatre.rooms": 1, "theatre.teams": 1, "elective.teams": 1}

_POINTS = ["EAST", "WEST", "FAR", "POST_E", "POST_W", "POST_X", "PC_E", "PC_W", "PC_O"]
_CELL_CAR = [
    [10, 30, 60, 4, 24, 50, 0, 28, 60],
    [30, 10, 60, 24, 4, 50, 28, 0, 60],
    [60, 40, 20, 55, 35, 6, 60, 60, 0],
]
_CELL_SIREN = [
    [8, 24, 48, 3, 19, 40, 0, 22, 48],
    [24, 8, 48, 19, 3, 40, 22, 0, 48],
    [48, 32, 16, 44, 28, 5, 48, 48, 0],
]
_POINT_CAR = [
    [0, 20, 50, 6, 22, 60, 10, 30, 60],
    [20, 0, 50, 22, 6, 60, 30, 10, 40],
    [50, 50, 0, 60, 60, 6, 60, 60, 20],
    [6, 22, 60, 0, 20, 60, 4, 24, 55],
    [22, 6, 60, 20, 0, 60, 24, 4, 35],
    [60, 60, 6, 60, 60, 0, 50, 50, 6],
    [10, 30, 60, 4, 24, 50, 0, 28, 60],
    [30, 10, 60, 24, 4, 50, 28, 0, 60],
    [60, 40, 20, 55, 35, 6, 60, 60, 0],
]

NO_TIME = {
    "ambulance.dispatch.mean": 0,
    "ambulance.dispatch.sd": 0,
    "ambulance.handover.mean": 1e-9,
    "ambulance.planned.reserve": 0,
    "ambulance.scene.transport.mean": 1e-9,
    "ambulance.turnout.day": 0,
    "ambulance.turnout.night": 0,
    "ed.choice.spread": 0,
    "ed.cleaning": 0,
    "ambulance.transfer.loading": 0,
    "ed.ct.report": 0,
    "ed.nurse.share.urgent": 1,
    "ed.patients_per_nurse": 1,
    "ed.stop.boarding": 1e6,
    "ed.stop.rooms": 1e6,
    "ed.stop.waiting_urgent": 1e6,
    "ed.xray.report": 0,
    "maternity.choice.spread": 0,
    "maternity.call_in": 0,
    "maternity.rooms_per_midwife": 1,
    "theatre.call_in": 0,
    "theatre.call_in.sigma": 0,
    "theatre.prepare.sigma": 0,
    "ward.swing.acute": 0,
    "ward.swing.planned": 0,
    "theatre.prepare.cat1": 0,
    "theatre.prepare.other": 0,
    **dict.fromkeys(
        (
            f"theatre.kind.{kind}.mean"
            for kind in ("hip", "laparotomy", "trauma", "thoracic", "other")
        ),
        85,
    ),
    "theatre.session.fill": 0.5,
    "theatre.turnover": 0,
    "ward.discharge.end": 24,
    "ward.discharge.start": 0,
}
ALL_OPEN = dict.fromkeys(("ed", "maternity", "theatre", "icu", "ward", "elective"), "24/7")
PLENTY = 1_000


def paper_data() -> DataSet:
    """Return the cells, points and minutes of the table above."""
    cells = pd.DataFrame({"cell": ["E", "W", "O"], "in_region": [True, True, False]})
    for column in ("age_0_14", "age_15_64", "age_65_79", "age_80_plus", "births", "population"):
        cells[column] = 100.0
    points = pd.DataFrame(
        {
            "id": _POINTS,
            "kind": ["site", "site", "neighbour", *["post"] * 3, *["postcode"] * 3],
            "rav": ["", "", "", "Twente", "Twente", "elsewhere", "", "", ""],
            "detail": ["", "", "", "24/7", "24/7", "24/7", "", "", ""],
        }
    )
    car = np.array(_POINT_CAR, dtype=np.float32)
    return DataSet(
        cells=cells,
        points=points,
        municipalities=None,
        roads=None,
        manifest={},
        cell_table={
            "car": np.array(_CELL_CAR, dtype=np.float32),
            "siren": np.array(_CELL_SIREN, dtype=np.float32),
        },
        point_table={"car": car, "siren": car * np.float32(0.8)},
    )


def rooms(number: int) -> dict[str, int]:
    """Return a department with this many rooms, each suitable for everyone."""
    others = ("ed.resuscitation", "ed.acute", "ed.fast_track")
    return {"ed.standard": number, **dict.fromkeys(others, 0)}


def roster(number: int | Mapping[str, int]) -> dict[str, Any]:
    """Return a roster as a scenario file writes it."""
    counts = {"always": number} if isinstance(number, int) else dict(number)
    return {**counts, "source": "paper", "confidence": "engineering_estimate"}


def paper_scenario(
    *,
    east: Mapping[str, Any] | None = None,
    west: Mapping[str, Any] | None = None,
    east_open: Mapping[str, str] | None = None,
    west_open: Mapping[str, str] | None = None,
    crews: Mapping[str, Any] | None = None,
    policies: Mapping[str, Any] | None = None,
    night_team: str = "in_house",
    east_sessions: Sequence[Mapping[str, Any]] = (),
    far_size: Mapping[str, Any] | None = None,
    **parameters: float,
) -> Scenario:
    """Return a scenario of EAST, WEST and the neighbour FAR.

    `east` and `west` give capacity by resource, and the rest is plenty; `far_size` gives the
    neighbour walls; `east_sessions` are those written for its theatres; parameters are written
    with two underscores for a full stop.
    """

    def site(name: str, capacity: Mapping[str, Any] | None, hours: Mapping[str, str] | None) -> Any:
        numbers = {resource.value: PLENTY for resource in Resource} | dict(capacity or {})
        return {
            "name": name,
            "open": ALL_OPEN | dict(hours or {}),
            "night_theatre_team": night_team,
            "capacity": {key: roster(number) for key, number in numbers.items()},
        }

    own = {key.replace("__", "."): value for key, value in parameters.items()}
    return Scenario.model_validate(
        {
            "name": "paper",
            "title": {"nl": "papier", "en": "paper"},
            "description": {"nl": "papier", "en": "paper"},
            "horizon_year": 2023,  # begins on Monday 2 January, a workday
            "norms": "nl-2024",
            "shifts": {"day": 8, "evening": 16, "night": 23},
            "policies": {
                "capacity": "stays",
                "ambulance_stand_by": "home",
                "cross_border": False,
                "emergency_theatre": "break_in",
                "neighbours": "simulated" if far_size else "counted",
                **(policies or {}),
            },
            "sites": {
                "EAST": site("East", east, east_open) | {"theatre_schedule": list(east_sessions)},
                "WEST": site("West", west, west_open),
                "FAR": {"name": "Far", "role": "neighbour", "open": ALL_OPEN, "size": far_size},
            },
            "ambulance": {
                post: roster(number)
                for post, number in (crews or {"POST_E": PLENTY, "POST_W": PLENTY}).items()
            },
            "parameters": NO_TIME | own,
        }
    )


_STAY = {
    "los": 0.0,
    "delayed": 0.0,
    "discharge": 0.0,
    "icu_minutes": 0.0,
    "surgery_class": 0,
    "surgery_delay": 0.0,
    "surgery_minutes": 0.0,
}
_DEFAULTS: dict[type, dict[str, Any]] = {
    Visits: {
        "cell": HOME_EAST,
        "age": 1,
        "urgency": 3,
        "by_ambulance": False,
        "is_a1": False,
        "despite_stop": False,
        "is_severe_trauma": False,
        "to_trauma_centre": False,
        "dispatch": 0.0,
        "on_scene": 0.0,
        "handover": 0.0,
        "triage": 0.0,
        "assessment": 0.0,
        "laboratory": 0.0,
        "xray": 0.0,
        "ct": 0.0,
        "consult_delay": 0.0,
        "consult": 0.0,
        "treatment": 0.0,
        "patience": FOREVER,
        "is_admitted": False,
        "boarding": 0.0,
        "to_theatre": False,
        "to_icu": False,
        "to_observation": False,
        "observation": 0.0,
    },
    Directs: {
        "cell": HOME_EAST,
        "by_ambulance": False,
        "dispatch": 0.0,
        "on_scene": 0.0,
        "handover": 0.0,
    },
    Operations: {
        "home": "EAST",
        "specialty": 0,
        "planned_minutes": 60.0,
        "surgery_minutes": 60.0,
        "recovery_minutes": 0.0,
        "is_rectal": False,
        "focus_mark": 1.0,
        "is_inpatient": False,
        "los": 0.0,
        "icu_minutes": 0.0,
    },
    Medicals: {"home": "EAST", "los": 0.0},
    Births: {
        "cell": HOME_EAST,
        "age": 3,
        "is_nulliparous": False,
        "ripens_at_home": False,
        "ripening": 0.0,
        "calls_ahead": True,
        "has_epidural": False,
        "recovery": 0.0,
        "room_after_birth": 0.0,
        "stay": 0.0,
        "neonatal": 0.0,
        "place": BirthPlace.HOSPITAL,
        "mode": Mode.SPONTANEOUS,
        "is_induced": False,
        "labour": 60.0,
        "is_urgent_referral": False,
        "is_cat1": False,
        "prepare": 0.0,
        "call_in": 1.0,
        "has_postpartum_operation": False,
        "to_nicu": False,
    },
    Rides: {
        "cell": HOME_EAST,
        "is_planned": False,
        "is_a1": True,
        "dispatch": 0.0,
        "on_scene": 0.0,
        "handover": 0.0,
    },
}
_COHORTS = {
    "visits": (Visits, Cohort.VISIT),
    "directs": (Directs, Cohort.DIRECT),
    "operations": (Operations, Cohort.OPERATION),
    "medicals": (Medicals, Cohort.MEDICAL),
    "births": (Births, Cohort.BIRTH),
    "rides": (Rides, Cohort.RIDE),
}

Rows = list[dict[str, Any]]


def people(**cohorts: Rows) -> Patients:
    """Return patients from rows such as `{"time": 60, "urgency": 2}`, in order of time."""
    return Patients(
        **{
            name: _columns(kind, cohort, cohorts.get(name, []))
            for name, (kind, cohort) in _COHORTS.items()
        }
    )


def _columns(kind: type, cohort: Cohort, rows: Rows) -> Any:
    names = [field.name for field in fields(kind)]
    known = {*_DEFAULTS[kind], "time", *(_STAY if "stays" in names else ())}
    assert not {key for row in rows for key in row} - known
    table: dict[str, Any] = {
        name: [{**_DEFAULTS[kind], **row}[name] for row in rows]
        for name in names
        if name not in ("patient", "stays")
    }
    table["patient"] = cohort.numbers(len(rows)).tolist()
    if "stays" in names:
        table["stays"] = Stays(**{name: [{**_STAY, **row}[name] for row in rows] for name in _STAY})
    return kind(**table)


@dataclass(frozen=True)
class Story:
    """What happened, to be asked by cohort and row."""

    region: Region
    records: Records

    def times(self, who: tuple[Cohort, int], step: Step) -> list[float]:
        """Return when a step happened to a patient."""
        return self._rows(who, step).time.tolist()

    def time(self, who: tuple[Cohort, int], step: Step) -> float:
        """Return when a step happened to a patient to whom it happened once."""
        (only,) = self.times(who, step)
        return float(only)

    def sites(self, who: tuple[Cohort, int], step: Step) -> list[int]:
        """Return where a step happened to a patient."""
        return self._rows(who, step).site.tolist()

    def _rows(self, who: tuple[Cohort, int], step: Step) -> Records:
        found = self.records.of(step)
        number = who[0].numbers(who[1] + 1)[-1]
        keep = found.patient == number
        return Records(found.time[keep], found.patient[keep], found.step[keep], found.site[keep])


def play(
    scenario: Scenario, until: float = WEEK, data: DataSet | None = None, **cohorts: Rows
) -> Story:
    """Simulate patients written down as rows."""
    region = Region(scenario, data or paper_data(), Horizon(1, 0, 1), people(**cohorts))
    run(region, until)
    return Story(region, region.journal.records())


def visit(row: int) -> tuple[Cohort, int]:
    """Return who row `row` of the emergency visits is."""
    return Cohort.VISIT, row


def operation(row: int) -> tuple[Cohort, int]:
    """Return who row `row` of the elective operations is."""
    return Cohort.OPERATION, row


def woman(row: int) -> tuple[Cohort, int]:
    """Return who row `row` of the births is."""
    return Cohort.BIRTH, row


def at(clock: str, day: int = 0) -> float:
    """Return the minute of a clock time such as `08:30`, Monday being day 0."""
    hours, minutes = clock.split(":")
    return day * DAY + int(hours) * HOUR + int(minutes)


def by_ambulance(time: float, cell: int = HOME_EAST) -> dict[str, Any]:
    """Return a visit that an ambulance brings."""
    return {"time": time, "cell": cell, "by_ambulance": True}


def needs_icu(time: float, minutes: float, cell: int = HOME_EAST) -> dict[str, Any]:
    """Return a visit that ends in intensive care."""
    return {
        "time": time,
        "cell": cell,
        "is_admitted": True,
        "to_icu": True,
        "icu_minutes": minutes,
    }
