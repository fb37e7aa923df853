"""A tiny run keeps its numbers: whoever changes the model on purpose renews them and says so.

To renew: `TWENTEZORG_RENEW=1 python -m pytest tests/results/test_golden.py`, look at the difference
in `golden/tiny_run.csv`, and tell in the commit why the figures moved.
"""

import os
from pathlib import Path

import pandas as pd
import pytest

from results.kpis.measure import measure
from results.runs.run import Run
from results.runs.study import Study
from results.runs.tables import read_csv, write_csv
from scenarios.files.loading import load
from sim.backends.registry import Backend
from sim.experiment.experiment import Plan, replications_table, run
from sim.replication.outcome import WHOLE_REGION

GOLDEN = Path(__file__).parent / "golden" / "tiny_run.csv"
FIGURES = (
    "ambulance.a1.within_15",
    "ambulance.call_to_hospital.within_45.life",
    "ambulance.call_to_hospital.within_45.norm",
    "ed.arrivals",
    "ed.los.median",
    "maternity.births",
    "theatre.emergency.in_time",
    "ward.occupancy",
)
PLACES = ("GM0153", "REGION")
"""Enschede and all of Twente."""


def tiny_run(starter) -> Run:
    study = Study.of([load("single-enschede")], load("now"))
    plan = Plan(study.scenarios, 2, seed=1, weeks=1, warmup=1, data_folder=None, measure=measure)
    finished = list(run(plan, Backend.SERIAL, 1))
    facts = study.facts(plan, finished, starter)
    table = replications_table(finished)
    return Run.from_replications(
        facts, table, study.reachability(starter), study.parameters_table()
    )


def lines(found: Run) -> pd.DataFrame:
    """Take a few dozen numbers of the three tables, as name and value."""
    rows = []
    for name, column in (("summary", "mean"), ("comparison", "difference")):
        table = getattr(found, name)
        kept = table[(table["site"] == WHOLE_REGION) & table["kpi"].isin(FIGURES)]
        for row in kept.itertuples():
            rows += [
                (f"{name} {row.scenario} {row.kpi} {end}", getattr(row, end))
                for end in (column, "ci_low")
            ]
    reached = found.reachability
    for row in reached[reached["municipality_code"].isin(PLACES)].itertuples():
        place = f"{row.scenario} {row.municipality_code} {row.function} {row.profile} {row.clock}"
        rows.append((f"reachability {place} minutes_mean", row.minutes_mean))
    return pd.DataFrame(rows, columns=["name", "value"])


def test_the_numbers_of_a_tiny_run_are_those_of_before(starter):
    found = lines(tiny_run(starter))
    if os.environ.get("TWENTEZORG_RENEW"):
        write_csv(found, GOLDEN)
    golden = read_csv(GOLDEN)
    assert list(found["name"]) == list(golden["name"])
    assert dict(zip(found["name"], found["value"], strict=True)) == pytest.approx(
        dict(zip(golden["name"], golden["value"], strict=True)), rel=1e-6, abs=1e-9, nan_ok=True
    )
