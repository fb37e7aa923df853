"""The model beside what was measured: hits and misses, by municipality where there is a figure."""

import pandas as pd

from results.language.words import words
from results.report.measured import beside_measured
from results.runs.run import Run


def with_a1(run: Run, values: dict[str, float]) -> Run:
    """Give the first baseline an A1 share within 15 minutes in some places."""
    rows = pd.DataFrame(
        [("now", number, site, "ambulance.a1.within_15", value)
         for site, value in values.items() for number in range(4)],
        columns=["scenario", "replication", "site", "kpi", "value"],
    )  # fmt: skip
    others = run.replications[run.replications["kpi"] != "ambulance.a1.within_15"]
    return Run.from_replications(
        run.manifest, pd.concat([others, rows]), run.reachability, run.parameters
    )


def test_hits_and_misses_stand_beside_each_other_by_municipality(run):
    # Published: 94.7% in Enschede (GM0153) in 2023, over 97% in Hengelo (GM0164).
    changed = with_a1(run, {"GM0153": 0.95, "GM0164": 0.80, "region": 0.95})
    found = {(one.place, one.published): one for one in beside_measured(changed, words("en"))
             if one.label == "Ambulance within 15 minutes (A1)"}  # fmt: skip
    enschede = found["GM0153", "94.7% (2023)"]
    assert enschede.is_within
    assert enschede.model == "95.0%"
    assert not found["GM0164", "well above 97% (2019)"].is_within
    assert found["All of Twente", "95% (2019)"].is_within
    assert "ambulanceoost.nl" in found["GM0164", "well above 97% (2019)"].source


def test_what_the_run_has_no_figure_of_is_left_out(run):
    found = beside_measured(with_a1(run, {"GM0153": 0.93}), words("nl"))
    places = {one.place for one in found if one.label == "Ambulance binnen 15 minuten (A1)"}
    assert places == {"GM0153"}
