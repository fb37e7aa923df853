"""A surge comes on top of ordinary patients, who stay the same people."""

from dataclasses import fields

import numpy as np
import pytest

from scenarios.errors import ScenarioError
from scenarios.files.loading import load
from scenarios.files.shipped import shipped_names
from scenarios.schema.surge import Surge
from sim.patients.cohort import Cohort, Horizon
from sim.patients.population import sample_patients

HORIZON = Horizon(7, 0, 8)
WEEK, HOUR = 10_080, 60
INCIDENT = {"week": 3, "day": "Sat", "hour": 15, "patients": 60, "source": "test"}
PEAK = {"age_0_14": 1.5, "age_15_64": 1.0, "age_65_79": 1.5, "age_80_plus": 2.0}


def visits(starter, year=2024, settings=(), **surge):
    return sample_patients(
        HORIZON,
        load("now", settings).effective_parameters(),
        starter.cells,
        year,
        Surge.model_validate(surge),
    ).visits


def extra(starter, found):
    """Return the rows of patients who would not have come without the surge."""
    ordinary = set(visits(starter).patient)
    assert ordinary <= set(found.patient)
    return [row for row, number in enumerate(found.patient) if number not in ordinary]


def test_an_incident_is_so_many_patients_in_one_hour_at_one_place(starter):
    found = visits(starter, incident={**INCIDENT, "municipality": "GM0168"})
    rows = extra(starter, found)
    assert len(rows) == 60
    times = np.array([found.time[row] for row in rows])
    begin = 2 * WEEK + 5 * 24 * HOUR + 15 * HOUR
    assert ((times >= begin) & (times < begin + HOUR)).all()
    homes = starter.cells["municipality"].to_numpy()[[found.cell[row] for row in rows]]
    assert set(homes) == {"Losser"}


def test_an_incident_at_coordinates_happens_in_the_nearest_cell(starter):
    found = visits(starter, incident={**INCIDENT, "lon": 6.7706, "lat": 52.2632})
    (cell,) = {found.cell[row] for row in extra(starter, found)}
    assert starter.cells["municipality"].iloc[cell] == "Hengelo"


def test_casualties_are_more_urgent_than_ordinary_patients(starter):
    found = visits(starter, incident={**INCIDENT, "patients": 1000, "municipality": "GM0153"})
    urgent = np.mean([found.urgency[row] <= 1 for row in extra(starter, found)])
    assert urgent == pytest.approx(0.25, abs=0.05)  # 5% U0 and 20% U1 put in


def test_influenza_brings_more_of_the_ages_named_and_no_others(starter):
    wave = {"from_week": 2, "weeks": 6, "peak": PEAK, "source": "test"}
    found = visits(starter, influenza=wave)
    rows = extra(starter, found)
    assert {int(found.time[row] // WEEK) for row in rows} == {1, 2, 3, 4, 5, 6}
    assert not any(found.age[row] == 1 for row in rows)


def test_a_wave_is_half_its_peak_over_its_weeks(starter):
    wave = {"from_week": 1, "weeks": 8, "peak": PEAK, "source": "test"}
    more = ordinary = 0
    for replication in range(3):
        horizon = Horizon(7, replication, 8)
        drawn = [
            sample_patients(
                horizon, load("now").effective_parameters(), starter.cells, 2024, surge
            ).visits.age.count(3)
            for surge in (None, Surge.model_validate({"influenza": wave}))
        ]
        ordinary, more = ordinary + drawn[0], more + drawn[1] - drawn[0]
    assert more / ordinary == pytest.approx(0.5 * (2.0 - 1), rel=0.07)


def test_a_higher_wave_has_the_patients_of_a_lower_one(starter):
    waves = [
        {"from_week": 2, "weeks": 6, "peak": {**PEAK, "age_80_plus": height}, "source": "test"}
        for height in (1.5, 3.0)
    ]
    low, high = (set(visits(starter, influenza=wave).patient) for wave in waves)
    assert low < high


def test_a_surge_keeps_the_order_of_time_and_everyone_whole(starter):
    found = visits(starter, incident={**INCIDENT, "municipality": "GM0153"})
    assert (np.diff(found.time) >= 0).all()
    assert len(set(found.patient)) == len(found.patient)
    assert Cohort.VISIT.includes(np.array(found.patient)).all()
    ordinary = visits(starter)
    row = found.patient.index(ordinary.patient[-1])
    for field in fields(found):
        if field.name != "stays":
            assert getattr(found, field.name)[row] == getattr(ordinary, field.name)[-1], field.name
    assert found.stays.los[row] == ordinary.stays.los[-1]


def test_care_at_home_keeps_away_some_of_the_less_urgent_only(starter):
    everyone = visits(starter)
    lever = {"strength": 1, "start": 2024, "source": "test"}
    scenario = load("now")
    pulled = type(scenario).model_validate(
        {**scenario.model_dump(), "levers": {"care_at_home": lever}}
    )
    found = sample_patients(HORIZON, pulled.effective_parameters(), starter.cells, 2024).visits
    away = set(everyone.patient) - set(found.patient)
    assert set(found.patient) < set(everyone.patient)
    urgency = dict(zip(everyone.patient, everyone.urgency, strict=True))
    assert min(urgency[number] for number in away) == 3
    less_urgent = sum(level >= 3 for level in everyone.urgency)
    assert len(away) / less_urgent == pytest.approx(0.1, abs=0.015)


@pytest.mark.parametrize(
    ("incident", "message"),
    [
        ({"municipality": "GM9999"}, "GM9999 has no inhabitants"),
        ({"lon": 4.9, "lat": 52.37}, "km from the nearest inhabited place"),
        ({"municipality": "GM0153", "week": 30}, "week 30 comes after the 8 weeks"),
    ],
)
def test_an_incident_that_cannot_happen_is_refused(starter, incident, message):
    with pytest.raises(ScenarioError, match=message):
        visits(starter, incident={**INCIDENT, **incident})


def test_growth_beyond_what_can_be_simulated_is_refused_in_words(starter):
    with pytest.raises(ScenarioError, match="times the base year, and at most 2"):
        visits(starter, 2060, ("demand.acute.trend=0.05",))


def test_the_surges_that_ship_are_todays_care():
    for name in ("influenza", "mass-casualty"):
        assert name in shipped_names()
        assert load(name).sites == load("now").sites


def test_a_surge_grows_with_the_demand_of_the_year(starter):
    # Acute demand 5% a year more: in 2030 1.05^6 = 1.34 times the wave of the same year without.
    wave = {"influenza": {"from_week": 1, "weeks": 8, "peak": PEAK, "source": "test"}}

    def extra_in_2030(trend):
        settings = (f"demand.acute.trend={trend}",)
        most = visits(starter, 2030, settings, **wave).patient
        return len(set(most) - set(visits(starter, 2030, settings).patient))

    assert extra_in_2030(0.05) / extra_in_2030(0) == pytest.approx(1.05**6, rel=0.06)
