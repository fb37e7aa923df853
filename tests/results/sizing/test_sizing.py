"""The least capacity is least, is found in few steps, and errors name what was wrong."""

import numpy as np
import pytest
from click.testing import CliRunner

import results
from cli import main
from files.formulas import write_csv
from results.errors import ResultsError
from results.runs.execution import own_store
from results.sizing.crews_needed import CrewsNeeded, crews_needed, needed_by
from results.sizing.decision_variables import DecisionVariable, with_level
from results.sizing.search import FOUND_COLUMNS, Search
from results.sizing.sizing import auto_search_parts
from results.sizing.targets import Target
from scenarios.files.loading import load
from scenarios.schema.vocabulary import Resource
from tests.support.made_up_run import build

NOW = load("now")
NURSES, DOCTORS = DecisionVariable("ed.nurses"), DecisionVariable("ed.doctors")
WAIT = Target("ed.wait_doctor.p95", "region", at_most=True, value=30.0)


def searched(top, wait):
    """Return a search in which the wait is a function of the levels."""
    return Search(
        [WAIT], top, lambda levels: {("ed.wait_doctor.p95", "region"): [wait(levels)] * 2}
    )


def test_one_resource_is_bisected_to_the_least_that_holds():
    search = searched({NURSES: 64}, lambda levels: 30 if levels[NURSES] >= 23 else 31)
    assert search.least().levels == {NURSES: 23}
    assert len(search.attempts) <= 1 + 7  # the most, and log2(64) + 1 halvings


@pytest.mark.parametrize("least", [1, 2, 63, 64])
def test_the_least_is_found_at_the_edges_too(least):
    search = searched({NURSES: 64}, lambda levels: 0 if levels[NURSES] >= least else 99)
    assert search.least().levels == {NURSES: least}


def test_no_resource_can_be_trimmed_further():
    def wait(levels):
        return 60 / levels[NURSES] + 90 / levels[DOCTORS]

    best = searched({NURSES: 30, DOCTORS: 30}, wait).least().levels
    assert wait(best) <= 30
    for variable in (NURSES, DOCTORS):
        assert wait({**best, variable: best[variable] - 1}) > 30


def test_a_target_out_of_range_says_what_was_found():
    with pytest.raises(ResultsError, match=r"cannot be met with ed\.nurses 8: .*found 99"):
        searched({NURSES: 8}, lambda _: 99).least()


def test_every_step_of_the_search_is_a_row():
    search = searched({NURSES: 8}, lambda levels: 100 / levels[NURSES])
    search.least()
    table = search.table()
    assert list(table["step"]) == list(range(1, len(search.attempts) + 1))
    assert set(table["verdict"]) == {"holds", "fails"}
    assert table.loc[0, "capacity"] == "ed.nurses 8"
    assert table.loc[0, "value"] == 12.5


def test_the_answer_of_a_search_for_crews_is_found_in_the_folder_of_a_run(tmp_path):
    a1 = Target("ambulance.a1.within_15", "region", at_most=False, value=0.926)
    crews = DecisionVariable("ambulance.crews")

    def reached(levels):
        share = 1 - 2 / levels[crews]
        return {("ambulance.a1.within_15", "region"): [share - 0.001, share, share + 0.001]}

    search = Search([a1], {crews: 48}, reached)
    best = search.least()
    assert best.levels == {crews: 28}  # 1 - 2/28 = 0.9286, 1 - 2/27 = 0.9259
    write_csv(search.found(best, "now", 2034), tmp_path / "size-now.csv")
    write_csv(search.table(), tmp_path / "size-older.csv")
    (tmp_path / "size-mine.csv").write_text("what,how much\nshoes,44\n", encoding="utf-8")
    found = crews_needed(tmp_path)
    assert found == {("now", 2034): CrewsNeeded(28, 27, 28, 0.926)}
    run = build()
    names = {scenario.name: scenario for scenario in run.scenarios}
    assert needed_by(found, names["now-2034"]) == found["now", 2034]
    assert needed_by(found, names["now"]) is None
    assert needed_by(found, names["single"]) is None


def test_a_target_is_read_with_its_site_and_its_way():
    target = Target.parse("icu.occupancy@MST<=0.8", lambda *_: 0)
    assert target == Target("icu.occupancy", "MST", at_most=True, value=0.8)
    assert target.holds(0.8)
    assert not target.holds(0.81)
    assert not target.holds(float("nan"))
    as_now = Target.parse("ambulance.a1.within_15 >= now", lambda *_: [0.92, 0.94])
    assert (as_now.kpi, as_now.site, as_now.at_most) == ("ambulance.a1.within_15", "region", False)
    assert str(as_now) == "ambulance.a1.within_15>=0.93"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ed.wait_docter.p95<=30", "did you mean ed.wait_doctor.p95"),
        ("ed.arrivals=3", "is not KPI<=VALUE"),
        ("ed.arrivals<=many", "neither a number nor 'now'"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(text, message):
    with pytest.raises(ResultsError, match=message):
        Target.parse(text, lambda *_: 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ed.nurse", "allowed: ambulance.crews"),
        ("ed.nurses@UTRECHT", "give a site of the scenario"),
        ("ambulance.crews@MST", "crews have no site"),
        ("ed.nurses@ZGT_HEN", "has none of it"),
    ],
)
def test_a_resource_that_makes_no_sense_is_refused(text, message):
    with pytest.raises(ResultsError, match=message):
        DecisionVariable.parse(text, NOW)


def test_a_target_at_a_site_that_has_no_such_figure_names_those_that_have():
    search = Search(
        [Target("ed.los.median", "ZGT_HEN", at_most=True, value=1)],
        {NURSES: 8},
        lambda _: {("ed.los.median", "MST"): [1.0]},
    )
    with pytest.raises(ResultsError, match="not measured at 'ZGT_HEN'; it is at MST"):
        search.least()


def test_a_level_is_the_fullest_shift_and_the_others_follow():
    # MST 8/8/4 and Almelo 7/7/4: 15 in the fullest shift; two thirds of it, rounded up
    assert NURSES.level(NOW) == 15
    less = with_level(NOW, NURSES, 10)
    rosters = [less.sites[key].capacity[Resource.ED_NURSES] for key in ("MST", "ZGT_ALM")]
    assert [(roster.day, roster.night) for roster in rosters] == [(6, 3), (5, 3)]
    assert with_level(NOW, NURSES, 15).sites["MST"].capacity[Resource.ED_NURSES].day == 8


def test_crews_are_added_in_the_order_given_and_taken_from_the_fullest_post():
    crews = DecisionVariable("ambulance.crews")
    assert crews.level(NOW) == 24
    more = with_level(NOW, crews, 26, ["POST_LONNEKER", "POST_FLERINGEN"]).ambulance
    assert (more["POST_LONNEKER"].day, more["POST_LONNEKER"].night) == (2, 1)
    assert more["POST_FLERINGEN"].day == 2
    less = with_level(NOW, crews, 23, ["POST_FLERINGEN"]).ambulance
    assert less["POST_ENSCHEDE"].day == NOW.ambulance["POST_ENSCHEDE"].day - 1


def test_an_auto_occupancy_becomes_a_search(tmp_path):
    path = tmp_path / "auto.yaml"
    path.write_text(
        "extends: now\nsites:\n  MST:\n    capacity:\n"
        "      icu.beds: {auto: 0.8, source: test, confidence: engineering_estimate}\n"
    )
    scenario, variables, targets = auto_search_parts(load(str(path)), NOW)
    assert scenario.to_be_sized() == {}
    assert scenario.sites["MST"].capacity[Resource.ICU_BEDS].always == 30  # 20 and 10 today
    assert [str(variable) for variable in variables] == ["icu.beds@MST"]
    assert [str(target) for target in targets] == ["icu.occupancy@MST<=0.8"]


@pytest.mark.slow
def test_the_command_sizes_writes_its_steps_and_simulates_none_twice(tmp_path):
    wanted = ("--target", "icu.occupancy@MST<=0.9", "--resource", "icu.beds@MST")
    length = ("--replications", "1", "--weeks", "2", "--warmup", "1", "--backend", "serial")
    out, store = tmp_path / "steps.csv", tmp_path / "store"

    def sized(path):
        where = ("--out", str(path), "--store", str(store))
        return CliRunner().invoke(main, ["size", "now", *wanted, *length, *where])

    again = tmp_path / "a new folder" / "again.csv"
    first, second = sized(out), sized(again)
    assert first.exit_code == 0, first.output
    assert "kleinste capaciteit waarbij elk doel wordt gehaald" in first.output
    assert out.read_text().splitlines()[0] == ",".join(FOUND_COLUMNS)
    assert again.read_bytes() == out.read_bytes()
    steps = first.stderr.count("1/1 now (icu.beds@MST ")
    assert steps >= 3
    assert second.stderr == "1/1 from the store\n" * steps
    found = results.size(
        "now",
        ["icu.occupancy@MST<=0.9"],
        ["icu.beds@MST"],
        replications=1,
        weeks=2,
        warmup=1,
        workers=results.Workers(store=own_store(store)),
    )
    assert found.text("nl") in first.stdout
    ((variable, level),) = found.levels.items()
    assert repr(found) == f"<Sizing of now: icu.beds@MST {level}>"
    assert variable.level(found.scenario) == level
    write_csv(found.steps, tmp_path / "from python.csv")
    assert (tmp_path / "from python.csv").read_bytes() == out.read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--target", "ed.nothing<=3", "--resource", "ed.nurses"),
        ("--target", "ed.los.median<=3", "--resource", "nothing"),
    ],
)
def test_the_command_calls_a_wrong_name_the_users_error(arguments):
    assert CliRunner().invoke(main, ["size", "now", *arguments]).exit_code == 2


def uncertain(least, spread):
    """Return a search whose wait falls by 10 a nurse and varies by `spread`."""

    def simulate(levels):
        mean = 30 + 10 * (least - levels[NURSES])
        return {("ed.wait_doctor.p95", "region"): [mean - spread, mean, mean + spread]}

    return Search([WAIT], {NURSES: 12}, simulate)


def test_the_answer_lies_between_the_level_that_may_do_and_the_one_that_surely_does():
    # half the interval is t(0.975, 2) x 6 / sqrt(3) = 14.9: one nurse less may do, two more surely
    search = uncertain(least=5, spread=6)
    best = search.least()
    assert best.levels == {NURSES: 5}
    assert search.range_of(best) == (4, 7)


def test_a_level_that_is_never_sure_has_no_upper_end():
    search = uncertain(least=12, spread=6)
    assert search.range_of(search.least()) == (11, None)


def test_several_resources_have_no_range_of_one():
    search = searched({NURSES: 30, DOCTORS: 30}, lambda levels: 60 / levels[NURSES])
    assert search.range_of(search.least()) is None


def test_against_today_the_replications_are_paired():
    target = Target.parse("ed.wait_doctor.p95<=now", lambda *_: [10.0, 20.0, 30.0])
    assert target.value == 20
    mean, half = target.found(np.array([11.0, 21.0, 31.0]))
    assert (mean, half) == (pytest.approx(21), pytest.approx(0))
    assert not target.holds(mean)
