"""How long a run has to warm up, for each KPI of some scenarios."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from files.formulas import write_csv
from results.runs.execution import Workers, task_runner
from results.runs.run import safe_name
from results.statistics.warmup import by_day, days_table, settlings, weeks_needed
from results.workflows.asked import chosen, data_folder
from results.workflows.defaults import WARMING_UP
from scenarios.files.shipped import BASELINE
from sim.experiment.experiment import Plan, replications_table
from sim.replication.replicate import Setting

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from results.statistics.warmup import Settling
    from scenarios.schema.scenario import Scenario

TABLE = "warmup.csv"


@dataclass(frozen=True, repr=False)
class WarmUpAnalysis:
    """When the KPIs of some scenarios have settled, from the start of a run.

    Attributes
    ----------
    scenarios
        Which.
    settlings
        For each scenario and KPI after how many days, by MSER-5 and by Welch's plot.
    """

    scenarios: tuple[Scenario, ...]
    settlings: tuple[Settling, ...]

    @property
    def table(self) -> pd.DataFrame:
        """The series: scenario, kpi, day, value and Welch's moving average."""
        return days_table(self.settlings)

    def of(self, scenario: str) -> list[Settling]:
        """Return the settling of each KPI of one scenario."""
        return [item for item in self.settlings if item.scenario == scenario]

    def save(self, folder: Path | str, lang: str = "nl") -> Path:
        """Write the series, and Welch's plot of each scenario.

        Parameters
        ----------
        folder
            Where they go; other files in it stay.
        lang
            Language of the plots, `nl` or `en`.
        """
        from results.rendering.warmup import draw_warmup  # noqa: PLC0415 - draws

        out = Path(folder)
        out.mkdir(parents=True, exist_ok=True)
        for scenario in self.scenarios:
            draw_warmup(self.of(scenario.name), out / f"{safe_name(scenario.name)}.png", lang)
        write_csv(self.table, out / TABLE)
        return out

    def __repr__(self) -> str:
        weeks = (
            f"{scenario.name} {' and '.join(map(_weeks, weeks_needed(self.of(scenario.name))))}"
            for scenario in self.scenarios
        )
        return f"<WarmUp in weeks by MSER-5 and Welch: {', '.join(weeks)}>"


def warm_up(
    scenarios: Sequence[Scenario | str | Path] = (BASELINE,),
    *,
    replications: int = WARMING_UP.replications,
    weeks: int = WARMING_UP.weeks,
    seed: int = 1,
    data: Path | str | None = None,
    jobs: int = 1,
    workers: Workers | None = None,
) -> WarmUpAnalysis:
    """Simulate from the start on, and find when each KPI has settled.

    Parameters
    ----------
    scenarios
        Scenarios, names that ship, or paths of scenario files; `now` when left out, whose warm-up
        the scenarios that ship share.
    replications
        How many are averaged; with few, both methods see a trend in noise.
    weeks
        From the start of each; the second half is what is settled for.
    seed, data, jobs, workers
        As of `results.simulate`, but nothing that finished is kept.

    Raises
    ------
    ScenarioError, DataError, ResultsError
        The input is at fault, or the weeks are too few to judge.
    ReplicationError
        A replication failed.
    """
    named = tuple(chosen(scenarios))
    setting = Setting(seed, weeks, warmup=0, data_folder=data_folder(data), measure=by_day)
    workers = workers or replace(Workers.here(jobs), store=None)
    with task_runner(workers, setting) as run_tasks:
        finished = run_tasks(Plan.of(named, replications, setting).tasks())
    return WarmUpAnalysis(named, tuple(settlings(replications_table(finished))))


def _weeks(weeks: int | None) -> str:
    return "?" if weeks is None else str(weeks)
