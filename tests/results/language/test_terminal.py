"""Help, progress and errors speak the language of the terminal, all of them."""

import ast
import errno
import json
import os
import pickle
import re
import subprocess
import sys
from io import BytesIO, StringIO
from pathlib import Path

import click
import pytest
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from click.testing import CliRunner

import cli
from geodata.errors import DataError
from geodata.notes import note, note_text
from results.commands.help import AS_TYPED, paragraphs
from results.errors import ResultsError
from results.language.terminal import DOMAIN, LOCALE, speak, terminal_language
from results.runs.progress import with_progress
from results.validation.calibration import anchors
from results.validation.people import people_anchors
from scenarios.errors import Problem, Said, ScenarioError, Wrong
from scenarios.files.loading import load
from sim.errors import ReplicationError
from sim.replication.replicate import Finished, Task

ROOT = Path(cli.__file__).parent
SOURCES = [ROOT / "cli.py", *(p for f in ("files", "geodata", "results", "scenarios", "sim")
                              for p in sorted((ROOT / f).rglob("*.py")))]  # fmt: skip
ERRORS = ("BackendError", "DataError", "ResultsError", "Said", "StoreError", "Wrong")
KEYWORDS = dict.fromkeys(("spoken", "note", *ERRORS)) | {"single": (2,)}
CLICK = [
    Path(click.__file__).with_name(f"{name}.py")
    for name in ("core", "decorators", "exceptions", "formatting", "parser", "types")
]


@pytest.fixture(autouse=True)
def _language_of_its_own(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "en")


DUTCH, ENGLISH = {"TWENTEZORG_LANG": "nl"}, {"TWENTEZORG_LANG": "en"}


def extracted(path: Path, keywords=None) -> set[str]:
    options = {} if keywords is None else {"keywords": keywords}
    found: set[str] = set()
    for _line, message, _comments, _context in extract_from_file("python", path, **options):
        parts = [message] if isinstance(message, str) else message
        found.update(part for part in parts if isinstance(part, str))
    return found


def commands(command: click.Command):
    yield command
    for own in getattr(command, "commands", {}).values():
        yield from commands(own)


def texts_of(command: click.Command):
    for text in paragraphs(command):
        as_typed = text.startswith(AS_TYPED)
        yield text.split("\n")[1] if as_typed else " ".join(text.split())
    yield command.options_metavar
    if isinstance(command, click.Group):
        yield command.subcommand_metavar
    for option in command.params:
        yield option.type.name
        if isinstance(option, click.Option):
            yield from (option.help, option.metavar)
            yield option.show_default if isinstance(option.show_default, str) else None


def our_texts() -> set[str]:
    found = {text for path in SOURCES for text in extracted(path, KEYWORDS)}
    both = (*anchors(), *people_anchors())
    found |= {text for anchor in both for text in (anchor.published, anchor.judged)
              if re.search(r"[a-z]{3}|\d[.,]\d", text)}  # fmt: skip
    return found | {text for one in commands(cli.main) for text in texts_of(one) if text}


def clicks_texts() -> set[str]:
    return {text for path in CLICK for text in extracted(path)}


def catalogue():
    with (LOCALE / "nl" / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as source:
        return read_po(source, locale="nl")


def test_every_command_and_option_says_what_it_is_for():
    for command in commands(cli.main):
        assert command.help, command.name
        for option in command.params:
            assert not isinstance(option, click.Option) or option.help, (command.name, option.name)


def several(text) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (text,)


def translations() -> dict[str, str]:
    return {one: entry.string if isinstance(entry.string, str) else entry.string[-1]
            for entry in catalogue() if entry.id for one in several(entry.id)}  # fmt: skip


def test_every_text_of_the_terminal_has_a_dutch_one():
    texts = translations()
    assert sorted(t for t in our_texts() | clicks_texts() if not texts.get(t)) == []


def test_no_dutch_text_of_the_terminal_is_left_over():
    used = our_texts() | clicks_texts()
    ours = [entry for entry in catalogue() if entry.id and not entry.auto_comments]
    assert [entry.id for entry in ours if not set(several(entry.id)) & used] == []


def test_what_the_system_says_is_what_it_says():
    known = {os.strerror(number) for number in errno.errorcode}
    for entry in catalogue():
        assert entry.auto_comments in ([], ["Click"]) or entry.id in known


def test_dutch_texts_keep_the_places_of_their_values():
    places = re.compile(r"{[^{}]*}|%\(\w+\)s")
    for entry in catalogue():
        kept = {place for one in several(entry.id) for place in places.findall(one)}
        found = [set(places.findall(string)) for string in several(entry.string)]
        assert set().union(*found) == kept, entry.id


def test_the_compiled_catalogue_is_that_of_the_text_file():
    compiled = BytesIO()
    write_mo(compiled, catalogue())
    kept = (LOCALE / "nl" / "LC_MESSAGES" / f"{DOMAIN}.mo").read_bytes()
    assert kept == compiled.getvalue(), "run: make texts"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_error_is_put_together_before_it_is_translated(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.JoinedStr):
            assert "spoken(" not in ast.unparse(node), "not found by who collects the texts"
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in {*ERRORS, "spoken", "note", "single"} and node.args:
            text = node.args[1 if name == "single" else 0]
            assert not isinstance(text, ast.JoinedStr | ast.BinOp | ast.IfExp), ast.unparse(node)
        if name in {"BadParameter", "UsageError"}:
            assert "spoken(" in ast.unparse(node.args[0])


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({}, "en"),
        ({"LANG": "nl_NL.UTF-8"}, "nl"),
        ({"LANG": "nl_NL.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "nl_BE"}, "nl"),
        ({"LC_ALL": "nl_NL.UTF-8", "TWENTEZORG_LANG": "en"}, "en"),
        ({"LC_ALL": "", "LANG": "nl"}, "nl"),
    ],
)
def test_the_language_is_the_first_that_the_environment_names(environment, lang):
    assert terminal_language(environment) == lang


def call(*arguments: str, env=DUTCH):
    return CliRunner().invoke(cli.main, list(arguments), env=env)


@pytest.mark.parametrize("command", [[], ["run"], ["geodata"], ["geodata", "fetch"]], ids=str)
def test_help_is_dutch_for_a_dutch_reader(command):
    done = call(*command, "--help")
    assert done.exit_code == 0
    for english in (
        "Usage:",
        "Options:",
        "Show this",
        "Example:",
        "Examples:",
        "default:",
        " the ",
    ):
        assert english not in done.output
    assert done.output.startswith("Gebruik: ")
    assert "Voorbeeld" in done.output or command == ["geodata"]
    assert "Usage: " in call(*command, "--help", env=ENGLISH).output


def test_progress_is_dutch_for_a_dutch_reader():
    speak("nl")
    now, to = load("now"), StringIO()
    tasks = [Task(now, number) for number in range(3)]
    done = [Finished("now", task.replication, [], 1, 1.0, 1.0, is_stored=not task.replication)
            for task in tasks]  # fmt: skip
    assert list(with_progress(done, tasks, to)) == done
    assert to.getvalue().splitlines()[0] == "1/3 uit de opslag"
    assert re.fullmatch(r"2/3 now 1, nog [\d.]+ s", to.getvalue().splitlines()[1])


def test_help_is_as_quick_in_dutch():
    code = (
        "import sys, cli; cli.main(['--help'], standalone_mode=False); print(sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | DUTCH, check=True,
                          capture_output=True, text=True, cwd=ROOT)  # fmt: skip
    assert done.stdout.startswith("Gebruik: ")
    heavy = {"babel", "numpy", "pandas", "pydantic", "geopandas", "matplotlib"}
    assert heavy & set(ast.literal_eval(done.stdout.splitlines()[-1])) == set()


MISTAKES = [
    (["reach", "now", "--bogus"], "Optie '--bogus' bestaat niet"),
    (["run", "now", "--weeks", "x"], "Ongeldige waarde voor '--weeks'"),
    (["show", "nowhere"], "nowhere: dit scenario bestaat niet"),
    (["show", "now", "--set", "horizon_year=soon"], "moet een geheel getal zijn (gegeven: 'soon')"),
    (["report", "nowhere"], "is geen berekening van twentezorg"),
    (["geodata", "fetch"], "noem een gebied"),
    (["reach", "now", "--out", "/proc/no/reach.csv"], "/proc/no: bestand of map bestaat niet"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "dutch"), MISTAKES, ids=lambda one: str(one)[:30])
def test_a_mistake_is_told_in_the_language_of_the_terminal(arguments, dutch):
    said = call(*arguments)
    assert said.exit_code == 2
    assert dutch in said.stderr
    assert dutch not in call(*arguments, env=ENGLISH).stderr


def test_errors_follow_a_language_that_is_asked_for():
    assert "such scenario" in call("show", "nowhere", "--lang", "en", env=DUTCH).stderr
    assert "bestaat niet" in call("show", "nowhere", "--lang", "nl", env=ENGLISH).stderr


ACROSS = [
    (DataError("lacks {missing}", missing="{id}", file="a{b}.csv", line=1),
     "a{b}.csv:1: {id} ontbreekt"),
    (ResultsError("{path} is missing; run the scenarios again", path="{p}"),
     "{p} ontbreekt; reken de scenario's opnieuw uit"),
    (ScenarioError([Problem("f", 1, "sites", Said("must be at least {ge}", {"ge": 2}))]),
     "f:1: sites: moet minstens 2 zijn"),
    (ScenarioError.single("f", "given twice", field="x"), "f: x: is twee keer gegeven"),
    (Wrong("must be between 1 and {most:g}", most=5.0), "moet tussen 1 en 5 liggen"),
    (ReplicationError("now", 3, Said("unreadable")), "now, herhaling 3: onleesbaar"),
]  # fmt: skip


@pytest.mark.parametrize(("error", "dutch"), ACROSS, ids=lambda one: type(one).__name__)
def test_an_error_crosses_processes_and_speaks_the_language_of_the_other_side(error, dutch):
    sent = pickle.dumps(error)
    speak("en")
    assert str(pickle.loads(sent)) == str(error) != dutch  # noqa: S301 - our own
    speak("nl")
    assert str(pickle.loads(sent)) == str(error) == dutch  # noqa: S301 - our own


def test_a_note_of_a_data_set_is_told_to_its_reader():
    kept = json.loads(json.dumps(note("municipality {code} has no addresses", code="GM0141")))
    assert note_text(kept) == "municipality GM0141 has no addresses"
    speak("nl")
    assert note_text(kept) == "gemeente GM0141 heeft geen adressen"
    assert note_text("a sentence of {before}") == "a sentence of {before}"


def test_braces_in_what_a_user_gives_stay_as_they_are():
    assert str(DataError("lacks {missing}", missing="{id}", file="{a}.csv")) == (
        "{a}.csv: lacks {id}"
    )
    assert str(Said("no {such} thing")) == "no {such} thing"
    assert str(Said("")) == ""
