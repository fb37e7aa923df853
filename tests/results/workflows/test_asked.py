"""What a user asks for, and what is said of it before anything is simulated."""

import pytest
from click.testing import CliRunner

import results.workflows.simulate
from cli import main
from results.errors import ResultsError
from results.workflows.asked import baseline_or_now, baseline_warning, chosen
from scenarios.files.loading import load


@pytest.mark.parametrize(
    ("settings", "fields"),
    [
        ((), None),
        (("policies.capacity=pooled",), None),  # as it is already
        (("policies.capacity=stays",), "policies"),
        (("demand.ed.level=2", "horizon_year=2030"), "horizon_year, parameters"),
        (("sites.MST.capacity.ed.nurses.night=5",), "sites"),
    ],
)
def test_a_baseline_that_is_not_the_one_that_ships_is_told_with_what_differs(settings, fields):
    told = baseline_warning(load("now", settings))
    assert told.partition(", in ")[2].partition(":")[0] == (fields or "")
    assert bool(told) == (fields is not None)


@pytest.mark.parametrize(("value", "is_told"), [("pooled", False), ("stays", True)])
def test_run_tells_it_before_it_simulates_on_stderr_in_one_line(
    value, is_told, tmp_path, monkeypatch
):
    def not_now(*_arguments, **_options):
        raise ResultsError("simulation would begin")

    monkeypatch.setattr(results.workflows.simulate, "simulate", not_now)
    setting = f"policies.capacity={value}"
    done = CliRunner(env={"TWENTEZORG_LANG": "en"}).invoke(
        main, ["run", "now", "--set", setting, "--out", str(tmp_path / "run")]
    )
    lines = done.stderr.splitlines()
    assert lines[-1] == "twentezorg: simulation would begin"
    assert len(lines) == 1 + is_told
    assert done.stdout == ""
    assert lines[0].startswith("note: doing nothing differs") == is_told


def test_a_closure_at_a_neighbour_tests_a_configuration_and_is_none_to_choose():
    named = {scenario.name for scenario in chosen([])}
    assert not named & {"influenza", "mass-casualty", "winterswijk-closes", "zutphen-by-day"}
    assert "single-enschede" in named


def test_doing_nothing_has_its_neighbours_as_the_scenarios_have_them_where_these_agree():
    closed, single = load("zutphen-by-day"), load("single-enschede")
    assert baseline_or_now(None, [closed]).policies == closed.policies
    assert baseline_or_now(load("now"), [closed]).policies == closed.policies
    assert baseline_or_now(None, [closed, single]) == load("now")
    assert baseline_or_now(None, [single]) == load("now")
