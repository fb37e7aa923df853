"""Random streams: one independent generator per purpose, the same in every configuration.

A purpose's number is part of its seed, so a new purpose goes at the end: then the patients of
older versions stay the same.
"""

from __future__ import annotations

from enum import IntEnum, auto

import numpy as np


class Purpose(IntEnum):
    """What a stream of random numbers is for."""

    VISIT_COUNT = auto()
    VISIT_WHEN = auto()
    VISIT_WHERE = auto()
    VISIT_URGENCY = auto()
    VISIT_COURSE = auto()
    VISIT_AMBULANCE = auto()
    VISIT_STAY = auto()
    DIRECT_COUNT = auto()
    DIRECT_WHEN = auto()
    DIRECT_WHERE = auto()
    DIRECT_COURSE = auto()
    DIRECT_STAY = auto()
    OPERATION_COUNT = auto()
    OPERATION_WHEN = auto()
    OPERATION_COURSE = auto()
    MEDICAL_COUNT = auto()
    MEDICAL_WHEN = auto()
    MEDICAL_COURSE = auto()
    BIRTH_COUNT = auto()
    BIRTH_WHEN = auto()
    BIRTH_WHERE = auto()
    BIRTH_COURSE = auto()
    BIRTH_DURATION = auto()
    RIDE_COUNT = auto()
    RIDE_WHEN = auto()
    RIDE_WHERE = auto()
    RIDE_COURSE = auto()
    VISIT_CHOICE = auto()
    BIRTH_CHOICE = auto()
    VISIT_PATIENCE = auto()
    VISIT_OBSERVATION = auto()
    OPERATION_KIND = auto()
    EMERGENCY_KIND = auto()
    BIRTH_CARE = auto()
    BIRTH_INDUCTION = auto()
    VISIT_AVOIDED = auto()
    SURGE_WHEN = auto()
    SURGE_WAY = auto()
    SURGE_WHERE = auto()
    SURGE_COUNT = auto()
    STAFF_ABSENT = auto()
    VISIT_TRAUMA = auto()
    PAST = auto()
    BIRTH_CALL_IN = auto()
    EMERGENCY_CALL_IN = auto()
    TEAM_PEOPLE = auto()
    TEAM_SICKNESS = auto()
    TEAM_CLOSURE = auto()
    VISIT_DISPATCH = auto()
    DIRECT_DISPATCH = auto()
    RIDE_DISPATCH = auto()
    NEIGHBOUR_VISIT = auto()
    NEIGHBOUR_BIRTH = auto()
    NEIGHBOUR_PAST = auto()


def generator(
    seed: int, replication: int, purpose: Purpose, detail: int = 0
) -> np.random.Generator:
    """Return the generator of one purpose, and of a detail such as a site, in one replication."""
    key = (replication, int(purpose), detail)
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=key)
    return np.random.Generator(np.random.PCG64(sequence))
