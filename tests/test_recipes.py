"""The recipes of docs/recipes.md, followed to the letter on a copy of the source."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STEP = re.compile(
    r"^(?P<how>New file|Append to|In) `(?P<file>[^`]+)`(?:, after `(?P<anchor>[^`]+)`)?:\n\n"
    r"```\w+\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
RECIPES = ("parameter", "pathway", "KPI", "criterion", "page of the report")

CHECKS = {
    "parameter": """
from results.report.scenario import scenario_text
from scenarios.files.loading import load
scenario = load("now", ["wound_check.per_week=500"])
assert scenario.effective_parameters()["wound_check.per_week"] == 500
(line,) = [one for one in scenario_text(scenario, "nl").splitlines() if "wound_check.min" in one]
assert "duur van een wondcontrole" in line, line
""",
    "pathway and KPI": """
import sim
from results.kpis.measure import measure
from scenarios.files.loading import load
found = {}
for name in ("now", "single-hengelo"):
    task = sim.Task(load(name), 0)
    rows = sim.finish(sim.Setting(5, 1, 0, None, measure), task).measures
    found[name] = {site: value for site, kpi, value in rows if kpi == "ed.wound_checks"}
    total = found[name].pop("region")
    assert abs(total - sum(found[name].values())) < 1e-6
    year = 400 * 365.25 / 7
    assert 0.8 * year < total < 1.2 * year  # Poisson: five standard deviations are a quarter
    assert max(found[name].values()) - min(found[name].values()) < year / 50  # in turn
    found[name] = total
assert found["now"] == found["single-hengelo"]  # the same people in every configuration
""",
    "criterion": """
import results
from tests.support.made_up_run import build
assert results.criteria()["wound_checks"].score([0, 25_000, 60_000]).tolist() == [0, 0.5, 1]
judged = [c.name for c in results.decide(build()).verdicts[0].choice.criteria]
assert "wound_checks" in judged, judged
""",
    "page of the report": """
import re
from results.language.words import words
from results.report.page import render
from tests.support.made_up_run import blank_pictures, build, made_up_data
run, data = build(), made_up_data()
page = render(run, data, blank_pictures(run), words("nl"))
section = page.split('<h2 id="wound-checks">')[1].split("</section>")[0]
assert section.startswith("Wondcontroles per jaar</h2>"), section
assert re.findall("<bdi>(.*?)</bdi>: [0-9]+", section) == [
    words("nl").of(scenario.title).replace("'", "&#39;") for scenario in run.scenarios
], section
""",
}


def steps() -> list[re.Match[str]]:
    return list(STEP.finditer((ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """Return a copy of the source on which every step of every recipe was taken."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("files", "geodata", "results", "scenarios", "sim", "tests"):
        ignored = shutil.ignore_patterns("__pycache__", "*.so")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for step in steps():
        path, text = folder / step["file"], step["text"]
        if step["how"] == "New file":
            assert not path.exists(), path
            path.write_text(text, encoding="utf-8")
            continue
        before = path.read_text(encoding="utf-8")
        if step["how"] == "Append to":
            path.write_text(before + text, encoding="utf-8")
            continue
        assert before.count(f"{step['anchor']}\n") == 1, f"{path}: {step['anchor']}"
        after = before.replace(f"{step['anchor']}\n", f"{step['anchor']}\n{text}")
        path.write_text(after, encoding="utf-8")
    return folder


@pytest.mark.slow  # a process each, and two replications of a week
@pytest.mark.parametrize("recipe", CHECKS)
def test_who_follows_a_recipe_gets_what_it_promises(copy, recipe):
    done = subprocess.run(
        [sys.executable, "-c", CHECKS[recipe]],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_recipe_changes_the_files_that_the_architecture_names_and_no_others():
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("## Recipes")[2]
    pieces = re.split(r"^\d\. \*\*A (.+?)\*\*", page, flags=re.MULTILINE)[1:]
    named = {
        recipe: set(re.findall(r"`([a-z_/A-Z]+(?:/|\.\w+))`", text))
        for recipe, text in zip(pieces[::2], pieces[1::2], strict=True)
    }
    assert tuple(named) == RECIPES
    text = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    for part in text.split("\n## A ")[1:]:
        recipe = part.partition("\n")[0]
        touched = {step["file"] for step in STEP.finditer(part)}
        assert touched
        for file in touched:
            assert any(file.startswith(place) for place in named[recipe]), (recipe, file)
        for place in named[recipe]:
            assert any(file.startswith(place) for file in touched), (recipe, place)


def test_every_block_of_the_recipes_is_a_step():
    text = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    assert text.count("\n```\n") == len(steps())
