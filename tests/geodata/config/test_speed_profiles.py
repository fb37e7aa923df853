"""Every speed and norm has a source, no more important road is slower, and the hour counts."""

from pathlib import Path

import numpy as np
import pytest

from files.errors import FileError
from geodata.config.class_speeds import published_speeds
from geodata.config.legal_limits import COUNTRIES, default_limits, legal_limits
from geodata.config.norms import norms
from geodata.config.speed_profiles import SHIPPED, speed_model
from geodata.osm.access_tags import ROAD_CLASSES

SLOW_TO_FAST = (
    "residential",
    "unclassified",
    "tertiary",
    "secondary",
    "primary",
    "trunk",
    "motorway",
)
LINKS = ("tertiary_link", "secondary_link", "primary_link", "trunk_link", "motorway_link")
NONE = np.nan


def kmh(mode, road_class, *, built_up=False, posted=NONE, country="NL", hour=None):
    """Return the driven speed on one road."""
    found = (
        speed_model()
        .at(mode, hour)
        .kmh(
            np.array([COUNTRIES.index(country)]),
            np.array([ROAD_CLASSES.index(road_class)]),
            np.array([built_up]),
            np.array([posted]),
        )
    )
    return float(found[0])


@pytest.mark.parametrize(
    ("mode", "hour", "name"),
    [
        ("car", None, "car"),
        ("car", 3, "car.night"),
        ("car", 8, "car.morning"),
        ("car", 12, "car"),
        ("car", 17.5, "car.evening"),
        ("car", 22, "car.night"),
        ("siren", 8, "siren"),
        ("siren", 23, "siren.night"),
    ],
)
def test_the_hour_decides_the_profile(mode, hour, name):
    assert speed_model().at(mode, hour).name == name


@pytest.mark.parametrize(("mode", "hour"), [("bicycle", 8), ("car", 25), ("car", -1)])
def test_an_unknown_mode_or_hour_is_reported(mode, hour):
    with pytest.raises(FileError, match="allowed"):
        speed_model().at(mode, hour)


@pytest.mark.parametrize("mode", ["car", "siren"])
@pytest.mark.parametrize("built_up", [False, True])
@pytest.mark.parametrize("classes", [SLOW_TO_FAST, LINKS])
def test_no_more_important_road_is_slower(mode, built_up, classes):
    speeds = [kmh(mode, name, built_up=built_up) for name in classes]
    assert speeds == sorted(speeds)


@pytest.mark.parametrize("name", [*SLOW_TO_FAST, *LINKS])
@pytest.mark.parametrize("built_up", [False, True])
def test_no_speed_is_above_its_cap_whatever_a_sign_says(name, built_up):
    for mode in ("car", "siren"):
        profile = speed_model().profiles[mode]
        cap = profile.cap[ROAD_CLASSES.index(name), int(built_up)]
        for country in COUNTRIES:
            assert kmh(mode, name, built_up=built_up, country=country) <= cap
        assert kmh(mode, name, built_up=built_up, posted=500.0) == cap


def test_nobody_drives_faster_than_the_law_where_no_sign_stands():
    legal = default_limits(legal_limits())
    assert (speed_model().profiles["car"].speed[0] <= legal[0]).all()


def test_what_was_fitted_to_no_sign_is_not_applied_to_one():
    # nine tenths of the sign by car; with siren the sign itself in town and 20 km/h more outside
    for name in ("tertiary", "primary"):
        assert kmh("car", name, posted=60.0) == pytest.approx(54.0)
        assert kmh("siren", name, posted=60.0) == pytest.approx(80.0)
        assert kmh("siren", name, built_up=True, posted=50.0) == pytest.approx(50.0)


def test_a_quarter_of_a_higher_limit_is_driven():
    # outside towns 100 in Germany against 80: a quarter more allowed, a sixteenth faster
    assert kmh("car", "secondary", country="DE") == pytest.approx(
        kmh("car", "secondary") * 1.0625, abs=1e-6
    )
    assert kmh("car", "secondary", country="BE") < kmh("car", "secondary")
    assert kmh("car", "secondary", built_up=True, country="DE") == kmh(
        "car", "secondary", built_up=True
    )


def test_the_siren_is_faster_than_the_car_and_loses_half_at_junctions():
    profiles = speed_model().profiles
    fast = [ROAD_CLASSES.index(name) for name in (*SLOW_TO_FAST, *LINKS)]
    assert (profiles["siren"].speed[:, fast] > profiles["car"].speed[:, fast]).all()
    for name in ("yield_seconds", "turn_seconds", "signal_seconds"):
        ratio = getattr(profiles["siren"], name) / getattr(profiles["car"], name)
        assert ratio == pytest.approx(0.5, abs=0.01)


def test_traffic_hinders_main_roads_in_town_most():
    for hour in (8, 17):
        ratio = {
            (name, town): kmh("car", name, built_up=town)
            / kmh("car", name, built_up=town, hour=hour)
            for name in ("motorway", "primary", "residential")
            for town in (False, True)
        }
        assert max(ratio, key=ratio.__getitem__) == ("primary", True)
        assert min(ratio.values()) > 1.0
    assert kmh("car", "primary", hour=3) > kmh("car", "primary")
    assert kmh("siren", "primary", hour=17) == kmh("siren", "primary")


def test_published_speeds_are_the_mean_of_four_engines():
    car = published_speeds(speed_model(), "car")
    primary, secondary = ROAD_CLASSES.index("primary"), ROAD_CLASSES.index("secondary")
    # OSRM 65, GraphHopper 65, openrouteservice 65, Valhalla 75
    assert car.speed[primary, 0] == pytest.approx(67.5)
    # in town each as at 50: 0.8, 0.9, 0.9 of it, and Valhalla's own 49
    assert car.speed[secondary, 1] == pytest.approx((40 + 45 + 45 + 49) / 4)


def test_every_number_has_a_source():
    for parameter in (*speed_model().parameters.values(), *norms().parameters.values()):
        assert parameter.source
        assert parameter.unit


def test_a_profile_without_a_number_is_reported(tmp_path: Path):
    path = tmp_path / "profiles.yaml"
    path.write_text(SHIPPED.read_text().replace("      car.delay.crossing: 5\n", ""))
    with pytest.raises(FileError, match=r"profiles\.yaml: car\.delay\.crossing: is missing"):
        speed_model(path)


def test_a_number_that_is_none_is_reported(tmp_path: Path):
    path = tmp_path / "profiles.yaml"
    path.write_text(SHIPPED.read_text().replace("car.delay.yield: 4", "car.delay.yield: slow"))
    with pytest.raises(FileError, match=r"car\.delay\.yield: must be a number \(given: 'slow'"):
        speed_model(path)


def test_a_legal_limit_that_is_none_is_reported(tmp_path: Path):
    path = tmp_path / "limits.csv"
    path.write_text("country,zone,kmh,source\nNL,urban,fast,law\n")
    with pytest.raises(FileError, match=r"limits\.csv:2: kmh: is 'fast'; must be a number above 0"):
        legal_limits(path)


def test_norms_are_versioned():
    assert norms("nl-2024").limit("maternity", "car") == 30
    assert norms("nl-2024").limit("ed", "siren") == 45
    assert norms("nl-2024").limit("ed", "car") is None
    with pytest.raises(FileError, match="is 'nl-1900'; allowed: nl-2024"):
        norms("nl-1900")
