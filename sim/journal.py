"""The journal: what happened to whom, where and when, appended as the simulation goes.

Four columns and no statistics; `results` reads them as `records.Records`.
"""

from __future__ import annotations

from enum import IntEnum, auto
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.records import Records, in_order

if TYPE_CHECKING:
    import numpy.typing as npt
    from simpy import Environment

MINUTES_PER_HOUR: Final = 60
MINUTES_PER_DAY: Final = 1440
MINUTES_PER_WEEK: Final = 10_080

NOWHERE: Final = -1
NOBODY: Final = -1

_SITES: Final = 65_536
_STEPS: Final = 128
_FIRST_SITE: Final = -32_768
_PER_PATIENT: Final = _STEPS * _SITES


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


class Journal:
    """Append-only records, stamped with the time of a SimPy environment.

    To note something is what a simulation does most, so it costs two appends: of the time, and of
    one number for who, what and where. `store` moves them into columns, which take a fifth of the
    memory.
    """

    def __init__(self, env: Environment) -> None:
        self._env: Any = env
        self._times: list[float] = []
        self._whats: list[int] = []
        self._stored: list[Records] = []

    def note(self, patient: int, step: int, site: int) -> None:
        """Note what happens now to a patient, at a site or NOWHERE."""
        self._times.append(self._env.now)
        self._whats.append(patient * _PER_PATIENT + step * _SITES + site - _FIRST_SITE)

    def note_ahead(self, minutes: float, patient: int, step: int, site: int) -> None:
        """Note what is certain to happen some minutes from now."""
        self._times.append(self._env.now + minutes)
        self._whats.append(patient * _PER_PATIENT + step * _SITES + site - _FIRST_SITE)

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
        count = len(self._times)
        time = np.fromiter(self._times, np.float64, count)
        who_and_what, place = np.divmod(np.fromiter(self._whats, np.int64, count), _SITES)
        patient, step = np.divmod(who_and_what, _STEPS)
        self._stored.append(
            Records(
                time,
                patient.astype(np.int32),
                step.astype(np.int8),
                (place + _FIRST_SITE).astype(np.int8),
            )
        )
        self._times.clear()
        self._whats.clear()

    def parts(self) -> list[Records]:
        """Return what was noted by now, and forget it; `records.in_order` joins it."""
        self.store()
        parts, self._stored = self._stored, []
        return parts

    def records(self) -> Records:
        """Return what has happened by now, in order."""
        self.store()
        return in_order(list(self._stored), self._env.now)
