"""Where people go by themselves: the nearest, unless another attracts more than it is farther."""

import numpy as np
import pytest

from scenarios.schema.vocabulary import Function
from sim.patients.cohort import Horizon
from sim.patients.hospital_choice import attractions, preferences
from sim.random.streams import Purpose
from sim.resources.geography import Geography
from tests.support.paper_region import EAST, HOME_EAST, WEST, paper_data, paper_scenario

SITES = ["EAST", "WEST", "FAR"]


def liked(minutes):
    """Return what five patients count off for each site when WEST attracts by some minutes."""
    parameters = {"demand.choice.ed.WEST": minutes, "demand.choice.maternity.EAST": 99.0}
    found = attractions(parameters, "ed", SITES)
    assert found == {"WEST": minutes}
    return preferences(Horizon(1, 0, 1), Purpose.VISIT_CHOICE, range(5), SITES, 0.0, found)


def test_an_attraction_is_minutes_counted_off_for_everyone():
    assert liked(25.0).tolist() == [[0, 25, 0]] * 5


def test_who_lives_near_east_goes_west_if_it_attracts_more_than_it_is_farther():
    # EAST is 10 minutes away and WEST 30.
    geography = Geography(paper_scenario(), paper_data())
    for minutes, chosen in ((19.0, EAST), (21.0, WEST), (-21.0, EAST)):
        homes, off = [HOME_EAST] * 5, liked(minutes)
        sites = geography.nearest_open(Function.ED, homes, [0.0] * 5, off)
        assert sites == [chosen] * 5, minutes
        assert [order[0] for order in geography.by_preference(homes, off)] == [chosen] * 5


def test_chance_makes_some_go_to_the_farther_and_more_so_the_wider_it_is():
    # Gumbel's choice is that of a logit: with a scale of 10 the share that takes WEST, 20 minutes
    # farther, is 1 / (1 + e^2) = 0.119; with one of 20 it is 0.269 (of the two).
    for spread, share in ((10.0, 0.119), (20.0, 0.269)):
        off = preferences(Horizon(1, 0, 1), Purpose.VISIT_CHOICE, range(20_000), SITES, spread)
        east, west = 10 - off[:, 0], 30 - off[:, 1]
        assert np.mean(west < east) == pytest.approx(share, abs=0.01)
