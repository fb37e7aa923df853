"""The journal: what happened to whom, where and when, appended as the simulation goes.

Four columns and no statistics; `results` reads it.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, auto
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from simpy import Environment

MINUTES_PER_HOUR = 60
MINUTES_PER_DAY = 1440
MINUTES_PER_WEEK = 10_080

NOWHERE = -1
NOBODY = -1


class Step(IntEnum):
    """What can happen; `site` is where, or NOWHERE."""

    ENTER = auto()
    LEAVE = auto()
    TO_NEIGHBOUR = auto()
    CALL_A1 = auto()
    CALL_A2 = auto()
    CALL_PLANNED = auto()
    CALL_TRANSFER = auto()
    CREW_SENT = auto()
    CREW_AT_SCENE = auto()
    CREW_AT_HOSPITAL = auto()
    CREW_FREE = auto()
    ED_ARRIVE = auto()
    ED_ROOM = auto()
    ED_DOCTOR = auto()
    ED_READY = auto()
    ED_DISCHARGED = auto()
    ED_ADMITTED = auto()
    ED_UNSEEN = auto()
    ED_STOP = auto()
    ED_STOP_END = auto()
    BOOKED_CAT1 = auto()
    BOOKED_CAT2 = auto()
    BOOKED_CAT3 = auto()
    BOOKED_CAT4 = auto()
    BOOKED_ELECTIVE = auto()
    SURGERY_START = auto()
    SURGERY_END = auto()
    SURGERY_CANCELLED = auto()
    LABOUR = auto()
    DEPARTS = auto()
    MATERNITY_ARRIVE = auto()
    MATERNITY_DIVERTED = auto()
    DELIVERY_ROOM = auto()
    DELIVERY_ROOM_LEFT = auto()
    CAESAREAN_CAT1 = auto()
    CAESAREAN_OTHER = auto()
    INCISION = auto()
    BIRTH_HOSPITAL = auto()
    BIRTH_HOME = auto()
    BIRTH_ON_THE_WAY = auto()
    NICU_TRANSFER = auto()
    WARD_IN = auto()
    WARD_READY = auto()
    WARD_OUT = auto()
    ICU_IN = auto()
    ICU_OUT = auto()
    ICU_REFUSED = auto()


@dataclass(frozen=True)
class Records:
    """A journal as numpy columns, in the order things happened."""

    time: npt.NDArray[np.float64]
    patient: npt.NDArray[np.int64]
    step: npt.NDArray[np.int64]
    site: npt.NDArray[np.int64]

    def of(self, *steps: Step) -> Records:
        """Return the records of some steps."""
        keep = np.isin(self.step, steps) if len(steps) > 1 else self.step == steps[0]
        return Records(self.time[keep], self.patient[keep], self.step[keep], self.site[keep])

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.time)


Note = Callable[[int, int, int], None]


class Journal:
    """Append-only columns, stamped with the time of a SimPy environment.

    `note(patient, step, site)` appends one record. It is a closure, not a method, because it is
    what a simulation calls most.
    """

    def __init__(self, env: Environment) -> None:
        self._times = array("d")
        self._numbers = array("q"), array("b"), array("b")
        add_time = self._times.append
        add_patient, add_step, add_site = (column.append for column in self._numbers)

        def note(patient: int, step: int, site: int) -> None:
            add_time(env.now)
            add_patient(patient)
            add_step(step)
            add_site(site)

        self.note: Note = note

    def records(self) -> Records:
        """Return what was noted, as numpy columns."""
        patient, step, site = (np.array(column, dtype=np.int64) for column in self._numbers)
        return Records(np.array(self._times), patient, step, site)
