"""Documentation that runs: the notebook, the recipes, the pages."""

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
