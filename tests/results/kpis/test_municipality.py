"""What residents of a municipality wait, of a journal written by hand."""

from dataclasses import replace

import numpy as np
import pytest

from results.kpis.measure import measure
from sim.journal.steps import NOWHERE, Step
from sim.patients.cohort import Cohort
from tests.support.paper_journal import EAST, START, WEST, outcome, person, visit

NEAR, AWAY, VISITOR = (person(Cohort.VISIT, row) for row in range(3))
CALLED = person(Cohort.RIDE, 0)


@pytest.fixture(scope="module")
def kpis():
    rows = [
        *visit(0, START + 10, wait=10, stay=60, site=EAST),
        *visit(1, START + 20, wait=30, stay=90, site=WEST),
        *visit(2, START + 30, wait=500, stay=600, site=EAST),
        (START + 100, CALLED, Step.CALL_A1, NOWHERE),
        (START + 109, CALLED, Step.CREW_AT_SCENE, 0),
        (START + 129, CALLED, Step.CREW_LEFT_SCENE, 0),
        (START + 150, CALLED, Step.CREW_AT_HOSPITAL, EAST),
    ]
    found = outcome(*rows, residents=sorted([NEAR, AWAY, CALLED]))
    home = {NEAR: "GM0001", AWAY: "GM0002", CALLED: "GM0001"}
    codes = np.array([home[patient] for patient in found.residents])
    return {(site, kpi): value for site, kpi, value in measure(replace(found, home=codes))}


def test_residents_count_wherever_they_are_treated(kpis):
    assert kpis["GM0001", "ed.wait_doctor.median"] == 10
    assert kpis["GM0002", "ed.wait_doctor.median"] == 30
    assert kpis["GM0002", "ed.los.median"] == 90


def test_who_lives_elsewhere_counts_for_no_municipality(kpis):
    visits = sum(
        value for (site, kpi), value in kpis.items() if kpi == "ed.arrivals" and "GM" in site
    )
    assert visits == pytest.approx(2 * 365.25 / 7)


def test_the_way_to_hospital_counts_from_the_call(kpis):
    assert kpis["GM0001", "ambulance.call_to_hospital.mean.life"] == 50
    assert kpis["GM0001", "ambulance.call_to_hospital.within_45.life"] == 0
    # The norm counts 5 minutes at the patient where the crew was there for 20.
    assert kpis["GM0001", "ambulance.call_to_hospital.mean.norm"] == 35
    assert kpis["GM0001", "ambulance.call_to_hospital.within_45.norm"] == 1
    assert np.isnan(kpis["GM0002", "ambulance.call_to_hospital.mean.norm"])
