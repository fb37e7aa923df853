"""What emergency operations are for, and how long each lasts: drawn before the day begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scenarios.schema.theatre_sessions import THORACIC
from sim.journal.steps import Step
from sim.patients.cohort import COHORT_SPAN
from sim.patients.durations import call_in_factor
from sim.patients.elective import recovery_minutes
from sim.random.distributions import choice
from sim.random.streams import Purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenarios.parameters.registry import Parameters
    from sim.patients.cohort import Horizon
    from sim.patients.population import Patients
    from sim.patients.stays import Stays


_KINDS = ("hip", "laparotomy", "trauma", THORACIC, "other")
_STEPS = {"hip": Step.HIP_FRACTURE, "laparotomy": Step.LAPAROTOMY, "trauma": Step.TRAUMA_OPERATION}
_CLASSES = (1, 2, 3, 4)


@dataclass(frozen=True)
class EmergencyOperation:
    """What is done, or None if it counts for no volume norm; how long it takes."""

    line: Step | None
    minutes: float
    recovery: float
    prepare: float  # minutes from booking to table
    call_in: float  # how long who is called from home takes, as a factor on the median
    is_thoracic: bool = False


EmergencyOperations = dict[int, EmergencyOperation]  # by patient


def emergency_operations(
    horizon: Horizon, parameters: Parameters, patients: Patients
) -> EmergencyOperations:
    """Draw the kind of every emergency operation.

    A patient's draw depends on his or her number alone, so it is the same in every configuration
    and horizon year. Minutes are those drawn over all emergencies, scaled to the mean of the kind.
    """
    factor = {
        kind: parameters.of("theatre.kind", kind, "mean") / parameters["theatre.emergency.mean"]
        for kind in _KINDS
    }
    mix = {
        urgency: [parameters.of("theatre.kind", kind, f"cat{urgency}") for kind in _KINDS]
        for urgency in _CLASSES
    }
    found: EmergencyOperations = {}
    for cohort in (patients.visits, patients.directs):
        found |= _of_cohort(horizon, parameters, cohort.patient, cohort.stays, mix, factor)
    return found


def _of_cohort(
    horizon: Horizon,
    parameters: Parameters,
    patient: Sequence[int],
    stays: Stays,
    mix: dict[int, list[float]],
    factor: dict[str, float],
) -> EmergencyOperations:
    numbers = np.array(patient, dtype=np.int64)
    if not len(numbers):
        return {}
    first = int(numbers[0]) // COHORT_SPAN * COHORT_SPAN
    count = int(numbers.max()) - first + 1
    rng = horizon.generator(Purpose.EMERGENCY_KIND, first)
    uniform = rng.random(count)[numbers - first]
    recovery = recovery_minutes(rng, parameters, count)[numbers - first]
    team = horizon.generator(Purpose.EMERGENCY_CALL_IN, first)
    call_in = call_in_factor(team, parameters, count)[numbers - first]
    slower = np.exp(parameters["theatre.prepare.sigma"] * team.standard_normal(count))
    slower = slower[numbers - first]
    median = [
        parameters["theatre.prepare.cat1" if urgency == 1 else "theatre.prepare.other"]
        for urgency in _CLASSES
    ]
    urgency = np.array(stays.surgery_class)
    found: EmergencyOperations = {}
    for value, shares in mix.items():
        rows = np.flatnonzero(urgency == value)
        for row, picked in zip(rows.tolist(), choice(uniform[rows], shares).tolist(), strict=True):
            kind = _KINDS[picked]
            found[patient[row]] = EmergencyOperation(
                _STEPS.get(kind),
                stays.surgery_minutes[row] * factor[kind],
                float(recovery[row]),
                float(median[value - 1] * slower[row]),
                float(call_in[row]),
                kind == THORACIC,
            )
    return found
