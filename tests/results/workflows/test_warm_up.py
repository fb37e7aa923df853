"""A warm-up as Python has it: by scenario, as a table, and as plots in a folder."""

import numpy as np
import pandas as pd

from results.statistics.warmup import Settling
from results.workflows.warm_up import WarmUpAnalysis
from scenarios.files.loading import load

DAYS = 56


def test_a_warm_up_is_shown_in_weeks_and_saved_with_a_plot_for_each_scenario(tmp_path):
    level = np.ones(DAYS)
    found = WarmUpAnalysis(
        (load("now"), load("single-almelo")),
        (
            Settling("now", "ed.los.median", level, mser=5, welch=15),
            Settling("now", "icu.occupancy", level, mser=0, welch=3),
            Settling("single-almelo", "ed.los.median", level, mser=None, welch=0),
        ),
    )
    # the slowest figure decides, in whole weeks; a series that is too short says nothing
    assert (
        repr(found) == "<WarmUp in weeks by MSER-5 and Welch: now 1 and 3, single-almelo ? and 0>"
    )
    assert [item.kpi for item in found.of("now")] == ["ed.los.median", "icu.occupancy"]
    saved = found.save(tmp_path / "new" / "folder", "en")
    assert sorted(path.name for path in saved.iterdir()) == [
        *("now.png", "single-almelo.png", "warmup.csv"),
    ]
    assert len(pd.read_csv(saved / "warmup.csv")) == len(found.table) == 3 * DAYS
