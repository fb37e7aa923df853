"""What a municipality's sheet says: its own figures, maps and answers, before any lay-out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from geodata.accessibility.reachability import REGION_CODE
from results.accessibility.travel import Access
from results.maps.choropleth import source_line
from results.report.destinations import shares
from results.sheets.answers import Figures, answered
from results.sheets.area import ED, MATERNITY, Area, Local
from results.sheets.content import Section, Sheet
from results.sheets.destinations import where
from results.sheets.maps import legend_labels
from results.sheets.pictures import map_set
from results.sheets.sentences import abroad, assumed, certain, counted, in_short
from results.sheets.tables import door, travel

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from geodata.dataset.dataset import DataSet
    from results.language.words import Words
    from results.runs.run import Run


def sheets(run: Run, data: DataSet, words: Words) -> Iterator[Sheet]:
    """Give the sheet of every municipality of the region, by name, and that of the region last."""
    access, figures, went = Access.of(run, data), Figures(run, words), shares(run)
    inside = data.cells["in_region"].to_numpy(dtype=bool)
    codes = data.cells["municipality_code"].to_numpy(dtype=np.str_)
    table = run.reachability
    names = dict(zip(table["municipality_code"], table["municipality"], strict=True))
    found = sorted({str(code) for code in codes[inside]}, key=lambda code: str(names.get(code)))
    for code in found:
        area = Area(code, str(names.get(code, code)), inside & (codes == code), frozenset([code]))
        yield _sheet(Local(run, access, figures, words, area), went)
    region = Area(REGION_CODE, str(names.get(REGION_CODE, REGION_CODE)), inside, frozenset(found))
    yield _sheet(Local(run, access, figures, words, region), went)


def _sheet(local: Local, went: pd.DataFrame) -> Sheet:
    _, words = local.words.gettext, local.words
    return Sheet(
        lang=words.lang.value,
        code=local.area.code,
        name=local.area.name,
        title=_("Acute care and giving birth: what the choices mean for {name}").format(
            name=local.area.name
        ),
        intro=_(
            "In Twente people talk about where emergency care (in an emergency department, ED) "
            "and births should be day and night. This sheet shows what a computer model expects of "
            "each choice for people in {name}. It does not choose: people do."
        ).format(name=local.area.name),
        facts=_facts(local),
        summary=Section(_("In short"), tuple(in_short(local))),
        maps=(
            map_set(local, ED, _("Minutes by car to an emergency department (ED, in Dutch: SEH)")),
            map_set(local, MATERNITY, _("Minutes by car to a hospital to give birth")),
        ),
        map_note=_map_note(local),
        legend=legend_labels(),
        legend_unit=_("minutes by car"),
        travel=travel(local),
        where=where(local, went),
        door=door(local),
        sections=(abroad(local), certain(local), assumed(local)),
        answers_title=_("What the region asks, answered one by one"),
        answers_note=_(
            "Each choice is compared with doing nothing in the same year. Between brackets "
            "stands the 95% interval: the mean of the model lies in it with 95% certainty. "
            "“No difference shown” means that the model can't tell."
        ),
        answers_columns=(_("What is asked"), _("What the model says")),
        answers=answered(local.figures, local.area.site, partial(counted, local)),
        footer=source_line(local.run, words),
    )


def _map_note(local: Local) -> str:
    _ = local.words.gettext
    note = _(
        "Every square is a piece of 250 by 250 metres where people live. The blue sign is "
        "a hospital that is open for this care. Hospitals outside Twente count too. Is a "
        "hospital not always open, then the map is of the worst moment, which stands above it. "
        "Grey: nobody lives there."
    )
    if local.now.abroad:
        note += " " + _("Triangle: a hospital across the border that doesn't count.")
    return note


def _facts(local: Local) -> tuple[tuple[str, str], ...]:
    _, words = local.words.gettext, local.words
    people = local.access.counts(local.members)
    return (
        (_("Inhabitants"), words.people(people.inhabitants)),
        (_("of whom 65 and over"), words.people(people.seniors)),
        (_("Expected births a year"), words.people(people.births)),
        (_("By car to an ED now, on average"), local.minutes(local.mean(local.now, ED))),
        (
            _("By car to give birth now, on average"),
            local.minutes(local.mean(local.now, MATERNITY)),
        ),
    )
