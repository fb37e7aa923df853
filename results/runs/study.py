"""A study: scenarios with the baselines they are compared with, run, and described for a report.

Every scenario is compared with `now` under the demand of the same year. Where the year differs,
`now` is simulated in that year too (`now-2034`): what doing nothing would lead to.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from geodata.accessibility.moments import Moment, open_together
from geodata.accessibility.municipalities import by_municipality
from geodata.accessibility.reachability import minutes_by_clock
from geodata.config.norms import norms
from geodata.dataset.storage import PROFILES
from results.runs.parameter_rows import parameter_rows
from scenarios.calendar.opening_hours import open_hours, written_hours
from scenarios.schema.vocabulary import Function
from sim.resources.site_points import TWENTE_RAV, point_ids, snapped_metres

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geodata.dataset.dataset import DataSet
    from scenarios.schema.scenario import Scenario
    from scenarios.schema.sites import Site
    from sim.experiment.experiment import Plan
    from sim.replication.replicate import Finished


REACHED_FUNCTIONS = (Function.ED, Function.MATERNITY)


@dataclass(frozen=True)
class Study:
    """Scenarios in the order asked, baselines first, and what each is compared with."""

    scenarios: tuple[Scenario, ...]
    baselines: Mapping[str, str | None]

    @classmethod
    def of(cls, asked: Sequence[Scenario], now: Scenario) -> Study:
        """Return a study of the scenarios asked, with the baselines they need.

        Parameters
        ----------
        asked
            Scenarios with different names.
        now
            The baseline; it is taken to the horizon year of each scenario.
        """
        baselines: dict[str, str | None] = {}
        needed: dict[str, Scenario] = {}
        for scenario in asked:
            year = scenario.horizon_year
            baseline = now if year == now.horizon_year else now.in_year(year)
            if scenario.name == baseline.name:
                continue
            needed[baseline.name] = baseline
            baselines[scenario.name] = baseline.name
        needed |= {scenario.name: scenario for scenario in asked if scenario.name not in baselines}
        first = sorted(needed.values(), key=lambda scenario: scenario.horizon_year)
        others = [scenario for scenario in asked if scenario.name in baselines]
        return cls((*first, *others), {**{scenario.name: None for scenario in first}, **baselines})

    def described(self, data: DataSet) -> list[dict[str, Any]]:
        """Return the scenarios as a manifest and a report hold them."""
        return [
            _described(scenario, self.baselines[scenario.name], data) for scenario in self.scenarios
        ]

    def facts(self, plan: Plan, finished: Sequence[Finished], data: DataSet) -> dict[str, Any]:
        """Return what a manifest says of a run of this study."""
        sources = list(data.manifest["sources"].values())
        return {
            "seed": plan.seed,
            "weeks": plan.weeks,
            "warmup_weeks": plan.warmup,
            "replications": plan.replications,
            "norms": self.scenarios[0].norms,
            "data": {
                "name": "starter" if plan.data_folder is None else plan.data_folder.name,
                "sources": sources,
                "licences": sorted({source["licence"] for source in sources}),
            },
            "scenarios": self.described(data),
            **execution_facts(finished),
        }

    def parameters_table(self) -> pd.DataFrame:
        """Return every parameter in force with its source, and the rosters, by scenario."""
        return pd.concat([_parameters(scenario) for scenario in self.scenarios], ignore_index=True)

    def reachability(self, data: DataSet) -> pd.DataFrame:
        """Return the rows of `reachability.csv` for every scenario."""
        return pd.concat(
            [scenario_reachability(scenario, data) for scenario in self.scenarios],
            ignore_index=True,
        )


def execution_facts(finished: Sequence[Finished]) -> dict[str, Any]:
    """Return what a manifest says of how replications ran, those of the store when they did."""
    events = sum(item.events for item in finished)
    stored = sum(item.is_stored for item in finished)
    return {
        "events": events,
        "events_per_second": round(events / sum(item.wall_seconds for item in finished)),
        "peak_memory_mb": round(max(item.peak_memory_mb for item in finished), 1),
        "replications_run": len(finished) - stored,
        "replications_from_store": stored,
    }


def scenario_reachability(scenario: Scenario, data: DataSet) -> pd.DataFrame:
    """Return how reachable each function is from every municipality, by way and by clock."""
    norm = norms(scenario.norms)
    data = data.slowed(scenario.effective_parameters()["travel.ratio"])
    crews = crews_posts(scenario, data)
    tables = []
    for function in REACHED_FUNCTIONS:
        moments = open_moments(scenario, function, data)
        for profile in PROFILES:
            clocks = minutes_by_clock(data, norm, profile, moments, crews)
            tables.append(
                by_municipality(data, function.value, profile, clocks, moments, norm, written_hours)
            )
    table = pd.concat(tables, ignore_index=True)
    table.insert(0, "scenario", scenario.name)
    return table


def crews_posts(scenario: Scenario, data: DataSet) -> list[str]:
    """Return the posts of the region's own service that have crews."""
    posts = data.points
    own = posts.loc[(posts["kind"] == "post") & (posts["rav"] == TWENTE_RAV), "id"]
    return [post for post in own if post in scenario.ambulance]


def open_moments(scenario: Scenario, function: Function, data: DataSet) -> list[Moment]:
    """Return which sites are open together, by the points that stand for them, and when."""
    points = point_ids(scenario, data)
    return open_together(
        {
            points[key]: open_hours(site.hours(function))
            for key, site in scenario.active_sites().items()
        }
    )


def _parameters(scenario: Scenario) -> pd.DataFrame:
    table = pd.DataFrame(parameter_rows(scenario))
    table.insert(0, "scenario", scenario.name)
    return table


def _described(scenario: Scenario, baseline: str | None, data: DataSet) -> dict[str, Any]:
    title, description = scenario.title.model_dump(), scenario.description.model_dump()
    return {
        "name": scenario.name,
        "title": title,
        "description": description,
        "horizon_year": scenario.horizon_year,
        "baseline": baseline,
        "hash": hashlib.sha256(scenario.model_dump_json().encode()).hexdigest(),
        "norms": scenario.norms,
        "snapped_m": snapped_metres(scenario, data),
        "posts": crews_posts(scenario, data),
        "sites": list(_described_sites(scenario.active_sites(), point_ids(scenario, data), data)),
        "abroad": list(_described_sites(*_across_the_border(scenario, data), data)),
    }


def _across_the_border(scenario: Scenario, data: DataSet) -> tuple[dict[str, Site], dict[str, str]]:
    """Return the hospitals abroad that the data set knows, in play or not, and their points."""
    known = set(data.points["id"])
    sites = {key: s for key, s in scenario.sites.items() if s.cross_border and key in known}
    return sites, {key: key for key in sites}


def _described_sites(
    sites: Mapping[str, Site], points: Mapping[str, str], data: DataSet
) -> Iterable[dict[str, Any]]:
    for key, site in sites.items():
        point = data.points.iloc[data.index(points[key])]
        yield {
            "id": key,
            "name": site.name,
            "role": site.role,
            "point": points[key],
            "lon": float(point["lon"]) if site.lon is None else site.lon,
            "lat": float(point["lat"]) if site.lat is None else site.lat,
            "open": {function.value: site.hours(function) for function in Function},
        }
