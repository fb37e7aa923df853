"""Rooms, people and facilities that follow a roster: nobody is lost and nothing locks."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.journal.steps import Step
from sim.patients.births import Mode
from sim.patients.cohort import Cohort
from sim.resources.theatre_teams import Priority
from tests.support.paper_region import (
    DAY,
    HOME_EAST,
    HOME_WEST,
    WEEK,
    at,
    paper_scenario,
    play,
    rooms,
    visit,
)

DRIVE = 10
ROSTERED = (
    "ed.nurses",
    "ed.doctors",
    "ed.consultants",
    "ed.laboratory",
    "ed.xray",
    "ed.ct",
    "ward.beds",
    "theatre.teams",
    "theatre.anaesthetists",
    "theatre.recovery",
    "maternity.rooms",
    "maternity.midwives",
    "maternity.doctors",
    "maternity.paediatricians",
    "maternity.beds",
)
SHIFTS = ("day", "evening", "night", "weekend_day", "weekend_evening", "weekend_night")
TRIED = 25


def test_a_doctor_of_an_overlapping_shift_takes_the_next_patient():
    # One doctor, and a second from 12:00 to 14:00; assessments of two hours from 11:00 on.
    doctors = {"always": 1, "extra": [{"when": "12:00-14:00", "count": 1}]}
    story = play(
        paper_scenario(east={"ed.doctors": doctors}),
        visits=[
            {"time": at(clock) - DRIVE, "assessment": 120.0}
            for clock in ("11:00", "11:10", "11:20", "11:30")
        ],
    )
    seen = [story.time(visit(row), Step.ED_DOCTOR) for row in range(4)]
    # at 14:00 the second goes home, when done; so the fourth waits for the first of the two left
    assert seen == [at("11:00"), at("12:00"), at("13:00"), at("15:00")]


def test_a_shift_that_ends_during_treatment_is_worked_to_the_end_of_it():
    doctors = {"day": 2, "evening": 1, "night": 1}
    story = play(
        paper_scenario(east={"ed.doctors": doctors}),
        visits=[
            {"time": at("15:50") - DRIVE, "assessment": 60.0},
            {"time": at("15:55") - DRIVE, "assessment": 60.0},
            {"time": at("16:10") - DRIVE, "assessment": 60.0},
        ],
    )
    assert story.time(visit(1), Step.LEAVE) == at("16:55")  # the second doctor finishes
    assert story.time(visit(2), Step.ED_DOCTOR) == at("16:55")  # and one is left for the third


def test_an_operating_team_with_nobody_at_night_begins_in_the_morning():
    hours = {"day": 1, "evening": 1, "night": 0}
    story = play(
        paper_scenario(
            east={"theatre.teams": hours, "theatre.second": 0}, west_open={"theatre": "24/7"}
        ),
        visits=[
            {
                "time": at("02:00", day=1) - DRIVE,
                "is_admitted": True,
                "to_theatre": True,
                "surgery_class": Priority.CAT1,
                "surgery_minutes": 60.0,
            }
        ],
    )
    assert story.time(visit(0), Step.SURGERY_START) == at("08:00", day=1)


def random_roster():
    """A roster by shift, with someone there on every day of the week."""
    counts = st.fixed_dictionaries({shift: st.integers(0, 2) for shift in SHIFTS})
    extra = st.lists(
        st.fixed_dictionaries(
            {
                "when": st.sampled_from(
                    ["10:00-18:00", "Mon-Fri 22:00-03:00", "odd weeks 20:00-06:00"]
                )
            }
            | {"count": st.integers(0, 2)}
        ),
        max_size=2,
    )
    return st.builds(
        lambda base, more: {**base, "day": base["day"] + 1, "weekend_day": 1, "extra": more},
        counts,
        extra,
    )


minutes = st.integers(1, 90).map(float)
moments = st.integers(0, int(2 * DAY)).map(float)
visits = st.fixed_dictionaries(
    {
        "time": moments,
        "cell": st.sampled_from([HOME_EAST, HOME_WEST]),
        "urgency": st.integers(0, 5),
        "assessment": minutes,
        "laboratory": minutes,
        "xray": minutes,
        "ct": minutes,
        "consult": minutes,
        "treatment": minutes,
        "is_admitted": st.booleans(),
        "los": minutes,
    },
    optional={
        "to_theatre": st.just(True),
        "surgery_class": st.sampled_from([1, 2, 3, 4]),
        "surgery_minutes": minutes,
    },
).map(
    lambda row: (
        row | {"surgery_class": row.get("surgery_class", 1), "is_admitted": True}
        if "to_theatre" in row
        else {key: value for key, value in row.items() if not key.startswith("surgery")}
    )
)
births = st.fixed_dictionaries(
    {
        "time": moments,
        "cell": st.sampled_from([HOME_EAST, HOME_WEST]),
        "mode": st.sampled_from([Mode.SPONTANEOUS, Mode.INSTRUMENTAL, Mode.UNPLANNED_CAESAREAN]),
        "labour": minutes,
        "is_cat1": st.booleans(),
        "has_epidural": st.booleans(),
        "recovery": minutes,
        "room_after_birth": minutes,
        "stay": minutes,
    }
)


@given(
    east=st.fixed_dictionaries({name: random_roster() for name in ROSTERED}),
    west=st.fixed_dictionaries({name: random_roster() for name in ROSTERED}),
    seen=st.lists(visits, max_size=12),
    born=st.lists(births, max_size=6),
    operated=st.integers(0, 4),
    team=st.sampled_from(["in_house", "on_call"]),
    policies=st.fixed_dictionaries(
        {
            "shared_teams": st.booleans(),
            "emergency_theatre": st.sampled_from(["break_in", "dedicated"]),
        }
    ),
)
@settings(max_examples=TRIED, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_under_any_rosters_everyone_leaves_and_gives_back_what_they_took(
    east, west, seen, born, operated, team, policies
):
    few = rooms(2) | {"theatre.rooms": 2, "elective.teams": 1, "theatre.second": 1}
    seen, born = (sorted(rows, key=lambda row: row["time"]) for rows in (seen, born))
    story = play(
        paper_scenario(
            east=few | east,
            west=few | west,
            night_team=team,
            policies=policies,
            ed__nurse__share__urgent=1,
            theatre__target__cat4=2 * DAY,
        ),
        until=3 * WEEK,
        visits=seen,
        births=born,
        operations=[{"time": 0.0, "recovery_minutes": 30.0}] * operated,
    )
    for cohort, rows in (
        (Cohort.VISIT, seen),
        (Cohort.BIRTH, born),
        (Cohort.OPERATION, [None] * operated),
    ):
        for row in range(len(rows)):
            assert len(story.times((cohort, row), Step.LEAVE)) == 1
    for site in story.region.hospitals[:2]:
        ed, theatre = site.ed, site.theatre
        pools = (ed.nurses, ed.doctors, ed.consultants, ed.xray, ed.ct, site.ward_beds)
        pools += (site.recovery, site.maternity.rooms, site.maternity_beds)
        assert [(pool.busy, pool.waiting) for pool in pools] == [(0, 0)] * len(pools)
        assert (ed.rooms.busy, ed.inside, ed.boarding, theatre.waiting) == (0, 0, 0, 0)
        staff = (*theatre.surgery, site.gynaecologists, site.paediatricians)
        assert [(one.busy, one.held) for one in staff] == [(0, 0)] * len(staff)
