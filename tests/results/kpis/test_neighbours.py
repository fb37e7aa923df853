"""KPIs of neighbours and of care wherever it is given, from journals written by hand."""

import pytest

from scenarios.neighbours import neighbour_rooms
from scenarios.schema.vocabulary import NeighbourPolicy
from sim.journal.steps import NOBODY, NOWHERE, Step
from sim.patients.cohort import Cohort
from tests.support.paper_journal import (
    EAST,
    FAR,
    ONCE,
    START,
    measured,
    person,
    scenario,
    visit,
)

YEARLY = {"value": 1000, "source": "paper"}
WALLS = scenario(
    FAR={
        "size": {
            "visits": YEARLY,
            "births": YEARLY,
            "from_twente": {"visits": 200, "births": 200, "source": "paper"},
        }
    }
)


def outside(row, arrive, *, wait=6.0):
    """Return a walk-in who has a place at FAR after some minutes."""
    return [
        (arrive - 5, row, Step.ENTER, NOWHERE),
        (arrive, row, Step.TO_NEIGHBOUR, FAR),
        (arrive + wait, row, Step.NEIGHBOUR_PLACE, FAR),
    ]


def test_what_a_neighbour_is_asked_is_given_in_shares_of_its_size():
    # 10 a week are 522 a year, where 200 come today: 32% more on 1,000 visits (grown to 2024); 5
    # of its own wait 30 minutes each, ours 6 each: 210 minutes over 30 who came
    rows = [row for at in range(10) for row in outside(at, START + 100 * at + 10)]
    rows += [(START + 10 * at, NOBODY, Step.NEIGHBOUR_OWN, FAR) for at in range(20)]
    for at in range(5):
        rows += [
            (START + 1000 * at + 1, NOBODY, Step.NEIGHBOUR_OWN_WAITS, FAR),
            (START + 1000 * at + 31, NOBODY, Step.NEIGHBOUR_OWN_SERVED, FAR),
        ]
    rows += [(START + 50, 11, Step.NEIGHBOUR_REFUSED, FAR)]
    rows += [(START + 50, person(Cohort.BIRTH, 1), Step.NEIGHBOUR_BOOKED_UP, FAR)]
    kpi = measured(*rows, own=WALLS)
    room = neighbour_rooms(WALLS)["FAR"]
    grown = room.staffed_visits / 1000
    assert kpi["FAR", "neighbour.visits"] == pytest.approx(10 * ONCE)
    assert kpi["FAR", "neighbour.extra"] == pytest.approx(10 * ONCE / (1000 * grown) - 0.2)
    assert kpi["FAR", "neighbour.wait"] == pytest.approx((5 * 30 + 10 * 6) / 30)
    assert kpi["FAR", "neighbour.refused"] == pytest.approx(2 * ONCE)
    assert kpi["FAR", "neighbour.headroom"] == pytest.approx(1.1 - 30 * ONCE / (1000 * grown))
    # 1,100 less 800 of its own are 5.7 a week: 10 may be chance (95% of Poisson), 11 are not
    assert kpi["FAR", "neighbour.room"] == 1
    more = measured(*rows, *outside(11, START + 5000), own=WALLS)
    assert more["FAR", "neighbour.room"] == 0
    assert kpi["region", "neighbour.asked.most"] == kpi["FAR", "neighbour.extra"]
    assert kpi["region", "neighbour.granted"] == pytest.approx(10 / 12)


def test_bed_days_are_those_of_twente_and_their_share_of_all_acute_ones():
    who = person(Cohort.VISIT, 1)
    kpi = measured(
        *outside(1, START + 10),
        (START + 100, who, Step.NEIGHBOUR_BED, FAR),
        (START + 100 + 2 * 1440, who, Step.NEIGHBOUR_BED_LEFT, FAR),
        own=WALLS,
    )
    assert kpi["FAR", "neighbour.bed_days"] == pytest.approx(2 * ONCE)
    staffed = neighbour_rooms(WALLS)["FAR"].staffed_visits * 1.86
    assert kpi["FAR", "neighbour.extra_bed_days"] == pytest.approx(2 * ONCE / staffed - 0.2)


def care(own=None):
    """Return three seen at EAST, one sent on to it from FAR, and one seen at FAR after 40."""
    rows = [row for at in range(3) for row in visit(at, START + 100 * at + 10)]
    rows += [(START + 950, 3, Step.NEIGHBOUR_REFUSED, FAR), *visit(3, START + 1000, wait=5)]
    rows += outside(4, START + 2000, wait=40)
    homes = {0: "GM0001", 1: "GM0001", 2: "GM0002", 3: "GM0002", 4: "GM0002"}
    return measured(*rows, own=own, homes=homes)


def test_who_is_treated_where_and_in_time_counts_from_the_first_door():
    kpi = care(WALLS)
    assert kpi["region", "care.in_twente"] == pytest.approx(4 / 5)
    assert kpi["region", "care.in_time"] == pytest.approx(3 / 5)
    assert (kpi["GM0001", "care.in_time"], kpi["GM0002", "care.in_time"]) == (1, 1 / 3)
    assert kpi["GM0002", "care.in_twente"] == pytest.approx(2 / 3)
    assert kpi["region", "care.wait_doctor.p95"] == pytest.approx(55)


def test_of_a_neighbour_that_is_only_counted_no_wait_is_known():
    kpi = care()
    assert kpi["region", "care.in_twente"] == pytest.approx(4 / 5)
    assert kpi["region", "care.in_time"] == pytest.approx(3 / 4)
    assert not [key for key in kpi if key[1].startswith("neighbour.")]


def test_more_people_at_a_neighbour_never_make_the_wait_of_residents_better_by_leaving():
    # the same five with nobody outside: the wait at EAST is all there is
    without = measured(*(row for at in range(3) for row in visit(at, START + 100 * at + 10)))
    assert care(WALLS)["region", "care.wait_doctor.p95"] > without["region", "care.wait_doctor.p95"]
    assert without["region", "care.wait_doctor.p95"] == pytest.approx(10)
    assert EAST == 0


def test_what_a_counted_neighbour_is_asked_is_known_and_whether_it_has_room_is_not():
    rows = [row for at in range(10) for row in outside(at, START + 100 * at + 10)]
    policies = WALLS.policies.model_copy(update={"neighbours": NeighbourPolicy.COUNTED})
    counted = measured(*rows, own=WALLS.model_copy(update={"policies": policies}))
    walls = measured(*rows, own=WALLS)
    asked = ("visits", "births", "extra", "extra_births")
    assert {key for key in counted if key[1].startswith("neighbour.")} == {
        ("FAR", f"neighbour.{name}") for name in asked
    }
    for name in asked:
        assert counted["FAR", f"neighbour.{name}"] == walls["FAR", f"neighbour.{name}"]
