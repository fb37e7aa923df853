"""Documentation that runs: the notebook, the recipes, the pages."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow  # a kernel starts, and three configurations are simulated twice
def test_the_first_study_runs_as_a_researcher_runs_it(tmp_path, monkeypatch):
    nbformat = pytest.importorskip("nbformat", reason="nbformat isn't installed")
    nbclient = pytest.importorskip("nbclient", reason="nbclient isn't installed")
    notebook = nbformat.read(ROOT / "docs" / "first-study.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "keep it without outputs"
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    where = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=600, resources=where).execute()
    shown = {
        cell.source.splitlines()[0]: [out["data"] for out in cell.outputs if "data" in out]
        for cell in notebook.cells
        if cell.cell_type == "code"
    }
    bar, table = shown["run = results.simulate("]
    assert "max='6' value='6'" in bar["text/html"]  # two replications of three configurations
    assert "hengelo-midwives" in table["text/html"]
    (picture,) = shown['reach.map("single-hengelo", "maternity", lang="en")']
    assert "image/png" in picture


def _pages() -> list[Path]:
    tops = ("geodata", "results", "scenarios", "sim", "docs")
    found = [path for top in tops for path in (ROOT / top).rglob("*") if "_build" not in path.parts]
    kinds = {".py", ".md", ".yaml"}
    return [*ROOT.glob("*.md"), *(path for path in found if path.suffix in kinds)]


def _there(name: str) -> bool:
    """Whether a dotted name is a module, or is bound in the module that the rest of it names."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:length])
        module = next(
            (path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()),
            None,
        )
        if module is not None:
            rest = parts[length:]
            text = module.read_text(encoding="utf-8")
            return not rest or re.search(rf"\b{re.escape(rest[0])}\b", text) is not None
    return False


def test_every_module_and_file_of_the_project_that_a_text_names_exists():
    tops = "(?:geodata|results|scenarios|sim)"
    made = {"docs/recipes.md"}  # names the files that who follows it makes
    lacking = []
    for page in _pages():
        where = page.relative_to(ROOT).as_posix()
        if where in made or where == "CHANGELOG.md":
            continue
        text = page.read_text(encoding="utf-8")
        dotted = re.findall(rf"`({tops}(?:\.[A-Za-z_]\w*)+)`", text.replace("results.xlsx", ""))
        lacking += [(where, name) for name in dotted if not _there(name)]
        paths = re.findall(rf"`({tops}/[\w./-]+)`", text)
        lacking += [(where, path) for path in paths if not (ROOT / path).exists()]
    assert not lacking, lacking


@pytest.mark.slow  # every module is imported and every page made
def test_the_site_has_no_dead_link_and_would_tell_of_one(tmp_path):
    pytest.importorskip("sphinx", reason="sphinx isn't installed")
    ignored = shutil.ignore_patterns("_build")
    shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=ignored)
    for name in ("README.md", "ARCHITECTURE.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    page = tmp_path / "docs" / "experiments.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n[Dead](nowhere.md)\n", encoding="utf-8")
    made = subprocess.run(
        [
            *(sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet"),
            *("-D", "nb_execution_mode=off", "docs", "site"),  # the notebook has its own test
        ],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 1
    (warning,) = [line for line in made.stderr.splitlines() if "WARNING" in line or "ERROR" in line]
    assert "experiments.md" in warning
    assert "nowhere.md" in warning
    assert (tmp_path / "site" / "reference" / "results.html").is_file()
