"""A run in memory: its tables, and the scenarios and sites it was about."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from geodata.config.norms import DEFAULT_VERSION
from results.runs.tables import PARAMETER_COLUMNS, REACHABILITY_COLUMNS
from results.statistics.comparison import REPLICATION_COLUMNS, compare, summarise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

CLOSED = "closed"
ALWAYS = "24/7"
NAMELESS = "scenario"
LONGEST_NAME = 60
"""Letters of a scenario's name that a file's name takes over."""


@dataclass(frozen=True)
class Site:
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
        """Whether it lies outside Twente: its load is counted, not simulated."""
        return self.role == "neighbour"

    def hours(self, function: str) -> str:
        """When a function is open: `24/7`, `closed`, or the hours."""
        return self.open.get(function, CLOSED)


@dataclass(frozen=True)
class Scenario:
    """A configuration in a horizon year, and the baseline it is compared with."""

    name: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    horizon_year: int
    baseline: str | None
    sites: tuple[Site, ...]
    posts: tuple[str, ...] = ()
    """The data set's points where the region's own ambulances have crews."""

    abroad: tuple[Site, ...] = ()
    """Hospitals across the border, whether patients may go there or not."""

    norms: str = DEFAULT_VERSION


@dataclass(frozen=True)
class Run:
    """Everything a run found, as tables."""

    manifest: Mapping[str, Any]
    replications: pd.DataFrame
    summary: pd.DataFrame
    comparison: pd.DataFrame
    reachability: pd.DataFrame
    parameters: pd.DataFrame

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
            Tables with the columns of DESIGN.md.
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
    def scenarios(self) -> tuple[Scenario, ...]:
        """Its scenarios, in the order in which they were asked."""
        return scenarios_of(self.manifest)

    @cached_property
    def site_names(self) -> Mapping[str, str]:
        """The name of every site, by id."""
        return {site.id: site.name for scenario in self.scenarios for site in scenario.sites}


def scenarios_of(manifest: Mapping[str, Any]) -> tuple[Scenario, ...]:
    """Read the scenarios that a manifest describes."""
    return tuple(
        Scenario(
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


def _sites_of(entries: Iterable[Mapping[str, Any]]) -> tuple[Site, ...]:
    return tuple(
        Site(
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
