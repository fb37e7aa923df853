"""What anchors of people are held against."""

import numpy as np
import pytest

from results.validation.people import people_anchors, people_figures
from scenarios.files.loading import load


def test_every_anchor_of_people_has_its_figure_and_small_teams_fall_sooner():
    figures = people_figures(load("now"), 3, 1)
    mean = figures.groupby("kpi")["value"].mean()
    assert {anchor.kpi for anchor in people_anchors()} == set(mean.index)
    assert mean["people.sickness"] == pytest.approx(0.065, abs=0.008)
    fall = [mean[f"people.paediatricians.{people}.fall"] for people in (3, 4, 8)]
    assert fall == sorted(fall, reverse=True)
    assert fall[0] > fall[2]
    assert np.isfinite(mean).all()
