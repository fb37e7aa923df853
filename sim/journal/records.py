"""What happened, as columns: a journal read from the start, by `results` above all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from sim.journal.steps import Step


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
        counts = np.bincount(self.step, minlength=np.iinfo(np.int8).max + 1)
        begin = np.concatenate([[0], np.cumsum(counts)])
        return np.argsort(self.step, kind="stable"), begin

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.time)


def in_order(parts: list[Records], until: float) -> Records:
    """Join what was noted into one journal, sorted by time; what comes later has not happened.

    Parts of a year are large: they are emptied column by column as they are joined.
    """
    columns: list[list[Any]] = [[part.time, part.patient, part.step, part.site] for part in parts]
    parts.clear()
    time = np.concatenate([column[0] for column in columns])
    happened = int(np.count_nonzero(time < until))
    order = np.argsort(time, kind="stable")[:happened].astype(np.int32)
    del time

    def joined(number: int) -> Any:  # noqa: ANN401 - of the column's own type
        whole = np.concatenate([column[number] for column in columns])
        for column in columns:
            column[number] = column[number][:0]
        return whole[order]

    return Records(joined(0), joined(1), joined(2), joined(3))
