"""Where residents of each municipality go, now and under each choice, as pictures of stacked bars.

A share is of the visits, or the births in hospital, of one municipality's residents: its mean over
replications, with its interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geodata.accessibility.reachability import REGION_CODE
from results.statistics.intervals import half_width
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from results.language.words import Words
    from results.runs.run import Run, RunScenario

VISITS, BIRTHS = "care.visits", "care.births"
SHARE_COLUMNS = ("scenario", "home", "kpi", "hospital", "share", "ci_low", "ci_high")

MOVED: Final = 0.05
"""Part of a municipality's residents who go elsewhere, from which on a choice is shown apart."""

NAMED_OUTSIDE = 4
"""Hospitals outside Twente that have a colour of their own; the others share one."""

LABEL, BAR, ROW, THICK = 92.0, 208.0, 13.0, 10.0
"""Of a picture, in its own units: room for names, a whole bar, a row, and how thick a bar is."""


@dataclass(frozen=True)
class Part:
    """The share of one hospital: a part of a bar, with its figure in words."""

    style: str
    start: float
    width: float
    text: str


@dataclass(frozen=True)
class DestinationBar:
    """One municipality: where its residents go."""

    name: str
    top: float
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class DestinationPanel:
    """One configuration: a bar for each municipality, and what it says in words."""

    title: str
    alt: str
    bars: tuple[DestinationBar, ...]


@dataclass(frozen=True)
class Destinations:
    """The pictures of one kind of care.

    Attributes
    ----------
    legend
        Style and name of each hospital.
    same
        The choices that change nothing to speak of, in a sentence; empty where there are none.
    width, height
        Of each picture.
    """

    title: str
    panels: tuple[DestinationPanel, ...]
    legend: tuple[tuple[str, str], ...]
    same: str
    label: float = LABEL - 4
    thick: float = THICK
    width: float = LABEL + BAR
    height: float = 0.0


def shares(run: Run) -> pd.DataFrame:
    """Return which share of residents goes to each hospital, with its 95% t-interval.

    Returns
    -------
    pandas.DataFrame
        `SHARE_COLUMNS`; `home` is a municipality's code, or the region's `site`. No rows where a
        run doesn't know where people go.
    """
    rows = run.replications
    rows = rows[rows["kpi"].isin([VISITS, BIRTHS]) & (rows["site"] != WHOLE_REGION)]
    place = [str(site).rpartition(":") for site in rows["site"]]
    rows = rows.assign(
        home=[home or WHOLE_REGION for home, _colon, _hospital in place],
        hospital=[hospital for _home, _colon, hospital in place],
    )
    rows = rows[rows["hospital"].isin(list(run.site_names))]
    whole = rows.groupby(["scenario", "home", "kpi", "replication"])["value"].transform("sum")
    rows = rows[whole > 0].assign(share=rows["value"] / whole)
    keys = ["scenario", "home", "kpi", "hospital"]
    table = rows.groupby(keys)["share"].agg(["mean", "std", "count"]).reset_index()
    half = half_width(table["std"], table["count"].to_numpy(dtype=float))
    table = table.assign(share=table["mean"], ci_low=table["mean"] - half)
    return table.assign(ci_high=table["mean"] + half)[list(SHARE_COLUMNS)]


def destinations(run: Run, words: Words) -> tuple[Destinations, ...]:
    """Draw where residents go for emergency care and to give birth; nothing where it isn't known.

    Parameters
    ----------
    run
        Today's configuration is its first baseline. A choice that moves less than `MOVED` of every
        municipality, beside doing nothing in its year, is named instead of drawn.
    words
        The reader's language.
    """
    _ = words.gettext
    found, names = shares(run), municipalities(run)
    styles = _styles(run, found)
    now = next((s for s in run.scenarios if s.baseline is None), None)
    titles = {
        VISITS: _("Emergency visits: to which hospital"),
        BIRTHS: _("Births in hospital: in which hospital"),
    }
    pictures = []
    for kpi, title in titles.items():
        table = found[(found["kpi"] == kpi) & found["home"].isin(list(names))]
        if now is None or table.empty:
            continue
        choices = [s for s in run.scenarios if s.baseline is not None]
        moving = [s for s in choices if moved(table, s) >= MOVED]
        shown = [now, *sorted(moving, key=lambda s: s.horizon_year)]
        same = [words.of(s.title) for s in choices if s not in moving]
        pictures.append(
            Destinations(
                title,
                tuple(_panel(table, each, names, styles, run, words) for each in shown),
                _legend(styles, table, run, words),
                _("As when nothing is done: {choices}.").format(choices="; ".join(same))
                if same
                else "",
                height=ROW * len(names),
            )
        )
    return tuple(pictures)


def municipalities(run: Run) -> dict[str, str]:
    """Return the name of each municipality of the region by its code, in order of name."""
    table = run.reachability
    pairs = set(zip(table["municipality_code"], table["municipality"], strict=True))
    ordered = sorted(pairs, key=lambda pair: str(pair[1]))
    return {str(code): str(name) for code, name in ordered if code != REGION_CODE}


def moved(table: pd.DataFrame, scenario: RunScenario) -> float:
    """Return the largest part of a home's residents who go elsewhere than when nothing is done.

    That is half of what all shares differ together.
    """
    keys = ["home", "kpi", "hospital"]
    own, base = (
        table[table["scenario"] == name].set_index(keys)["share"]
        for name in (scenario.name, scenario.baseline)
    )
    if own.empty or base.empty:
        return 0.0
    apart = own.sub(base, fill_value=0.0).abs()
    return float(apart.groupby(["home", "kpi"]).sum().max()) / 2


def _styles(run: Run, table: pd.DataFrame) -> dict[str, str]:
    """Return the style of each hospital where anybody goes: those of the region first."""
    seen = table[table["share"] > 0]
    outside = {s.id for scenario in run.scenarios for s in scenario.sites if s.is_neighbour}
    most = seen.groupby("hospital")["share"].sum().sort_values(ascending=False, kind="stable")
    inside = [name for name in run.site_names if name in most.index and name not in outside]
    away = [str(name) for name in most.index if name in outside]
    named = {name: f"out{at}" for at, name in enumerate(away[:NAMED_OUTSIDE])}
    rest = dict.fromkeys(away[NAMED_OUTSIDE:], f"out{NAMED_OUTSIDE}")
    return {name: f"in{at}" for at, name in enumerate(inside)} | named | rest


def _legend(
    styles: Mapping[str, str], table: pd.DataFrame, run: Run, words: Words
) -> tuple[tuple[str, str], ...]:
    seen = set(table.loc[table["share"] > 0, "hospital"])
    by_style: dict[str, list[str]] = {}
    for hospital, style in styles.items():
        if hospital in seen:
            by_style.setdefault(style, []).append(run.site_names[hospital])
    return tuple((style, words.listed(names)) for style, names in by_style.items())


def _panel(
    table: pd.DataFrame,
    scenario: RunScenario,
    names: Mapping[str, str],
    styles: Mapping[str, str],
    run: Run,
    words: Words,
) -> DestinationPanel:
    _ = words.gettext
    own = table[table["scenario"] == scenario.name]
    by_home = {str(home): rows.set_index("hospital") for home, rows in own.groupby("home")}
    bars, away = [], []
    for number, (code, name) in enumerate(names.items()):
        if code not in by_home:
            continue
        rows = by_home[code]
        order = [hospital for hospital in styles if hospital in rows.index]
        bars.append(DestinationBar(name, ROW * number, _parts(rows, order, styles, run, words)))
        outside = [hospital for hospital in order if styles[hospital].startswith("out")]
        share = float(rows.loc[outside, "share"].sum())
        away.append(f"{name} {words.percent(share, 0)}")
    title = f"{words.of(scenario.title)} ({scenario.horizon_year})"
    alt = _("{title}. Outside Twente go, of the residents of: {shares}.").format(
        title=title, shares=", ".join(away)
    )
    return DestinationPanel(title, alt, tuple(bars))


def _parts(
    rows: pd.DataFrame,
    order: Sequence[str],
    styles: Mapping[str, str],
    run: Run,
    words: Words,
) -> tuple[Part, ...]:
    parts, start = [], LABEL
    for hospital in order:
        share = float(str(rows.loc[hospital, "share"]))
        low, high = (float(str(rows.loc[hospital, end])) for end in ("ci_low", "ci_high"))
        if share <= 0:
            continue
        between = words.percent_between(max(low, 0.0), min(high, 1.0))
        text = f"{run.site_names[hospital]}: {words.percent(share, 0)} ({between})"
        width = round(BAR * share, 2)
        parts.append(Part(styles[hospital], round(start, 2), width, text))
        start += BAR * share
    return tuple(parts)
