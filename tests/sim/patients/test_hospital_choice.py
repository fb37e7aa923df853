"""Where people go by themselves: the nearest, unless another attracts more than it is farther."""

import numpy as np
import pytest

from scenarios.capacity import site_capacity
from scenarios.schema.vocabulary import Function
from sim.patients.cohort import Horizon
from sim.patients.hospital_choice import choice_shares, preferences
from sim.random.streams import Purpose
from sim.resources.geography import Geography
from tests.support.paper_region import EAST, HOME_EAST, WEST, paper_data, paper_scenario

SITES = ["EAST", "WEST", "FAR"]


def liked(counted_off):
    """Return what five patients count off for each site when WEST attracts, in logarithms."""
    return preferences(
        Horizon(1, 0, 1), Purpose.VISIT_CHOICE, range(5), SITES, 0.0, {"WEST": counted_off}
    )


def test_an_attraction_is_counted_off_for_everyone():
    assert liked(0.5).tolist() == [[0, 0.5, 0]] * 5


def test_who_lives_near_east_goes_west_if_it_attracts_more_than_it_is_farther():
    # EAST is 10 minutes away and WEST 30, three times as far: ln 3 = 1.0986.
    scenario = paper_scenario()
    geography = Geography(scenario, paper_data(), site_capacity(scenario))
    for counted_off, chosen in ((1.05, EAST), (1.15, WEST), (-1.15, EAST)):
        homes, off = [HOME_EAST] * 5, liked(counted_off)
        sites = geography.nearest_open(Function.ED, homes, [0.0] * 5, off)
        assert sites == [chosen] * 5, counted_off
        assert [order[0] for order in geography.by_preference(homes, off)] == [chosen] * 5


def test_chance_makes_some_go_to_the_farther_and_more_so_the_wider_it_is():
    # Gumbel's choice is that of a logit: with a scale of 0.5 the share that takes WEST, three times
    # as far, is 1 / (1 + 3^2) = 0.1; with one of 1 it is 1 / (1 + 3) = 0.25 (of the two).
    for spread, share in ((0.5, 0.1), (1.0, 0.25)):
        off = preferences(Horizon(1, 0, 1), Purpose.VISIT_CHOICE, range(20_000), SITES, spread)
        east, west = np.log(10) - off[:, 0], np.log(30) - off[:, 1]
        assert np.mean(west < east) == pytest.approx(share, abs=0.01)


def test_the_shares_in_closed_form_are_those_of_the_logit():
    # 10 and 30 minutes with a spread of 0.5: 1 / (1 + 3^2) goes to the farther; with half a
    # logarithm counted off it is weighed e^(0.5 / 0.5) more. Under a minute is a minute.
    found = choice_shares(np.array([[10.0, 30.0], [0.2, 1.0]]), 0.5, np.zeros(2))
    np.testing.assert_allclose(found, [[0.9, 0.1], [0.5, 0.5]])
    drawn = choice_shares(np.array([[10.0, 30.0]]), 0.5, np.array([0.0, 0.5]))
    np.testing.assert_allclose(drawn, [[9 / (9 + np.e), np.e / (9 + np.e)]])
