"""The theatre schedule a scenario file may say: who operates when."""

import pytest

from scenarios.errors import ScenarioError
from scenarios.files.loading import load


def problems(reference: str, settings=()) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load(reference, settings)
    return [str(problem) for problem in caught.value.problems]


def schedule(*entries):
    lines = "".join(f"      - {entry}\n" for entry in entries)
    return f"extends: now\nsites:\n  ZGT_HEN:\n    theatre_schedule:\n{lines}"


def test_a_schedule_says_who_operates_when(write):
    own = load(
        write(
            schedule(
                '{specialty: orthopaedics, when: "even weeks Mon 08:00-12:00; Tue 08:00-16:00", '
                "rooms: 2}",
                '{specialty: caesareans, when: "odd weeks Fri 13:00-16:00"}',
            )
        )
    )
    first, second = own.sites["ZGT_HEN"].theatre_schedule
    assert list(first.blocks()) == [(0, 8, 12), (1, 8, 16), (8, 8, 16)]
    assert list(second.blocks()) == [(11, 13, 16)]
    assert first.rooms == 2


BAD_SCHEDULES = {
    "an unknown specialty": (
        ['{specialty: ortho, when: "Mon 08:00-16:00"}'],
        "no such specialty; allowed: gynaecology",
    ),
    "hours that are none": (['{specialty: urology, when: "Mon 8-16"}'], "is not opening hours"),
    "a weekend": (['{specialty: urology, when: "Sat 08:00-16:00"}'], "sessions are on weekdays"),
    "never": (["{specialty: urology, when: closed}"], "has no hours"),
    "no room": (
        ['{specialty: urology, when: "Mon 08:00-16:00", rooms: 0}'],
        "at least 1",
    ),
    "more rooms than the site has": (
        [
            '{specialty: urology, when: "Mon 08:00-16:00", rooms: 4}',
            '{specialty: short, when: "odd weeks Mon 12:00-16:00", rooms: 3}',
        ],
        "7 sessions at a time on Mon 12:00 (odd weeks), and the site has 6 of theatre.rooms",
    ),
    "more sessions than teams": (
        ['{specialty: urology, when: "Tue 08:00-16:00", rooms: 6}'],
        "on Tue 08:00 (even weeks), and the site has 5 of elective.teams then",
    ),
    "an evening without teams": (
        ['{specialty: urology, when: "Tue 08:00-18:00"}'],
        "1 sessions at a time on Tue 16:00 (even weeks), and the site has 0 of elective.teams",
    ),
    "an overlap": (
        [
            '{specialty: urology, when: "Mon 08:00-13:00"}',
            '{specialty: urology, when: "Mon-Wed 12:00-16:00"}',
        ],
        "urology is written twice for Mon 12:00 (even weeks)",
    ),
}


@pytest.mark.parametrize(("entries", "message"), BAD_SCHEDULES.values(), ids=BAD_SCHEDULES)
def test_a_schedule_that_cannot_be_is_refused_with_its_place(write, entries, message):
    with pytest.raises(ScenarioError) as caught:
        load(write(schedule(*entries)))
    text = str(caught.value)
    assert message in text
    assert "ZGT_HEN.theatre_schedule" in text


@pytest.mark.parametrize(("specialty", "needs"), [("thoracic", 3), ("urology", 12)])
def test_thoracic_sessions_are_written_for_thoracic_rooms_and_others_for_others(
    write, specialty, needs
):
    def sessions(rooms):
        entry = f'{{specialty: {specialty}, when: "Mon 08:00-16:00", rooms: {rooms}}}'
        return write(f"extends: now\nsites:\n  MST:\n    theatre_schedule: [{entry}]\n")

    load(sessions(needs))
    with pytest.raises(ScenarioError, match=f"{needs + 1} sessions at a time .* has {needs} of"):
        load(sessions(needs + 1))
