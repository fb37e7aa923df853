"""Tiny runs keep their numbers: whoever changes the model on purpose renews them and says so.

To renew: `TWENTEZORG_RENEW=1 python -m pytest tests/results/test_golden.py`, look at the difference
in `golden/`, and tell in the commit why the figures moved.
"""

import os
from pathlib import Path

import pandas as pd
import pytest

from files.formulas import write_csv
from results.kpis.measure import measure
from results.runs.run import Run
from results.runs.study import Study
from results.runs.tables import read_csv
from scenarios.files.loading import load
from sim.backends.registry import Backend
from sim.experiment.experiment import Plan, replications_table, run
from sim.patients.cohort import Horizon
from sim.replication.outcome import WHOLE_REGION
from sim.replication.replicate import replicate

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


KINDS = {
    "alternating-obstetrics": (),
    "focus-hengelo": (),
    "influenza": (),
    "mass-casualty": (),
    "new-central": (),
    "night-closure": (),
    "now": ("policies.ambulance_stand_by=dynamic", "policies.shared_teams=true"),
    "one-obstetrics-almelo": (),
    "single-hengelo": (),
    "theatre-by-day-almelo": (),
}
"""A scenario of each kind, and what is set besides: played for a week, from an empty house."""


def of_a_week(name: str, starter) -> pd.DataFrame:
    """Take every figure of the region of one week of one scenario."""
    settings = KINDS[name]
    weeks = {"influenza": 5, "mass-casualty": 6}.get(name, 1)  # until it happens
    outcome = replicate(load(name, settings), starter, Horizon(1, 0, weeks), warmup=0)
    rows = [(kpi, value) for site, kpi, value in measure(outcome) if site == WHOLE_REGION]
    return pd.DataFrame(sorted(rows), columns=["name", "value"])


def moved(found: pd.DataFrame, golden: pd.DataFrame) -> str:
    """Say which figures moved and by how much, one a line; nothing when none did."""
    both = golden.merge(
        found, on="name", how="outer", suffixes=("_was", "_is"), indicator="found_in"
    )
    lines = []
    for row in both.itertuples():
        was, now = row.value_was, row.value_is
        if row.found_in != "both":
            gone = row.found_in == "left_only"
            lines.append(f"{row.name}: {'was ' + repr(was) if gone else 'new, ' + repr(now)}")
        elif now != pytest.approx(was, rel=1e-6, abs=1e-9, nan_ok=True):
            share = f" ({(now - was) / was:+.2%})" if was else ""
            lines.append(f"{row.name}: {was:.6g} -> {now:.6g}{share}")
    return "\n".join(lines)


def held_against(found: pd.DataFrame, golden: Path) -> None:
    """Compare figures with those kept, or keep them when that is asked."""
    if os.environ.get("TWENTEZORG_RENEW"):
        write_csv(found, golden)
    changes = moved(found, read_csv(golden))
    assert not changes, f"figures moved; if on purpose, renew them as this module says\n{changes}"


def test_a_golden_run_says_which_figures_moved_and_by_how_much():
    was = pd.DataFrame({"name": ["a", "b", "gone"], "value": [100.0, 2.0, 3.0]})
    now = pd.DataFrame({"name": ["a", "b", "new"], "value": [98.0, 2.0, 4.0]})
    told = moved(now, was).splitlines()
    assert told == ["a: 100 -> 98 (-2.00%)", "gone: was 3.0", "new: new, 4.0"]
    assert moved(was, was) == ""


@pytest.mark.snapshot
def test_the_numbers_of_a_tiny_run_are_those_of_before(starter):
    held_against(lines(tiny_run(starter)), GOLDEN)


@pytest.mark.snapshot
@pytest.mark.parametrize("name", KINDS)
def test_the_numbers_of_a_week_are_those_of_before(starter, name):
    held_against(of_a_week(name, starter), GOLDEN.with_name(f"{name}.csv"))
