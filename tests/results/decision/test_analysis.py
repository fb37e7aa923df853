"""The decision of a run: honest about chance, per year, in words, and the same every time."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from cli import main
from results.commands.console import comparison_text
from results.decision.analysis import Decision, decide, norms_met
from results.decision.conclusion import CERTAIN
from results.decision.export import (
    RANKING_COLUMNS,
    decision_json,
    decision_tables,
    ranking_table,
    write_decision,
)
from results.decision.futures import read_futures
from results.decision.pareto import on_front, trade_off
from results.decision.scores import Alternative
from results.decision.sentences import decision_sentences
from results.decision.terminal_table import decision_text
from results.decision.weights import Stakeholder, stakeholders
from results.errors import ResultsError
from results.kpis.criteria import criteria
from results.language.words import UNKNOWN, words
from results.links import REPORT
from results.publication import publish
from results.publication.publish import write_run
from results.runs.folder import read_run
from results.runs.run import Run
from results.statistics.comparison import REPLICATION_COLUMNS
from tests.support.made_up_run import build, scenario, scenarios

WAITING = {"me": Stakeholder("me", {"en": "me"}, {}, {"wait_doctor": 1.0})}
NAMES = ("now-2034", "single", "same")


def run_of(values: dict[str, list[float]], kpi: str = "care.wait_doctor.p95") -> Run:
    """A made-up run in which one KPI has these values."""
    run = build()
    rows = run.replications
    others = rows[~((rows["kpi"] == kpi) & (rows["site"] == "region"))]
    replications = max(map(len, values.values()))
    others = others[others["replication"] < replications]
    new = [
        (name, number, "region", kpi, value)
        for name, series in values.items()
        for number, value in enumerate(series)
    ]
    table = pd.concat([others, pd.DataFrame(new, columns=list(REPLICATION_COLUMNS))])
    manifest = {**run.manifest, "replications": replications}
    return Run.from_replications(manifest, table, run.reachability, run.parameters)


def waiting(
    single: list[float], same: list[float] | None = None, kpi: str = "care.wait_doctor.p95"
) -> Run:
    now = [100.0, 110, 105, 108][: len(single)]
    values = {"now": now, "night": now, "now-2034": now, "single": single, "same": same or now}
    return run_of(values, kpi)


def last(decision: Decision):
    return decision.verdicts[-1]


def english(decision: Decision) -> str:
    return "\n".join(decision_sentences(decision, last(decision), words("en")))


def test_a_clear_winner_is_named_and_what_is_the_same_shares_the_rest():
    found = decide(waiting([50.0, 61, 54, 59]), WAITING)
    ranking = last(found).rankings[0]
    assert last(found).choice.names == NAMES
    assert ranking.winner == 1
    assert ranking.first.tolist() == [0, 1, 0]
    assert ranking.totals[0] == ranking.totals[2]
    assert ranking.order == (1, 0, 2)
    assert ranking.places == ((2, 3), (1, 1), (2, 3))
    assert "Highest total, certain: “Alles in Enschede” (weights: me)." in english(found)


def test_no_winner_is_named_that_chance_could_have_put_first():
    found = decide(waiting([70.0, 130, 60, 140]), WAITING)
    assert last(found).rankings[0].winner is None
    assert "No winner: the run can't tell" in english(found)
    assert "Highest total, certain" not in english(found)


def test_one_replication_gives_totals_and_says_that_nothing_is_certain():
    found = decide(waiting([50.0]), WAITING)
    ranking = last(found).rankings[0]
    assert ranking.winner is None
    assert np.isnan(ranking.first).all()
    assert english(found).startswith("This run has one replication: nothing is known of chance")
    assert "No order is given: one replication tells nothing of chance." in english(found)
    assert "certainly best on: “Wait" not in english(found)
    assert "~" not in decision_text(found, "en").partition("Points of 100")[0]


def test_the_probability_of_being_first_is_that_of_the_paired_t_test():
    from scipy import stats

    single = [99.0, 111.5, 103, 107]
    run = waiting(single, [500.0] * 4)
    ranking = last(decide(run, WAITING)).rankings[0]
    p = stats.ttest_rel(single, [100.0, 110, 105, 108], alternative="less").pvalue
    assert ranking.first[1] == pytest.approx(1 - p, abs=0.03)
    assert ranking.first[2] == 0


def test_candidates_are_ahead_or_behind_only_if_it_is_certain_and_matters():
    at = list(criteria()).index("wait_doctor")
    certain_and_large = last(decide(waiting([50.0, 61, 54, 59]), WAITING))
    certain_and_small = last(decide(waiting([99.0, 109, 104, 107.01]), WAITING))
    large_by_chance = last(decide(waiting([10.0, 160, 20, 150]), WAITING))
    assert certain_and_large.ahead[1, at]
    assert not certain_and_small.ahead[1, at]
    assert not large_by_chance.ahead[1, at]


def test_who_is_dominated_is_never_first_whatever_the_weights():
    worse = {k.kpi: k for k in criteria().values() if k.kpi}
    run = build()
    rows = run.replications
    table = rows.copy()
    single = rows["scenario"] == "single"
    same = rows["scenario"] == "same"
    for name, criterion in worse.items():
        step = 0.02 * (criterion.worst - criterion.best)
        middle = (criterion.worst + criterion.best) / 2
        ours = rows["kpi"] == name
        table.loc[ours, "value"] = middle
        table.loc[ours & single, "value"] = middle + step
        table.loc[ours & same, "value"] = middle - step
    reach = run.reachability[run.reachability["scenario"] == "now"]
    everywhere = pd.concat([reach.assign(scenario=s.name) for s in run.scenarios])
    run = Run.from_replications(run.manifest, table, everywhere, run.parameters)
    found = decide(run, dict(stakeholders()))
    verdict = last(found)
    assert verdict.dominated_by[1] == (0, 2)
    assert verdict.sums.ranks[1, 0] == verdict.outranking.ranks[1, 0] == 0
    assert all(ranking.order[-1] == 1 for ranking in verdict.rankings)
    assert not on_front(trade_off(verdict))[1]
    assert verdict.sums.ranks.sum(axis=0) == pytest.approx(np.ones(3))
    assert "is on no criterion better than" in english(found)


def test_what_nobody_is_certainly_best_on_is_said_with_what_would_settle_it():
    found = decide(waiting([70.0, 130, 60, 140]), WAITING)
    best = next(b for b in last(found).best if b.criterion.name == "wait_doctor")
    assert best.kn_replications > 4
    assert "Nobody is certainly best on: “Wait for the ED doctor, longest 5%”" in english(found)


def test_a_comparison_marks_what_is_certain_and_too_small_to_matter():
    shown = waiting([100.5, 110.51, 105.5, 108.5], kpi="ed.wait_doctor.p95")
    text = comparison_text(shown.comparison, "en")
    row = next(line for line in text.splitlines() if line.startswith("Wait for the doctor"))
    assert "+1 ." in row
    assert "The intervals of" in text


def test_years_are_ranked_apart_and_a_run_without_a_choice_says_so():
    found = decide(build(), dict(stakeholders()))
    assert [verdict.choice.year for verdict in found.verdicts] == [2024, 2034]
    alone = build([scenario("now", "Zoals nu", 2024, None)])
    with pytest.raises(ResultsError, match="no year of this run has two configurations"):
        decide(alone, dict(stakeholders()))


def test_weights_that_count_only_what_is_not_judged_are_refused():
    births = {"me": Stakeholder("me", {}, {}, {"births_on_the_way": 1.0})}
    run = build()
    rows = run.replications[run.replications["kpi"] != "maternity.births_on_the_way"]
    lacking = Run.from_replications(run.manifest, rows, run.reachability, run.parameters)
    message = r"me count only what this run doesn't judge.*births_on_the_way"
    with pytest.raises(ResultsError, match=message):
        decide(lacking, births)


def test_quiet_because_people_go_elsewhere_is_said():
    run = run_of(
        {name: [5000.0 + extra, 5100 + extra, 5050 + extra, 5080 + extra]
         for name, extra in (("now-2034", 0), ("single", 9000), ("same", 0))},
        "ed.to_neighbours",
    )  # fmt: skip
    table = run.replications.copy()
    quieter = (table["scenario"] == "single") & (table["kpi"] == "ed.boarding.mean")
    table.loc[quieter, "value"] = 40.0
    run = Run.from_replications(run.manifest, table, run.reachability, run.parameters)
    text = english(decide(run, dict(stakeholders())))
    assert "about 9,000 visits a year more go to emergency departments outside Twente" in text


def sweep(folder, names=NAMES, futures=120, **change):
    """Write a made-up sweep: `single` waits long where demand is over 1.2 and staff below 0.4."""
    rng = np.random.default_rng(1)
    demand, staff = rng.uniform(0.8, 1.4, futures), rng.random(futures)
    bad = (demand > 1.2) & (staff < 0.4)
    rows = [
        (f, name, kpi, "region", _swept(kpi, name, bad[f]))
        for f in range(futures)
        for name in names
        for kpi in (c.kpi for c in criteria().values() if c.kpi)
    ]
    values = pd.DataFrame(rows, columns=["future", "scenario", "kpi", "site", "value"])
    factors = pd.DataFrame(
        [(f, "demand", demand[f]) for f in range(futures)]
        + [(f, "staff.there", staff[f]) for f in range(futures)],
        columns=["future", "factor", "value"],
    )
    folder.mkdir(exist_ok=True)
    change.get("values", lambda t: t)(values).to_parquet(folder / "futures.parquet")
    change.get("factors", lambda t: t)(factors).to_parquet(folder / "factors.parquet")
    return folder


def _swept(kpi: str, name: str, bad: bool) -> float:  # noqa: FBT001
    if kpi != "care.wait_doctor.p95":
        return 1.0
    return {"now-2034": 100.0, "single": 150.0 if bad else 60.0}.get(name, 100.0)


def test_a_sweep_says_when_each_wins_and_loses_and_the_regret(tmp_path):
    futures = read_futures(sweep(tmp_path / "sweep"))
    found = decide(waiting([50.0, 61, 54, 59]), WAITING, futures)
    over = last(found).over_futures
    assert over.futures == 120
    share = over.lose_share[1]
    assert over.first[1] == pytest.approx(1 - share)
    assert over.first[0] == over.first[2] == pytest.approx(share / 2)
    assert over.regret == pytest.approx(np.array([40, 50, 40]) / 240)
    assert over.as_good_as_nothing == pytest.approx([1, 1 - share, 1])
    assert over.ranks.sum(axis=1) == pytest.approx(np.ones(3))
    demand, staff = over.loses[1].limits
    assert (demand.name, staff.name) == ("demand", "staff.there")
    assert demand.above == pytest.approx(1.2, abs=0.03)
    assert staff.below == pytest.approx(0.4, abs=0.05)
    text = english(found)
    assert "“Alles in Enschede” loses from doing nothing where acute demand is above 1.2" in text
    assert "and staff.there is below 0." in text
    assert "in 100% of those futures, which are 100% of all in which it does" in text
    dutch = "\n".join(decision_sentences(found, last(found), words("nl")))
    assert "verliest van niets doen als acute zorgvraag hoger is dan 1,2" in dutch


def test_who_wins_is_first_and_who_loses_is_behind_doing_nothing(tmp_path):
    # `single` is first where it doesn't wait long, and there alone; where it does the others tie.
    # Doing nothing never loses from itself.
    futures = read_futures(sweep(tmp_path / "sweep"))
    over = last(decide(waiting([50.0, 61, 54, 59]), WAITING, futures)).over_futures
    demand, staff = futures.circumstances.to_numpy().T
    bad = ((demand > 1.2) & (staff < 0.4)).mean()
    assert 0.05 < bad < 0.5
    assert over.win_share == pytest.approx([bad, 1 - bad, bad])
    assert over.lose_share == pytest.approx([0, bad, 0])
    assert over.loses[0] is None
    assert over.wins[0] is not None
    assert [limit.name for limit in over.wins[0].limits] == ["demand", "staff.there"]


def test_a_norm_is_met_in_the_share_of_futures_whose_points_reach_it():
    # Caesareans within the norm have a norm of 1: of four futures it is met in one, and in none.
    criterion = next(one for one in criteria().values() if one.norm is not None)
    needed = float(criterion.score(criterion.norm))
    scores = np.array([[[needed], [0.0]], *[[[needed - 0.1], [needed - 0.01]]] * 3])
    offered = Alternative(2034, build().scenarios[:2], (criterion,), (), scores[0])
    assert norms_met(offered, scores)[criterion.name].tolist() == [0.25, 0.0]


def test_a_sweep_as_csv_reads_the_same(tmp_path):
    folder = sweep(tmp_path / "sweep", futures=20)
    before = read_futures(folder)
    for name in ("futures", "factors"):
        pd.read_parquet(folder / f"{name}.parquet").to_csv(folder / f"{name}.csv", index=False)
        (folder / f"{name}.parquet").unlink()
    after = read_futures(folder)
    pd.testing.assert_frame_equal(before.values, after.values)
    pd.testing.assert_frame_equal(before.circumstances, after.circumstances)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"values": lambda t: t.drop(columns="kpi")}, "lacks kpi; it needs future, scenario"),
        ({"values": lambda t: t[t["future"] > 0]}, "must hold the same futures; not so: 0"),
        ({"values": lambda t: pd.concat([t, t[:1]])}, "given twice: future 0, scenario now-2034"),
        ({"factors": lambda t: t[1:]}, "future 0 lacks a factor that others have"),
        ({"factors": lambda t: t.assign(value=np.nan)}, "row 1: value is no number"),
    ],
)
def test_a_sweep_that_is_not_whole_is_refused(tmp_path, change, message):
    with pytest.raises(ResultsError, match=message):
        read_futures(sweep(tmp_path / "sweep", futures=10, **change))


def test_a_figure_missing_from_the_sweep_is_named_and_other_scenarios_are_passed_by(tmp_path):
    lacking = sweep(
        tmp_path / "a", futures=10,
        values=lambda t: t[~((t["kpi"] == "ambulance.unit_hours") & (t["future"] == 3))],
    )  # fmt: skip
    run = waiting([50.0, 61, 54, 59])
    with pytest.raises(ResultsError, match=r"lacks ambulance\.unit_hours of now-2034 in future 3"):
        decide(run, WAITING, read_futures(lacking))
    other = read_futures(sweep(tmp_path / "b", names=("now-2034", "elsewhere"), futures=10))
    with pytest.raises(ResultsError, match="the sweep has none of the choices of this run"):
        decide(run, WAITING, other)


def test_the_json_holds_every_number_a_report_needs_and_is_the_same_twice():
    run = build()
    text = decision_json(decide(run, dict(stakeholders())), run)
    assert text == decision_json(decide(run, dict(stakeholders())), run)
    document = json.loads(text)
    assert "NaN" not in text
    assert len(document["scores"]) == len(scenarios()) * len(criteria())
    assert [choice["year"] for choice in document["choices"]] == [2024, 2034]
    choice = document["choices"][1]
    for ranking in choice["rankings"]:
        assert "order" not in ranking  # a list would rank what the intervals don't part
        totals = np.array(choice["scores"]) @ np.array(ranking["weights"])
        assert totals == pytest.approx(ranking["totals"], abs=1e-9)
    assert set(choice["sentences"]) == {"nl", "en"}
    assert document["certain"] == CERTAIN


def test_tables_have_a_row_for_every_set_of_weights_and_scenario():
    run = build()
    found = decide(run, dict(stakeholders()))
    table = ranking_table(found)
    assert tuple(table.columns) == RANKING_COLUMNS
    assert len(table) == len(stakeholders()) * (2 + 3)
    assert (
        table.groupby(["horizon_year", "weights"])["probability_first"].sum().round(6).eq(1).all()
    )
    assert list(table["scenario"])[:2] == ["now", "night"]  # as asked: the order of rows is no rank
    for row in table.to_dict("records"):
        parts = row["rank_best"] == row["rank_worst"]
        assert row["rank"] == row["rank_best"] if parts else np.isnan(row["rank"])
    assert set(decision_tables(found, run)) == {
        "decision.csv",
        "decision-scores.csv",
        "decision-acceptability.csv",
        "decision-best.csv",
        "decision-costs.csv",
        "decision-people.csv",
    }


def test_a_rank_over_all_weights_is_that_of_intervals_that_part():
    tied, parted = (
        decision_tables(decide(run, WAITING), run)["decision-acceptability.csv"]
        for run in (waiting([70.0, 130, 60, 140]), waiting([50.0, 61, 54, 59]))
    )
    for table in (tied, parted):
        assert (table["share_of_weights_certain"] <= 1).all()
    once = waiting([50.0])
    none = decision_tables(decide(once, WAITING), once)["decision-acceptability.csv"]
    assert none["share_of_weights_certain"].max() == 0
    same = parted[(parted["scenario"] == "same") & (parted["horizon_year"] == 2034)]
    assert same["share_of_weights_certain"].max() == 0  # it ties with doing nothing everywhere
    assert "With" in english(decide(waiting([70.0, 130, 60, 140]), WAITING))
    cells = decision_text(decide(once, WAITING), "en").splitlines()
    assert any(line.startswith("doing nothing") and line.endswith(UNKNOWN) for line in cells)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, data):
    made = build()
    out = tmp_path_factory.mktemp("decided") / "run"
    with pytest.MonkeyPatch.context() as patch:  # the report has tests of its own, and takes long
        patch.setattr(
            publish,
            "_draw",
            lambda stage, *_: [(stage / one).touch() for one in (REPORT, publish.WORKBOOK)],
        )
        write_run(out, made, data, "nl")
    return out


def test_the_command_prints_and_writes_the_decision_beside_the_run(folder, tmp_path):
    before = read_run(folder)
    own = tmp_path / "own.yaml"
    own.write_text("wij: {title: Wij, weights: {waiting: 1, staff: 2}}", encoding="utf-8")
    done = CliRunner().invoke(main, ["decide", str(folder), "--weights", str(own), "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert "[1] Wij" in done.output
    assert "doing nothing" in done.output
    outputs = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    for name in ("decision.json", "decision.csv", "decision-pareto.svg", "decision-pareto.png"):
        assert (folder / name).is_file()
        assert name in outputs
    after = read_run(folder)
    pd.testing.assert_frame_equal(before.replications, after.replications)
    assert {"report.html", "results.xlsx"} <= set(outputs)


def test_a_second_decision_takes_away_what_it_does_not_write(folder, tmp_path):
    run = read_run(folder)
    futures = read_futures(sweep(tmp_path / "sweep", futures=20))
    write_decision(folder, run, decide(run, WAITING, futures), "nl")
    assert (folder / "decision-regret.csv").is_file()
    first = (folder / "decision.json").read_bytes()
    write_decision(folder, run, decide(run, WAITING), "nl")
    assert not (folder / "decision-regret.csv").exists()
    assert (folder / "report.html").is_file()
    assert (folder / "decision.json").read_bytes() != first


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--weights", "{tmp}/none.yaml"], "none.yaml: no such file"),
        (["--futures", "{tmp}/none"], "is no sweep"),
    ],
)
def test_wrong_input_ends_with_one_message_and_exit_code_2(folder, tmp_path, options, message):
    given = [option.replace("{tmp}", str(tmp_path)) for option in options]
    done = CliRunner().invoke(main, ["decide", str(folder), *given])
    assert done.exit_code == 2
    assert message in done.output
    assert done.output.count("\n") == 1


def test_hostile_titles_stay_text_in_the_picture(run):
    entries = scenarios()
    entries[3]["title"] = {"nl": "<script>alert(1)</script> $x_{1}$", "en": "$\\frac{ \U0001f691"}
    from results.decision.pareto import draw_pareto

    hostile = dataclasses.replace(run, manifest={**run.manifest, "scenarios": entries})
    found = decide(hostile, WAITING)
    svg = draw_pareto(found, words("nl"), "svg").decode()
    assert "<script>" not in svg
    assert draw_pareto(found, words("en"), "svg") == draw_pareto(found, words("en"), "svg")
