"""A run written by hand: two weeks, of which the second is measured, at two sites and a neighbour.

Minutes 10 080 to 20 160 count. A number counted once is 365.25 / 7 = 52.179 a year. Site 0 is EAST,
1 is WEST, 2 the neighbour FAR.
"""

import numpy as np

from results.kpis.measure import measure
from scenarios.capacity import site_capacity
from scenarios.schema.scenario import Scenario
from sim.journal.records import Records
from sim.journal.steps import NOWHERE, Step
from sim.patients.cohort import Cohort
from sim.replication.outcome import Outcome

EAST, WEST, FAR = range(3)
START, END = 10_080.0, 20_160.0
ONCE = 365.25 / 7
SOURCE = {"source": "paper", "confidence": "engineering_estimate"}
OPEN = dict.fromkeys(("ed", "maternity", "theatre", "icu", "ward", "elective"), "24/7")
BEDS_AND_STAFF = {
    "ed.standard": 3,
    "ed.nurses": 1,
    "ed.doctors": 2,
    "theatre.rooms": 2,
    "theatre.teams": 1,
    "elective.teams": 1,
    "maternity.rooms": 2,
    "ward.beds": 10,
    "elective.beds": 10,
    "icu.beds": 4,
}


def scenario(*, parameters=None, **sites) -> Scenario:
    """Return the scenario of the run; `sites` holds by id what is other than usual."""
    capacity = {key: {"always": number} | SOURCE for key, number in BEDS_AND_STAFF.items()}
    far = sites.get("FAR", {})
    return Scenario.model_validate(
        {
            "name": "paper",
            "title": {"nl": "p", "en": "p"},
            "description": {"nl": "p", "en": "p"},
            "horizon_year": 2024,
            "norms": "nl-2024",
            "shifts": {"day": 8, "evening": 16, "night": 23},
            "policies": {
                "capacity": "stays",
                "cross_border": False,
                "emergency_theatre": "break_in",
                "neighbours": "simulated" if far else "counted",
            },
            "sites": {
                "EAST": {"name": "East", "open": OPEN, "capacity": capacity}
                | sites.get("EAST", {}),
                "WEST": {"name": "West", "open": OPEN, "capacity": capacity}
                | sites.get("WEST", {}),
                "FAR": {"name": "Far", "role": "neighbour", "open": OPEN} | far,
            },
            "ambulance": {"POST": {"always": 3} | SOURCE},
            "parameters": {
                key: {"value": value} | SOURCE for key, value in (parameters or {}).items()
            },
        }
    )


def places(**numbers) -> dict:
    """Return the capacity of a site that has other numbers of some resources, always."""
    own = BEDS_AND_STAFF | {key.replace("__", "."): number for key, number in numbers.items()}
    return {"capacity": {key: {"always": number} | SOURCE for key, number in own.items()}}


def measured(*rows: tuple[float, int, Step, int], **others) -> dict[tuple[str, str], float]:
    return {(site, kpi): value for site, kpi, value in measure(outcome(*rows, **others))}


def outcome(
    *rows: tuple[float, int, Step, int], residents=None, own=None, homes=None, **others
) -> Outcome:
    """Return what a replication with these records (minute, patient, step, site) leaves.

    Everybody lives in the region unless `residents` or `homes` (patient to municipality) says who.
    """
    rows = sorted(rows, key=lambda row: row[0])
    time, patient, step, site = (np.array(column) for column in zip(*rows, strict=True))
    if homes is not None:
        residents = sorted(homes)
        others["home"] = np.array([homes[who] for who in residents])
    people = np.unique(patient[patient >= 0]) if residents is None else np.array(residents)
    own = own or scenario()
    return Outcome(
        scenario=own,
        records=Records(time.astype(float), patient, step.astype(np.int64), site),
        sites=["EAST", "WEST", "FAR"],
        is_neighbour=[False, False, True],
        residents=people,
        capacity=site_capacity(own),
        start=START,
        end=END,
        **others,
    )


def person(cohort: Cohort, row: int) -> int:
    return int(cohort.numbers(row + 1)[-1])


def visit(row: int, arrive: float, *, wait=10.0, stay=60.0, site=EAST, end=Step.ED_DISCHARGED):
    """Return a walk-in who has a room at once, a doctor after `wait`, and is gone after `stay`."""
    return [
        (arrive - 5, row, Step.ENTER, NOWHERE),
        (arrive, row, Step.ED_ARRIVE, site),
        (arrive, row, Step.ED_ROOM, site),
        (arrive + wait, row, Step.ED_DOCTOR, site),
        (arrive + stay, row, end, site),
        (arrive + stay, row, Step.LEAVE, site),
    ]
