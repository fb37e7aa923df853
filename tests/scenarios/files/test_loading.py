"""Scenario files: extends, overrides, and every way to get one wrong."""

import subprocess
import sys

import pytest

from scenarios.errors import ScenarioError
from scenarios.files.loading import load
from scenarios.parameters.registry import Confidence
from scenarios.schema.vocabulary import Function, Resource


def problems(reference: str, settings=()) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load(reference, settings)
    return [str(problem) for problem in caught.value.problems]


# What a file says


def test_a_file_that_only_extends_is_the_file_it_extends(write):
    own, now = load(write("extends: now\n")), load("now")
    assert own.name == "mine"
    assert own.model_copy(update={"name": "now"}) == now


def test_a_child_says_only_what_differs(write):
    own = load(write("extends: now\nsites:\n  MST:\n    open: {ed: closed}\n"))
    assert own.sites["MST"].hours(Function.ED) == "closed"
    assert own.sites["MST"].hours(Function.WARD) == "24/7"
    assert own.sites["ZGT_ALM"] == load("now").sites["ZGT_ALM"]


def test_a_roster_is_replaced_whole(write):
    # `always` on top of day, evening and night would be both
    own = load(
        write(
            "extends: now\nsites:\n  MST:\n    capacity:\n"
            "      ed.nurses: {always: 9, source: mine, confidence: engineering_estimate}\n"
        )
    )
    roster = own.sites["MST"].capacity[Resource.ED_NURSES]
    assert (roster.always, roster.day, roster.source) == (9, None, "mine")


def test_extends_goes_on_through_several_files_beside_each_other(write):
    write("extends: now\nhorizon_year: 2030\npolicies: {cross_border: true}\n", "parent.yaml")
    own = load(write("extends: parent.yaml\nhorizon_year: 2031\n"))
    assert own.horizon_year == 2031
    assert "GRONAU" in own.active_sites()


def test_a_parameter_of_the_file_comes_with_its_source(write):
    own = load(
        write(
            "extends: now\nparameters:\n  ed.doctor.mean: 25\n"
            "  ed.doctor.sd: {value: 10, source: time study, confidence: measured_twente}\n"
        )
    )
    entries = {entry.key: entry for entry in own.effective_parameters().entries()}
    assert (entries["ed.doctor.mean"].value, entries["ed.doctor.mean"].unit) == (25, "min")
    assert entries["ed.doctor.mean"].source == "the scenario file"
    assert entries["ed.doctor.sd"].source == "time study"
    assert load("now").effective_parameters()["ed.doctor.mean"] != 25


def test_settings_override_parameters_and_fields():
    own = load("now", ["ed.doctor.mean=25", "policies.capacity=stays", "horizon_year=2030"])
    assert own.effective_parameters()["ed.doctor.mean"] == 25
    assert own.policies.capacity == "stays"
    assert own.horizon_year == 2030


def test_a_setting_reaches_a_resource_whose_name_has_a_dot():
    own = load("now", ["sites.MST.capacity.ed.nurses.night=5", "ambulance.POST_ALMELO.night=3"])
    nurses = own.sites["MST"].capacity["ed.nurses"]
    assert (nurses.day, nurses.night) == (8, 5)
    assert own.ambulance["POST_ALMELO"].night == 3


@pytest.mark.parametrize(
    ("value", "written"),
    [("14", "14"), ("{day: 14, evening: 12, night: 3}", "day 14, evening 12, night 3")],
)
def test_a_setting_replaces_a_whole_roster(value, written):
    rooms = load("now", [f"sites.MST.capacity.theatre.rooms={value}"]).sites["MST"].capacity
    assert rooms["theatre.rooms"].written() == written


def test_what_is_set_is_its_own_source():
    own = load("now", ["sites.MST.capacity.theatre.rooms.always=14", "warmup.weeks=6"])
    rooms = own.sites["MST"].capacity["theatre.rooms"]
    assert (rooms.source, rooms.confidence) == ("--set", Confidence.ENGINEERING_ESTIMATE)
    assert own.warmup.source == "--set"


def test_the_same_configuration_in_another_year_differs_in_the_year_only():
    later = load("now").in_year(2034)
    assert (later.name, later.horizon_year) == ("now-2034", 2034)
    assert later.sites == load("now").sites


# What can be wrong in a file

HEAD = "extends: now\n"

WRONG = {
    "an unknown field": (HEAD + "titel: x\n", 2, "titel", "not permitted"),
    "a field in the wrong place": (HEAD + "open:\n  ed: closed\n", 2, "open", "not permitted"),
    "a wrong type": (HEAD + "horizon_year: soon\n", 2, "horizon_year", "'soon'"),
    "a year out of range": (HEAD + "horizon_year: 1999\n", 2, "horizon_year", "1999"),
    "a field given twice": (HEAD + "norms: a\nnorms: b\n", 3, "norms", "given twice"),
    "an alias": (
        HEAD + "title: &t {nl: a, en: b}\ndescription: *t\n",
        2,
        "description",
        "aliases are not allowed",
    ),
    "a tab": (HEAD + "policies:\n\tcapacity: pooled\n", 3, "", "not valid YAML"),
    "an open bracket": (HEAD + "title: {nl: a\n", 3, "", "not valid YAML"),
    "two documents": (HEAD + "---\nnorms: a\n", 2, "", "not valid YAML"),
    "a python object": (HEAD + "norms: !!python/name:os.system\n", 2, "", "tags such as"),
    "wrong opening hours": (
        HEAD + "sites:\n  MST:\n    open:\n      ed: 8-16\n",
        4,
        "sites.MST.open",
        "not opening hours",
    ),
    "an unknown function": (
        HEAD + "sites:\n  MST:\n    open:\n      dentist: 24/7\n",
        5,
        "sites.MST.open.dentist",
        "'ed'",
    ),
    "an unknown resource": (
        HEAD
        + "sites:\n  MST:\n    capacity:\n      ed.robots:\n"
        + "        {always: 1, source: a, confidence: national_nl}\n",
        5,
        "sites.MST.capacity.ed.robots",
        "'ed.standard'",
    ),
    "an unknown parameter": (
        HEAD + "parameters:\n  ed.docter.mean: 25\n",
        3,
        "parameters.ed.docter.mean",
        "no such parameter; did you mean ed.doctor.mean?",
    ),
    "a number that is none": (
        HEAD + "parameters:\n  ed.doctor.mean: .nan\n",
        3,
        "parameters.ed.doctor.mean",
        "finite",
    ),
    "infinity": (
        HEAD + "parameters:\n  ed.doctor.mean: .inf\n",
        3,
        "parameters.ed.doctor.mean",
        "finite",
    ),
    "words for a number": (
        HEAD + "parameters:\n  ed.doctor.mean: long\n",
        3,
        "parameters.ed.doctor.mean",
        "'long'",
    ),
    "half a roster": (
        HEAD + "ambulance:\n  POST_GOOR: {day: 1, source: a, confidence: national_nl}\n",
        3,
        "ambulance.POST_GOOR",
        "all of 'day', 'evening' and 'night'",
    ),
    "shifts out of order": (
        HEAD + "shifts: {day: 20}\n",
        2,
        "shifts",
        "in the order day, evening, night",
    ),
    "a parent that isn't there": ("extends: elsewhere\n", 1, "extends", "no such scenario"),
    "a parent that is a list": ("extends: [now]\n", 1, "extends", "must be a name"),
    "a theatre closed under maternity": (
        HEAD + "sites:\n  MST:\n    open: {theatre: closed}\n",
        None,
        "",
        "maternity is open while theatre is closed",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_file_is_told_file_line_field_and_what_is_wrong(write, what):
    text, line, field, message = WRONG[what]
    path = write(text)
    (problem,) = problems(path)
    where = path if line is None else f"{path}:{line}"
    assert problem.startswith(f"{where}: {field}" if field else f"{where}: ")
    assert message in problem
    assert "\n" not in problem, "one line for one problem"


def test_all_problems_of_a_file_are_told_at_once(write):
    path = write(HEAD + "horizon_year: soon\nnorms: 5\ncolour: red\n")
    found = problems(path)
    assert [problem.split(": ")[0] for problem in found] == [f"{path}:{line}" for line in (2, 3, 4)]


def test_a_problem_in_a_parent_is_told_there(write):
    parent = write(HEAD + "horizon_year: soon\n", "parent.yaml")
    assert problems(write("extends: parent.yaml\n"))[0].startswith(f"{parent}:2: horizon_year")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"title: \xff\xfe\n", "not UTF-8"),
        (b"# " + b"x" * 1_000_001, "larger than"),
        (b"", "must hold fields"),
        (b"- a\n- b\n", "must hold fields"),
        (b"just words\n", "must hold fields"),
        (b"title: \x00\n", "not valid YAML"),
        (b"? [a, b]\n: c\n", "not valid YAML"),
    ],
)
def test_a_file_that_is_no_scenario_is_told_so_in_one_line(write, raw, message):
    (problem,) = problems(write(raw))
    assert message in problem
    assert "\n" not in problem


def test_a_file_nested_thousands_deep_is_refused_without_a_crash(write):
    # In a process of its own: a crash would take the other tests along.
    path = write(b"title: " + b"[" * 50_000)
    code = f"""
from scenarios.errors import ScenarioError
from scenarios.files.loading import load
try:
    load({path!r})
except ScenarioError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, "the interpreter crashed"
    assert done.stdout.startswith(path)


def test_a_circle_of_files_is_told(write):
    write("extends: b.yaml\n", "a.yaml")
    (problem,) = problems(write("extends: a.yaml\n", "b.yaml"))
    assert "extends itself" in problem


def test_a_file_that_extends_itself_is_told(write):
    (problem,) = problems(write("extends: mine.yaml\n"))
    assert "extends itself" in problem


@pytest.mark.parametrize("reference", ["elsewhere", "no/such.yaml", "now.txt", "", "."])
def test_an_unknown_scenario_lists_those_that_ship(reference):
    (problem,) = problems(reference)
    assert "no such scenario" in problem
    assert "single-enschede" in problem


def test_an_incomplete_scenario_lists_what_is_missing(write):
    found = problems(write("title: {nl: a, en: b}\n"))
    fields = {problem.split(": ")[1] for problem in found}
    assert {"description", "horizon_year", "norms", "shifts", "policies", "sites"} <= fields


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("ed.doctor.mean", "must be key=value"),
        ("=5", "must be key=value"),
        ("ed.docter.mean=5", "neither a parameter nor a field"),
        ("ed.docter.mean=5", "did you mean ed.doctor.mean?"),
        ("policies=5", "is a group of fields; give one of: capacity, beds"),
        ("sites.MST.capacity.ed.nurse.night=5", "did you mean sites.MST.capacity.ed.nurses.night?"),
        ("sites.MST.capacity.ed.nurses=many", "'many'"),
        ("horizon_year=2024-02-30", "must be a whole number"),
        ("ed.doctor.mean=[", "is not a value"),
        ("ed.doctor.mean=long", "'long'"),
        ("policies.capacity=lost", "'pooled'"),
    ],
)
def test_a_wrong_setting_is_told_as_a_setting(setting, message):
    (problem,) = problems("now", [setting])
    assert message in problem
    assert problem.startswith(f"--set {setting}"), "the user gave this, not a file"


@pytest.mark.parametrize(
    "setting",
    ["ed.doctor.mean=-5", "ed.consult.share=1.7", "ed.choice.spread=-1"],
)
def test_a_value_no_run_can_use_is_refused_before_the_run(setting):
    problems("now", [setting])


@pytest.mark.parametrize("function", ["ed", "maternity", "ward", "icu"])
def test_a_function_must_be_open_somewhere_at_every_hour(write, function):
    sites = "".join(
        f"  {site}:\n    open: {{{function}: '07:00-23:00'}}\n"
        for site in ("MST", "ZGT_ALM", "SKB", "SXB", "DZ", "ISALA", "SLINGE")
    )
    (problem,) = problems(write(HEAD + "sites:\n" + sites))
    assert f"{function} must be open somewhere at every hour" in problem


def test_an_emergency_department_needs_a_ward_beside_it(write):
    # Its admitted patients would wait for a bed that never comes.
    (problem,) = problems(write(HEAD + "sites:\n  MST:\n    open: {ward: closed}\n"))
    assert "ward" in problem


ONE_ROSTER = "{{always: {}, source: x, confidence: engineering_estimate}}"


def test_a_site_whose_name_is_mistyped_is_told_which_may_be_meant(write):
    roster = ONE_ROSTER.format(3)
    found = problems(
        write(f"extends: now\nsites:\n  MTS:\n    capacity:\n      icu.beds: {roster}\n")
    )
    assert len(found) == 1
    assert found[0].endswith(
        "mine.yaml:3: sites.MTS.name: is missing; 'MTS' is new here, did you mean MST?"
    )
    (far,) = problems(write("extends: now\nsites:\n  HENGELO:\n    open: {ed: closed}\n"))[:1]
    assert "did you mean" not in far


def test_nobody_there_is_told_where_the_file_itself_says_so(write):
    roster = ONE_ROSTER.format(0)
    text = f"extends: now\nsites:\n  MST:\n    capacity:\n      ed.nurses: {roster}\n"
    (found,) = problems(write(text))
    assert "mine.yaml:5: sites.MST.open.ed: is open on Mon at 0:00 without any ed.nurses" in found


def test_a_parameter_whose_name_is_mistyped_is_told_which_may_be_meant(write):
    near, far = problems(
        write("extends: now\nparameters:\n  ambulance.turnout.dya: 2\n  xyzzy: 2\n")
    )
    assert "mine.yaml:3: parameters.ambulance.turnout.dya: no such parameter; " in near
    assert "did you mean ambulance.turnout.day?" in near
    assert "mine.yaml:4: parameters.xyzzy: no such parameter; `twentezorg show now` " in far


def test_a_parameter_out_of_its_limits_is_told_with_its_own_line(write):
    (found,) = problems(
        write("extends: now\nparameters:\n  ed.doctor.sd: 5\n  ed.doctor.mean: -5\n")
    )
    assert "mine.yaml:4: parameters.ed.doctor.mean: ed.doctor.mean is -5 min; allowed:" in found
