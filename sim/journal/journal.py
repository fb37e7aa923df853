"""The journal: what happened to whom, where and when, appended as the simulation goes.

Four columns and no statistics; `results` reads them as `records.Records`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.journal.records import Records, in_order
from sim.journal.steps import NOWHERE

if TYPE_CHECKING:
    import numpy.typing as npt
    from simpy import Environment


_SITES: Final = 65_536
_STEPS: Final = 128
_FIRST_SITE: Final = -32_768
_PER_PATIENT: Final = _STEPS * _SITES


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
