"""A scenario file to begin with: it validates, says what is in force, and takes no one's place."""

import re

import pytest

from scenarios.errors import ScenarioError
from scenarios.files.loading import load
from scenarios.files.new import EXAMPLE, write_new
from scenarios.files.shipped import shipped_names
from scenarios.parameters.registry import registry


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def uncommented(text: str) -> str:
    return re.sub(r"(?m)^# ", "", text)


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("base", shipped_names())
def test_a_new_file_says_what_its_base_says_with_its_comments_and_without(base, lang):
    path = write_new("my-plan", base, lang)
    then = load(base)
    own = {"name": "my-plan", "title": None, "description": None}
    fresh = load(str(path))
    assert fresh.model_copy(update=own) == then.model_copy(update=own)
    assert fresh.title.nl == "my-plan"

    path.write_text(uncommented(path.read_text(encoding="utf-8")), encoding="utf-8")
    full = load(str(path))
    own |= {"levers": {}, "parameters": {}}
    assert full.model_copy(update=own) == then.model_copy(update=own)
    assert EXAMPLE in full.parameters
    assert {key: full.effective_parameters()[key] for key in registry()} == {
        key: then.effective_parameters()[key] for key in registry()
    }


def test_one_example_that_is_uncommented_counts():
    path = write_new("my-plan", "now", "en")
    text = path.read_text(encoding="utf-8")
    for line in ("# sites:", "#   MST: ## MST Enschede", "#     open: {ed: 24/7, "):
        assert line in text
        text = text.replace(line, line[2:], 1)
    path.write_text(text.replace("    open: {ed: 24/7", '    open: {ed: "07:00-23:00"', 1))
    assert load(str(path)).sites["MST"].open["ed"] == "07:00-23:00"


def test_both_languages_hold_the_same_examples():
    dutch, english = (
        write_new(f"plan-{lang}", "now", lang).read_text(encoding="utf-8") for lang in ("nl", "en")
    )
    examples = [re.findall(r"(?m)^# .*$", text) for text in (dutch, english)]
    assert examples[0] == examples[1]
    assert len(examples[0]) > 100
    assert "## Per ziekenhuis" in dutch
    assert "## By hospital" in english


def test_a_file_of_the_users_can_be_the_base():
    write_new("first", "night-closure", "nl")
    second = load(str(write_new("second", "first.yaml", "nl")))
    assert second.sites == load("night-closure").sites


def test_no_file_is_overwritten(tmp_path):
    (tmp_path / "mine.yaml").write_text("my work")
    with pytest.raises(ScenarioError, match=r"mine\.yaml: exists already"):
        write_new("mine", "now", "nl")
    assert (tmp_path / "mine.yaml").read_text() == "my work"


@pytest.mark.parametrize(
    "name",
    ["now", "now-2034", "single-enschede", "../up", "a/b", "A", "", "x.yaml", "é", "a\n", "-x"],
)
def test_a_name_that_cannot_be_one_is_refused_and_nothing_is_written(name, tmp_path):
    with pytest.raises(ScenarioError):
        write_new(name, "now", "nl")
    assert list(tmp_path.iterdir()) == []


def test_a_base_that_is_not_there_is_told_and_nothing_is_written(tmp_path):
    with pytest.raises(ScenarioError, match="nowhere: no such scenario"):
        write_new("mine", "nowhere", "nl")
    assert list(tmp_path.iterdir()) == []


def test_what_is_said_to_be_allowed_is_what_a_policy_allows():
    text = write_new("my-plan", "now", "en").read_text(encoding="utf-8")
    allowed = dict(re.findall(r"(?m)^#   (\w+): .* ## (.*)$", text.split("# policies:")[1]))
    assert allowed["beds"] == "as_today, follow_demand"
    assert allowed["flexpool"] == "true, false"
    assert allowed["when_short"].startswith("overtime, lend, hire, ")
    assert allowed["focus_clinic"] == "null, MST, ZGT_ALM, ..."
