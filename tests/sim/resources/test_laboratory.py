"""The laboratory takes samples in order of coming, as many at a time as its hours say."""

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.schema.vocabulary import Resource
from sim.journal.steps import Step
from sim.resources.laboratory import Laboratory
from tests.support.paper_region import at, paper_scenario, play, visit

ALWAYS = [1] * 24
DRIVE = 10


def starts(places, minutes, times, call_in=30.0):
    laboratory = Laboratory(places, minutes, call_in)
    return [laboratory.start(time) for time in times]


def test_samples_wait_for_those_before_them():
    assert starts(ALWAYS, 10, [0, 5, 7, 60]) == [0, 10, 20, 60]
    assert starts([2] * 24, 10, [0, 5, 7, 60]) == [0, 5, 10, 60]


def test_a_second_technician_in_the_morning_takes_the_first_who_waits():
    places = [1] * 8 + [2] * 16
    assert starts(places, 40, [at("07:10"), at("07:12"), at("07:14")]) == [
        at("07:10"),
        at("07:50"),
        at("08:00"),
    ]


def test_when_a_shift_ends_samples_at_work_are_finished_and_fewer_begin():
    places = [2] * 16 + [1] * 8
    found = starts(places, 40, [at("15:50"), at("15:55"), at("15:56"), at("15:57")])
    assert found == [at("15:50"), at("15:55"), at("16:35"), at("17:15")]


def test_a_laboratory_that_is_closed_has_someone_come_from_home():
    places = [0] * 8 + [1] * 16
    assert starts(places, 10, [at("03:00"), at("03:05"), at("05:00")]) == [
        at("03:30"),
        at("03:40"),
        at("05:30"),
    ]
    assert starts(places, 10, [at("07:45")]) == [at("08:00")]  # the shift begins before


def test_a_laboratory_that_never_opens_has_someone_come_every_time():
    assert starts([0] * 24, 10, [0, 100]) == [30, 130]


def kiefer_wolfowitz(times, minutes, places):
    free = [0.0] * places
    found = []
    for time in times:
        start = max(time, heapq.heappop(free))
        heapq.heappush(free, start + minutes)
        found.append(start)
    return found


@given(
    gaps=st.lists(st.integers(0, 30), max_size=60),
    minutes=st.integers(1, 40),
    places=st.integers(1, 4),
)
def test_with_the_same_hours_all_day_starts_are_those_of_kiefer_and_wolfowitz(
    gaps, minutes, places
):
    times = np.cumsum(gaps).tolist()
    assert starts([places] * 24, minutes, times) == kiefer_wolfowitz(times, minutes, places)


@given(
    gaps=st.lists(st.integers(0, 90), max_size=60),
    places=st.lists(st.integers(0, 3), min_size=24, max_size=24),
)
@settings(deadline=None)
def test_under_any_hours_nobody_is_lost_or_passed_and_no_place_is_taken_twice(gaps, places):
    times = np.cumsum(gaps).tolist()
    found = starts(places, 25, times)
    assert found == sorted(found)
    for time, start in zip(times, found, strict=True):
        assert start >= time
        at_work = sum(begun <= start < begun + 25 for begun in found if begun < start)
        together = sum(begun == start for begun in found)
        assert together <= max(places[int(start // 60) % 24] - at_work, 1)
        if not places[int(start // 60) % 24]:
            assert at_work == 0
            assert together == 1


def test_two_visitors_with_one_place_get_their_results_one_after_the_other():
    story = play(
        paper_scenario(east={"ed.laboratory": 1}, ed__lab__handling=20),
        visits=[{"time": 60, "laboratory": 30}, {"time": 65, "laboratory": 30}],
    )
    assert story.time(visit(0), Step.LEAVE) == 60 + DRIVE + 30
    assert story.time(visit(1), Step.LEAVE) == 60 + DRIVE + 20 + 30


@pytest.mark.parametrize(
    ("facility", "test"), [("ed.laboratory", "laboratory"), ("ed.xray", "xray"), ("ed.ct", "ct")]
)
def test_a_facility_has_opening_hours_and_at_night_someone_comes_from_home(facility, test):
    hours = {"day": 1, "evening": 1, "night": 0}
    story = play(
        paper_scenario(east={facility: hours}, ed__lab__handling=10, ed__facility__call_in=45),
        visits=[{"time": at("03:00"), test: 10.0}, {"time": at("10:00"), test: 10.0}],
    )
    assert story.time(visit(0), Step.LEAVE) == at("03:55") + DRIVE
    assert story.time(visit(1), Step.LEAVE) == at("10:10") + DRIVE


@pytest.mark.parametrize("facility", [Resource.ED_XRAY, Resource.ED_CT])
def test_who_waits_when_a_facility_closes_is_still_served(facility):
    test = facility.value.removeprefix("ed.")
    story = play(
        paper_scenario(east={facility.value: {"day": 1, "evening": 1, "night": 0}}),
        visits=[
            {"time": at("22:50") - DRIVE, test: 30.0},
            {"time": at("22:55") - DRIVE, test: 30.0},
        ],
    )
    assert story.time(visit(0), Step.LEAVE) == at("23:20")
    assert story.time(visit(1), Step.LEAVE) == at("23:50")
