"""Where a series settles: MSER-5 and Welch on series whose answer is known."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from results.errors import ResultsError
from results.rendering.warmup import draw_warmup
from results.statistics.warmup import (
    BATCH,
    DAILY,
    Settling,
    mser5,
    settles,
    settlings,
    warmup_text,
    weeks_needed,
    welch,
    without_week,
)

DAYS = 140


def mser5_as_written(values):
    """White's rule word for word: batch means, squared errors over the squared number left."""
    batches = [np.mean(values[i : i + 5]) for i in range(0, len(values) - len(values) % 5, 5)]
    found = {}
    for cut in range(len(batches) // 2 + 1):
        rest = batches[cut:]
        found[cut] = sum((item - np.mean(rest)) ** 2 for item in rest) / len(rest) ** 2
    return 5 * min(found, key=found.get)


def filling(days, of_days, seed=1, noise=0.02):
    """Return a bed occupancy that fills with a time constant, and noise."""
    day = np.arange(days)
    return 1 - np.exp(-day / of_days) + np.random.default_rng(seed).normal(0, noise, days)


def test_mser_cuts_the_beginning_that_is_lower_and_no_more():
    # Twenty days at 0, then 100 at 10: all batches after the twentieth day are equal
    assert mser5(np.repeat([0.0, 10.0], [20, 100])) == 20


def test_mser_cuts_nothing_of_a_series_that_is_flat():
    assert mser5(np.full(60, 3.0)) == 0


def test_mser_has_no_answer_where_the_series_never_settles():
    assert mser5(np.arange(100.0)) is None


@pytest.mark.parametrize("seed", range(20))
def test_mser_is_the_rule_as_published(seed):
    rng = np.random.default_rng(seed)
    values = filling(rng.integers(40, 200), rng.uniform(1, 12), seed, noise=rng.uniform(0.01, 0.3))
    expected = mser5_as_written(values)
    last = len(values) // BATCH // 2 * BATCH
    assert mser5(values) == (None if expected == last else expected)


def test_welch_averages_what_there_is_on_both_sides():
    # reach 1: the first as it is, then means of three, and nothing for the last
    assert welch(np.array([4.0, 1.0, 1.0, 4.0, 7.0]), 1) == pytest.approx([4, 2, 2, 4])


def test_a_moving_average_within_is_that_of_pandas():
    values = filling(60, 5)
    middle = pd.Series(values).rolling(7, center=True).mean().to_numpy()
    assert welch(values, 3)[3:] == pytest.approx(middle[3:57])


def test_a_series_settles_where_it_stays_in_the_range_of_its_second_half():
    # The second half moves between 9 and 11; the first half is there on day 2 and, to stay, day 4
    first = [0, 5, 9, 12, 10, 9.5, 9, 11, 10, 10, 9, 11.0]
    second = [10, 9, 11, 10, 10, 9.5, 10.5, 11, 9, 10, 10, 10.0]
    assert settles(np.array(first + second)) == 4


def test_a_series_that_still_rises_has_not_settled():
    assert settles(np.arange(40.0)) is None


def test_the_slower_a_ward_fills_the_longer_both_methods_cut():
    cuts = [
        (mser5(filling(DAYS, slow)), settles(welch(filling(DAYS, slow), 3))) for slow in (1, 4, 8)
    ]
    assert cuts == sorted(cuts)
    assert cuts[0][0] < cuts[2][0]
    assert cuts[0][1] < cuts[2][1]


def test_the_rhythm_of_the_week_is_no_warm_up():
    weekend = np.tile([0, 0, 0, 0, 0, -5.0, -5.0], DAYS // 7)
    assert np.ptp(without_week(weekend)) == pytest.approx(0, abs=1e-12)


def replications(days, of_days):
    return pd.DataFrame(
        [
            ("now", number, str(day), kpi, value)
            for number in range(3)
            for kpi in DAILY
            for day, value in enumerate(filling(days, of_days, seed=number))
        ],
        columns=["scenario", "replication", "site", "kpi", "value"],
    )


def test_a_cut_in_noise_is_told_from_a_trend():
    rng = np.random.default_rng(5)
    days = np.arange(140)
    noise = rng.normal(10, 1, (24, 140))
    shared = noise + np.where(days < 30, 0.6 * (-1.0) ** (days // 5), 0)  # restless, not lower
    lower = noise - np.where(days < 30, 2.0, 0)
    restless, rising = (Settling.of("now", "icu.occupancy", one) for one in (shared, lower))
    assert (restless.mser or 0) > 0
    assert restless.is_noise
    assert (rising.mser, rising.is_noise) == (30, False)
    assert weeks_needed([restless])[0] == 0
    assert "MSER-5 cuts noise" in warmup_text([restless])


def test_the_warm_up_is_that_of_the_slowest_kpi():
    quick = Settling("now", "ed.los.median", np.zeros(1), mser=0, welch=3)
    slow = Settling("now", "ward.occupancy", np.zeros(1), mser=15, welch=22)
    assert weeks_needed([quick, slow]) == (3, 4)
    unknown = Settling("now", "icu.occupancy", np.zeros(1), mser=None, welch=1)
    assert weeks_needed([quick, unknown]) == (None, 1)


def test_too_short_a_run_is_refused():
    with pytest.raises(ResultsError, match="--weeks is 6"):
        settlings(replications(42, 3))


def test_the_text_names_every_kpi_and_both_methods():
    text = warmup_text(settlings(replications(84, 3)))
    assert all(kpi in text for kpi in DAILY)
    assert "warm-up by MSER-5: " in text


def test_the_figure_is_drawn_whole_and_the_same_again(tmp_path):
    found = settlings(replications(84, 3))
    for name in ("one.png", "two.png"):
        draw_warmup(found, tmp_path / name, "nl")
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    with Image.open(tmp_path / "one.png") as drawn:
        assert drawn.width > 800
    assert {path.name for path in tmp_path.iterdir()} == {"one.png", "two.png"}
