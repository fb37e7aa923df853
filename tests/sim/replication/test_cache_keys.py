"""What a stored replication is found by: all that decides its outcome, and nothing else."""

import ast
import dataclasses
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from results.kpis.measure import measure
from scenarios.files.loading import load
from sim.replication import cache_keys
from sim.replication.cache_keys import LIBRARIES, data_hash, key_files, series
from sim.replication.replicate import Setting, Task

ROOT = Path(__file__).parents[3]
FLOORS = ("geodata", "results", "scenarios", "sim")
MEASURE = "results.kpis.measure"
SETTING = Setting(seed=5, weeks=1, warmup=0, data_folder=None, measure=measure)

# A worker gets its task as bytes, and notes each file it opens from then on.
WORKER = """
import pickle, sys
opened = set()
def note(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        opened.add(arguments[0] if isinstance(arguments[0], str) else arguments[0].decode())
sys.addaudithook(note)
setting, tasks = pickle.load(sys.stdin.buffer)
from sim.replication.replicate import finish
for task in tasks:
    finish(setting, task)
files = {module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", 0)}
print("\\n".join(sorted(opened | files)))
"""


def of_the_house(path):
    """Return a file of the four floors by its place in the house; None for any other file."""
    try:
        inside = Path(path).resolve().relative_to(ROOT)
    except ValueError:
        return None
    is_cached = inside.suffix == ".pyc"
    return inside if inside.parts[0] in FLOORS and not is_cached and Path(path).is_file() else None


FACES = {Path(floor, "__init__.py") for floor in FLOORS}
"""What a floor shows to whoever uses it from Python: names, each from where it lives."""


def takes_from_a_face(place):
    """Whether a module asks a floor itself for something, and not one of its rooms."""
    nodes = list(ast.walk(ast.parse((ROOT / place).read_bytes())))
    asked = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    asked |= {one.name for node in nodes if isinstance(node, ast.Import) for one in node.names}
    return bool(asked & set(FLOORS))


def holds_no_code(place):
    """Whether a package's own file says only what it is for."""
    body = ast.parse((ROOT / place).read_bytes()).body
    is_text = all(isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) for one in body)
    return place.name == "__init__.py" and is_text


def test_every_file_that_a_replication_opens_is_in_its_key():
    # Whatever it imports or reads: a module or table that is missing here would give an old result.
    names = ("now", "single-hengelo", "alternating-obstetrics")
    tasks = [Task(load(name), 0) for name in names]
    done = subprocess.run(
        [sys.executable, "-c", WORKER],
        input=pickle.dumps((SETTING, tasks)),
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    opened = {of_the_house(line) for line in done.stdout.decode().splitlines()} - {None}
    in_key = {path.resolve().relative_to(ROOT) for path in key_files(MEASURE)}
    starter = {path for path in opened if path.parts[:2] == ("geodata", "starter")}
    assert len(opened) > 60
    assert starter
    assert {Path("scenarios/parameters/data/theatre.csv"), Path("sim/pathways/ward.py")} <= opened
    missing = opened - in_key - starter - FACES  # Python reads a face on the way to a room
    assert sorted(str(path) for path in missing if not holds_no_code(path)) == []
    code = sorted(path for path in in_key if path.suffix == ".py")
    assert [str(path) for path in code if takes_from_a_face(path)] == []


@pytest.fixture(scope="module")
def in_key():
    return {str(path.resolve().relative_to(ROOT)) for path in key_files(MEASURE)}


def files(*patterns):
    found = {str(path.relative_to(ROOT)) for pattern in patterns for path in ROOT.glob(pattern)}
    assert len(found) >= len(patterns)
    return {place for place in found if (ROOT / place).is_file() and "__init__" not in place}


def test_what_only_shows_or_judges_results_is_no_part_of_a_key(in_key):
    shown = files(
        "results/language/locale/**/*.po",
        "results/language/*.csv",
        "results/report/**/*",
        "results/sheets/**/*",
        "results/maps/*",
        "results/statistics/*",
        "results/decision/*",
        "results/exports/*",
        "results/kpis/kpis.yaml",
        "results/kpis/criteria.yaml",
        "results/validation/*",
        "scenarios/schema.json",
        "scenarios/futures.yaml",
        "sim/experiment/*.py",
        "sim/backends/*.py",
        "cli.py",
    )
    assert shown & in_key == set()


def test_what_decides_results_is_part_of_a_key(in_key):
    rooms = ("engine", "journal", "patients", "pathways", "random", "resources")
    deciding = files(
        *(f"sim/{room}/*.py" for room in rooms),
        "sim/simulation.py",
        "scenarios/parameters/data/*.csv",
        "scenarios/capacity.py",
        "scenarios/parameters/[!w]*.py",
        "scenarios/parameters/workforce.py",
        "geodata/config/norms.yaml",
        "geodata/dataset/dataset.py",
    )
    flows = ("ambulance", "emergency", "maternity", "municipality", "staff", "theatre", "ward")
    deciding |= {f"results/kpis/{flow}.py" for flow in (*flows, "measure")}
    assert deciding - in_key == set()


def hashed(names, word="measure"):
    return cache_keys._hash(LIBRARIES, [ROOT / name for name in names], word)


CODE = ("sim/units.py", "scenarios/parameters/data/theatre.csv")


@pytest.mark.parametrize("edited", CODE)
def test_a_file_that_is_edited_changes_the_key(monkeypatch, edited):
    before, real = hashed(CODE), Path.read_bytes
    assert hashed(reversed(CODE)) == before
    monkeypatch.setattr(
        Path, "read_bytes", lambda path: real(path) + b"# edited" * (path == ROOT / edited)
    )
    assert hashed(CODE) != before


def test_another_measure_of_the_same_module_changes_the_key():
    assert hashed(CODE, "other") != hashed(CODE)


def code_hash():
    return hashed(CODE)


@pytest.mark.parametrize("library", LIBRARIES)
def test_another_version_of_a_library_that_computes_changes_the_key(monkeypatch, library):
    before, real = code_hash(), cache_keys.version
    monkeypatch.setattr(
        cache_keys, "version", lambda name: "0.0" if name == library else real(name)
    )
    assert code_hash() != before


def test_numpy_scipy_pandas_and_simpy_are_those_that_compute():
    assert set(LIBRARIES) == {"numpy", "scipy", "pandas", "simpy"}


def test_another_kind_of_processor_changes_the_key(monkeypatch):
    before = code_hash()
    monkeypatch.setattr("platform.machine", lambda: "abacus")
    assert code_hash() != before


def test_a_file_counts_with_its_name_and_its_content(tmp_path):
    def folder(name, **contents):
        place = tmp_path / name
        place.mkdir()
        for stem, text in contents.items():
            (place / stem).write_text(text)
        return data_hash.__wrapped__(place)

    one = folder("one", a="1", b="2")
    assert folder("same", b="2", a="1") == one
    assert folder("swapped", a="2", b="1") != one
    assert folder("renamed", a="1", c="2") != one
    assert folder("longer", a="1", b="22") != one
    assert folder("fewer", a="1") != one
    assert folder("more", a="1", b="2", c="") != one


def key(setting=SETTING, scenario=None):
    return series(setting, scenario or load("now")).key


def test_each_field_of_a_setting_is_part_of_the_key(tmp_path):
    (tmp_path / "cells").write_text("other")
    others = {
        "seed": 6,
        "weeks": 2,
        "warmup": 1,
        "data_folder": tmp_path,
        "measure": test_each_field_of_a_setting_is_part_of_the_key,
    }
    assert set(others) == {field.name for field in dataclasses.fields(Setting)}
    keys = {
        name: key(dataclasses.replace(SETTING, **{name: value})) for name, value in others.items()
    }
    assert len({key(), *keys.values()}) == len(others) + 1


def test_a_policy_a_roster_a_year_and_a_name_are_part_of_the_key():
    now = load("now")
    turned = now.model_copy(update={"sites": dict(reversed(now.sites.items()))})
    others = [
        load("now", ["policies.shared_teams=true"]),
        load("now", ["sites.MST.capacity.ward.beds.always=17"]),
        load("now", ["ed.doctor.mean=25.5"]),
        now.model_copy(update={"horizon_year": now.horizon_year + 1}),
        now.model_copy(update={"name": "other"}),
        turned,  # sites are numbered in order
    ]
    assert len({key(), *(key(scenario=other) for other in others)}) == len(others) + 1


def test_words_about_a_scenario_are_no_part_of_the_key():
    now = load("now").model_dump()

    def reworded(value):
        if not isinstance(value, dict):
            return value
        words = {"title": {"nl": "x", "en": "x"}, "description": {"nl": "x", "en": "x"}}
        words |= {"source": "somebody else", "confidence": "engineering_estimate"}
        return {name: words.get(name, reworded(inner)) for name, inner in value.items()}

    other = type(load("now")).model_validate(reworded(now))
    assert other != load("now")
    assert key(scenario=other) == key()
