"""What a municipality's sheet says: its own figures, maps and answers, before any lay-out.

The one source of both files of a sheet, the web page and the PDF: everything here is text that is
ready to show, in the reader's language, and nothing of it is markup (the maps apart).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from math import isnan
from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np

from geodata.uncertainty import CENTRAL_RANGE, travel_ratio
from results.access import CLOCKS, Access, Beyond
from results.compare import Verdict
from results.maps import source_line
from results.report_tables import ASSUMED, CONFIDENCES, SYMBOLS
from results.run import ALWAYS, CLOSED, REGION_SITE
from results.sheet_answers import Figures, Group, answered
from results.sheet_map import SheetMaps, class_of, legend_labels
from results.tables import REGION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from geodata.dataset import DataSet
    from results.run import Run, Scenario, Site
    from results.text import Words

MOST_CHOICES = 12
"""Choices that a table of a sheet holds; a sheet has two pages."""

MOST_SMALL_MAPS = 5
LONGEST_TITLE, LONGEST_CAPTION = 60, 110
ED, MATERNITY = "ed", "maternity"
FEW_PEOPLE, FEW_BIRTHS = 10, 0.5
DOOR_KPIS = (
    "ambulance.a1.response.mean",
    "ambulance.a1.within_15",
    "ambulance.call_to_hospital.within_45",
    "ed.wait_doctor.median",
    "ed.wait_doctor.p95",
    "ed.los.median",
)
"""What the second table shows, in its order."""


@dataclass(frozen=True)
class MapPicture:
    """A map, and what it says in words."""

    title: str
    alt: str
    svg: str


@dataclass(frozen=True)
class MapSet:
    """The maps of one kind of care: today's large, and one for each map that differs."""

    title: str
    now: MapPicture
    others: tuple[MapPicture, ...]


@dataclass(frozen=True)
class Table:
    """A table with its heading row; the first cell of a row is its name."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A heading with sentences."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """One municipality, or all of Twente, ready to lay out.

    Attributes
    ----------
    lang, code, name
        The language, the municipality's code (`REGION` for Twente) and its name.
    facts
        Label and number: inhabitants and the like.
    legend
        Colour and label of each class of minutes.
    """

    lang: str
    code: str
    name: str
    title: str
    intro: str
    facts: tuple[tuple[str, str], ...]
    summary: Section
    maps: tuple[MapSet, ...]
    map_note: str
    legend: tuple[tuple[str, str], ...]
    legend_unit: str
    travel: Table
    door: Table
    sections: tuple[Section, ...]
    answers_title: str
    answers_note: str
    answers_columns: tuple[str, str]
    answers: tuple[Group, ...]
    footer: str


def sheets(run: Run, data: DataSet, words: Words) -> Iterator[Sheet]:
    """Give the sheet of every municipality of the region, by name, and that of the region last."""
    access, figures = Access.of(run, data), Figures(run, words)
    inside = data.cells["in_region"].to_numpy(dtype=bool)
    codes = data.cells["municipality_code"].to_numpy(dtype=np.str_)
    table = run.reachability
    names = dict(zip(table["municipality_code"], table["municipality"], strict=True))
    found = sorted({str(code) for code in codes[inside]}, key=lambda code: str(names.get(code)))
    for code in found:
        area = _Area(code, str(names.get(code, code)), inside & (codes == code), frozenset([code]))
        yield _Writer(run, access, figures, words, area).sheet()
    region = _Area(REGION, str(names.get(REGION, REGION)), inside, frozenset(found))
    yield _Writer(run, access, figures, words, region).sheet()


@dataclass(frozen=True)
class _Area:
    code: str
    name: str
    members: npt.NDArray[np.bool_]
    codes: frozenset[str]

    @property
    def site(self) -> str:
        """The site of its figures among the KPIs."""
        return REGION_SITE if self.code == REGION else self.code


@dataclass(frozen=True)
class _Writer:
    """Writes the sheet of one area."""

    run: Run
    access: Access
    figures: Figures
    words: Words
    area: _Area

    def sheet(self) -> Sheet:
        _, words = self.words.gettext, self.words
        return Sheet(
            lang=words.lang.value,
            code=self.area.code,
            name=self.area.name,
            title=_("Acute care and giving birth: what the choices mean for {name}").format(
                name=self.area.name
            ),
            intro=_(
                "In Twente people talk about where emergency care and births should be day and "
                "night. This sheet shows what a computer model expects of each choice for people "
                "in {name}. It does not choose: people do."
            ).format(name=self.area.name),
            facts=self._facts(),
            summary=Section(_("In short"), tuple(self._in_short())),
            maps=(
                self._map_set(
                    ED, _("Minutes by car to an emergency department (ED, in Dutch: SEH)")
                ),
                self._map_set(MATERNITY, _("Minutes by car to a hospital to give birth")),
            ),
            map_note=_(
                "Every square is a piece of 250 by 250 metres where people live. The blue sign is "
                "a hospital that is open for this care. Hospitals outside Twente count too. Is a "
                "hospital not always open, then the worst hour counts. Grey: nobody lives there."
            ),
            legend=legend_labels(),
            legend_unit=_("minutes by car"),
            travel=self._travel(),
            door=self._door(),
            sections=(self._abroad(), self._certain(), self._assumed()),
            answers_title=_("What the region asks, answered one by one"),
            answers_note=_(
                "Each choice is compared with doing nothing in the same year. Between brackets "
                "stands the 95% interval: the mean of the model lies in it with 95% certainty. "
                "“No difference shown” means that the model can't tell."
            ),
            answers_columns=(_("What is asked"), _("What the model says")),
            answers=answered(self.figures, self.area.site, self._counted),
            footer=source_line(self.run, words),
        )

    # What the tables of a run don't hold is counted by cell.

    @cached_property
    def _now(self) -> Scenario:
        scenarios = self.run.scenarios
        return next((s for s in scenarios if s.baseline is None), scenarios[0])

    @cached_property
    def _choices(self) -> tuple[Scenario, ...]:
        return tuple(s for s in self.run.scenarios if s.baseline is not None)

    @cached_property
    def _frame(self) -> SheetMaps:
        return SheetMaps(
            self.access.data,
            self.area.members,
            self.area.codes,
            tuple(site.name for site in self._now.abroad),
        )

    @cached_property
    def _norms(self) -> tuple[float, float]:
        norm = self.access.norm
        return norm.limit(ED, "siren") or np.nan, norm.limit(MATERNITY, "car") or np.nan

    def _beyond_ed(self, scenario: Scenario, clock: str) -> Beyond:
        minutes = self.access.call_to_hospital(scenario, ED, clock)
        return self.access.beyond(minutes, self._norms[0], self.area.members)

    def _beyond_birth(self, scenario: Scenario) -> Beyond:
        minutes = self.access.by_car(scenario, MATERNITY)
        return self.access.beyond(minutes, self._norms[1], self.area.members)

    def _mean(self, scenario: Scenario, function: str) -> float:
        return self.access.mean(self.access.by_car(scenario, function), self.area.members)

    def _facts(self) -> tuple[tuple[str, str], ...]:
        _, words = self.words.gettext, self.words
        people = self.access.counts(self.area.members)
        return (
            (_("Inhabitants"), words.people(people.inhabitants)),
            (_("of whom 65 and over"), words.people(people.seniors)),
            (_("Expected births a year"), words.people(people.births)),
            (_("By car to an ED now, on average"), self._minutes(self._mean(self._now, ED))),
            (
                _("By car to give birth now, on average"),
                self._minutes(self._mean(self._now, MATERNITY)),
            ),
        )

    def _in_short(self) -> Iterator[str]:
        _, words = self.words.gettext, self.words
        yield self._beyond_now()
        clocks = [
            self.access.mean(self.access.call_to_hospital(self._now, ED, clock), self.area.members)
            for clock in CLOCKS
        ]
        if not any(isnan(minutes) for minutes in clocks):
            yield _(
                "From the call until the ambulance is at the hospital takes {norm_clock} minutes "
                "on average by the clock of the norm, and {usual_clock} by the usual clock."
            ).format(norm_clock=words.number(clocks[0]), usual_clock=words.number(clocks[1]))
        for function, text in (
            (
                ED,
                _(
                    "The way to an ED grows most with “{choice}”: from {before} to {after} minutes "
                    "on average by car."
                ),
            ),
            (
                MATERNITY,
                _(
                    "The way to give birth grows most with “{choice}”: from {before} to {after} "
                    "minutes on average by car. Then about {births} births a year are beyond "
                    "the norm of {norm} minutes."
                ),
            ),
        ):
            before = self._mean(self._now, function)
            longest = self._longest(function)
            if longest is None or words.number(longest[0]) == words.number(before):
                continue
            after, choice = longest
            yield text.format(
                choice=self._title(choice),
                before=words.number(before),
                after=words.number(after),
                births=self._births(self._beyond_birth(choice).births),
                norm=words.number(self._norms[1]),
            )
        same = [
            self._title(choice)
            for choice in self._choices
            if all(
                self._mean(choice, function) == self._mean(self._now, function)
                for function in (ED, MATERNITY)
            )
        ]
        if same:
            yield _("Travel stays as it is now with: {choices}.").format(choices="; ".join(same))

    def _longest(self, function: str) -> tuple[float, Scenario] | None:
        """Return the longest mean way of the choices, and the first choice that has it."""
        ways = [(self._mean(choice, function), choice) for choice in self._choices]
        known = [way for way in ways if not isnan(way[0])]
        return max(known, key=lambda way: way[0], default=None)

    def _beyond_now(self) -> str:
        _, words = self.words.gettext, self.words
        ed, birth = self._beyond_ed(self._now, CLOCKS[0]), self._beyond_birth(self._now)
        return _(
            "Now {ed} inhabitants are beyond the norm for the ED ({ed_norm} minutes from the call "
            "to the hospital, by ambulance) and {birth} beyond the norm for giving birth "
            "({birth_norm} minutes by car)."
        ).format(
            ed=self._people(ed.inhabitants),
            ed_norm=words.number(self._norms[0]),
            birth=self._people(birth.inhabitants),
            birth_norm=words.number(self._norms[1]),
        )

    def _map_set(self, function: str, title: str) -> MapSet:
        """Draw today's map large, and small every map of the choices that looks different."""
        _ = self.words.gettext
        maps = self._frame
        groups: dict[bytes, list[Scenario]] = {}
        for scenario in (self._now, *self._choices):
            minutes = self.access.by_car(scenario, function)
            looks = class_of(minutes[self.area.members]).tobytes()
            groups.setdefault(looks, []).append(scenario)
        now, *others = groups.values()
        same = [self._title(scenario) for scenario in now[1:]]
        first = _("Now")
        if same:
            first = _("Now, and with: {choices}").format(choices="; ".join(same))
        return MapSet(
            title=title,
            now=self._picture(maps, now[0], function, first, title, large=True),
            others=tuple(
                self._picture(
                    maps,
                    group[0],
                    function,
                    "; ".join(self._title(scenario) for scenario in group),
                    title,
                    large=False,
                )
                for group in others[:MOST_SMALL_MAPS]
            ),
        )

    def _picture(
        self,
        maps: SheetMaps,
        scenario: Scenario,
        function: str,
        caption: str,
        title: str,
        *,
        large: bool,
    ) -> MapPicture:
        minutes = self.access.by_car(scenario, function)
        draw = maps.large if large else maps.small
        mean = self._minutes(self.access.mean(minutes, self.area.members))
        text = self.words.gettext("{title}. {choice}. On average {minutes}; {places}.")
        far = sorted(
            (
                (self.access.mean(minutes, place.cells), place.name)
                for place in self._frame.settlements
            ),
            key=lambda item: (-item[0], item[1]),
        )
        places = [f"{name} {self._minutes(value)}" for value, name in far[:3]]
        return MapPicture(
            title=shorten(caption, LONGEST_CAPTION, placeholder="…"),
            alt=text.format(
                title=title, choice=caption, minutes=mean, places=self.words.listed(places)
            ),
            svg=draw(minutes, scenario.sites, function),
        )

    def _travel(self) -> Table:
        _, words = self.words.gettext, self.words
        norm = self.access.norm
        ed, birth = (words.number(limit) for limit in self._norms)
        rows = []
        for scenario in (self._now, *self._choices[:MOST_CHOICES]):
            by_norm, usual = (self._beyond_ed(scenario, clock) for clock in CLOCKS)
            born = self._beyond_birth(scenario)
            rows.append(
                (
                    self._title(scenario),
                    words.number(self._mean(scenario, ED)),
                    self._people(by_norm.inhabitants),
                    self._people(by_norm.seniors),
                    self._people(usual.inhabitants),
                    words.number(self._mean(scenario, MATERNITY)),
                    self._people(born.inhabitants),
                    self._births(born.births),
                )
            )
        note = _(
            "Numbers of people who live there now. Beyond the norm of the ED: more than {norm} "
            "minutes from the call until the ambulance is at the hospital. The clock of the norm "
            "counts {loading} minutes at the patient; usually it is about {on_scene} minutes "
            "(the usual clock)."
        ).format(
            norm=ed,
            loading=words.number(norm["chain.loading"]),
            on_scene=words.number(norm["chain.empirical.on_scene"]),
        )
        return Table(
            title=_("Travelling: how long, and how many people beyond the norm"),
            note=" ".join([note, *self._left_out()]),
            columns=(
                _("Choice"),
                _("To the ED by car, on average (minutes)"),
                _("Beyond the norm of the ED: inhabitants"),
                _("of whom 65 and over"),
                _("Beyond it by the usual clock: inhabitants"),
                _("To give birth by car, on average (minutes)"),
                _("More than {norm} minutes to give birth: inhabitants").format(norm=birth),
                _("Births a year among them"),
            ),
            rows=tuple(rows),
        )

    def _left_out(self) -> Iterator[str]:
        more = len(self._choices) - MOST_CHOICES
        if more > 0:
            yield self.words.ngettext(
                "One more choice stands in the report.",
                "{count} more choices stand in the report.",
                more,
            ).format(count=self.words.number(more))

    def _door(self) -> Table:
        _ = self.words.gettext
        shown = [self._now, *self._choices[:MOST_CHOICES]]
        needed = {choice.baseline for choice in shown if choice.baseline}
        rows = [s for s in self.run.scenarios if s in shown or s.name in needed]
        rows.sort(key=lambda s: (s.horizon_year, s.baseline is not None))
        labels = {
            "ambulance.a1.response.mean": _("Ambulance with most haste (A1): on average there in"),
            "ambulance.a1.within_15": _("A1: there within 15 minutes"),
            "ambulance.call_to_hospital.within_45": _(
                "A1: at the hospital within 45 minutes of the call, by the usual clock"
            ),
            "ed.wait_doctor.median": _("Waiting for the doctor at the ED: half wait less than"),
            "ed.wait_doctor.p95": _("Waiting: one in twenty waits longer than"),
            "ed.los.median": _("At the ED in all: half stay shorter than"),
        }
        return Table(
            title=_("Ambulance and waiting at the door, in the model"),
            note=_(
                "For people who live in {name}, wherever in Twente they are treated. Minutes, or a "
                "percentage. Between brackets the 95% interval. {better} better and {worse} worse "
                "than doing nothing in the same year; {unclear} no difference shown. "
                "Few people means wide intervals."
            ).format(
                name=self.area.name,
                better=SYMBOLS[Verdict.BETTER],
                worse=SYMBOLS[Verdict.WORSE],
                unclear=SYMBOLS[Verdict.NOT_SHOWN],
            ),
            columns=(_("Choice and year"), *(labels[name] for name in DOOR_KPIS)),
            rows=tuple(
                (
                    f"{self._title(scenario)} ({scenario.horizon_year})",
                    *(self.figures.cell(scenario, self.area.site, name) for name in DOOR_KPIS),
                )
                for scenario in rows
            ),
        )

    def _abroad(self) -> Section:
        """Name what is nearest outside Twente, at home and across the border."""
        _ = self.words.gettext
        sentences = []
        outside = [site for site in self._now.sites if site.is_neighbour]
        nearest = self._nearest(outside)
        if nearest:
            sentences.append(
                _(
                    "Nearest hospital outside Twente in the Netherlands: {name}, {minutes} by car."
                ).format(name=nearest[1].name, minutes=self._minutes(nearest[0]))
            )
        for site in self._now.abroad:
            minutes = self.access.to_point(site.point)
            nearer = self.area.members & (minutes < self.access.by_car(self._now, ED))
            care = (
                _("emergency care and births")
                if site.hours(MATERNITY) != CLOSED
                else _("emergency care; births are not known")
            )
            people = self.access.counts(nearer).inhabitants
            text = (
                _(
                    "Across the border: {name}, {minutes} by car ({care}). For {people} "
                    "inhabitants its ED is nearer than any that counts now."
                )
                if people >= 1
                else _(
                    "Across the border: {name}, {minutes} by car ({care}). For nobody here is its "
                    "ED nearer than one that counts now."
                )
            )
            sentences.append(
                text.format(
                    name=site.name,
                    minutes=self._minutes(self.access.mean(minutes, self.area.members)),
                    care=care,
                    people=self._people(people),
                )
            )
        if self._now.abroad:
            abroad = {site.id for site in self._now.abroad}
            sentences.append(
                _("German hospitals count in this calculation.")
                if any(s.id in abroad and s.hours(ED) != CLOSED for s in self._now.sites)
                else _(
                    "German hospitals do not count in this calculation. Agreements, insurance and "
                    "language are not modelled."
                )
            )
        return Section(_("Across the border of Twente"), tuple(sentences))

    def _nearest(self, sites: Sequence[Site]) -> tuple[float, Site] | None:
        abroad = {site.id for site in self._now.abroad}
        means = [
            (self.access.mean(self.access.to_point(site.point), self.area.members), site)
            for site in sites
            if site.id not in abroad and site.point in set(self.access.data.points["id"])
        ]
        known = [item for item in means if not isnan(item[0])]
        return min(known, key=lambda item: item[0]) if known else None

    def _certain(self) -> Section:
        _, words = self.words.gettext, self.words
        dates = self._dates()
        sentences = [
            _("Who lives where: counted by CBS{date}.").format(date=dates.get("population", "")),
            _("The roads: OpenStreetMap{date}.").format(date=dates.get("osm", "")),
            _("Which hospital is open when: that is what each choice says."),
        ]
        measured = self._confidences()[CONFIDENCES[-1]]
        sentences.append(
            _("{count} numbers in the model are measured in Twente.").format(
                count=words.number(measured)
            )
        )
        return Section(_("What is certain"), tuple(sentences))

    def _assumed(self) -> Section:
        _, words = self.words.gettext, self.words
        low, high = (travel_ratio("car").quantile(end) for end in CENTRAL_RANGE)
        counted = self._confidences()
        return Section(
            _("What is assumed"),
            (
                _(
                    "Travel times are computed. The true time may be {shorter} shorter to {longer} "
                    "longer, because of traffic and speeds that nobody measured here."
                ).format(
                    shorter=words.percent(1 - low, 0),
                    longer=words.percent(high - 1, 0),
                ),
                _(
                    "{assumed} of the {total} numbers in the model are assumed, because nobody "
                    "publishes them: such as how long treatment takes and how many staff work "
                    "at what hour. They stand in the report."
                ).format(
                    assumed=words.number(counted[ASSUMED]),
                    total=words.number(counted.total()),
                ),
                _(
                    "The ambulance comes from the nearest post in the table of travel; in the "
                    "model it may be on the road already or still busy."
                ),
            ),
        )

    def _confidences(self) -> Counter[str]:
        table = self.run.parameters
        return Counter(table.loc[table["scenario"] == self._now.name, "confidence"].map(str))

    def _dates(self) -> dict[str, str]:
        sources = self.access.data.manifest.get("sources", {})
        return {
            name: ", " + self.words.day(str(source["date"]))
            for name, source in sources.items()
            if "date" in source
        }

    def _counted(self, what: str) -> str:
        """Answer what the model doesn't simulate but a count tells."""
        return {
            "open_sites": self._open_sites,
            "beyond_norms": self._most_beyond,
            "farthest_settlement": self._farthest,
        }[what]()

    def _open_sites(self) -> str:
        _, words = self.words.gettext, self.words

        def always(scenario: Scenario, function: str) -> int:
            own = (site for site in scenario.sites if not site.is_neighbour)
            return sum(site.hours(function) == ALWAYS for site in own)

        now = {function: always(self._now, function) for function in (ED, MATERNITY)}
        parts = [
            _(
                "Open day and night in Twente now: {ed} EDs and {birth} hospitals to give birth."
            ).format(ed=words.number(now[ED]), birth=words.number(now[MATERNITY]))
        ]
        for function, text in (
            (ED, _("Fewer EDs with: {choices}.")),
            (MATERNITY, _("Fewer hospitals to give birth with: {choices}.")),
        ):
            fewer = [
                self._title(choice)
                for choice in self._choices
                if always(choice, function) < now[function]
            ]
            if fewer:
                parts.append(text.format(choices=self.figures.some(fewer)))
        return " ".join(parts)

    def _most_beyond(self) -> str:
        _ = self.words.gettext
        parts = [self._beyond_now()]
        beyond = [
            (self._beyond_birth(choice).inhabitants, -number, choice)
            for number, choice in enumerate(self._choices)
        ]
        known = [item for item in beyond if not isnan(item[0]) and item[0] >= 1]
        if known:
            most, _number, choice = max(known, key=lambda item: item[:2])
            parts.append(
                _("Most beyond the norm for giving birth: {people}, with “{choice}”.").format(
                    people=self._people(most), choice=self._title(choice)
                )
            )
        return " ".join(parts)

    def _farthest(self) -> str:
        _ = self.words.gettext
        now = self.access.by_car(self._now, ED)
        places = self._frame.settlements
        far = [(self.access.mean(now, place.cells), place.name) for place in places]
        known = [item for item in far if not isnan(item[0])]
        if not known:
            return ""
        minutes, name = max(known)
        text = _("The way to an ED is longest from {name}: {minutes} by car now.")
        return text.format(name=name, minutes=self._minutes(minutes))

    def _title(self, scenario: Scenario) -> str:
        text = " ".join(self.words.of(scenario.title).split())
        return shorten(text, LONGEST_TITLE, placeholder="…")

    def _minutes(self, value: float) -> str:
        return self.words.gettext("{minutes} minutes").format(minutes=self.words.number(value))

    def _people(self, count: float) -> str:
        if 0 < count < FEW_PEOPLE / 2:
            return f"<{FEW_PEOPLE}"
        return self.words.people(count)

    def _births(self, count: float) -> str:
        return "<1" if 0 < count < FEW_BIRTHS else self.words.number(count)
