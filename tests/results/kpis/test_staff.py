"""FTE by role, empty shifts, crowding and municipalities, each by hand."""

import pytest

from results.kpis.measure import measure
from scenarios.files.loading import load
from scenarios.schema.scenario import Scenario
from sim.patients.cohort import Horizon
from sim.replication.replicate import replicate


def measured(starter, scenario, weeks=2):
    outcome = replicate(scenario, starter, Horizon(1, 0, weeks), warmup=1)
    return {(site, kpi): value for site, kpi, value in measure(outcome)}


@pytest.fixture(scope="module")
def now(starter):
    return measured(starter, load("now"))


def test_fte_of_a_role_follows_from_its_roster(now):
    # MST's ED nurses: 8 for 8 h, 8 for 7 h, 4 for 9 h is 156 h a day; 365.25 days, 1,450 h an FTE
    assert now["MST", "staff.fte.ed.nurses"] == pytest.approx(156 * 365.25 / 1450)
    # 20 intensive care beds, two nurses for three, round the clock
    assert now["MST", "staff.fte.icu.beds"] == pytest.approx(20 * 0.67 * 24 * 365.25 / 1450)


def test_the_roles_add_up_to_the_total(now):
    for site in ("MST", "ZGT_ALM", "ZGT_HEN", "region"):
        roles = sum(
            value for (at, kpi), value in now.items() if at == site and kpi.startswith("staff.fte.")
        )
        assert roles == pytest.approx(now[site, "staff.fte"]), site


def test_fte_of_ambulances_follows_the_crews_that_a_configuration_rosters(starter, now):
    scenario = load("now")
    almelo = scenario.ambulance["POST_ALMELO"]
    more = {"day": almelo.day + 1, "evening": almelo.evening + 1, "night": almelo.night + 1}
    posts = {**scenario.ambulance, "POST_ALMELO": almelo.model_copy(update=more)}
    own = measured(starter, scenario.model_copy(update={"ambulance": posts}))
    # a crew of two round the clock; 1,450 h an FTE
    grown = own["region", "staff.fte.ambulance.crews"] - now["region", "staff.fte.ambulance.crews"]
    assert grown == pytest.approx(2 * 24 * 365.25 / 1450)


def test_vacancies_empty_shifts_but_leave_what_is_asked(starter, now):
    scenario = load("now", ["policies.beds=as_today", "policies.ed_rosters=as_today"])
    later = measured(
        starter, Scenario.model_validate({**scenario.model_dump(), "horizon_year": 2040})
    )
    assert now["region", "staff.unfilled_shifts"] == 0
    # 3.9% more vacancies and 5.0% fewer people
    assert later["region", "staff.unfilled_shifts.share"] == pytest.approx(0.0889, abs=0.012)
    assert later["region", "staff.fte"] == pytest.approx(now["region", "staff.fte"])


def test_every_municipality_of_twente_has_an_a1_response(now):
    codes = {site for site, kpi in now if kpi == "ambulance.a1.within_15" and site != "region"}
    assert len(codes) == 14
    assert all(
        now[code, "ambulance.a1.response.median"] <= now[code, "ambulance.a1.response.p90"]
        for code in codes
    )


def test_the_region_is_between_its_best_and_worst_municipality(now):
    shares = [
        value
        for (site, kpi), value in now.items()
        if kpi == "ambulance.a1.within_15" and site != "region"
    ]
    assert min(shares) < now["region", "ambulance.a1.within_15"] < max(shares)


def test_the_department_is_busiest_in_the_afternoon(now):
    assert 12 <= now["region", "ed.busiest_hour"] <= 20
