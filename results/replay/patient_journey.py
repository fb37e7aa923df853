"""The journey of one patient in words: what happened, when, where, and after how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from babel.dates import get_day_names

from results.errors import ResultsError
from results.kpis.timeline import Timeline
from scenarios.units import DAYS_PER_WEEK
from sim.journal.steps import Step
from sim.patients.births import AGE_BANDS
from sim.patients.cohort import COHORT_SPAN, Cohort
from sim.patients.triage import URGENCIES
from sim.units import MINUTES_PER_DAY, MINUTES_PER_HOUR, MINUTES_PER_WEEK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from results.language.words import Words
    from results.replay.replay import Replay


CREW_STEPS = (Step.CREW_SENT, Step.CREW_AT_SCENE, Step.CREW_LEFT_SCENE, Step.CREW_FREE)
"""Steps whose place is a crew's number, not a site."""


@dataclass(frozen=True)
class JourneyStep:
    """One step of a journey."""

    time: float
    since: float
    """Minutes after the step before."""

    place: str
    text: str


def journey(replay: Replay, patient: int, words: Words) -> list[JourneyStep]:
    """Return the steps of a patient in order.

    Raises
    ------
    ResultsError
        Nobody with this number came in this replication.
    """
    records = replay.outcome.records
    rows = np.flatnonzero(records.patient == patient)
    if len(rows) == 0:
        raise ResultsError(
            "--patient {patient}: nobody with this number came in this replication; leave "
            "--patient out for some numbers",
            patient=patient,
        )
    texts, names = step_texts(words), _site_names(replay)
    lines, before = [], records.time[rows[0]]
    for row in rows:
        step, time = Step(int(records.step[row])), float(records.time[row])
        at = int(records.site[row])
        place = names[at] if at >= 0 and step not in CREW_STEPS else ""
        lines.append(JourneyStep(time, time - before, place, texts[step]))
        before = time
    return lines


def journey_text(replay: Replay, patient: int, words: Words) -> str:
    """Return a journey as lines for a terminal, with who it is and the longest waits."""
    _ = words.gettext
    lines = journey(replay, patient, words)
    width = max((len(line.place) for line in lines), default=0)
    who = ", ".join(_who(replay, patient, words))
    text = [_("Patient {number}: {who}").format(number=patient, who=who), ""]
    for line in lines:
        since = f"+{_duration(line.since)}" if line.since > 0 else ""
        clock = clock_text(line.time, words)
        text.append(f"{clock}  {since:>9}  {line.place:<{width}}  {line.text}")
    text += [
        "",
        _("In all: {duration}.").format(duration=_duration(lines[-1].time - lines[0].time)),
    ]
    return "\n".join(text)


def notable(replay: Replay, words: Words) -> list[tuple[int, str]]:
    """Return some patients worth following, and why."""
    _ = words.gettext
    line = Timeline(replay.outcome)
    arrive = line.at(Step.ED_ARRIVE)
    stay = line.at(Step.ED_DISCHARGED, Step.ED_ADMITTED) - arrive
    stay[~line.measured(arrive)] = np.nan
    found = []
    if not np.isnan(stay).all():
        found.append((int(line.patients[np.nanargmax(stay)]), _("longest stay in an ED")))
    kinds = {
        Step.CAESAREAN_CAT1: _("caesarean of the greatest urgency"),
        Step.MATERNITY_DIVERTED: _("sent to another hospital to give birth"),
        Step.CALL_TRANSFER: _("driven from one hospital to another"),
        Step.BIRTH_ON_THE_WAY: _("born on the way"),
        Step.ICU_REFUSED: _("no room in intensive care"),
        Step.SURGERY_CANCELLED: _("planned operation cancelled"),
        Step.ED_UNSEEN: _("left the ED without seeing a doctor"),
        Step.TO_NEIGHBOUR: _("to a hospital outside Twente"),
    }
    for step, why in kinds.items():
        time = line.at(step)
        here = np.flatnonzero(line.measured(np.nan_to_num(time, nan=-1.0)))
        if len(here):
            first = here[np.argmin(time[here])]
            found.append((int(line.patients[first]), why))
    return found


def notable_text(replay: Replay, words: Words) -> str:
    """Return the notable patients as lines for a terminal."""
    lines = [f"{patient:>10}  {why}" for patient, why in notable(replay, words)]
    return "\n".join([words.gettext("Some patients to follow with --patient:"), *lines])


def clock_text(time: float, words: Words) -> str:
    """Write a minute as week, weekday and clock: how a person would find it in a diary."""
    week, minute = divmod(time, MINUTES_PER_WEEK)
    day, minute = divmod(minute, MINUTES_PER_DAY)
    name = get_day_names("abbreviated", locale=words.lang)[int(day) % DAYS_PER_WEEK]
    hour, minute = divmod(int(minute), MINUTES_PER_HOUR)
    label = words.gettext("week {week}").format(week=int(week) + 1)
    return f"{label} {name} {hour:02}:{minute:02}"


def step_texts(words: Words) -> dict[Step, str]:
    """Return what each step of the journal is called."""
    _ = words.gettext
    return {
        Step.ENTER: _("needs care"),
        Step.LEAVE: _("journey ends"),
        Step.TO_NEIGHBOUR: _("goes to a hospital outside Twente"),
        Step.CALL_A1: _("ambulance called, greatest urgency (A1)"),
        Step.CALL_A2: _("ambulance called, urgent (A2)"),
        Step.CALL_PLANNED: _("planned ambulance ride asked for"),
        Step.CALL_TRANSFER: _("ambulance asked for to another hospital"),
        Step.CREW_SENT: _("ambulance sent"),
        Step.CREW_AT_SCENE: _("ambulance at the patient"),
        Step.CREW_LEFT_SCENE: _("ambulance leaves with the patient"),
        Step.CREW_AT_HOSPITAL: _("ambulance at the hospital"),
        Step.CREW_FREE: _("ambulance free again"),
        Step.ED_ARRIVE: _("arrives at the ED"),
        Step.ED_ROOM: _("in a treatment room"),
        Step.ED_DOCTOR: _("seen by the doctor"),
        Step.ED_READY: _("treated; waits for a bed or theatre"),
        Step.ED_DISCHARGED: _("leaves the ED for home"),
        Step.ED_ADMITTED: _("leaves the ED to be admitted"),
        Step.ED_UNSEEN: _("leaves the ED without seeing a doctor"),
        Step.ED_STOP: _("ED on stop"),
        Step.ED_STOP_END: _("ED no longer on stop"),
        Step.BOOKED_CAT1: _("operation asked for, within 30 minutes"),
        Step.BOOKED_CAT2: _("operation asked for, within hours"),
        Step.BOOKED_CAT3: _("operation asked for, today or tomorrow"),
        Step.BOOKED_CAT4: _("operation asked for, within days"),
        Step.BOOKED_ELECTIVE: _("on the list of planned operations"),
        Step.PREPARED: _("prepared for the operation"),
        Step.SURGERY_START: _("operation begins"),
        Step.SURGERY_END: _("operation ends"),
        Step.SURGERY_CANCELLED: _("operation cancelled"),
        Step.LABOUR: _("labour begins"),
        Step.DEPARTS: _("leaves home for the hospital"),
        Step.MATERNITY_ARRIVE: _("arrives to give birth"),
        Step.MATERNITY_DIVERTED: _("no room to give birth here; goes on"),
        Step.DELIVERY_ROOM: _("in a delivery room"),
        Step.DELIVERY_ROOM_LEFT: _("leaves the delivery room"),
        Step.CAESAREAN_CAT1: _("caesarean decided, greatest urgency"),
        Step.CAESAREAN_OTHER: _("caesarean decided"),
        Step.INCISION: _("caesarean begins"),
        Step.BIRTH_HOSPITAL: _("child is born"),
        Step.BIRTH_HOME: _("child is born at home"),
        Step.BIRTH_ON_THE_WAY: _("child is born on the way"),
        Step.NICU_TRANSFER: _("child goes to intensive care for newborns"),
        Step.WARD_IN: _("in a bed on the ward"),
        Step.WARD_READY: _("well enough; waits for a place elsewhere"),
        Step.WARD_OUT: _("leaves the ward"),
        Step.ICU_IN: _("in intensive care"),
        Step.ICU_OUT: _("leaves intensive care"),
        Step.ICU_REFUSED: _("no bed free in intensive care"),
        Step.WARD_TRANSFER: _("no bed free on the ward; goes to another hospital"),
        Step.RECOVERY_BLOCKED: _("waits in theatre for a place to wake up"),
        Step.TEAM_AWAITED: _("waits for theatre or team"),
        Step.SESSION_START: _("theatre session begins"),
        Step.SESSION_END: _("theatre session ends"),
        Step.SECOND_TEAM_CALLED: _("second theatre team called"),
        Step.TEAM_BORROWED: _("team comes from another hospital"),
        Step.HIP_FRACTURE: _("broken hip"),
        Step.LAPAROTOMY: _("operation in the belly"),
        Step.TRAUMA_OPERATION: _("operation after an accident"),
        Step.RECTAL_RESECTION: _("operation of the rectum"),
        Step.INDUCTION: _("labour is induced"),
        Step.REFERRED: _("midwife refers to the hospital"),
        Step.NULLIPAROUS: _("first child"),
        Step.MULTIPAROUS: _("later child"),
        Step.INSTRUMENTAL_BIRTH: _("ventouse or forceps"),
        Step.PLANNED_CAESAREAN: _("planned caesarean"),
        Step.EPIDURAL_ASKED: _("asks for an epidural"),
        Step.EPIDURAL: _("gets the epidural"),
        Step.BIRTH_CENTRE: _("in a room of the birth centre"),
        Step.NEONATAL_IN: _("child to the neonatal ward"),
        Step.NEONATAL_OUT: _("child leaves the neonatal ward"),
        Step.MATERNITY_STOP: _("delivery rooms on stop"),
        Step.MATERNITY_STOP_END: _("delivery rooms no longer on stop"),
        Step.MIDWIFE_LED: _("led by the midwife"),
        Step.SEVERE_TRAUMA: _("severely injured"),
        Step.TRANSFER_WARD: _("drive between hospitals: to a bed"),
        Step.TRANSFER_ACUTE: _("drive between hospitals: for urgent care"),
        Step.TRANSFER_INTENSIVE: _("drive between hospitals: for intensive care"),
        Step.NEIGHBOUR_REFUSED: _("a hospital outside Twente has no room; goes on"),
        Step.NEIGHBOUR_BOOKED_UP: _("a hospital outside Twente takes no more bookings for births"),
        Step.NEIGHBOUR_PLACE: _("is seen at the ED outside Twente"),
        Step.NEIGHBOUR_BED: _("in a bed outside Twente"),
        Step.NEIGHBOUR_BED_LEFT: _("leaves the bed outside Twente"),
        Step.NEIGHBOUR_BIRTH: _("in a delivery room outside Twente"),
        Step.NEIGHBOUR_OWN: _("somebody from elsewhere comes to the ED outside Twente"),
        Step.NEIGHBOUR_OWN_WAITS: _("and waits for a place"),
        Step.NEIGHBOUR_OWN_SERVED: _("and has a place"),
    }


def _who(replay: Replay, patient: int, words: Words) -> Iterator[str]:
    """Say what is known of a patient: why, age, urgency, and where from."""
    _, people = words.gettext, replay.patients
    cohort = Cohort(patient // COHORT_SPAN)
    yield {
        Cohort.VISIT: _("visit to an ED"),
        Cohort.DIRECT: _("acute admission past the ED"),
        Cohort.OPERATION: _("planned operation"),
        Cohort.MEDICAL: _("planned admission"),
        Cohort.BIRTH: _("birth"),
        Cohort.RIDE: _("ambulance ride"),
    }[cohort]
    if cohort is Cohort.VISIT:
        row = people.visits.patient.index(patient)
        yield _("urgency {urgency}").format(urgency=URGENCIES[people.visits.urgency[row]])
        yield _home(replay, people.visits.cell[row], words)
    elif cohort is Cohort.BIRTH:
        row = people.births.patient.index(patient)
        band = AGE_BANDS[people.births.age[row]].replace("_", "\N{EN DASH}")
        yield _("mother aged {band}").format(band=band)
        yield _home(replay, people.births.cell[row], words)


def _home(replay: Replay, cell: int, words: Words) -> str:
    place = str(replay.data.cells["settlement"].iloc[cell])
    return words.gettext("from {place}").format(place=place)


def _site_names(replay: Replay) -> list[str]:
    scenario = replay.outcome.scenario
    return [scenario.sites[site].name for site in replay.outcome.sites]


def _duration(minutes: float) -> str:
    """Write minutes as days, hours and minutes, the largest two of them."""
    whole = round(minutes)
    days, rest = divmod(whole, MINUTES_PER_DAY)
    hours, left = divmod(rest, MINUTES_PER_HOUR)
    if days:
        return f"{days}d {hours:02}h"
    return f"{hours}h {left:02}m" if hours else f"{left}m"
