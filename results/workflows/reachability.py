"""How reachable scenarios are, in seconds and without simulation: table, short answer and map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from geodata.dataset.folder import load as load_data
from results.accessibility.abroad import beside_abroad
from results.language.terminal import reader
from results.language.words import words
from results.maps.choropleth import draw_map
from results.report.reachability import region_rows
from results.runs.provenance import provenance
from results.runs.run import Run
from results.runs.study import Study, scenario_reachability
from results.workflows.asked import chosen
from sim.resources.site_points import new_places

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geodata.dataset.dataset import DataSet
    from results.runs.picture import Picture
    from scenarios.schema.scenario import Scenario


@dataclass(frozen=True, repr=False)
class Reachability:
    """How reachable emergency and obstetric care is in some scenarios.

    Attributes
    ----------
    table
        The rows of `reachability.csv`: by scenario, municipality, function and way of travelling.
    scenarios, data
        What it is about, and the data set it is worked out with.
    """

    table: pd.DataFrame
    scenarios: tuple[Scenario, ...]
    data: DataSet

    @property
    def abroad(self) -> dict[str, pd.DataFrame]:
        """Hospitals across the border beside the nearest at home, by name of a scenario.

        Columns as `geodata.accessibility.abroad.nearer_abroad`, by `function`.
        """
        return {one.name: beside_abroad(one, self.data) for one in self.scenarios}

    def map(self, scenario: str, function: str = "maternity", lang: str | None = None) -> Picture:
        """Draw who is within the norm of a function, by municipality.

        Parameters
        ----------
        scenario
            The name of one of the scenarios.
        function
            `ed` (by ambulance) or `maternity` (by car).
        lang
            `nl` or `en`; the language of the terminal when left out.

        Raises
        ------
        ResultsError
            There is no such scenario, or no map of such a function.
        """
        study = Study(self.scenarios, dict.fromkeys((one.name for one in self.scenarios), None))
        facts = {**provenance(), "scenarios": study.described(self.data)}
        none = pd.DataFrame()
        run = Run(facts, none, none, none, self.table, none)
        return draw_map(run, self.data, scenario, function, words(lang) if lang else reader())

    def __repr__(self) -> str:
        return f"<Reachability of {', '.join(scenario.name for scenario in self.scenarios)}>"

    def _repr_html_(self) -> str:
        heads, rows = region_rows(self.table, reader())
        return pd.DataFrame(rows, columns=list(heads)).to_html(index=False, border=0)


def reachability(
    scenarios: Sequence[Scenario | str | Path] = (), *, data: Path | DataSet | None = None
) -> Reachability:
    """Return how reachable care is in some scenarios; no simulation, seconds.

    Parameters
    ----------
    scenarios
        Scenarios, names that ship, or paths of scenario files; every configuration that ships
        where there are none.
    data
        A data set or the folder of one; the starter data set when left out.

    Raises
    ------
    ScenarioError, DataError
        The input is at fault.
    """
    named = chosen(scenarios)
    known = load_data(data) if data is None or not hasattr(data, "with_places") else data
    places = known.with_places(new_places(*named))
    table = pd.concat([scenario_reachability(one, places) for one in named], ignore_index=True)
    return Reachability(table, tuple(named), places)
