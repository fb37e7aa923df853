"""A report weighs as asked, else as the last decision did, else as shipped."""

import json

import numpy as np
import pandas as pd
import pytest

from results.decision.analysis import decide
from results.decision.basis import as_shipped, decision_basis, read_sweep
from results.decision.export import write_decision
from results.decision.futures import LEAST_EXPLAINED
from results.decision.robustness import robustness
from results.decision.weights import Stakeholder, stakeholders
from results.errors import ResultsError
from results.kpis.criteria import criteria_kpis
from results.language.words import words
from results.publication.publish import write_run
from results.report.ranking import ranking_payload
from results.report.uncertainties import FIRST, first_uncertainties
from scenarios.futures import load_factors

NL, EN = words("nl"), words("en")
NAMES = ("now-2034", "single", "same")
OURS = {"ours": Stakeholder("ours", {"nl": "Wij", "en": "We"}, {}, {"waiting": 1.0})}
FUTURES = 8
MATTERS = {"travel": 0.6, "births": 0.3, "stays": 0.1}


@pytest.fixture
def sweep(tmp_path):
    """Write a sweep in which travel matters most; one figure was learned from chance."""
    folder = tmp_path / "sweep"
    folder.mkdir()
    kpis = sorted(criteria_kpis())
    values = [
        (f, name, "region", kpi, 1.0 + (name == "single" and f < FUTURES / 4))
        for f in range(FUTURES)
        for name in NAMES
        for kpi in kpis
    ]
    columns = ["future", "scenario", "site", "kpi", "value"]
    pd.DataFrame(values, columns=columns).to_parquet(folder / "futures.parquet")
    rng = np.random.default_rng(1)
    factors = [(f, factor, rng.random()) for f in range(FUTURES) for factor in MATTERS]
    pd.DataFrame(factors, columns=["future", "factor", "value"]).to_parquet(
        folder / "factors.parquet"
    )
    chance = "ward.occupancy"
    rows = [
        ("single", "region", kpi, "sobol", f, 1 - total if kpi == chance else total, 0, 0, 0)
        for kpi in kpis
        for f, total in MATTERS.items()
    ]
    columns = [
        "scenario",
        "site",
        "kpi",
        "method",
        "factor",
        "total",
        "total_ci",
        "alone",
        "spread",
    ]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "sensitivity.csv", index=False)
    learned = [
        ("single", "region", kpi, "", 8, 0.1, LEAST_EXPLAINED - 0.1 if kpi == chance else 0.9)
        for kpi in kpis
    ]
    columns = ["scenario", "site", "kpi", "unit", "futures", "rmse", "explained"]
    pd.DataFrame(learned, columns=columns).to_csv(folder / "surrogates.csv", index=False)
    return folder


@pytest.fixture
def folder(tmp_path, run, data, monkeypatch):
    monkeypatch.setattr("results.publication.publish._draw", lambda *_: None)
    out = tmp_path / "run"
    write_run(out, run, data, "nl")
    return out


def test_without_a_decision_it_weighs_as_shipped(folder):
    found = decision_basis(folder, None, None)
    assert found == as_shipped()
    assert list(found.stakeholders) == list(stakeholders())


def test_it_weighs_as_the_last_decision_did(folder, run, sweep):
    before = read_sweep(sweep)
    write_decision(folder, run, decide(run, OURS, before.futures), "nl", sweep)
    found = decision_basis(folder, None, None)
    assert dict(found.stakeholders) == OURS
    assert found.sweep.count == FUTURES
    pd.testing.assert_frame_equal(found.sweep.matters, before.matters)
    write_decision(folder, run, decide(run, OURS), "nl")
    assert decision_basis(folder, None, None).sweep is None


def test_what_is_asked_goes_before_what_was_decided(folder, run, sweep, tmp_path):
    write_decision(folder, run, decide(run, OURS), "nl")
    asked = tmp_path / "others.yaml"
    asked.write_text("others: {weights: {waiting: 1}}", encoding="utf-8")
    found = decision_basis(folder, asked, sweep)
    assert list(found.stakeholders) == ["others"]
    assert found.sweep.count == FUTURES


def test_sliders_begin_with_the_weights_of_the_decision(run):
    verdicts = decide(run, OURS).verdicts
    payload = ranking_payload(verdicts, NL, OURS)
    assert [each["title"] for each in payload["sets"]] == ["Wij"]
    single = {"one": Stakeholder("one", {}, {}, {"wait_doctor": 1.0})}
    shown = ranking_payload(verdicts, NL, single)["sets"]
    assert len(shown) == len(stakeholders())  # a slider weighs a group, not one criterion


def test_what_matters_most_in_the_futures_is_asked_first(sweep):
    told = first_uncertainties(EN, read_sweep(sweep))
    factors = load_factors()
    assert [item.title for item in told] == [factors[name].title.en for name in MATTERS]
    assert [item.weighs for item in told] == ["60%", "30%", "10%"]
    assert "occupancy" not in " ".join(told[-1].weighs_for).lower()  # learned from chance alone


def test_without_a_sweep_the_least_certain_is_asked_first():
    told = first_uncertainties(NL)
    assert len(told) == FIRST
    assert {item.confidence for item in told} == {"aangenomen"}
    assert [item.weighs for item in told] == [""] * FIRST
    assert told[0].title == "vacatures in de zorg"
    assert told[0].unit == "keer de prognose"
    assert told[0].source.startswith("schatting: de helft tot anderhalf keer")


def test_robustness_over_futures_counts_what_the_sweep_holds(run, sweep):
    chosen = read_sweep(sweep)
    last = robustness(decide(run, OURS, chosen.futures), EN)[-1]
    assert (last.futures, last.weights_of) == (FUTURES, "We")
    rows = {row.title: row for row in last.over_futures}
    baseline, single = last.over_futures[0], last.over_futures[1]
    assert len(rows) == len(NAMES)
    assert baseline.as_good == "\N{EN DASH}"
    assert single.as_good == "75%"  # worse in a quarter of the futures, equal in the others
    assert robustness(decide(run, OURS), EN)[-1].over_futures == ()


def test_a_damaged_decision_is_named(folder):
    (folder / "decision.json").write_text(json.dumps({"stakeholders": [1]}), encoding="utf-8")
    with pytest.raises(ResultsError, match=r"decision\.json is damaged"):
        decision_basis(folder, None, None)


def test_a_table_of_another_shape_is_named(sweep):
    (sweep / "sensitivity.csv").write_text("factor,total\ntravel,1\n", encoding="utf-8")
    with pytest.raises(ResultsError, match=r"sensitivity\.csv lacks scenario, site, kpi"):
        read_sweep(sweep)
