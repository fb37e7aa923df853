"""The journal: what happened to whom, where and when, appended as the simulation goes.

Four columns and no statistics; `results` reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, auto
from functools import cached_property
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
    WARD_TRANSFER = auto()
    RECOVERY_BLOCKED = auto()
    TEAM_AWAITED = auto()
    SESSION_START = auto()
    SESSION_END = auto()
    SECOND_TEAM_CALLED = auto()
    TEAM_BORROWED = auto()
    HIP_FRACTURE = auto()
    LAPAROTOMY = auto()
    TRAUMA_OPERATION = auto()
    RECTAL_RESECTION = auto()
    INDUCTION = auto()
    REFERRED = auto()
    NULLIPAROUS = auto()
    MULTIPAROUS = auto()
    INSTRUMENTAL_BIRTH = auto()
    PLANNED_CAESAREAN = auto()
    EPIDURAL_ASKED = auto()
    EPIDURAL = auto()
    BIRTH_CENTRE = auto()
    NEONATAL_IN = auto()
    NEONATAL_OUT = auto()
    MATERNITY_STOP = auto()
    MATERNITY_STOP_END = auto()
    MIDWIFE_LED = auto()
    SEVERE_TRAUMA = auto()
    TRANSFER_WARD = auto()
    TRANSFER_ACUTE = auto()
    TRANSFER_INTENSIVE = auto()


@dataclass(frozen=True)
class Records:
    """A journal as numpy columns, in the order things happened."""

    time: npt.NDArray[np.float64]
    patient: npt.NDArray[np.int32]
    step: npt.NDArray[np.int8]
    site: npt.NDArray[np.int8]

    def rows(self, *steps: Step) -> npt.NDArray[np.intp]:
        """Return the numbers of the records of some steps, in order."""
        order, begin = self._by_step
        found = [order[begin[step] : begin[step + 1]] for step in steps]
        return found[0] if len(found) == 1 else np.sort(np.concatenate(found))

    def of(self, *steps: Step) -> Records:
        """Return the records of some steps."""
        return self.at(self.rows(*steps))

    def at(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Records:
        """Return some of the records, by number or by whether they are chosen."""
        return Records(self.time[rows], self.patient[rows], self.step[rows], self.site[rows])

    @cached_property
    def _by_step(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """The numbers of all records, step after step, and where among them each step begins."""
        counts = np.bincount(self.step, minlength=max(Step) + 1)
        begin = np.concatenate([[0], np.cumsum(counts)])
        return np.argsort(self.step, kind="stable"), begin

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.time)


Note = Callable[[int, int, int], None]


class Journal:
    """Append-only records, stamped with the time of a SimPy environment.

    `note(patient, step, site)` appends one record. It is a closure over a plain list, not a
    method, because it is what a simulation calls most; `store` moves the list into columns, which
    take a tenth of the memory.
    """

    def __init__(self, env: Environment) -> None:
        self._env = env
        self._fresh: list[float] = []
        self._stored: list[Records] = []
        extend = self._fresh.extend

        def note(patient: int, step: int, site: int) -> None:
            extend((env.now, patient, step, site))

        self.note: Note = note

    def note_ahead(self, minutes: float, patient: int, step: int, site: int) -> None:
        """Note what is certain to happen some minutes from now."""
        self._fresh.extend((self._env.now + minutes, patient, step, site))

    def note_all(
        self,
        times: npt.ArrayLike,
        patients: npt.ArrayLike,
        step: int,
        sites: npt.ArrayLike = NOWHERE,
    ) -> None:
        """Note what is certain to happen to many, by the minute of each."""
        time = np.asarray(times, dtype=np.float64)
        self._stored.append(
            Records(
                time,
                np.asarray(patients, dtype=np.int32),
                np.full(len(time), step, dtype=np.int8),
                np.full(len(time), sites, dtype=np.int8),
            )
        )

    def store(self) -> None:
        """Move what was noted since the last time into columns."""
        noted = np.fromiter(self._fresh, np.float64, len(self._fresh)).reshape(-1, 4)
        time, patient, step, site = noted.T
        self._stored.append(
            Records(
                time.copy(), patient.astype(np.int32), step.astype(np.int8), site.astype(np.int8)
            )
        )
        self._fresh.clear()

    def records(self) -> Records:
        """Return what has happened by now, as numpy columns."""
        self.store()
        time = np.concatenate([part.time for part in self._stored])
        happened = int(np.count_nonzero(time < self._env.now))
        order = np.argsort(time, kind="stable")[:happened]
        return Records(
            time[order],
            np.concatenate([part.patient for part in self._stored])[order],
            np.concatenate([part.step for part in self._stored])[order],
            np.concatenate([part.site for part in self._stored])[order],
        )
