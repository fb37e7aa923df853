"""Reachability by municipality: weighed by inhabitants and by time, each clock by its name.

Six cells; A has 100 people at 10 minutes from N by car, 100 at 20 and 200 at 32; B 300 at 40 and
100 at 50. From S these are 40, 30, 20, 10 and 28. By siren half of it.
"""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from geodata.accessibility.moments import ALWAYS, YEARLY_MEAN, Moment, open_together
from geodata.accessibility.municipalities import by_municipality, fixed_minutes
from geodata.accessibility.reachability import Clock, minutes_by_clock
from geodata.config.norms import norms
from geodata.dataset.dataset import DataSet
from scenarios.calendar.opening_hours import open_hours, written_hours
from tests.geodata.accessibility.test_reachability import CAR, data  # noqa: F401


def reached(own: DataSet, function: str, way: str, **hours: str) -> pd.DataFrame:
    moments = open_together({site: open_hours(text) for site, text in hours.items()})
    clocks = minutes_by_clock(own, norms(), way, moments, ["POST"])
    table = by_municipality(own, function, way, clocks, moments, norms(), written_hours)
    return table.set_index(["municipality_code", "clock"])


def test_municipalities_are_weighed_by_inhabitants(data):  # noqa: F811
    table = reached(data, "maternity", "car", N="24/7")
    a = table.loc["GM1", "drive"]
    assert a["population"] == 400
    assert a["minutes_mean"] == pytest.approx(23.5)
    assert a["minutes_median"] == 20
    assert a["minutes_p90"] == a["minutes_max"] == 32
    assert (a["share_within_15"], a["share_within_20"], a["share_within_30"]) == (0.25, 0.5, 0.5)
    assert (a["norm"], a["share_within_norm"]) == (30.0, 0.5)
    assert [code for code, _ in table.index] == ["GM1", "GM2", "REGION"]
    assert table["population"].iloc[-1] == 800


def test_no_norm_is_no_verdict(data):  # noqa: F811
    table = reached(data, "ed", "car", N="24/7")
    unknown = ["norm", "share_within_norm", "share_within_norm_low", "worst_share_within_norm"]
    assert table[unknown].isna().all().all()


def test_each_clock_has_a_row_of_its_own_and_the_drive_no_norm_of_the_chain(data):  # noqa: F811
    # A: responses 1, 2 and 3 minutes, drives 5, 10 and 16: on average 2.25 and 11.75. The norm's
    # clock adds 2 + 1 + 5 minutes, life's 2 + 1 + 20.
    table = reached(data, "ed", "siren", N="24/7")
    assert [clock for _, clock in table.index[::3]] == ["drive", "norm", "life"]
    means = table["minutes_mean"]["GM1"]
    assert means["drive"] == pytest.approx(11.75)
    assert means["norm"] == pytest.approx(11.75 + 2.25 + 8)
    assert means["life"] == pytest.approx(11.75 + 2.25 + 23)
    assert np.isnan(table["norm"]["GM1"]["drive"])
    # B by life's clock: 4 + 20 + 23 = 47 and 5 + 25 + 23 = 53, both beyond 45; 32 and 38 within.
    assert table["share_within_norm"]["GM2"].tolist()[1:] == [1, 0]


def test_a_closure_by_night_counts_for_the_hours_that_it_is(data):  # noqa: F811
    # A by day 10, 20 and 20: 17.5 on average and all within 30. By night, a third of the time,
    # 23.5 and half of them.
    table = reached(data, "maternity", "car", N="24/7", S="07:00-23:00")
    a = table.loc["GM1", "drive"]
    assert a["moment"] == YEARLY_MEAN
    assert a["minutes_mean"] == pytest.approx(17.5 * 2 / 3 + 23.5 / 3)
    assert a["share_within_norm"] == pytest.approx(2 / 3 + 0.5 / 3)
    assert (a["worst_moment"], a["worst_minutes_mean"]) == ("23:00-07:00", pytest.approx(23.5))
    assert a["worst_share_of_time"] == pytest.approx(1 / 3)
    assert a["worst_share_within_norm"] == 0.5


def test_turns_by_the_week_have_a_worst_week_of_each_municipality(data):  # noqa: F811
    # N in even weeks and S in odd ones. A: 23.5 with half within 30 from N, and 27.5 with three
    # quarters from S. B: 42.5 with nobody from N and 14.5 with everyone from S.
    table = reached(data, "maternity", "car", N="even weeks 00:00-24:00", S="odd weeks 00:00-24:00")
    a, b = (table.loc[code, "drive"] for code in ("GM1", "GM2"))
    assert a["share_within_norm"] == pytest.approx((0.5 + 0.75) / 2)
    assert a["worst_moment"] == b["worst_moment"] == "even weeks 00:00-24:00"
    assert (a["worst_share_within_norm"], b["worst_share_within_norm"]) == (0.5, 0)
    assert b["minutes_mean"] == pytest.approx((42.5 + 14.5) / 2)


def test_who_goes_elsewhere_anyway_has_no_worst_moment(data):  # noqa: F811
    far = CAR.copy()
    far[:3, 1] = 99  # nobody of A goes to S
    cut = dataclasses.replace(data, cell_table={"car": far, "siren": far / 2})
    table = reached(cut, "maternity", "car", N="24/7", S="07:00-23:00")
    assert table.loc[("GM1", "drive"), "worst_moment"] == "24/7"
    assert table.loc[("GM1", "drive"), "worst_share_of_time"] == 1
    assert table.loc[("GM2", "drive"), "worst_moment"] == "23:00-07:00"


def test_what_is_open_at_every_hour_is_of_no_moment(data):  # noqa: F811
    a = reached(data, "maternity", "car", N="24/7", S="24/7").loc["GM1", "drive"]
    assert (a["moment"], a["worst_moment"], a["worst_share_of_time"]) == (ALWAYS, "24/7", 1)
    assert a["worst_minutes_mean"] == a["minutes_mean"]


def test_a_share_near_the_norm_is_uncertain_and_one_far_from_it_is_not(data):  # noqa: F811
    # 28 and 32 minutes are near the 30 of the norm, 10 and 20 are not: slower roads leave 20.
    table = reached(data, "maternity", "car", N="24/7", S="24/7")
    b = table.loc["GM2", "drive"]
    assert (b["share_within_norm_low"], b["share_within_norm"]) == (0.75, 1)
    a = table.loc["GM1", "drive"]
    assert a["share_within_norm_low"] == a["share_within_norm_high"] == 1


def test_moments_make_up_the_fortnight():
    moments = open_together({"N": open_hours("24/7"), "S": open_hours("07:00-23:00")})
    assert sorted((moment.sites, moment.share) for moment in moments) == [
        (("N",), pytest.approx(1 / 3)),
        (("N", "S"), pytest.approx(2 / 3)),
    ]
    assert sum(moment.hours.sum() for moment in moments) == len(open_hours("24/7"))
    assert isinstance(moments[0], Moment)
    assert Clock.NORM == "norm"


def test_what_is_no_driving_is_known_of_each_clock():
    # nl-2024: dispatch and turn-out, then 5 minutes of loading by the norm and 20 by life
    figures = norms()
    before = figures["chain.dispatch"] + figures["chain.turnout"]
    assert fixed_minutes(Clock.DRIVE, figures) == 0
    assert fixed_minutes(Clock.NORM, figures) == before + figures["chain.loading"]
    assert fixed_minutes(Clock.LIFE, figures) == before + figures["chain.empirical.on_scene"]
    assert 0 < before < figures["chain.loading"] + before < fixed_minutes(Clock.LIFE, figures)


def test_the_range_of_a_share_is_of_what_is_left_of_the_norm_after_what_is_no_driving(data):  # noqa: F811
    # Twice as slow, GM2 drives 40 and 50 minutes by siren: beyond the norm's 45 with the minutes
    # before it, which speeds may hardly mend for the first and not for the second.
    table = reached(data.slowed(2.0), "ed", "siren", N="24/7")
    for code in ("GM1", "GM2", "REGION"):
        row = table.loc[code, "norm"]
        low, high = row["share_within_norm_low"], row["share_within_norm_high"]
        assert low <= row["share_within_norm"] <= high, code
    assert table.loc["GM2", "norm"]["share_within_norm"] == 0
    assert table.loc["GM2", "norm"]["share_within_norm_high"] <= 0.75
