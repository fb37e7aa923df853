"""The commands that simulate call what Python calls, with what was asked and no more."""

import pytest
from click.testing import CliRunner

from cli import main
from results.errors import ResultsError
from results.workflows import calibration, replay, simulate, size, sweep, warm_up
from scenarios.schema.scenario import Scenario
from sim.backends.registry import Backend

LENGTH = ("--seed", "7", "--weeks", "9", "--warmup", "3", "--quick")
ASKED = {"seed": 7, "weeks": 9, "warmup": 3, "data": None, "quick": True}
SETTING = ("--set", "demand.ed.level=1.5")


def named(value):
    """Return scenarios by name and what was set in them, and workers by what they are."""
    if isinstance(value, Scenario):
        return value.name, value.effective_parameters()["demand.ed.level"]
    return [named(one) for one in value] if isinstance(value, list) else value


@pytest.fixture
def called(monkeypatch):
    """Return what a command gave a workflow of the shared ones, by place and by name."""
    given = {}

    def record(*places, **names):
        given["places"] = [named(one) for one in places]
        given["names"] = {name: named(value) for name, value in names.items()}
        raise ResultsError("called")

    def call(module, function, *arguments):
        monkeypatch.setattr(module, function, record)
        done = CliRunner().invoke(main, [*arguments])
        assert (done.exit_code, done.stderr.splitlines()[-1]) == (2, "twentezorg: called")
        return given["places"], given["names"]

    return call


def test_size(called, tmp_path):
    what = ("--target", "ed.los.median<=now", "--resource", "ed.nurses", "--most", "3")
    where = ("--out", str(tmp_path / "steps.csv"), "--replications", "4", "--no-store")
    places, names = called(size, "size", "size", "single-almelo", *what, *where, *LENGTH, *SETTING)
    assert places == [("single-almelo", 1.5), ("ed.los.median<=now",), ("ed.nurses",)]
    workers, _ = names.pop("workers"), names.pop("tell")
    assert (workers.backend, workers.store) == (Backend.PROCESSES, None)
    assert names == {**ASKED, "most": 3, "replications": 4, "baseline": ("now", 1.5)}


def test_sweep(called, tmp_path):
    what = ("--futures", "12", "--simulate", "5", "--error", "0.2", "--design", "lhs")
    where = ("--out", str(tmp_path / "sweep"), "--no-store")
    places, names = called(sweep, "sweep", "sweep", *what, *where, *LENGTH, *SETTING)
    assert places == [[(f"single-{place}", 1.5) for place in ("enschede", "almelo", "hengelo")]]
    assert names.pop("workers").store is None
    assert names == {
        **ASKED,
        "futures": 12,
        "at_most": 5,
        "error": 0.2,
        "design": "lhs",
        "factors": None,
        "baseline": ("now", 1.5),
    }


def test_verify_with_calibration(called):
    places, names = called(
        *(calibration, "verify_calibration", "verify", "--calibration", "--no-store"),
        *("--replications", "2", *LENGTH, *SETTING),
    )
    assert names.pop("workers").store is None
    assert (places, names) == ([], {**ASKED, "replications": 2, "baseline": ("now", 1.5)})


def test_warmup(called):
    asked = ("--seed", "7", "--weeks", "9", "--replications", "3")
    places, names = called(warm_up, "warm_up", "warmup", *asked, *SETTING)
    assert names.pop("workers").store is None
    assert places == [[("now", 1.5)]]
    assert names == {"seed": 7, "weeks": 9, "replications": 3, "data": None}


def test_run(called, tmp_path):
    where = ("--out", str(tmp_path / "run"), "--no-store", "--precision", "0.1", "--at-most", "9")
    places, names = called(simulate, "simulate", "run", "night-closure", *where, *LENGTH, *SETTING)
    assert names.pop("workers").store is None
    assert places == [[("night-closure", 1.5)]]
    wanted = {"replications": None, "precision": 0.1, "at_most": 9, "people": None}
    wanted["baseline"] = ("now", 1.5)
    assert names == {**ASKED, **wanted}


@pytest.mark.parametrize("command", ["journey", "animate", "occupancy"])
def test_what_plays_again(called, command):
    places, names = called(
        replay, "play_again", command, "now", "--replication", "2", *LENGTH, *SETTING
    )
    assert (places, names) == ([("now", 1.5), 2], {**ASKED, "baseline": ("now", 1.5)})
