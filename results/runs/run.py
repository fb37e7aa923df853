"""A run in memory: its tables, and the scenarios and sites it was about."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from geodata.config.norms import DEFAULT_VERSION
from results.errors import ResultsError
from results.language.terminal import reader
from results.language.words import words
from results.runs.headlines import headlines
from results.runs.tables import PARAMETER_COLUMNS, REACHABILITY_COLUMNS
from results.statistics.comparison import REPLICATION_COLUMNS, compare, summarise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from results.language.words import Words
    from results.runs.picture import Picture
    from results.statistics.precision import Reached

CLOSED = "closed"
ALWAYS = "24/7"
NAMELESS = "scenario"
LONGEST_NAME = 60
"""Letters of a scenario's name that a file's name takes over."""


@dataclass(frozen=True)
class RunSite:
    """A hospital as a scenario has it: where it is and what is open there, when."""

    id: str
    name: str
    role: str
    lon: float
    lat: float
    open: Mapping[str, str]
    point: str = ""
    """The data set's point that stands for it; empty in runs of before this was written down."""

    @property
    def is_neighbour(self) -> bool:
        """Whether it lies outside Twente."""
        return self.role == "neighbour"

    def hours(self, function: str) -> str:
        """When a function is open: `24/7`, `closed`, or the hours."""
        return self.open.get(function, CLOSED)


@dataclass(frozen=True)
class RunScenario:
    """A configuration in a horizon year, and the baseline it is compared with."""

    name: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    horizon_year: int
    baseline: str | None
    sites: tuple[RunSite, ...]
    posts: tuple[str, ...] = ()
    """The data set's points where the region's own ambulances have crews."""

    abroad: tuple[RunSite, ...] = ()
    """Hospitals across the border, whether patients may go there or not."""

    norms: str = DEFAULT_VERSION


class Publisher(Protocol):
    """Makes what people read of a run; `results.publication` has one, and knows more than this."""

    def save(self, run: Run, folder: Path, lang: str) -> Path:
        """Write all files of a run and return its folder."""
        ...

    def report(
        self, run: Run, folder: Path, lang: str, weights: Path | None, futures: Path | None
    ) -> Path:
        """Write the report of a run in its folder and return it."""
        ...

    def map(self, run: Run, scenario: str, function: str, words: Words) -> Picture:
        """Draw who is within the norm of a function in a scenario."""
        ...


@dataclass(frozen=True, repr=False)
class Run:
    """Everything a run found.

    Attributes
    ----------
    manifest
        The facts of the run: seed, weeks, replications, data set, scenarios and version.
    replications
        Columns scenario, replication, site, kpi, value.
    summary
        Mean and 95% interval of every KPI, by scenario and site.
    comparison
        Paired differences with the baseline of each scenario, with interval and verdict.
    reachability
        By scenario, municipality, function and way of travelling.
    parameters
        Every number in force, with its source.
    reached
        How precise each KPI is, where a precision was asked.
    publication
        Who saves, reports and draws it; `results.simulate` and `results.read_run` know.
    """

    manifest: Mapping[str, Any]
    replications: pd.DataFrame
    summary: pd.DataFrame
    comparison: pd.DataFrame
    reachability: pd.DataFrame
    parameters: pd.DataFrame
    reached: tuple[Reached, ...] = ()
    publication: Publisher | None = None

    @classmethod
    def from_replications(
        cls,
        manifest: Mapping[str, Any],
        replications: pd.DataFrame,
        reachability: pd.DataFrame,
        parameters: pd.DataFrame,
    ) -> Run:
        """Summarise and compare the replications of a run.

        Parameters
        ----------
        manifest
            The facts of the run; `scenarios` gives each its baseline.
        replications, reachability, parameters
            Tables with `REPLICATION_COLUMNS`, `REACHABILITY_COLUMNS` and `PARAMETER_COLUMNS`.
        """
        order = ["scenario", "replication", "site", "kpi"]
        rows = replications[list(REPLICATION_COLUMNS)].sort_values(order, ignore_index=True)
        baselines = {s.name: s.baseline for s in scenarios_of(manifest) if s.baseline}
        return cls(
            manifest=manifest,
            replications=rows,
            summary=summarise(rows),
            comparison=compare(rows, baselines),
            reachability=reachability[list(REACHABILITY_COLUMNS)].reset_index(drop=True),
            parameters=parameters[list(PARAMETER_COLUMNS)].reset_index(drop=True),
        )

    @cached_property
    def scenarios(self) -> tuple[RunScenario, ...]:
        """Its scenarios, in the order in which they were asked."""
        return scenarios_of(self.manifest)

    @cached_property
    def site_names(self) -> Mapping[str, str]:
        """The name of every site, by id."""
        return {site.id: site.name for scenario in self.scenarios for site in scenario.sites}

    def compared_with(self, baseline: str) -> pd.DataFrame:
        """Compare every other scenario with one of choice; columns as of `comparison`.

        Raises
        ------
        ResultsError
            The run has no such scenario.
        """
        names = sorted(set(self.replications["scenario"]))
        if baseline not in names:
            raise ResultsError(
                "this run has no scenario {baseline!r}; it has {names}",
                baseline=baseline,
                names=", ".join(names),
            )
        return compare(self.replications, {name: baseline for name in names if name != baseline})

    def save(self, folder: Path | str, lang: str = "nl") -> Path:
        """Write all files of the run: tables, maps, workbook, layers, sheets and report.

        Parameters
        ----------
        folder
            Where they go; an earlier run in it is replaced.
        lang
            Language of what people read, `nl` or `en`.

        Returns
        -------
        pathlib.Path
            The folder, which every command that takes a RUN reads.

        Raises
        ------
        ResultsError
            The folder can't be written, or holds other things than a run.
        """
        return self._publisher().save(self, Path(folder), lang)

    def report(
        self,
        folder: Path | str,
        lang: str = "nl",
        *,
        weights: Path | None = None,
        futures: Path | None = None,
    ) -> Path:
        """Write the report into the run's folder; the run is saved there first if it wasn't.

        Parameters
        ----------
        folder
            The folder of the run.
        lang
            `nl` or `en`.
        weights, futures
            A file of weights to begin with, and the folder of a sweep; what `decide` used last in
            that folder when left out.

        Raises
        ------
        ResultsError
            The folder can't be written, or a file says something else than it should.
        """
        return self._publisher().report(self, Path(folder), lang, weights, futures)

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
        return self._publisher().map(self, scenario, function, words(lang) if lang else reader())

    def _publisher(self) -> Publisher:
        if self.publication is None:
            raise ResultsError("this run has no data set to draw with; read it by results.read_run")
        return self.publication

    def __repr__(self) -> str:
        names = ", ".join(scenario.name for scenario in self.scenarios)
        facts = "{replications} replications of {weeks} weeks, seed {seed}"
        return f"<Run of {names}: {facts.format_map(self.manifest)}>"

    def _repr_html_(self) -> str:
        table = headlines(self.comparison, reader())
        return table.to_html(border=0) if len(table.columns) else f"<p>{escape(repr(self))}</p>"


def scenarios_of(manifest: Mapping[str, Any]) -> tuple[RunScenario, ...]:
    """Read the scenarios that a manifest describes."""
    return tuple(
        RunScenario(
            name=entry["name"],
            title=entry["title"],
            description=entry["description"],
            horizon_year=int(entry["horizon_year"]),
            baseline=entry["baseline"],
            sites=_sites_of(entry["sites"]),
            abroad=_sites_of(entry.get("abroad", ())),
            posts=tuple(entry.get("posts", ())),
            norms=entry.get("norms", DEFAULT_VERSION),
        )
        for entry in manifest["scenarios"]
    )


def _sites_of(entries: Iterable[Mapping[str, Any]]) -> tuple[RunSite, ...]:
    return tuple(
        RunSite(
            id=site["id"],
            name=site["name"],
            role=site["role"],
            lon=float(site["lon"]),
            lat=float(site["lat"]),
            open=site["open"],
            point=site.get("point", site["id"]),
        )
        for site in entries
    )


def safe_name(name: str) -> str:
    """Turn a scenario's name into one for files and layers; different names stay different."""
    safe = re.sub(r"[^a-z0-9_.-]+", "-", name.lower()).strip("-.")[:LONGEST_NAME]
    if safe and safe == name:
        return safe
    return f"{safe or NAMELESS}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
