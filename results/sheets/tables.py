"""The two tables of a sheet: travelling, and what happens at the door of the hospital.

A choice that changes nothing for these people takes no row of its own: it is named beside what it
equals, so that what differs can be read, in letters that can be read.
"""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING

from geodata.accessibility.reachability import Clock
from results.accessibility.travel import BIRTHS, CHAIN, EVERYONE, SENIOR
from results.rendering.labels import SYMBOLS
from results.sheets.area import ED, MATERNITY
from results.sheets.content import SheetTable
from results.statistics.comparison import Verdict
from sim.replication.outcome import WHOLE_REGION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from results.accessibility.travel import Group, TravelMinutes
    from results.runs.run import RunScenario
    from results.sheets.area import Local


MOST_ROWS = 12
"""Rows that a table of a sheet holds; a sheet has two pages."""

LONGEST_NAME = 150
"""Letters of the choices that share a row."""

DOOR_KPIS = (
    "ambulance.a1.response.mean",
    "ambulance.a1.within_15",
    "ambulance.call_to_hospital.within_45.norm",
    "ambulance.call_to_hospital.within_45.life",
    "ed.wait_doctor.median",
    "ed.wait_doctor.p95",
    "ed.los.median",
)
"""What the second table shows, in its order."""

WAITS = ("ed.wait_doctor.median", "ed.wait_doctor.p95")
LEAVING = "ed.to_neighbours"
"""Visits to emergency departments outside the region: where they grow, waits inside get shorter."""


def travel(local: Local) -> SheetTable:
    """Tabulate the way to care and who is beyond the norms; choices that are equal share a row."""
    _, words = local.words.gettext, local.words
    norm = local.access.norm
    ed, birth = (words.number(limit) for limit in local.norms)
    rows: dict[tuple[str, ...], list[str]] = {}
    for scenario in (local.now, *local.choices):
        chain = [local.access.call_to_hospital(scenario, ED, clock) for clock in CHAIN]
        drive = local.access.by_car(scenario, MATERNITY)
        ed_norm, birth_norm = local.norms
        found = (
            _mean(local, local.access.by_car(scenario, ED)),
            _beyond(local, chain[0], ed_norm, Clock.NORM),
            _beyond(local, chain[0], ed_norm, Clock.NORM, SENIOR),
            _beyond(local, chain[1], ed_norm, Clock.LIFE),
            _mean(local, drive),
            _beyond(local, drive, birth_norm, Clock.DRIVE),
            _beyond(local, drive, birth_norm, Clock.DRIVE, BIRTHS),
        )
        rows.setdefault(found, []).append(local.title(scenario))
    note = _(
        "Numbers of people who live there now. Beyond the norm of the ED: more than {norm} "
        "minutes from the call until the ambulance is at the hospital. The norm's clock counts "
        "{loading} minutes at the patient, life's clock about {on_scene}. Where a hospital is open "
        "for part of the time, figures are the mean over the year, and the worst moment stands "
        "behind them. Between brackets the 95% range, as speeds are not known exactly."
    ).format(
        norm=ed,
        loading=words.number(norm["chain.loading"]),
        on_scene=words.number(norm["chain.empirical.on_scene"]),
    )
    return SheetTable(
        title=_("Travelling: how long, and how many people beyond the norm"),
        note=" ".join([note, *left_out(local, len(rows))]),
        columns=(
            _("Choice"),
            _("To the ED by car, on average (minutes)"),
            _("Beyond the norm of the ED, norm's clock: inhabitants"),
            _("of whom 65 and over"),
            _("Beyond it by life's clock: inhabitants"),
            _("To give birth by car, on average (minutes)"),
            _("More than {norm} minutes to give birth: inhabitants").format(norm=birth),
            _("Births a year among them"),
        ),
        rows=tuple(
            (shorten("; ".join(names), LONGEST_NAME, placeholder="…"), *found)
            for found, names in list(rows.items())[:MOST_ROWS]
        ),
    )


def _mean(local: Local, way: TravelMinutes) -> str:
    """Write the mean minutes, and those at the worst moment with its name."""
    text = local.words.number(local.access.mean(way, local.members))
    worst = local.worst(way)
    if worst is None:
        return text
    moment, then = worst
    return f"{text}; {moment}: {local.words.number(local.access.mean(then, local.members))}"


def _beyond(
    local: Local, way: TravelMinutes, limit: float, clock: Clock, group: Group = EVERYONE
) -> str:
    """Write who is beyond a limit over the year, and at the worst moment with its name."""
    text = local.beyond_text(way, limit, clock, group)
    worst = local.worst(way)
    if worst is None:
        return text
    moment, then = worst
    return f"{text}; {moment}: {local.beyond_text(then, limit, clock, group)}"


def left_out(local: Local, count: int, most: int = MOST_ROWS) -> Iterator[str]:
    """Say how many rows more there are than a table holds."""
    more = count - most
    if more > 0:
        yield local.words.ngettext(
            "One more row stands in the report.",
            "{count} more rows stand in the report.",
            more,
        ).format(count=local.words.number(more))


def door(local: Local) -> SheetTable:
    """Tabulate ambulance and waiting: today, and each year's choices that differ from its own."""
    _ = local.words.gettext
    differing = [choice for choice in local.choices if _differs(local, choice)]
    needed = {choice.baseline for choice in differing}
    rows = [s for s in local.run.scenarios if s is local.now or s in differing or s.name in needed]
    rows.sort(key=lambda s: (s.horizon_year, s.baseline is not None))
    labels = {
        "ambulance.a1.response.mean": _("Ambulance with most haste (A1): on average there in"),
        "ambulance.a1.within_15": _("A1: there within 15 minutes"),
        "ambulance.call_to_hospital.within_45.norm": _(
            "A1: at the hospital within 45 minutes of the call, norm's clock"
        ),
        "ambulance.call_to_hospital.within_45.life": _("The same, life's clock"),
        "ed.wait_doctor.median": _("Waiting for the doctor at the ED: half wait less than"),
        "ed.wait_doctor.p95": _("Waiting: one in twenty waits longer than"),
        "ed.los.median": _("At the ED in all: half stay shorter than"),
    }
    note = _(
        "For people who live in {name}, wherever in Twente they are treated. Minutes, or a "
        "percentage. Between brackets the 95% interval. {better} better and {worse} worse "
        "than doing nothing in the same year; {unclear} no difference shown. "
        "Few people means wide intervals."
    ).format(
        name=local.area.name,
        better=SYMBOLS[Verdict.BETTER],
        worse=SYMBOLS[Verdict.WORSE],
        unclear=SYMBOLS[Verdict.NOT_SHOWN],
    )
    return SheetTable(
        title=_("Ambulance and waiting at the door, in the model"),
        note=" ".join(
            [
                note,
                *_alike(local, differing),
                *_leaving(local, differing),
                *left_out(local, len(rows)),
            ]
        ),
        columns=(_("Choice and year"), *(labels[name] for name in DOOR_KPIS)),
        rows=tuple(
            (
                f"{local.title(scenario)} ({scenario.horizon_year})",
                *(local.figures.cell(scenario, local.area.site, name) for name in DOOR_KPIS),
            )
            for scenario in rows[:MOST_ROWS]
        ),
    )


def _leaving(local: Local, differing: list[RunScenario]) -> Iterator[str]:
    """Name the choices with shorter waits that send people to hospitals outside the region."""
    names = [
        local.title(choice)
        for choice in differing
        if local.figures.verdict(choice, WHOLE_REGION, LEAVING) is Verdict.WORSE
        and any(
            local.figures.verdict(choice, local.area.site, name) is Verdict.BETTER for name in WAITS
        )
    ]
    if names:
        yield local.words.gettext(
            "With {choices} more people go to an ED outside Twente: part of the shorter waits "
            "comes from that."
        ).format(choices=local.words.listed(names))


def _differs(local: Local, choice: RunScenario) -> bool:
    """Tell whether a choice is shown to change any figure of the door by enough to matter."""
    return bool(_verdicts(local, choice) - {None, Verdict.NOT_SHOWN})


def _verdicts(local: Local, choice: RunScenario) -> set[Verdict | None]:
    return {local.figures.verdict(choice, local.area.site, name) for name in DOOR_KPIS}


def _alike(local: Local, differing: list[RunScenario]) -> Iterator[str]:
    """Name the choices that the table leaves out, because they change none of it."""
    names = [
        local.title(choice)
        for choice in local.choices
        if choice not in differing and _verdicts(local, choice) != {None}
    ]
    if names:
        yield local.words.gettext(
            "No difference shown, or too small to matter, with: {choices}."
        ).format(choices="; ".join(names))
