"""Neighbours with walls: what they take, whom they send on, and the two limits."""

from dataclasses import replace

import numpy as np
import pytest

from results.kpis.measure import measure
from scenarios.files.loading import load
from scenarios.neighbours import neighbour_rooms
from scenarios.schema.neighbours import SizeFigure
from scenarios.schema.vocabulary import Function
from sim.journal.steps import Step
from sim.pathways.initial_state import FIRST_NUMBER
from sim.patients.births import BirthPlace
from sim.patients.bookings import MONTH, book
from sim.patients.cohort import Cohort, Horizon
from sim.patients.neighbours import needs_of, room_minutes
from sim.patients.population import patients_of
from sim.replication.replicate import load_data, replicate
from sim.resources.fleet import OUTSIDE as CREW_FROM_OUTSIDE
from sim.resources.maternity_choice import by_size, closed_units
from tests.support.paper_region import (
    EAST,
    FAR,
    HOME_WEST,
    OUTSIDE,
    WEST,
    needs_icu,
    paper_data,
    paper_scenario,
    people,
    play,
    visit,
    woman,
)

SEED, WEEKS = 3, 1
ENDLESS = [
    "neighbour.headroom=1000",
    *(
        f"sites.{site}.size.{beds}.value=900000"
        for site, beds in (
            ("SKB", "beds"),
            ("SXB", "beds"),
            ("SXB", "icu_beds"),
            ("DZ", "icu_beds"),
            ("ISALA", "beds"),
            ("ISALA", "icu_beds"),
        )
    ),
]


def far(visits, births=0):
    """Return a neighbour all of whose patients are ours: nobody of its own comes."""
    every = {"visits": visits, "births": births, "source": "paper"}
    figures = {
        what: {"value": every[what], "source": "paper", "confidence": "engineering_estimate"}
        for what in ("visits", "births")
    }
    return {**figures, "from_twente": every}


def from_outside(time, **more):
    """Return who lives 20 minutes from FAR and 40 from WEST."""
    return {"time": time, "cell": OUTSIDE, "treatment": 300.0, **more}


def one_place(**parameters):
    """Return a neighbour of one place, which is on stop as soon as anyone waits."""
    # 500 visits of 138 minutes, 1.7 at the peak, 1.1 with headroom: a load of 0.25 and its root
    scenario = paper_scenario(far_size=far(500), ed__stop__rooms=1.1, **parameters)
    assert neighbour_rooms(scenario)["FAR"].places == 1
    return scenario


def test_a_full_neighbour_sends_walk_ins_and_ambulances_on_and_takes_who_is_urgent():
    story = play(
        one_place(),
        visits=[
            from_outside(0.0),  # at the door at 20, in the place until 320
            from_outside(10.0),  # waits from 30: a stop begins
            from_outside(20.0),  # at the door at 40, and 50 minutes later in EAST
            from_outside(30.0, urgency=2),  # at the door at 50, and stays
            from_outside(40.0, by_ambulance=True),  # 40 minutes to WEST instead of 20
        ],
    )
    assert story.time(visit(0), Step.NEIGHBOUR_PLACE) == 20
    assert story.times(visit(2), Step.NEIGHBOUR_REFUSED) == [40]
    assert story.time(visit(2), Step.ED_ARRIVE) == 90
    assert story.sites(visit(2), Step.ED_ARRIVE) == [EAST]
    assert story.times(visit(2), Step.TO_NEIGHBOUR) == []
    assert story.times(visit(3), Step.NEIGHBOUR_PLACE) == [320]  # before who came earlier
    assert story.times(visit(1), Step.NEIGHBOUR_PLACE) == [620]
    assert story.sites(visit(4), Step.NEIGHBOUR_REFUSED) == [FAR]
    assert story.sites(visit(4), Step.ED_ARRIVE) == [WEST]
    left, there = (
        story.time(visit(4), step) for step in (Step.CREW_LEFT_SCENE, Step.CREW_AT_HOSPITAL)
    )
    assert there - left == 40
    assert CREW_FROM_OUTSIDE in story.sites(visit(4), Step.CREW_SENT)


def test_who_is_admitted_lies_in_the_neighbours_bed_and_leaves_when_better():
    story = play(one_place(), visits=[from_outside(0.0, is_admitted=True, los=1440.0)])
    assert story.time(visit(0), Step.NEIGHBOUR_BED) == 320
    assert story.time(visit(0), Step.NEIGHBOUR_BED_LEFT) == 320 + 1440
    assert story.time(visit(0), Step.LEAVE) == 320 + 1440
    assert story.region.hospitals[FAR].ward_beds.busy == 0
    assert story.region.hospitals[FAR].walls.places.busy == 0


def sent_to_intensive_care_outside(days, los, **more):
    """Return what becomes of who finds both intensive care units of Twente full: off to FAR."""
    one = {"icu.beds": 1}
    scenario = paper_scenario(
        far_size=far(50_000), neighbour__back__days=days, east=one | more, west=one | more
    )
    fill = [needs_icu(0, 20_000.0), needs_icu(0, 20_000.0, HOME_WEST)]
    return play(scenario, visits=[*fill, needs_icu(60, 100.0) | {"los": los}])


def test_who_comes_from_intensive_care_outside_goes_back_once_a_bed_is_free():
    # 5 days on the ward, 2 of them at least after the ride: after a day in FAR he is driven away,
    # and stays the 4 days that are left, until discharge hours.
    story = sent_to_intensive_care_outside(2.0, 5 * 1440.0)
    assert story.sites(visit(2), Step.ICU_REFUSED) == [EAST]
    ward = story.times(visit(2), Step.NEIGHBOUR_BED)[1]  # the first is that of intensive care
    assert story.times(visit(2), Step.NEIGHBOUR_BED_LEFT)[1] == ward + 1440
    assert story.sites(visit(2), Step.TRANSFER_WARD) == [FAR]
    came = story.time(visit(2), Step.WARD_IN)
    (home,) = story.sites(visit(2), Step.WARD_IN)
    assert home in {EAST, WEST}
    assert came > story.times(visit(2), Step.CREW_SENT)[-1] >= ward + 1440
    assert 4 * 1440 <= story.time(visit(2), Step.WARD_OUT) - came < 5 * 1440
    assert story.region.hospitals[home].ward_beds.busy == 0


@pytest.mark.parametrize(("days", "more"), [(2.0, {}), (1.0, {"ward.beds": 0})])
def test_who_has_too_few_days_left_or_finds_no_bed_stays_where_he_is(days, more):
    story = sent_to_intensive_care_outside(days, 2 * 1440.0, **more)
    ward = story.times(visit(2), Step.NEIGHBOUR_BED)[1]
    assert story.times(visit(2), Step.NEIGHBOUR_BED_LEFT)[1] == ward + 2 * 1440
    assert story.times(visit(2), Step.WARD_IN) == []
    assert story.sites(visit(2), Step.LEAVE) == [FAR]


def test_who_chose_a_neighbours_department_stays_there_however_many_days_are_left():
    story = play(
        one_place(neighbour__back__days=1.0),
        directs=[{"time": 0.0, "cell": OUTSIDE, "los": 5 * 1440.0}],
    )
    assert story.times((Cohort.DIRECT, 0), Step.WARD_IN) == []


def test_who_is_admitted_past_the_department_counts_as_gone_outside_too():
    story = play(one_place(), directs=[{"time": 0.0, "cell": OUTSIDE, "los": 600.0}])
    direct = (Cohort.DIRECT, 0)
    assert story.sites(direct, Step.TO_NEIGHBOUR) == [FAR]
    assert story.times(direct, Step.WARD_IN) == []
    lies = story.time(direct, Step.NEIGHBOUR_BED)
    assert story.time(direct, Step.NEIGHBOUR_BED_LEFT) == lies + 600


def test_without_any_room_outside_all_are_treated_in_the_region():
    story = play(
        paper_scenario(far_size=far(0)),
        visits=[from_outside(0.0), from_outside(0.0, by_ambulance=True, despite_stop=True)],
        births=[{"time": 0.0, "cell": OUTSIDE}],
        directs=[{"time": 0.0, "cell": OUTSIDE, "los": 60.0}],
    )
    assert len(story.records.of(Step.TO_NEIGHBOUR)) == 0
    assert story.sites(visit(0), Step.ED_ARRIVE) == [WEST]
    assert story.sites(visit(1), Step.ED_ARRIVE) == [WEST]
    assert story.sites(woman(0), Step.MATERNITY_ARRIVE) == [WEST]
    assert story.sites((Cohort.DIRECT, 0), Step.WARD_IN) == [WEST]


def test_the_last_department_that_is_open_never_goes_on_stop():
    closed = {"ed": "closed"}
    story = play(
        paper_scenario(far_size=far(500), ed__stop__rooms=1.1, east_open=closed, west_open=closed),
        visits=[from_outside(0.0), from_outside(10.0), from_outside(20.0)],
    )
    places = [story.time(visit(row), Step.NEIGHBOUR_PLACE) for row in range(3)]
    assert places == [20, 320, 620]
    assert len(story.records.of(Step.ED_STOP)) == 0


def births_at(*times, place=BirthPlace.HOSPITAL):
    return people(births=[{"time": time, "place": place} for time in times]).births


def test_a_month_full_of_bookings_sends_women_to_the_next_hospital_in_the_month_only():
    # FAR takes three a month and one of its own is due on minute 5: two of ours, and again next
    # month; who gives birth at home books nowhere
    births = births_at(0.0, 10.0, 20.0, 30.0, MONTH + 1)
    preferred = [[FAR, WEST, EAST]] * 5
    booked, refused = book(
        births, preferred, lambda _: [True] * 3, {FAR: [5.0]}, {FAR: 3}, 2 * MONTH
    )
    assert [sites[0] for sites in booked] == [FAR, FAR, WEST, WEST, FAR]
    assert booked[2] == [WEST, EAST, FAR]
    assert refused == [(2, FAR), (3, FAR)]
    at_home = births_at(0.0, 10.0, place=BirthPlace.HOME)
    assert book(at_home, preferred[:2], lambda _: [True] * 3, {FAR: []}, {FAR: 0}, MONTH) == (
        preferred[:2],
        [],
    )


def test_a_woman_whom_every_hospital_has_refused_goes_where_she_wanted_to():
    booked, refused = book(
        births_at(0.0),
        [[FAR, WEST, EAST]],
        lambda _: [False, False, True],
        {FAR: []},
        {FAR: 0},
        MONTH,
    )
    assert (booked, refused) == ([[FAR, WEST, EAST]], [])


def test_two_delivery_rooms_are_for_two_women_and_the_third_hears_it_when_she_calls():
    # 500 births of 412 minutes: a load of 0.43 and twice its root: two rooms
    story = play(
        paper_scenario(far_size=far(500, 500), maternity__stop__waiting=1),
        births=[
            {"time": 0.0, "cell": OUTSIDE, "labour": 500.0},
            {"time": 0.0, "cell": OUTSIDE, "labour": 500.0},
            {"time": 100.0, "cell": OUTSIDE, "labour": 500.0},
            {"time": 200.0, "cell": OUTSIDE, "labour": 500.0},
        ],
    )
    begin = [story.times(woman(row), Step.NEIGHBOUR_BIRTH) for row in range(4)]
    assert begin == [[20], [20], [520], []]
    assert story.sites(woman(3), Step.MATERNITY_DIVERTED) == [FAR]
    assert story.sites(woman(3), Step.MATERNITY_ARRIVE) == [WEST]


def test_who_loses_her_unit_for_good_weighs_how_large_the_others_are():
    # from a home in the west FAR is 50 minutes now and EAST 60: ln(60/50) = 0.18 farther. Of EAST
    # 100 births are known and of FAR 200; with the team of WEST, 800, EAST is four times FAR
    data = paper_data()
    car = data.cell_table["car"].copy()
    car[HOME_WEST, [EAST, FAR]] = 60, 50
    data = replace(data, cell_table={**data.cell_table, "car": car})

    def booked(policy, spread, size=1.0):
        scenario = paper_scenario(
            west_open={"maternity": "closed"},
            policies={"capacity": policy},
            maternity__choice__spread=spread,
            maternity__choice__size=size,
        )
        births = {"EAST": 100, "WEST": 800, "FAR": 200}
        sites = {
            key: site.model_copy(update={"births": SizeFigure(value=births[key], source="paper")})
            for key, site in scenario.sites.items()
        }
        scenario = scenario.model_copy(update={"sites": sites})
        closed, region = closed_units(scenario), play(scenario, data=data).region
        assert closed.moves is (policy == "pooled")
        drawn = by_size(WEST, [EAST, FAR], region.geography, closed)
        return drawn[EAST] - drawn[FAR]

    assert booked("pooled", 0.2) == pytest.approx(np.log(4))
    assert booked("stays", 0.2) == pytest.approx(-np.log(2))  # a team that goes nowhere


def test_a_closure_elsewhere_brings_patients_but_no_places():
    scenario = load("now", ["policies.neighbours=simulated"])
    now = neighbour_rooms(scenario)["DZ"]
    closed = load("now", ["policies.neighbours=simulated", "neighbour.closed.zutphen=0.5"])
    more = neighbour_rooms(closed)["DZ"]
    assert more.own_visits == pytest.approx(now.own_visits + 1500)
    assert (more.places, more.ward_beds) == (now.places, now.ward_beds)


def test_a_department_that_closes_in_part_takes_that_part_and_in_full_takes_nobody():
    # 650 births, 77 of them from Twente: half of it is 325 for all and 286.5 for the others
    half, whole = (
        load("now", ["policies.neighbours=simulated", f"neighbour.closed.winterswijk={part}"])
        for part in (0.5, 1)
    )
    room = neighbour_rooms(half)["SKB"]
    assert room.own_births == pytest.approx(573 / 2)
    assert room.staffed_births == pytest.approx(325)
    maternity = Function.MATERNITY
    assert half.active_sites()["SKB"].hours(maternity) == "24/7"
    assert whole.active_sites()["SKB"].hours(maternity) == "closed"
    assert whole.active_sites()["SKB"].hours(Function.ED) == "24/7"
    assert neighbour_rooms(whole)["SKB"].own_births == 0
    assert neighbour_rooms(whole)["SLINGE"].own_births == pytest.approx(920 - 37 + 458)


@pytest.mark.parametrize("policy", ["counted", "simulated"])
def test_women_go_elsewhere_when_a_neighbours_maternity_unit_has_closed(policy):
    closed = paper_scenario(
        far_size=far(500, 500) | {"sheds": {"winterswijk": {"births": 500, "source": "paper"}}},
        policies={"neighbours": policy},
        neighbour__closed__winterswijk=1.0,
    )
    story = play(closed, births=[{"time": 0.0, "cell": OUTSIDE}], visits=[from_outside(0.0)])
    assert story.sites(woman(0), Step.MATERNITY_ARRIVE) == [WEST]
    assert story.sites(visit(0), Step.TO_NEIGHBOUR) == [FAR]


def test_places_follow_from_what_a_neighbour_does_and_its_headroom():
    # 29,000 visits, 139 minutes, 1.7 times at the peak hour and 1.03 in the peak month, 1.1 with
    # headroom: a load of 14.8, and 1.7 times its root 6.5
    room = neighbour_rooms(load("now", ["policies.neighbours=simulated"]))["DZ"]
    assert (room.places, room.own_visits) == (21, 29_000 - 3_443)
    # a load of 167 patients in the peak month and 22 beds more
    assert room.ward_beds == 189


def test_what_a_neighbours_patient_needs_is_what_ours_need():
    scenario = load("now")
    parameters = scenario.effective_parameters()
    patients = patients_of(scenario, load_data(None), Horizon(SEED, 0, 104))
    needs = needs_of(patients.visits, parameters["theatre.turnover"])
    in_hospital = np.array(patients.births.place) != BirthPlace.HOME
    for key, found, off in (
        ("neighbour.visit.place_minutes", needs.place.mean(), 0.02),
        ("neighbour.visit.bed_days", needs.ward.mean() / 1440, 0.03),
        ("neighbour.visit.icu_days", needs.icu.mean() / 1440, 0.2),
        ("neighbour.visit.theatre_minutes", needs.theatre.mean(), 0.1),
        ("neighbour.birth.room_minutes", room_minutes(patients.births)[in_hospital].mean(), 0.03),
    ):
        assert found == pytest.approx(parameters[key], rel=off), key


@pytest.fixture(scope="module")
def a_week():
    """Return a week of all acute care in Enschede: neighbours counted, endless, and with walls."""
    modes = {
        "counted": [],
        "endless": ["policies.neighbours=simulated", "neighbour.back.days=365", *ENDLESS],
        "walls": ["policies.neighbours=simulated", "neighbour.headroom=0"],
    }
    return {
        mode: replicate(
            load("single-enschede", settings), load_data(None), Horizon(SEED, 0, WEEKS), 0
        )
        for mode, settings in modes.items()
    }


def test_endless_room_gives_the_figures_of_counted_neighbours(a_week):
    # and nobody brought back, as counted neighbours bring nobody back
    of_neighbours = (
        "neighbour.",
        "care.in_time",
        "care.wait_doctor",
    )  # what is not known if counted
    of_twente = {
        mode: [row for row in measure(a_week[mode]) if not row[1].startswith(of_neighbours)]
        for mode in ("counted", "endless")
    }
    assert repr(of_twente["counted"]) == repr(of_twente["endless"])
    assert len(a_week["endless"].records.of(Step.NEIGHBOUR_PLACE)) > 0


def test_everyone_is_treated_somewhere_and_once(a_week):
    records = a_week["walls"].records
    assert len(records.of(Step.NEIGHBOUR_REFUSED)) > 0
    visits = {step: records.of(step) for step in (Step.ENTER, Step.ED_ARRIVE, Step.TO_NEIGHBOUR)}
    who = {
        step: found.patient[Cohort.VISIT.includes(found.patient)] for step, found in visits.items()
    }
    entered = visits[Step.ENTER]
    day_before = entered.time < a_week["walls"].end - 1440
    early = entered.patient[day_before & (entered.patient < FIRST_NUMBER)]
    somewhere = np.concatenate([who[Step.ED_ARRIVE], who[Step.TO_NEIGHBOUR]])
    assert set(early) <= set(somewhere)
    assert len(who[Step.ED_ARRIVE]) == len(set(who[Step.ED_ARRIVE]))
