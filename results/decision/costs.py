"""What a choice costs: a transparent frame of staff and building, with a range that is shown.

Counted are the people in the rosters (`staff.fte.*`, filled or not) and the beds that a site gets
on top of what it has when nothing is done, as a yearly sum (annuity). Prices are assumptions with a
low and a high end (`costs.csv`); a run's own numbers of people and beds are not. Not counted: drugs
and equipment, closing and moving, what patients pay for travel, and what neighbours get for
treating them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scenarios.units import HOURS_PER_YEAR, WEEKS_PER_YEAR
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from results.runs.run import Run, RunScenario

MILLION = 1e6
FTE = "staff.fte."
CREWS = "staff.fte.ambulance.crews"
ON_THE_ROAD = "ambulance.unit_hours"
"""Hours a week that crews are on a ride, from being sent until they are free."""

BUILDING = "build."
BEDS = ("ward.beds", "icu.beds", "maternity.beds")
ENDS = ("low", "value", "high")
COST_COLUMNS = ("scenario", "item", "quantity", "unit", *ENDS, "source", "confidence")


@dataclass(frozen=True)
class Price:
    """A price with its range, and where it comes from."""

    key: str
    low: float
    value: float
    high: float
    unit: str
    source: str
    confidence: str

    def times(self, quantity: float) -> tuple[float, float, float]:
        """Multiply each end of the range."""
        return self.low * quantity, self.value * quantity, self.high * quantity


@cache
def prices() -> Mapping[str, Price]:
    """Read the prices, by key."""
    text = files(__package__).joinpath("costs.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType(
        {
            row["key"]: Price(
                key=row["key"],
                low=float(row["low"]),
                value=float(row["value"]),
                high=float(row["high"]),
                unit=row["unit"],
                source=row["source"],
                confidence=row["confidence"],
            )
            for row in rows
        }
    )


def cost_table(run: Run) -> pd.DataFrame:
    """List what is counted for every scenario.

    Returns
    -------
    pandas.DataFrame
        `COST_COLUMNS`: a row per role and per kind of building; `low`, `value` and `high` in euros
        a year. `quantity` is FTE, or beds more than when nothing is done in the same year.
    """
    rows = [row for scenario in run.scenarios for row in _items(run, scenario)]
    return pd.DataFrame(rows, columns=list(COST_COLUMNS))


def extra_costs(run: Run) -> pd.DataFrame:
    """Say what each scenario costs more than its baseline.

    The range takes every price at the end that makes the difference smallest or largest: wide.

    Returns
    -------
    pandas.DataFrame
        Indexed by scenario; low, value, high in million euros a year. Baselines cost nothing extra;
        NaN where the run doesn't hold the staff or beds.
    """
    quantities: dict[str, dict[str, float]] = {}
    columns = (cost_table(run)[name] for name in ("scenario", "item", "quantity"))
    for name, item, quantity in zip(*columns, strict=True):
        quantities.setdefault(name, {})[item] = quantity
    rows: dict[str, tuple[float, float, float]] = {}
    for scenario in run.scenarios:
        if scenario.baseline is None:
            rows[scenario.name] = (0.0, 0.0, 0.0)
            continue
        ours, theirs = (quantities.get(name, {}) for name in (scenario.name, scenario.baseline))
        if not _has_people(ours) or not _has_people(theirs):
            rows[scenario.name] = (np.nan, np.nan, np.nan)
            continue
        items = dict.fromkeys((*ours, *theirs))
        rows[scenario.name] = _range({i: ours.get(i, 0.0) - theirs.get(i, 0.0) for i in items})
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(ENDS))


def people_and_costs(run: Run) -> pd.DataFrame:
    """Say what people every scenario asks for and what it costs more than its baseline.

    Returns
    -------
    pandas.DataFrame
        Indexed by scenario: fte (everyone in the rosters), crews_fte (ambulance crews among them),
        low, value and high (million euros a year more), building (part of value), beds_built,
        and road_fte with road_fte_low and _high (see `crews_on_the_road`); NaN where the run
        doesn't say.
    """
    table = extra_costs(run)
    people = {name: _fte(run, name).get(WHOLE_REGION, {}) for name in table.index}
    table.insert(0, "fte", [sum(fte.values()) or np.nan for fte in people.values()])
    table.insert(1, "crews_fte", [fte.get(CREWS, np.nan) for fte in people.values()])
    items = cost_table(run)
    built = items[items["item"].str.startswith(BUILDING)].groupby("scenario")
    table["building"] = (built["value"].sum() / MILLION).reindex(table.index, fill_value=0.0)
    table["beds_built"] = built["quantity"].sum().reindex(table.index, fill_value=0.0)
    return table.join(crews_on_the_road(run))


def crews_on_the_road(run: Run) -> pd.DataFrame:
    """Say how many people it takes to have as many ambulance crews free as when nothing is done.

    A longer ride keeps a crew busy; as many hours more in the rosters make up for that. Where those
    crews would have to wait for the next call isn't looked at, so it is a lower bound of what it
    takes to be as soon there: `twentezorg size` searches for that by simulation.

    Returns
    -------
    pandas.DataFrame
        Indexed by scenario: road_fte, road_fte_low, road_fte_high: FTE more than the baseline and
        the 95% interval over replications. Baselines need none more; NaN where the run doesn't say.
    """
    ends = {"road_fte": "difference", "road_fte_low": "ci_low", "road_fte_high": "ci_high"}
    table = run.comparison
    rows = table[(table["kpi"] == ON_THE_ROAD) & (table["site"] == WHOLE_REGION)]
    hours = rows.drop_duplicates("scenario").set_index("scenario")[list(ends.values())]
    found = hours.reindex([scenario.name for scenario in run.scenarios])
    for scenario in run.scenarios:
        values = _parameters(run, scenario.name)
        people, year = values.get("staff.people.ambulance.crews"), values.get("staff.hours_per_fte")
        if scenario.baseline is None:
            found.loc[scenario.name] = 0.0
        elif people is None or year is None:
            found.loc[scenario.name] = np.nan
        else:
            found.loc[scenario.name] *= WEEKS_PER_YEAR * float(people) / float(year)
    return found.set_axis(list(ends), axis="columns").astype(float)


def yearly(beds_price: Price) -> Price:
    """Turn the price of building a bed into a yearly sum: an annuity over its life."""
    years, interest = prices()["build.years"], prices()["build.interest"]
    ends = {
        end: getattr(beds_price, end) * _annuity(getattr(interest, end), getattr(years, end))
        for end in ENDS
    }
    return Price(
        key=beds_price.key,
        unit="euro/bed/year",
        source=beds_price.source,
        confidence=beds_price.confidence,
        **ends,
    )


def _annuity(interest: float, years: float) -> float:
    return float(interest / (1 - (1 + interest) ** -years)) if interest else 1 / years


def _has_people(items: Mapping[str, float]) -> bool:
    return any(item.startswith(FTE) for item in items)


def _range(more: Mapping[str, float]) -> tuple[float, float, float]:
    totals = np.zeros(len(ENDS))
    for item, quantity in sorted(more.items()):
        low, value, high = _price(item).times(quantity)
        totals += (min(low, high), value, max(low, high))
    low, value, high = (totals / MILLION).tolist()
    return low, value, high


def _price(item: str) -> Price:
    price = prices()[item]
    return yearly(price) if item.startswith("build.") else price


def _items(run: Run, scenario: RunScenario) -> Iterator[tuple[object, ...]]:
    fte = _fte(run, scenario.name)
    for item, quantity in fte.get(WHOLE_REGION, {}).items():
        if item in prices():
            yield _row(scenario.name, item, quantity, "FTE")
    if scenario.baseline is None:
        return
    for item, beds in _beds_built(run, scenario).items():
        yield _row(scenario.name, item, beds, "beds")


def _row(scenario: str, item: str, quantity: float, unit: str) -> tuple[object, ...]:
    price = _price(item)
    return (
        scenario,
        item,
        quantity,
        unit,
        *price.times(quantity),
        price.source,
        price.confidence,
    )


def _fte(run: Run, scenario: str) -> dict[str, dict[str, float]]:
    """Read FTE by site and role."""
    table = run.summary
    rows = table[(table["scenario"] == scenario) & table["kpi"].str.startswith(FTE)]
    found: dict[str, dict[str, float]] = {}
    for site, name, mean in zip(rows["site"], rows["kpi"], rows["mean"], strict=True):
        found.setdefault(str(site), {})[str(name)] = float(mean)
    return found


def _beds_built(run: Run, scenario: RunScenario) -> dict[str, float]:
    """Count the beds that sites have more than when nothing is done, old sites and new."""
    before = {s.name: s for s in run.scenarios}[str(scenario.baseline)]
    existing = {site.id for site in before.sites}
    now, then = _fte(run, scenario.name), _fte(run, before.name)
    built = {"build.extension": 0.0, "build.new": 0.0}
    for site in scenario.sites:
        if site.is_neighbour:
            continue
        for kind in BEDS:
            name = FTE + kind
            more = now.get(site.id, {}).get(name, 0.0) - then.get(site.id, {}).get(name, 0.0)
            if more > 0:
                beds = more / _fte_per_bed(run, scenario.name, kind)
                built["build.extension" if site.id in existing else "build.new"] += beds
    return built


def _fte_per_bed(run: Run, scenario: str, kind: str) -> float:
    """Return the FTE that a staffed bed takes; NaN if the run doesn't say."""
    values = _parameters(run, scenario)
    people, hours = values.get(f"staff.people.{kind}"), values.get("staff.hours_per_fte")
    if people is None or hours is None:
        return float("nan")
    return float(people) * HOURS_PER_YEAR / float(hours)


def _parameters(run: Run, scenario: str) -> dict[str, str]:
    """Return the parameters of a scenario as the run wrote them, by key."""
    rows = run.parameters[run.parameters["scenario"] == scenario]
    return dict(zip(rows["key"], rows["value"], strict=True))
