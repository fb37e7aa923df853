"""The house: floors import downwards only, and a wheel holds what a run needs."""

import ast
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import typing
import zipfile
from collections import Counter
from dataclasses import fields, is_dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from cli import main
from files.extras import EXTRAS
from scenarios.files.shipped import shipped_names

ROOT = Path(__file__).parents[1]
ROOMS = ("files", "geodata", "scenarios", "sim", "results", "benchmarks")
LONGEST, FULLEST = 450, 20
"""Lines of a module, and modules of a folder."""

DRAWING = {"matplotlib", "PIL", "typst", "jinja2", "openpyxl", "geopandas", "shapely", "pyogrio"}
"""Libraries that draw, lay out, or read outlines to draw."""

REPLICATION = """
import json
from results.kpis.measure import measure
from scenarios.files.loading import load
from sim.engine import process
from sim.replication.replicate import Setting, Task, finish

setting = Setting(seed=7, weeks=3, warmup=1, data_folder=None, measure=measure)
done = [finish(setting, Task(load(name), 0)) for name in ("now", "single-hengelo")]
print(json.dumps({"file": process.__file__, "measures": repr([item.measures for item in done])}))
"""


def compiled_modules() -> list[str]:
    """Return the modules of the event loop that a wheel holds compiled."""
    sys.path.insert(0, str(ROOT))
    try:
        return importlib.import_module("hatch_build")._compiled(ROOT)
    except ModuleNotFoundError:  # without hatchling nothing is built
        return []
    finally:
        sys.path.remove(str(ROOT))


def test_a_class_has_a_name_of_its_own():
    # One meaning per name: who reads a name in one room need not ask which room it is from.
    names = Counter(
        node.name
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert {"Scenario", "DataSet", "Run"} <= set(names)
    assert [name for name, count in names.items() if count > 1] == []


def test_what_arrays_hold_has_one_name_and_one_home():
    homes = Counter(
        found[1]
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for found in re.finditer(
            r"^([A-Z]\w+) = npt\.NDArray\[", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    )
    assert {"FloatArray", "IntArray", "BoolArray", "HourTable"} <= set(homes)
    assert [name for name, count in homes.items() if count > 1] == []


def test_a_module_is_read_in_one_sitting_and_a_folder_at_a_glance():
    modules = [path for room in (*ROOMS, "tests") for path in (ROOT / room).rglob("*.py")]
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules}
    assert {str(path) for path, count in lines.items() if count > LONGEST} == set()
    folders = Counter(path.parent for path in modules if path.name != "__init__.py")
    assert {str(folder) for folder, count in folders.items() if count > FULLEST} == set()


def test_a_file_beside_the_code_is_found_by_its_package_or_it_is_told_why_not():
    # Where a package is no folder there is no path; where it must be one, a comment says why.
    found, unexplained = 0, []
    for room in ("files", "geodata", "scenarios", "sim", "results"):
        for path in (ROOT / room).rglob("*.py"):
            lines = path.read_text(encoding="utf-8").splitlines()
            for before, line in pairwise(lines):
                found += "files(__package__)" in line
                if "(__file__)" in line and not before.strip().startswith("# A path"):
                    unexplained.append(f"{path.relative_to(ROOT)}: {line.strip()}")
    assert found > 15
    assert unexplained == []


@pytest.mark.slow
def test_each_floor_imports_only_from_floors_below():
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.slow
def test_a_wheel_holds_what_a_run_needs_and_its_compiled_event_loop_does_the_same(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("TWENTEZORG_OPTIMISE", "0")  # the bytes are the same, sooner
    builder = pytest.importorskip("hatchling.builders.wheel", reason="hatchling isn't installed")
    (wheel,) = builder.WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "installed")
    needed = {
        "cli.py",
        "geodata/config/norms.yaml",
        "geodata/config/profiles.yaml",
        "geodata/config/regions/twente.yaml",
        "geodata/starter/cells.parquet",
        "geodata/starter/manifest.json",
        "results/kpis/kpis.yaml",
        "results/report/templates/report.html.j2",
        "results/language/locale/nl/LC_MESSAGES/results.po",
        "scenarios/parameters/data/hours.csv",
        "scenarios/schema.json",
        "sim/py.typed",
        *(f"scenarios/twente/{name}.yaml" for name in shipped_names()),
    }
    assert needed - names == set()
    tops = {name.split("/")[0] for name in names if "__mypyc." not in name}
    allowed = {"cli.py", "files", "geodata", "results", "scenarios", "sim"}
    assert {top for top in tops - allowed if not top.endswith(".dist-info")} == set()
    if not shutil.which("cc"):
        pytest.skip("there is no C compiler")
    source, built = (_simulated(folder) for folder in (ROOT, tmp_path / "installed"))
    assert source["file"].endswith("process.py")
    assert not built["file"].endswith(".py")
    assert built["measures"] == source["measures"]


@pytest.mark.parametrize("path", compiled_modules())
def test_a_compiled_dataclass_can_read_its_types(path):
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    for kind in vars(module).values():
        if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__:
            assert set(typing.get_type_hints(kind)) == {field.name for field in fields(kind)}


def _simulated(folder: Path) -> dict[str, str]:
    """Return where the event loop in a folder is, and what a short replication with it measures."""
    done = subprocess.run(
        [sys.executable, "-c", REPLICATION],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_the_starter_data_set_is_small():
    folder = ROOT / "geodata" / "starter"
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 4_000_000


def test_the_command_holds_no_logic_of_its_own():
    # Thin: below its options and its help, every command is a page at most.
    import inspect

    for name, command in main.commands.items():
        if command.callback is None:
            continue
        source = inspect.getsource(inspect.unwrap(command.callback))
        body = source.rpartition('"""\n')[2]
        assert len(body.splitlines()) <= 70, name


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], {"numpy", "pandas", "pydantic", "yaml", "rich", "requests"}),
        (["list"], {"numpy", "pandas", "pydantic", "requests"}),
        (["show", "now"], {"pandas", "scipy", *DRAWING}),
        (["validate", "scenarios/twente/now.yaml"], {"pandas", "pyarrow", "scipy", *DRAWING}),
    ],
    ids=["help", "list", "show", "validate"],
)
def test_a_short_answer_loads_nothing_heavy(arguments, heavy):
    # What a start costs is what it imports: seconds differ by machine, this doesn't.
    code = (
        "import sys; from cli import main; main(sys.argv[1:], standalone_mode=False); "
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(done.stderr.split()) & heavy == set()


def test_a_process_that_simulates_does_without_statistics():
    # Each worker would hold 60 MB more, and begin a second later.
    code = "import sys, sim.replication.replicate, results.kpis.measure; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert loaded & {"scipy.stats", "sklearn", *DRAWING} == set()
    assert "results.kpis.neighbours" in loaded


@pytest.mark.parametrize("name", ["decide", "sweep", "show", "compare", "query", "size"])
def test_a_command_that_draws_nothing_loads_nothing_that_draws(name):
    # All that the command imports, before it does anything: decide and sweep draw one picture at
    # the end, and load what draws it then.
    code = """
import ast, inspect, sys, textwrap
from importlib import import_module
from cli import main
source = textwrap.dedent(inspect.getsource(inspect.unwrap(main.commands[sys.argv[1]].callback)))
for node in ast.walk(ast.parse(source)):
    if isinstance(node, ast.ImportFrom):
        for alias in node.names:
            if not hasattr(import_module(node.module), alias.name):
                import_module(f"{node.module}.{alias.name}")
print(*sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, name], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert loaded & DRAWING == set()
    assert "scenarios.errors" in loaded  # it did import what the command does


WITHOUT_EXTRAS = """
import ast, inspect, sys, textwrap
from importlib import import_module
from cli import main
from files.extras import EXTRAS
sys.modules |= dict.fromkeys(EXTRAS)  # as if none of them is installed
"""


def test_a_command_without_what_it_needs_says_how_to_install_it():
    # A process of its own: here the libraries are loaded, and what has loaded them would go on.
    code = f"""{WITHOUT_EXTRAS}
for words in ("query;select 1", "sweep;now;--futures;24", "geodata;fetch;--place;Almelo"):
    for language in ("en", "nl"):
        import os
        os.environ["TWENTEZORG_LANG"] = language
        try:
            main(words.split(";"))
        except SystemExit as end:
            print(end.code, file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    said = []
    for library, extra in (("duckdb", "query"), ("SALib", "sweep"), ("osmium", "build")):
        install = f'pip install "twentezorg[{extra}]"'
        english = f"this needs the package {library}, which isn't installed; install it with"
        dutch = (
            f"hiervoor is het pakket {library} nodig, en dat is niet geïnstalleerd; "
            "installeer het met"
        )
        said += [f"twentezorg: {english}: {install}", "2", f"twentezorg: {dutch}: {install}", "2"]
    assert done.stderr.splitlines() == said


def test_every_other_command_does_without_the_extras():
    # All that they import before they do anything, with those libraries out of reach.
    code = f"""{WITHOUT_EXTRAS}
for name, command in main.commands.items():
    if name in ("geodata", "query", "sweep", "store"):
        continue
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(command.callback)))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module != "results.exploration.deciding":
            for alias in node.names:
                if not hasattr(import_module(node.module), alias.name):
                    import_module(f"{{node.module}}.{{alias.name}}")
    print(name)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert {"run", "reach", "report", "decide", "size", "lines"} <= set(done.stdout.split())


def test_what_is_lacking_is_an_extra_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {"SALib": "salib", "sklearn": "scikit-learn"}
    extras = project["optional-dependencies"]
    for library, extra in EXTRAS.items():
        name = names.get(library, library)
        assert any(line.startswith(f"{name}>=") for line in extras[extra])
        assert not any(line.startswith(f"{name}>=") for line in project["dependencies"])
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    asked = " ".join(f"--extra {extra}" for extra in sorted(set(EXTRAS.values())))
    assert f"lock: EXTRAS := {asked}\n" in makefile
    # The two commands of the README give everything: the lock has them all.
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert all(f"\n{names.get(library, library)}==" in f"\n{locked}" for library in EXTRAS)
