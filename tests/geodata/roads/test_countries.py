"""A road lies in the country whose polygon holds it, whatever its tags say."""

import numpy as np
import pytest
from pyproj import Transformer

from geodata.config.legal_limits import COUNTRIES
from geodata.roads.countries import NOWHERE, countries_of

SPOTS = {
    # on both sides of the border, by the maps of the municipalities
    "Glanerbrug": (6.966, 52.216, "NL"),
    "Gronau": (7.030, 52.210, "DE"),
    "Denekamp": (7.007, 52.378, "NL"),
    "Nordhorn": (7.070, 52.430, "DE"),
    "Losser": (7.004, 52.262, "NL"),
    "Bad Bentheim": (7.160, 52.303, "DE"),
    "Utrecht": (5.120, 52.090, "NL"),
    "Turnhout": (4.944, 51.322, "BE"),
    "Vaduz": (9.521, 47.141, "LI"),
}


@pytest.mark.parametrize("name", SPOTS)
def test_a_spot_lies_in_its_country(name):
    lon, lat, country = SPOTS[name]
    x, y = Transformer.from_crs("EPSG:4326", "EPSG:28992", always_xy=True).transform([lon], [lat])
    assert COUNTRIES[countries_of(np.array(x), np.array(y), "EPSG:28992")[0]] == country


def test_spots_on_both_sides_of_a_border_are_told_apart():
    two = [SPOTS["Glanerbrug"], SPOTS["Gronau"]]
    to_crs = Transformer.from_crs("EPSG:4326", "EPSG:32632", always_xy=True)
    x, y = to_crs.transform([spot[0] for spot in two], [spot[1] for spot in two])
    found = countries_of(np.array(x), np.array(y), "EPSG:32632")
    assert [COUNTRIES[number] for number in found] == ["NL", "DE"]


def test_the_sea_is_no_country():
    to_crs = Transformer.from_crs("EPSG:4326", "EPSG:32631", always_xy=True)
    x, y = to_crs.transform([2.5], [54.0])
    assert countries_of(np.array(x), np.array(y), "EPSG:32631").tolist() == [NOWHERE]
    assert len(countries_of(np.empty(0), np.empty(0), "EPSG:32631")) == 0


def test_a_german_road_is_driven_by_german_law_though_its_tags_say_dutch(network_of):
    # Twente's corner of paper lies in the Netherlands, 30 km east of it is Germany
    nodes = {1: (0, 0), 2: (1000, 0), 3: (30000, 0), 4: (31000, 0)}
    tags = {"highway": "secondary", "zone:traffic": "NL:rural"}
    network = network_of(nodes, {12: ([1, 2, 3, 4], tags)})
    assert [COUNTRIES[number] for number in network.country[[0, -1]]] == ["NL", "DE"]
