"""What `import scenarios, geodata, sim, results` shows to who works from Python."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from click.testing import CliRunner

import geodata
import results
import scenarios
import sim
from cli import main
from results.publication import publish
from results.runs import progress
from results.workflows import simulate as simulating
from tests.support.made_up_run import build

ROOT = Path(__file__).parents[1]
FACES = {
    "scenarios": {
        *("load", "shipped_names", "schema_text", "Scenario", "Site", "Roster", "Policies"),
        *("Surge", "Function", "Resource", "Parameter", "Parameters", "Confidence", "registry"),
        *("Factor", "load_factors", "in_future", "ScenarioError", "FileError"),
    },
    "geodata": {
        *(
            "load",
            "build",
            "describe",
            "DataSet",
            "RegionDefinition",
            "read_region",
            "Norms",
            "norms",
        ),
        *("nearest_minutes", "emergency_chain", "by_municipality", "coverage", "verdicts"),
        *("settlements_beyond", "best_sites", "trade_off", "TravelTimes", "isochrones"),
        *("DataError", "FileError"),
    },
    "sim": {
        *("replicate", "finish", "Setting", "Task", "Finished", "Horizon", "Outcome", "Records"),
        *("Step", "Experiment", "Plan", "replications_table", "Store", "Backend"),
        *("ReplicationError", "BackendError", "StoreError"),
    },
    "results": {
        *("simulate", "read_run", "Run", "reachability", "decide", "Decision"),
        *("decision_text", "read_weights", "read_futures", "Stakeholder", "size", "sweep"),
        *("verify", "verify_calibration", "warm_up", "measure", "criteria", "Workers"),
        *("ResultsError", "FileError"),
    },
}


@pytest.mark.parametrize("floor", FACES)
def test_a_floor_shows_the_nouns_a_user_needs_and_no_others(floor):
    module = import_module(floor)
    assert set(module.__all__) == set(dir(module)) == FACES[floor]
    assert 7 <= len(FACES[floor]) <= 20
    for name in FACES[floor]:
        home = "files." if name == "FileError" else f"{floor}."
        assert getattr(module, name).__module__.startswith(home), name


@pytest.mark.parametrize("floor", FACES)
def test_a_type_checker_finds_every_noun_where_the_program_does(floor):
    module = import_module(floor)
    (checked,) = (
        node
        for node in ast.parse(Path(module.__file__).read_text(encoding="utf-8")).body
        if isinstance(node, ast.If)
    )
    found = {
        alias.asname: getattr(import_module(node.module), alias.name)
        for node in checked.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert found == {name: getattr(module, name) for name in module.__all__}


@pytest.mark.parametrize(
    ("read", "face"),
    [
        (scenarios.load_factors, scenarios),
        (geodata.read_region, geodata),
        (results.read_weights, results),
    ],
    ids=["factors", "region", "weights"],
)
def test_a_file_that_can_not_be_used_is_caught_by_a_name_of_the_face(read, face, tmp_path):
    with pytest.raises(face.FileError) as refused:
        read(tmp_path / "none.yaml")
    assert refused.value.problems[0].file == str(tmp_path / "none.yaml")


@pytest.mark.parametrize("floor", FACES)
def test_no_noun_has_the_name_of_a_room(floor):
    # Importing the room would put it in the noun's place.
    rooms = {path.stem for path in (ROOT / floor).iterdir()}
    assert FACES[floor] & rooms == set()


def test_what_a_floor_does_not_have_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'results' has no attribute 'simulator'"):
        _ = results.simulator


def test_who_asks_for_what_is_not_installed_is_told_how_to_install_it():
    # A process of its own: here the libraries are loaded.
    code = """
import sys
import geodata, results
from files.extras import EXTRAS
sys.modules |= dict.fromkeys(EXTRAS)  # as if none of them is installed
for floor, name in ((geodata, "build"), (results, "sweep"), (results, "simulate")):
    try:
        getattr(floor, name)
    except ModuleNotFoundError as error:
        print(error)
print("click" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told = [
        f"this needs the package {library}, which isn't installed; "
        f'install it with: pip install "twentezorg[{extra}]"'
        for library, extra in (("osmium", "build"), ("SALib", "sweep"))
    ]
    assert done.stdout.splitlines() == [*told, "False"]  # and no command line was needed


@pytest.mark.parametrize("floor", FACES)
def test_every_floor_tells_the_version_of_the_distribution(floor):
    assert import_module(floor).__version__ == version("twentezorg")


def test_a_release_has_one_version_and_says_what_it_brings():
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "version"
    ]
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (.+)$", cited, re.MULTILINE)[1] == said
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## (\d+\.\d+\.\d+) \(\d{4}-\d{2}-\d{2}\)$", changes, re.MULTILINE)
    assert released[0] == said


def test_a_face_loads_nothing_until_it_is_asked():
    code = "import sys, geodata, results, scenarios, sim; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    heavy = {"numpy", "pandas", "pydantic", "matplotlib", "babel", "simpy"}
    assert set(done.stdout.split()) & heavy == set()


def test_a_scenario_is_shown_by_its_name_and_what_is_open_where():
    scenario = scenarios.load("single-enschede")
    assert repr(scenario) == "<Scenario single-enschede, 2034: All acute care in Enschede>"
    shown = scenario._repr_html_()
    row = next(part for part in shown.split("<tr>") if "Almelo" in part)
    assert "<td>closed</td>" in row
    assert "<td>24/7</td>" in next(part for part in shown.split("<tr>") if "Enschede</th>" in part)


def test_a_run_is_shown_by_its_scenarios_and_differences():
    run = build()
    assert (
        repr(run)
        == "<Run of now, night, now-2034, single, same: 4 replications of 4 weeks, seed 7>"
    )
    shown = run._repr_html_()
    heads = shown.partition("</thead>")[0]
    assert [name for name in ("night", "single", "same") if f"<th>{name}</th>" in heads] == [
        *("night", "single", "same"),
    ]
    assert "Stay at the ED, median (minutes)" in shown


def test_a_run_that_was_made_by_hand_can_not_be_drawn():
    with pytest.raises(results.ResultsError, match="read_run"):
        build().save("nowhere")


def test_reachability_is_shown_for_the_region_and_can_be_drawn():
    found = results.reachability(["now", "single-enschede"])
    assert repr(found) == "<Reachability of now, single-enschede>"
    assert found._repr_html_().count("<tr>") == 2 * 2 * 4  # scenarios, functions, ways and clocks
    assert len(found.table) == 15 * 2 * 2 * 4
    picture = found.map("single-enschede", "maternity", "en")
    assert picture._repr_png_().startswith(b"\x89PNG")
    assert picture.title.startswith("All acute care in Enschede (2034)")
    with pytest.raises(results.ResultsError, match="no map of 'icu'; there are maps of ed, mat"):
        found.map("now", "icu")


def test_python_and_the_command_line_find_the_same(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(publish, "_draw", lambda *_: None)  # the drawings have tests of their own
    run = results.simulate(["now"], replications=2, weeks=1, warmup=0)
    assert "2/2" in capfd.readouterr().err
    options = ["--replications", "2", "--weeks", "1", "--warmup", "0", "--backend", "serial"]
    done = CliRunner().invoke(main, ["run", "now", *options, "--out", str(tmp_path / "command")])
    assert done.exit_code == 0, done.output
    run.save(tmp_path / "python")
    for name in ("summary.csv", "reachability.csv", "parameters.csv", "replications.parquet"):
        ours, theirs = ((tmp_path / kind / name).read_bytes() for kind in ("python", "command"))
        assert ours == theirs, name
    back = results.read_run(tmp_path / "python")
    pd.testing.assert_frame_equal(back.replications, run.replications)
    assert back.manifest["command"] == (
        "results.simulate(['now'], replications=2, weeks=1, warmup=0, seed=1)"
    )


def test_python_and_the_command_line_count_the_hospitals_own_people(tmp_path, monkeypatch):
    asked = []

    def noted(scenario, now, *_):
        asked.append((scenario, now))
        raise results.ResultsError("simulation would begin")

    monkeypatch.setattr(simulating, "sized", noted)
    people = tmp_path / "people.csv"
    people.write_text("site,profession,layer,people\nMST,intensivists,,3\n", "utf-8")
    with pytest.raises(results.ResultsError, match="would begin"):
        results.simulate(["single-enschede"], people=str(people))
    options = ["--people", str(people), "--out", str(tmp_path / "run")]
    done = CliRunner(env={"TWENTEZORG_LANG": "en"}).invoke(
        main, ["run", "single-enschede", *options]
    )
    assert done.stderr == "twentezorg: simulation would begin\n"
    here, there = asked
    assert here == there
    for scenario in here:  # doing nothing too
        size = scenario.sites["MST"].teams["intensivists"]
        assert (size.low, size.high) == (3, 3)
        assert scenario.policies.staff == "as_available"
    people.write_text("site,profession,layer,people\nMST,bakers,,3\n", "utf-8")
    with pytest.raises(results.FileError, match=r"people\.csv:2: profession"):
        results.simulate(["now"], people=people)


def test_a_notebook_has_a_bar_of_its_own(monkeypatch, capfd):
    shown = []

    class Bar:
        def __init__(self, total):
            self.__dict__["total"] = total

        def display(self):
            shown.append(f"of {self.total}")

        def __setattr__(self, _name, done):
            shown.append(done)

    shell = SimpleNamespace(config={"IPKernelApp": {}})
    notebook = SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(ProgressBar=Bar))
    items = [object(), object()]
    assert list(progress.with_progress(items, items, sys.stderr)) == items
    assert shown == ["of 2", 1, 2]
    assert capfd.readouterr().err == ""


def test_a_decision_needs_no_more_than_a_run():
    decision = results.decide(build())
    assert repr(decision) == "<Decision for 2024, 2034: 4 replications, seed 7>"
    assert set(decision.stakeholders) == set(
        results.decide(build(), decision.stakeholders).stakeholders
    )


def test_the_floors_below_are_enough_for_one_replication():
    setting = sim.Setting(1, 1, 0, None, results.measure)
    done = sim.finish(setting, sim.Task(scenarios.load("now"), 0))
    arrivals = [
        value for site, kpi, value in done.measures if (site, kpi) == ("MST", "ed.arrivals")
    ]
    assert arrivals[0] > 0
    assert isinstance(geodata.load(), geodata.DataSet)
