"""What a sheet says in sentences: in short, across the border, what is certain and assumed."""

from __future__ import annotations

from collections import Counter
from math import isnan
from typing import TYPE_CHECKING

from geodata.accessibility.reachability import Clock
from geodata.accessibility.uncertainty import CENTRAL_RANGE, travel_ratio
from results.accessibility.travel import BIRTHS, CHAIN
from results.language.confidence import ASSUMED, CONFIDENCES
from results.runs.run import ALWAYS, CLOSED
from results.sheets.area import ED, MATERNITY
from results.sheets.content import Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from results.runs.run import RunScenario, RunSite
    from results.sheets.area import Local


def in_short(local: Local) -> Iterator[str]:
    """Say who is beyond the norms now, and which choices lengthen the way most."""
    _, words = local.words.gettext, local.words
    yield local.beyond_now()
    clocks = [
        local.access.mean(local.access.call_to_hospital(local.now, ED, clock), local.members)
        for clock in CHAIN
    ]
    if not any(isnan(minutes) for minutes in clocks):
        yield _(
            "From the call until the ambulance is at the hospital takes {norm} minutes on average "
            "by the norm's clock (a short stop at the patient), and {life} by life's clock."
        ).format(norm=words.number(clocks[0]), life=words.number(clocks[1]))
    for function, text in (
        (
            ED,
            _(
                "The way to an ED grows most with {choices}: from {before} to {after} minutes "
                "on average by car."
            ),
        ),
        (
            MATERNITY,
            _(
                "The way to give birth grows most with {choices}: from {before} to {after} "
                "minutes on average by car. Then {births} births a year are beyond the norm of "
                "{norm} minutes."
            ),
        ),
    ):
        before = local.mean(local.now, function)
        longest = local.longest(function)
        if longest is None or words.number(longest[0]) == words.number(before):
            continue
        after, choices = longest
        births = dict.fromkeys(
            local.beyond_text(
                local.access.by_car(each, MATERNITY), local.norms[1], Clock.DRIVE, BIRTHS
            )
            for each in choices
        )
        yield text.format(
            choices=_quoted(local, choices),
            before=words.number(before),
            after=words.number(after),
            births=words.listed(list(births)),
            norm=words.number(local.norms[1]),
        )
        yield from local.at_worst(choices, function)
    same = [
        local.title(choice)
        for choice in local.choices
        if all(
            local.mean(choice, function) == local.mean(local.now, function)
            for function in (ED, MATERNITY)
        )
    ]
    if same:
        yield _("Travel stays as it is now with: {choices}.").format(choices="; ".join(same))


def _quoted(local: Local, choices: Sequence[RunScenario]) -> str:
    """Name choices that read the same: none of them is before the others."""
    return local.words.listed([f"“{local.title(choice)}”" for choice in choices])


def abroad(local: Local) -> Section:
    """Name what is nearest outside Twente, at home and across the border."""
    _ = local.words.gettext
    sentences = []
    outside = [site for site in local.now.sites if site.is_neighbour]
    nearest = _nearest(local, outside)
    if nearest:
        sentences.append(
            _(
                "Nearest hospital outside Twente in the Netherlands: {name}, on average {minutes} "
                "by car."
            ).format(name=nearest[1].name, minutes=local.minutes(nearest[0]))
        )
    for site in local.now.abroad:
        minutes = local.access.to_point(site.point)
        now = local.access.by_car(local.now, ED).over_time()
        nearer = local.members & (minutes.over_time() < now)
        care = (
            _("emergency care and births")
            if site.hours(MATERNITY) != CLOSED
            else _("emergency care; births are not known")
        )
        people = local.access.counts(nearer).inhabitants
        text = (
            _(
                "Across the border: {name}, on average {minutes} by car ({care}). For {people} "
                "inhabitants its ED is nearer than any that counts now."
            )
            if people >= 1
            else _(
                "Across the border: {name}, on average {minutes} by car ({care}). For nobody here "
                "is its ED nearer than one that counts now."
            )
        )
        sentences.append(
            text.format(
                name=site.name,
                minutes=local.minutes(local.access.mean(minutes, local.members)),
                care=care,
                people=local.people(people),
            )
        )
    if local.now.abroad:
        abroad = {site.id for site in local.now.abroad}
        sentences.append(
            _("German hospitals count in this calculation.")
            if any(s.id in abroad and s.hours(ED) != CLOSED for s in local.now.sites)
            else _(
                "German hospitals do not count in this calculation. Agreements, insurance and "
                "language are not modelled."
            )
        )
    return Section(_("Across the border of Twente"), tuple(sentences))


def _nearest(local: Local, sites: Sequence[RunSite]) -> tuple[float, RunSite] | None:
    abroad = {site.id for site in local.now.abroad}
    means = [
        (local.access.mean(local.access.to_point(site.point), local.members), site)
        for site in sites
        if site.id not in abroad and site.point in set(local.access.data.points["id"])
    ]
    known = [item for item in means if not isnan(item[0])]
    return min(known, key=lambda item: item[0]) if known else None


def certain(local: Local) -> Section:
    """Say what is counted or measured."""
    _, words = local.words.gettext, local.words
    dates = _dates(local)
    sentences = [
        _("Who lives where: counted by CBS{date}.").format(date=dates.get("population", "")),
        _("The roads: OpenStreetMap{date}.").format(date=dates.get("osm", "")),
        _("Which hospital is open when: that is what each choice says."),
    ]
    measured = _confidences(local)[CONFIDENCES[-1]]
    sentences.append(
        _("{count} numbers in the model are measured in Twente.").format(
            count=words.number(measured)
        )
    )
    return Section(_("What is certain"), tuple(sentences))


def assumed(local: Local) -> Section:
    """Say what nobody measured, and how far off it may be."""
    _, words = local.words.gettext, local.words
    furthest = travel_ratio("car", max(limit for limit in local.norms if not isnan(limit)))
    low, high = (furthest.quantile(end) for end in CENTRAL_RANGE)
    counted = _confidences(local)
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


def _confidences(local: Local) -> Counter[str]:
    table = local.run.parameters
    return Counter(table.loc[table["scenario"] == local.now.name, "confidence"].map(str))


def _dates(local: Local) -> dict[str, str]:
    sources = local.access.data.manifest.get("sources", {})
    return {
        name: ", " + local.words.day(str(source["date"]))
        for name, source in sources.items()
        if "date" in source
    }


def counted(local: Local, what: str) -> str:
    """Answer what the model doesn't simulate but a count tells."""
    return {
        "open_sites": _open_sites,
        "beyond_norms": _most_beyond,
        "farthest_settlement": _farthest,
    }[what](local)


def _open_sites(local: Local) -> str:
    _, words = local.words.gettext, local.words

    def always(scenario: RunScenario, function: str) -> int:
        own = (site for site in scenario.sites if not site.is_neighbour)
        return sum(site.hours(function) == ALWAYS for site in own)

    now = {function: always(local.now, function) for function in (ED, MATERNITY)}
    parts = [
        _("Open day and night in Twente now: {ed} EDs and {birth} hospitals to give birth.").format(
            ed=words.number(now[ED]), birth=words.number(now[MATERNITY])
        )
    ]
    for function, text in (
        (ED, _("Fewer EDs with: {choices}.")),
        (MATERNITY, _("Fewer hospitals to give birth with: {choices}.")),
    ):
        fewer = [
            local.title(choice)
            for choice in local.choices
            if always(choice, function) < now[function]
        ]
        if fewer:
            parts.append(text.format(choices=local.figures.some(fewer)))
    return " ".join(parts)


def _most_beyond(local: Local) -> str:
    _ = local.words.gettext
    parts = [local.beyond_now()]
    beyond = [(local.beyond_birth(choice).inhabitants, choice) for choice in local.choices]
    known = [item for item in beyond if not isnan(item[0]) and item[0] >= 1]
    if known:
        most = local.people(max(count for count, _choice in known))
        same = [choice for count, choice in known if local.people(count) == most]
        text = _("Most beyond the norm for giving birth: {people}, with {choices}.")
        drive = local.access.by_car(same[0], MATERNITY)
        between = local.beyond_text(drive, local.norms[1], Clock.DRIVE)
        parts += [text.format(people=between, choices=_quoted(local, same))]
        parts += local.beyond_at_worst(same)
    return " ".join(parts)


def _farthest(local: Local) -> str:
    _ = local.words.gettext
    now = local.access.by_car(local.now, ED)
    places = local.frame.settlements
    far = [(local.access.mean(now, place.cells), place.name) for place in places]
    known = [item for item in far if not isnan(item[0])]
    if not known:
        return ""
    minutes, name = max(known)
    text = _("The way to an ED is longest from {name}: {minutes} by car now.")
    return text.format(name=name, minutes=local.minutes(minutes))
