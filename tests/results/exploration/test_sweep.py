"""Sweeps: designs that cover ranges, surrogates that say what they miss, known sensitivities."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn.gaussian_process import GaussianProcessRegressor
from threadpoolctl import threadpool_info

import results
from cli import main
from results.decision.futures import read_futures
from results.errors import ResultsError
from results.exploration.sweep import (
    Design,
    DrawnFutures,
    completed,
    fitted,
    learned,
    sensitivity_table,
)
from results.kpis.criteria import criteria_kpis
from results.runs.execution import own_store
from results.statistics.sensitivity import morris_indices, morris_points, sobol_indices
from results.statistics.surrogate import LEAST_FUTURES, fit
from scenarios.files import loading as files
from scenarios.futures import in_play, load_factors
from sim.replication.replicate import Finished

FACTORS = load_factors()
KPI = "ed.los.median"


def futures(count, design=Design.SOBOL, seed=1):
    return DrawnFutures.drawn(FACTORS, count, design, seed)


def made_up(drawn, numbers, kpi):
    return pd.DataFrame(
        {
            "future": numbers,
            "scenario": "single-almelo",
            "site": "region",
            "kpi": KPI,
            "value": [float(kpi(drawn.points[number])) for number in numbers],
        }
    )


@pytest.mark.parametrize("design", [Design.SOBOL, Design.LATIN])
def test_each_part_of_every_range_is_drawn_as_often(design):
    points = futures(64, design).points
    for column in points.T:
        assert np.histogram(column, bins=8, range=(0, 1))[0].tolist() == [8] * 8


def test_the_same_seed_draws_the_same_futures_and_another_seed_others():
    assert (futures(16).points == futures(16).points).all()
    assert (futures(16).points != futures(16, seed=2).points).any()


def test_values_lie_within_the_ranges():
    table = futures(32).table()
    for name, factor in FACTORS.items():
        values = table.loc[table["factor"] == name, "value"]
        assert values.between(factor.low, factor.high).all()
        assert values.nunique() == 32


def test_every_configuration_is_played_in_the_same_future():
    drawn = futures(4)
    here, there = drawn.scenarios([files.load("single-almelo"), files.load("single-hengelo")], 3)
    assert (here.name, there.name) == ("single-almelo-f00003", "single-hengelo-f00003")
    assert dict(here.effective_parameters()) == dict(there.effective_parameters())


def test_sobol_indices_of_ishigamis_function_are_the_published_ones():
    def ishigami(points):
        x, y, z = (2 * points.T - 1) * np.pi
        return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)

    found = {one.factor: one for one in sobol_indices(["x", "y", "z"], ishigami, seed=1)}
    alone, total = {"x": 0.3139, "y": 0.4424, "z": 0.0}, {"x": 0.5576, "y": 0.4424, "z": 0.2437}
    for name in "xyz":
        assert found[name].alone == pytest.approx(alone[name], abs=0.05)
        assert found[name].total == pytest.approx(total[name], abs=0.05)


def test_morris_finds_the_effect_over_the_whole_range_with_its_sign():
    points = morris_points(["up", "down", "idle"], trajectories=6, seed=1)
    found = morris_indices(["up", "down", "idle"], points, 3 * points[:, 0] - 2 * points[:, 1] + 5)
    assert [one.alone for one in found] == pytest.approx([3, -2, 0])
    assert [one.total for one in found] == pytest.approx([3, 2, 0])
    assert [one.spread for one in found] == pytest.approx([0, 0, 0], abs=1e-9)


def test_a_surrogate_misses_no_more_than_the_noise_it_was_given():
    rng = np.random.default_rng(1)
    points, fresh = rng.random((80, 4)), rng.random((200, 4))

    def truth(at):
        return 100 + 30 * at[:, 0] + 20 * at[:, 1] ** 2 + 10 * at[:, 0] * at[:, 2]

    surrogate = fit(points, truth(points) + rng.normal(0, 2, 80))
    assert 1.5 < surrogate.held_out.rmse < 3
    assert np.sqrt(np.mean((surrogate.predict(fresh) - truth(fresh)) ** 2)) < 1.5


def test_a_surrogate_takes_one_core_so_that_cores_change_neither_its_digits_nor_its_time(
    monkeypatch,
):
    seen, real = [], GaussianProcessRegressor.fit

    def noted(*arguments):
        seen.extend(library["num_threads"] for library in threadpool_info())
        return real(*arguments)

    monkeypatch.setattr(GaussianProcessRegressor, "fit", noted)
    fit(np.random.default_rng(1).random((LEAST_FUTURES, 2)), np.arange(LEAST_FUTURES, dtype=float))
    assert set(seen) == {1}


def test_a_surrogate_of_pure_noise_owns_that_it_explains_nothing():
    rng = np.random.default_rng(2)
    surrogate = fit(rng.random((60, 3)), rng.normal(0, 1, 60))
    assert surrogate.held_out.explained < 0.2
    assert surrogate.held_out.rmse > 0.8


def test_a_kpi_that_never_changes_is_predicted_as_it_is():
    points = np.random.default_rng(3).random((LEAST_FUTURES, 2))
    surrogate = fit(points, np.full(LEAST_FUTURES, 7.0))
    assert surrogate.predict(points[:3]).tolist() == [7.0] * 3


def test_futures_that_were_simulated_keep_what_was_found():
    drawn = futures(64)
    simulated = made_up(drawn, range(40), lambda at: 100 + 40 * at[0] - 10 * at[4])
    whole = completed(simulated, drawn, fitted(simulated, drawn))
    assert len(whole) == 64
    assert whole["simulated"].sum() == 40
    kept = whole[whole["simulated"]]["value"].to_numpy()
    assert (kept == simulated["value"].to_numpy()).all()
    guessed = whole[~whole["simulated"]]
    truth = 100 + 40 * drawn.points[40:, 0] - 10 * drawn.points[40:, 4]
    assert guessed["value"].to_numpy() == pytest.approx(truth, abs=1)


def test_the_factor_that_matters_most_comes_first():
    drawn = futures(48)
    simulated = made_up(drawn, range(48), lambda at: 100 + 40 * at[3] + 5 * at[0])
    table = sensitivity_table(simulated, drawn, fitted(simulated, drawn), seed=1)
    assert table["factor"].iloc[0] == list(FACTORS)[3]
    assert table["total"].iloc[0] == pytest.approx(1600 / 1625, abs=0.03)


def test_a_morris_design_is_analysed_as_simulated():
    drawn = futures(36, Design.MORRIS)
    simulated = made_up(drawn, range(len(drawn)), lambda at: 8 * at[2])
    table = sensitivity_table(simulated, drawn, {}, seed=1)
    assert table["method"].unique().tolist() == ["morris"]
    assert table["total"].tolist()[:2] == pytest.approx([8, 0])


def test_too_few_simulated_futures_are_refused():
    drawn = futures(16)
    with pytest.raises(ResultsError, match="16 simulated futures are too few"):
        fitted(made_up(drawn, range(16), lambda at: at[0]), drawn)


class Played:
    """Gives every task a KPI that its future decides, and remembers what was asked."""

    def __init__(self, drawn, noise):
        self.drawn, self.noise, self.asked = (
            drawn,
            np.random.default_rng(1).normal(0, noise, 999),
            [],
        )

    def __call__(self, tasks):
        self.asked += [(task.scenario.name, task.replication) for task in tasks]
        return [Finished(t.scenario.name, t.replication, self.measures(t), 0, 0, 0) for t in tasks]

    def measures(self, task):
        value = 0.9 + 0.05 * self.drawn.points[task.replication, 6] + self.noise[task.replication]
        return [("region", "ambulance.a1.within_15", value), ("MST", "ed.los.median", 1.0)]


def test_no_more_futures_are_simulated_than_the_allowed_error_asks():
    drawn = futures(256)
    played, told = Played(drawn, noise=0.0), []
    simulated, surrogates = learned(
        played, [files.load("single-almelo")], drawn, 256, 0.05, told.append
    )
    assert simulated["future"].tolist() == list(range(32))
    assert list(surrogates) == [("single-almelo", "region", "ambulance.a1.within_15")]
    assert played.asked[5] == ("single-almelo-f00005", 5)
    assert told[0] == "256 futures of 1 configurations; at most 256 are simulated"
    assert told[1].startswith("32 futures simulated: single-almelo region ambulance.a1.within_15")


def test_noise_asks_for_twice_as_many_until_the_most():
    drawn = futures(256)
    played = Played(drawn, noise=0.05)
    simulated, _ = learned(played, [files.load("now")], drawn, 100, 0.05, lambda _: None)
    assert simulated["future"].nunique() == 100
    assert len(played.asked) == len(set(played.asked)) == 100


def test_too_few_to_learn_from_are_refused_before_any_is_simulated():
    drawn = futures(64)
    played = Played(drawn, noise=0.0)
    with pytest.raises(ResultsError, match="10 simulated futures are too few"):
        learned(played, [files.load("now")], drawn, 10, 0.05, lambda _: None)
    assert played.asked == []


def test_a_morris_design_is_simulated_in_full_whatever_a_surrogate_would_need():
    drawn = futures(36, Design.MORRIS)
    played = Played(drawn, noise=0.0)
    learned(played, [files.load("now")], drawn, 20, 0.05, lambda _: None)
    assert len(played.asked) == len(drawn) >= 36


def test_few_futures_are_all_simulated_and_nothing_is_guessed():
    drawn = futures(5)
    simulated, surrogates = learned(
        Played(drawn, 0.0), [files.load("now")], drawn, 128, 0.05, lambda _: None
    )
    assert surrogates == {}
    assert completed(simulated, drawn, surrogates)["simulated"].all()


def test_a_sweep_leaves_its_futures_and_says_what_was_simulated(tmp_path):
    out, store = tmp_path / "sweep", tmp_path / "store"
    command = ["sweep", "single-hengelo", "--futures", "2", "--weeks", "1", "--warmup", "0"]
    where = ["--store", str(store), "--out", str(out), "--lang", "en"]
    done = CliRunner().invoke(main, [*command, "--backend", "serial", "--quiet", *where])
    assert done.exit_code == 0, done.output
    read = read_futures(out)
    kpis = vars(read)["values"]
    assert set(kpis["scenario"]) == {"now-2034", "single-hengelo"}
    # what neighbours are asked is known only where they are simulated
    counted = [kpi for kpi in criteria_kpis() if not kpi.startswith("neighbour.")]
    assert kpis.groupby("future")["kpi"].count().tolist() == [2 * len(counted)] * 2
    assert sorted(read.circumstances.columns) == sorted(in_play(FACTORS, [files.load("now")]))
    facts = json.loads((out / "sweep.json").read_text())
    assert (facts["simulated"], facts["replications_run"], facts["seed"]) == (2, 4, 1)
    assert min(facts[name] for name in ("wall_seconds", "events_per_second", "peak_memory_mb")) > 0
    workers = results.Workers(store=own_store(store))
    found = results.sweep(["single-hengelo"], futures=2, weeks=1, warmup=0, workers=workers)
    assert repr(found) == "<Sweep of now-2034, single-hengelo: 2 of 2 futures simulated, seed 1>"
    assert found.manifest["replications_from_store"] == 4
    assert found.text("en") in done.stdout
    saved = found.save(tmp_path / "from python")
    for name in ("futures.parquet", "factors.parquet", "surrogates.csv", "sensitivity.csv"):
        assert (saved / name).read_bytes() == (out / name).read_bytes(), name


def test_a_sweep_never_replaces_files_of_others(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    done = CliRunner().invoke(main, ["sweep", "--out", str(tmp_path)])
    assert done.exit_code == 2
    assert "holds files that no sweep wrote" in done.stderr


def test_the_room_that_each_neighbour_has_left_is_kept_of_every_future(tmp_path):
    found = results.sweep(
        [files.load("single-enschede", ["policies.neighbours=simulated"])],
        futures=2,
        weeks=1,
        warmup=0,
        workers=results.Workers(store=own_store(tmp_path)),
    )
    kpis = found.kpis
    room = kpis[kpis["kpi"] == "neighbour.headroom"]
    assert set(room["site"]) == {"SKB", "SXB", "DZ", "ISALA", "SLINGE"}
    assert len(room) == 2 * 2 * 5
    assert set(FACTORS) == set(found.futures.factors)
