"""Every speed and norm has a source, and the time of day counts."""

from pathlib import Path

import pytest

from files.errors import FileError
from geodata.config.norms import norms
from geodata.config.speed_profiles import SHIPPED, speed_model


@pytest.mark.parametrize(
    ("mode", "hour", "name"),
    [
        ("car", None, "car"),
        ("car", 3, "car.night"),
        ("car", 8, "car.peak"),
        ("car", 12, "car"),
        ("car", 17.5, "car.peak"),
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


def test_the_siren_is_faster_than_the_car_and_the_night_than_the_day():
    profiles = speed_model().profiles
    assert (profiles["siren"].factor > profiles["car"].factor).all()
    assert (profiles["car.night"].factor > profiles["car"].factor).all()
    assert (profiles["car.peak"].factor < profiles["car"].factor).all()


def test_every_number_has_a_source():
    for parameter in (*speed_model().parameters.values(), *norms().parameters.values()):
        assert parameter.source
        assert parameter.unit


def test_a_profile_without_a_number_is_reported(tmp_path: Path):
    path = tmp_path / "profiles.yaml"
    path.write_text(SHIPPED.read_text().replace("      car.delay.yield: 8\n", ""))
    with pytest.raises(FileError, match=r"profiles\.yaml: car\.delay\.yield: is missing"):
        speed_model(path)


def test_a_number_that_is_none_is_reported(tmp_path: Path):
    path = tmp_path / "profiles.yaml"
    path.write_text(SHIPPED.read_text().replace("car.delay.yield: 8", "car.delay.yield: slow"))
    with pytest.raises(FileError, match=r"car\.delay\.yield: must be a number \(given: 'slow'"):
        speed_model(path)


def test_norms_are_versioned():
    assert norms("nl-2024").limit("maternity", "car") == 30
    assert norms("nl-2024").limit("ed", "siren") == 45
    assert norms("nl-2024").limit("ed", "car") is None
    with pytest.raises(FileError, match="is 'nl-1900'; allowed: nl-2024"):
        norms("nl-1900")
