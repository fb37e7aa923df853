"""A day at one site as a page that moves: who waits, who is treated, where it is full.

The page is one file with its data, styles and script inside, and asks nothing of the network. Every
place a patient takes is worked out here, from the journal of one replication; the script only shows
it. Without a script the page still has the numbers by the hour.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict, dataclass
from heapq import heappop, heappush
from importlib.resources import files
from typing import TYPE_CHECKING

from babel.dates import get_day_names

from files.whole import write_file
from results.errors import ResultsError
from results.rendering.templates import template
from results.replay.occupancy import area_texts
from results.replay.stays import CareArea, places, stays
from scenarios.errors import Said
from scenarios.units import HOURS_PER_DAY
from sim.patients.cohort import Cohort
from sim.units import MINUTES_PER_DAY, MINUTES_PER_HOUR, MINUTES_PER_WEEK

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from results.language.words import Words
    from results.replay.replay import Replay
    from results.replay.stays import AreaStays


DRAWN = (
    CareArea.ED_WAITING,
    CareArea.ED_ROOMS,
    CareArea.THEATRE_QUEUE,
    CareArea.THEATRE,
    CareArea.DELIVERY,
)
"""Areas whose patients are drawn one by one; of the others only the number is shown."""

COUNTED = (CareArea.ED_BOARDING, CareArea.WARD, CareArea.ICU)
SIGNS = {
    Cohort.VISIT: "●",
    Cohort.DIRECT: "▲",
    Cohort.OPERATION: "■",
    Cohort.BIRTH: "◆",
}
"""A shape for each reason to come: colours alone can't be told apart by everyone."""

OTHER_SIGN = "●"


@dataclass(frozen=True)
class AreaStay:
    """A patient in an area, in minutes of the day.

    Attributes
    ----------
    patient
        Number of the patient.
    begin
        Minute; before 0 for who was there already.
    end
        Minute; None for who is still there when the day ends.
    slot
        Which place in the area: nobody else has it at the same time.
    """

    patient: int
    begin: float
    end: float | None
    slot: int


@dataclass(frozen=True)
class Panel:
    """An area of the page.

    Attributes
    ----------
    places
        Places by hour of the day, None for a queue.
    stays
        Of those who are drawn; empty where only the number is shown.
    changes
        Minute and number present from then on, the first at 0.
    """

    id: str
    label: str
    places: list[float] | None
    stays: list[AreaStay]
    changes: list[tuple[float, int]]

    def present(self, minute: float) -> int:
        """Return how many are there at a minute of the day."""
        return [number for time, number in self.changes if time <= minute][-1]


@dataclass(frozen=True)
class Animation:
    """What the page shows."""

    site: str
    scenario: str
    moment: str
    regions: list[Panel]
    signs: dict[str, str]
    """By cohort number."""


def animation(replay: Replay, site: str, day: int, words: Words) -> Animation:
    """Collect a day at a site.

    Parameters
    ----------
    site
        Its id.
    day
        A measured day, 1 being the first.

    Raises
    ------
    ResultsError
        There is no such day.
    """
    start, _end = replay.day(day)
    labels, outcome = area_texts(words), replay.outcome
    regions = []
    for area in (*DRAWN, *COUNTED):
        found = stays(outcome, site, area)
        today = (found.begin < start + MINUTES_PER_DAY) & (found.end > start)
        room = places(outcome, site, area)
        regions.append(
            Panel(
                id=area.value,
                label=labels[area],
                places=None if room is None else [round(float(number), 1) for number in room],
                stays=_with_slots(found, today, start) if area in DRAWN else [],
                changes=_changes(found, start),
            )
        )
    scenario = outcome.scenario
    return Animation(
        site=scenario.sites[site].name,
        scenario=words.of(scenario.title.model_dump()),
        moment=_moment(start, words),
        regions=regions,
        signs={str(cohort.value): SIGNS.get(cohort, OTHER_SIGN) for cohort in Cohort},
    )


def render(shown: Animation, words: Words, report: str | None = None) -> str:
    """Write the page, with nothing in it from elsewhere and all text escaped.

    Parameters
    ----------
    shown
        The day.
    words
        The reader's language.
    report
        Link to the report of a run that the page stands beside, if it does.
    """
    read = files(__package__).joinpath("templates")
    style, script = (
        read.joinpath(f"animation.{kind}").read_text(encoding="utf-8") for kind in ("css", "js")
    )
    data = json.dumps(asdict(shown), ensure_ascii=False, separators=(",", ":"))
    return template(__package__, "animation.html.j2", words).render(
        shown=shown,
        report=report,
        lang=words.lang.value,
        hours=range(HOURS_PER_DAY),
        minutes=MINUTES_PER_HOUR,
        kinds=_kinds(words),
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        data=data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"),
    )


def write_page(page: str, out: Path) -> None:
    """Write a page as a whole, or not at all.

    Raises
    ------
    ResultsError
        The file can't be written.
    """
    try:
        with write_file(out) as aside:
            aside.write_text(page, encoding="utf-8")
    except OSError as error:
        raise ResultsError(
            "can't write {path}: {why}", path=out, why=Said(error.strerror or str(error))
        ) from error


def _with_slots(found: AreaStays, today: npt.NDArray[np.bool_], start: float) -> list[AreaStay]:
    """Give everyone the lowest place that is free when he or she comes."""
    free: list[int] = []
    taken: list[tuple[float, int]] = []
    used, given = 0, []
    for patient, begin, end in zip(
        found.patient[today].tolist(),
        (found.begin[today] - start).tolist(),
        (found.end[today] - start).tolist(),
        strict=True,
    ):
        while taken and taken[0][0] <= begin:
            heappush(free, heappop(taken)[1])
        if free:
            slot = heappop(free)
        else:
            slot, used = used, used + 1
        heappush(taken, (end, slot))
        leaves = None if end > MINUTES_PER_DAY else round(end, 1)
        given.append(AreaStay(patient, round(begin, 1), leaves, slot))
    return given


def _changes(found: AreaStays, start: float) -> list[tuple[float, int]]:
    """Return the number present at the start of the day and after every change."""
    number = found.present(start)
    moments = [(time, 1) for time in found.begin.tolist()]
    moments += [(time, -1) for time in found.end.tolist()]
    changes = [(0.0, number)]
    for time, step in sorted(moments):
        if start < time < start + MINUTES_PER_DAY:
            number += step
            changes.append((round(time - start, 1), number))
    return changes


def _kinds(words: Words) -> list[tuple[str, str]]:
    _ = words.gettext
    names = {
        Cohort.VISIT: _("visitor of the ED"),
        Cohort.DIRECT: _("acute admission past the ED"),
        Cohort.OPERATION: _("planned operation"),
        Cohort.BIRTH: _("birth"),
    }
    return [(SIGNS[cohort], name) for cohort, name in names.items()]


def _moment(start: float, words: Words) -> str:
    week, minute = divmod(start, MINUTES_PER_WEEK)
    name = get_day_names("wide", locale=words.lang)[int(minute // MINUTES_PER_DAY)]
    return words.gettext("{day}, week {week} of the simulation").format(
        day=name, week=int(week) + 1
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
