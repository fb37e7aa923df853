"""Whatever patients take they give back: at the end everything is as if nobody had come."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.journal.steps import Step
from sim.patients.births import BirthPlace, Mode
from sim.patients.cohort import Cohort
from tests.support.at_rest import left_over
from tests.support.paper_region import (
    DAY,
    HOME_EAST,
    HOME_WEST,
    OUTSIDE,
    WEEK,
    paper_scenario,
    play,
    rooms,
)

# The people and places whose number changes by the hour; the rest is as `FEW` says.
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
FEW = rooms(2) | {
    "ed.observation": 1,
    "theatre.rooms": 2,
    "theatre.second": 1,
    "theatre.thoracic_rooms": 1,
    "elective.teams": 1,
    "elective.beds": 2,
    "icu.beds": 1,
    "maternity.centre_rooms": 1,
    "maternity.cots": 1,
}
SHIFTS = ("day", "evening", "night", "weekend_day", "weekend_evening", "weekend_night")
TRIED = 25


def rosters():
    """A roster by shift, with someone there on every day of the week."""
    counts = st.fixed_dictionaries({shift: st.integers(0, 2) for shift in SHIFTS})
    hours = ["10:00-18:00", "Mon-Fri 22:00-03:00", "odd weeks 20:00-06:00"]
    extra = st.lists(
        st.fixed_dictionaries({"when": st.sampled_from(hours), "count": st.integers(0, 2)}),
        max_size=2,
    )
    return st.builds(
        lambda base, more: {**base, "day": base["day"] + 1, "weekend_day": 1, "extra": more},
        counts,
        extra,
    )


def rows(columns, most, **others):
    """Patients of a cohort in order of time; `others` are columns that may be left out."""
    one = st.fixed_dictionaries(columns, optional=others)
    return st.lists(one, max_size=most).map(
        lambda drawn: sorted(drawn, key=lambda row: row["time"])
    )


minutes = st.integers(1, 90).map(float)
moments = st.integers(0, int(2 * DAY)).map(float)
homes = st.sampled_from([HOME_EAST, HOME_WEST, OUTSIDE])
true = st.just(True)
sites = st.sampled_from(["EAST", "WEST"])


def acute(row):
    """Complete a row so that it is one patient: who has surgery or intensive care is admitted."""
    if row.get("to_theatre"):
        row = {"surgery_class": 1, "surgery_minutes": 30.0, **row}
    if row.get("to_icu"):
        row = {"icu_minutes": 60.0, **row}
    onward = ("to_theatre", "to_icu", "to_observation", "surgery_class", "icu_minutes")
    return row | {"is_admitted": row["is_admitted"] or any(key in row for key in onward)}


STAY = {
    "surgery_class": st.sampled_from([1, 2, 3, 4]),
    "surgery_minutes": minutes,
    "surgery_delay": minutes,
    "icu_minutes": minutes,
    "delayed": minutes,
}
visits = rows(
    {
        "time": moments,
        "cell": homes,
        "urgency": st.integers(0, 5),
        "is_admitted": st.booleans(),
        "assessment": minutes,
        "treatment": minutes,
        "los": minutes,
    },
    12,
    by_ambulance=true,
    is_a1=st.booleans(),
    despite_stop=true,
    on_scene=minutes,
    handover=minutes,
    triage=minutes,
    laboratory=minutes,
    xray=minutes,
    ct=minutes,
    consult_delay=minutes,
    consult=minutes,
    patience=minutes,
    boarding=minutes,
    to_theatre=true,
    to_icu=true,
    to_observation=true,
    observation=minutes,
    **STAY,
).map(lambda drawn: [acute(row) for row in drawn])
directs = rows(
    {"time": moments, "cell": homes, "los": minutes}, 4, by_ambulance=true, handover=minutes, **STAY
)
births = rows(
    {
        "time": moments,
        "cell": homes,
        "mode": st.sampled_from(Mode),
        "place": st.sampled_from(BirthPlace),
        "labour": minutes,
        "recovery": minutes,
    },
    6,
    is_cat1=true,
    has_epidural=true,
    calls_ahead=st.just(False),
    room_after_birth=minutes,
    stay=minutes,
    neonatal=minutes,
    to_nicu=true,
    is_induced=true,
    ripens_at_home=true,
    ripening=minutes,
    is_urgent_referral=true,
    has_postpartum_operation=true,
    prepare=minutes,
)
operations = rows(
    {"time": st.just(0.0), "recovery_minutes": minutes, "home": sites},
    4,
    is_inpatient=true,
    los=minutes,
    icu_minutes=minutes,
    planned_minutes=st.sampled_from([60.0, 400.0]),
)
medicals = rows({"time": moments, "home": sites, "los": minutes}, 3)
calls = rows(
    {"time": moments, "cell": homes},
    6,
    is_planned=true,
    is_a1=st.just(False),
    on_scene=minutes,
    handover=minutes,
)
by_day = st.sampled_from(["07:00-23:00", "Mon-Fri 08:00-18:00"])
# EAST may close some functions for part of the week; WEST is always open.
closed = st.builds(
    lambda hours, functions: dict.fromkeys(functions, hours),
    by_day,
    st.sampled_from(
        [(), ("ed",), ("maternity",), ("theatre", "maternity"), ("ed", "theatre", "maternity")]
    ),
)


@given(
    east=st.fixed_dictionaries({name: rosters() for name in ROSTERED}),
    west=st.fixed_dictionaries({name: rosters() for name in ROSTERED}),
    crews=rosters(),
    closes=closed,
    team=st.sampled_from(["in_house", "on_call"]),
    policies=st.fixed_dictionaries(
        {
            "shared_teams": st.booleans(),
            "emergency_theatre": st.sampled_from(["break_in", "dedicated"]),
            "ambulance_stand_by": st.sampled_from(["home", "dynamic"]),
        }
    ),
    stops=st.booleans(),
    kept=st.booleans(),
    cohorts=st.fixed_dictionaries(
        {
            "visits": visits,
            "directs": directs,
            "births": births,
            "operations": operations,
            "medicals": medicals,
            "rides": calls,
        }
    ),
)
@settings(
    max_examples=TRIED,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_everyone_leaves_once_and_the_region_is_as_if_nobody_had_come(
    east, west, crews, closes, team, policies, stops, kept, cohorts
):
    rules = {"ed__stop__rooms": 1, "ed__stop__boarding": 0.5, "maternity__stop__waiting": 1}
    scenario = paper_scenario(
        east=FEW | east,
        west=FEW | west,
        east_open=closes,
        crews={"POST_E": crews, "POST_W": 1},
        night_team=team,
        east_sessions=[{"specialty": "caesareans", "when": "Mon-Thu 08:00-12:00"}] * kept,
        policies=policies,
        theatre__target__cat4=2 * DAY,
        **(rules if stops else {}),
    )
    story = play(scenario, until=4 * WEEK, **cohorts)
    cohort_of = {
        "visits": Cohort.VISIT,
        "directs": Cohort.DIRECT,
        "births": Cohort.BIRTH,
        "operations": Cohort.OPERATION,
        "medicals": Cohort.MEDICAL,
        "rides": Cohort.RIDE,
    }
    for name, drawn in cohorts.items():
        for row in range(len(drawn)):
            assert len(story.times((cohort_of[name], row), Step.LEAVE)) == 1, (name, row)
    assert left_over(story.region, play(scenario, until=4 * WEEK).region) == {}
