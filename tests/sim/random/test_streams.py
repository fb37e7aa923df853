"""Streams of random numbers: one per purpose, and nothing in one tells of another."""

import numpy as np
import pytest
from scipy import stats

from sim.patients.cohort import Horizon
from sim.patients.past import PastHorizon
from sim.random.streams import Purpose

DRAWS = 4_000
PURPOSES = [purpose for purpose in Purpose if purpose is not Purpose.PAST]


def streams():
    """Return the first draws of every purpose in two replications and in the past, a row each."""
    horizons = (Horizon(3, 0, 1), Horizon(3, 1, 1), PastHorizon(3, 0, 1), PastHorizon(3, 1, 1))
    return np.array(
        [horizon.generator(purpose).random(DRAWS) for horizon in horizons for purpose in PURPOSES]
    )


def test_no_two_streams_go_together():
    # Correlations of independent streams have a standard deviation of 1 / sqrt(draws)
    rows = streams()
    together = np.corrcoef(rows)[np.triu_indices(len(rows), 1)] * np.sqrt(DRAWS)
    assert np.abs(together).max() < stats.norm.isf(1e-4 / len(together))
    assert together.std() == pytest.approx(1, abs=0.05)


def test_a_stream_does_not_follow_another_some_draws_later():
    rows = streams()[:: len(PURPOSES) // 4] - 0.5
    spectra = np.fft.rfft(rows, axis=1)
    for number, one in enumerate(spectra):
        for other in spectra[number + 1 :]:
            shifted = np.fft.irfft(one * other.conj()) * 12 / np.sqrt(DRAWS)
            assert np.abs(shifted).max() < 7


def test_each_stream_is_uniform():
    worst = min(stats.kstest(row, "uniform").pvalue for row in streams())
    assert worst > 0.01 / (4 * len(PURPOSES))


def test_a_detail_of_a_purpose_has_a_stream_of_its_own():
    horizon = Horizon(3, 0, 1)
    one, other = (horizon.generator(Purpose.VISIT_CHOICE, site).random(9) for site in (1, 2))
    assert not np.isin(one, other).any()
