"""What a replication leaves behind to be measured, and what measures are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.resources.staffing import Staffing

if TYPE_CHECKING:
    import numpy.typing as npt

    from scenarios.schema.scenario import Scenario
    from scenarios.schema.vocabulary import Resource
    from sim.journal.records import Records


WHOLE_REGION: Final = "region"
"""The site id of figures that hold for the whole region."""


@dataclass(frozen=True)
class Outcome:
    """What a replication leaves behind for `results` to measure.

    Attributes
    ----------
    records
        The whole journal, warm-up included.
    sites, is_neighbour
        Site ids by their number in the journal, and which are outside the region.
    residents
        Sorted numbers of the patients who live in the region.
    capacity
        (site, resource) to the number at each hour, of a fortnight or of the whole horizon.
    start, end
        The measured minutes: after the warm-up, until the end.
    home
        The code of the municipality of each of `residents`.
    staffing
        Who was rostered and who was missing.
    events
        How many events the simulation took.
    """

    scenario: Scenario
    records: Records
    sites: list[str]
    is_neighbour: list[bool]
    residents: npt.NDArray[np.int64]
    capacity: Mapping[tuple[str, Resource], npt.NDArray[np.int64]]
    start: float
    end: float
    home: npt.NDArray[np.str_] = field(default_factory=lambda: np.empty(0, dtype=np.str_))
    staffing: Staffing = field(default_factory=lambda: Staffing({}, {}, {}, {}))
    events: int = 0


Measures = list[tuple[str, str, float]]  # site, kpi, value
Measure = Callable[[Outcome], Measures]
