"""The command line, as a user meets it."""

import fcntl
import json
import os
import re
import shutil
import signal
import zlib

import click
import pandas as pd
import pytest
from click.testing import CliRunner

from cli import main
from results.maps.choropleth import MapFiles
from results.publication import publish
from scenarios.files.shipped import shipped_names
from scenarios.parameters.registry import registry
from tests.support.command_line import finish, start


def call(*arguments: str):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def refused(*arguments: str) -> str:
    """Return the message of a call that is the user's mistake."""
    done = call(*arguments)
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit), done.exception
    assert "Traceback" not in done.output
    return done.stderr


def every_command(group: click.Group, path: tuple[str, ...] = ()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("path", list(every_command(main)), ids=" ".join)
def test_help_shows_an_example_that_names_the_command(path):
    done = call(*path, "--help")
    assert done.exit_code == 0
    assert re.search(r"Examples?:", done.output)
    assert f"twentezorg {' '.join(path)}" in done.output.split("Example", 1)[1]


def test_the_version_is_that_of_the_distribution():
    assert re.search(r"\d+\.\d+\.\d+", call("--version").output)


def test_list_shows_every_scenario_in_both_languages():
    dutch, english = call("list").output, call("list", "--lang", "en").output
    for text in (dutch, english):
        assert [line.split()[0] for line in text.splitlines()] == shipped_names()
    assert "Zoals nu" in dutch
    assert "As today" in english


def test_show_prints_every_parameter_with_unit_and_source():
    done = call("show", "now", "--set", "ed.doctor.mean=25", "--lang", "en")
    assert done.exit_code == 0
    shown = {line.split()[0]: line for line in done.output.splitlines() if line}
    assert set(registry()) <= set(shown)
    assert re.search(r"ed\.doctor\.mean +25 +min +assumed +first assessment.*: --set", done.output)


def test_show_speaks_dutch_to_dutch_readers():
    shown = {line.split()[0]: line for line in call("show", "now").output.splitlines() if line}
    assert "Zoals nu" in shown["now:"]
    assert "aangenomen" in shown["ed.target.U2"]
    assert "streeftijd tot de arts" in shown["ed.target.U2"]
    assert "bedden op de intensive care, MST Enschede" in shown["sites.MST.icu.beds"]


# New and validate


def test_a_new_scenario_is_good_and_a_second_of_its_name_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call("new", "mine", "--from", "night-closure").output == "mine.yaml\n"
    assert call("validate", "mine.yaml").output == "mine.yaml: goed\n"
    assert "exists already" in refused("new", "mine")


def test_validate_says_good_of_a_good_file(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("extends: now\n")
    done = call("validate", path)
    assert (done.exit_code, done.output) == (0, f"{path}: goed\n")


def test_validate_prints_one_message_for_each_problem_of_each_file(tmp_path):
    one, two, good = (tmp_path / name for name in ("one.yaml", "two.yaml", "good.yaml"))
    one.write_text("extends: now\nhorizon_year: soon\ncolour: red\n")
    two.write_text("extends: [\n")
    good.write_text("extends: now\n")
    lines = refused("validate", one, two, good).removeprefix("twentezorg: ").splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"{one}:2", f"{one}:3", f"{two}:2"]


@pytest.mark.parametrize("command", ["validate", "show", "reach", "run"])
def test_an_unknown_scenario_is_told_in_one_line_with_what_there_is(command, tmp_path):
    extra = ["--out", tmp_path / "run"] if command == "run" else []
    message = refused(command, "nowhere", *extra)
    assert message.count("\n") == 1
    assert "nowhere: no such scenario" in message
    assert "single-enschede" in message
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "options",
    [["--seed", "-1"], ["--replications", "0"], ["--weeks", "x"], ["--backend", "cloud"]],
    ids=" ".join,
)
def test_a_wrong_option_is_refused(options, tmp_path):
    assert "Invalid value" in refused("run", "now", "--out", tmp_path / "run", *options)


def test_a_scenario_named_twice_is_refused(tmp_path):
    assert "named twice" in refused("run", "now", "now", "--out", tmp_path / "run")


def test_norms_that_do_not_exist_are_refused():
    assert "nl-1900" in refused("reach", "now", "--set", "norms=nl-1900")


def test_a_folder_without_a_data_set_is_refused(tmp_path):
    assert "no data set here" in refused("reach", "now", "--data", tmp_path)


def test_a_post_that_does_not_exist_is_told(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "extends: now\nambulance:\n"
        "  POST_NOWHERE: {always: 1, source: mine, confidence: engineering_estimate}\n"
    )
    message = refused("run", path, "--out", tmp_path / "run", "--backend", "serial", "--quick")
    assert "POST_NOWHERE" in message
    assert not (tmp_path / "run").exists()


def test_a_folder_with_files_of_others_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    assert "thesis.docx" in refused("run", "now", "--quick", "--out", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


@pytest.mark.parametrize("command", ["compare", "report"])
def test_a_folder_without_a_run_is_refused(command, tmp_path):
    assert str(tmp_path) in refused(command, tmp_path)


# Reach


def test_reach_writes_the_table_and_prints_it(tmp_path):
    path = tmp_path / "reach.csv"
    done = call("reach", "now", "single-hengelo", "--out", path)
    assert done.exit_code == 0, done.output
    table = pd.read_csv(path)
    # 14 municipalities and the region, by function, in each scenario: the drive by car and with
    # siren, and from the call on by both clocks
    assert len(table) == 2 * 15 * 2 * 4
    assert set(table["scenario"]) == {"now", "single-hengelo"}
    assert table["share_within_norm"].dropna().between(0, 1).all()


def test_the_best_sites_are_printed_and_their_trade_off_is_drawn(tmp_path):
    out = tmp_path / "locate"
    places = ("--candidates", "MST,ZGT_ALM,ZGT_HEN", "--fixed", "SXB")
    done = call("reach", "--locate", 2, *places, "--aim", "coverage", "--out", out)
    assert done.exit_code == 0, done.output
    assert "beste 2 voor de meeste inwoners binnen de grens: SXB" in done.stdout
    table = pd.read_csv(out / "trade-off.csv")
    assert set(zip(table["count"], table["aim"], strict=True)) == {
        (count, aim) for count in (1, 2) for aim in ("mean", "coverage", "worst")
    }
    assert (out / "trade-off.png").read_bytes().startswith(b"\x89PNG")
    in_english = call("reach", "--locate", 2, *places, "--out", tmp_path / "en", "--lang", "en")
    assert in_english.exit_code == 0
    drawn = [(folder / "trade-off.png").read_bytes() for folder in (out, tmp_path / "en")]
    assert drawn[0] != drawn[1]


# Geodata


def test_a_truncated_extract_gives_one_clear_message(tmp_path):
    # A PBF begins with the length of a header, the header, and a block that here breaks off.
    block = zlib.compress(b"\x22\x0eOsmSchema-V0.6" * 50)
    header = b"\x0a\x09OSMHeader\x18" + bytes([len(block) + 40])
    osm = tmp_path / "region.osm.pbf"
    osm.write_bytes(len(header).to_bytes(4, "big") + header + block[: len(block) // 2])
    cbs = tmp_path / "cbs"
    cbs.mkdir()
    message = refused("geodata", "build", "--osm", osm, "--cbs", cbs, "--out", tmp_path / "data")
    assert message.splitlines()[-1].startswith("twentezorg: ")
    assert "region.osm.pbf" in message
    assert not (tmp_path / "data").exists()


def test_an_extract_that_is_not_there_is_told(tmp_path):
    message = refused(
        "geodata", "build", "--osm", tmp_path / "no.pbf", "--cbs", tmp_path, "--out", tmp_path / "d"
    )
    assert "no.pbf" in message


def test_info_tells_sources_and_licences():
    done = call("geodata", "info")
    assert done.exit_code == 0
    assert "OpenStreetMap" in done.output
    assert "ODbL" in done.output


# A run from end to end

COLUMNS = {
    "summary.csv": "scenario site kpi unit mean ci_low ci_high replications",
    "comparison.csv": "scenario baseline site kpi unit difference ci_low ci_high verdict",
    "reachability.csv": "scenario municipality_code municipality function profile clock population "
    "minutes_mean minutes_median minutes_p90 minutes_max share_within_15 share_within_20 "
    "share_within_30 share_within_45 norm share_within_norm",
}


QUICK_RUN = ("run", "now", "single-enschede", "--quick", "--jobs", 2)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """Return the folder and the output of one quick run; parallel workers share it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "quick-run"
    folder.mkdir(exist_ok=True)
    out, said = folder / "run", folder / "said.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second waits for the first to finish
        if not said.exists():
            with start(*QUICK_RUN, "--store", folder / "store", "--out", out) as process:
                said.write_text(json.dumps(process.communicate(timeout=300)))
            assert process.returncode == 0, said.read_text()
    stdout, stderr = json.loads(said.read_text())
    return out, stdout, stderr


def kept_maps(folder):
    """Give the maps that are in a run's folder in place of new ones."""

    def draw_maps(run, *_):
        names = [
            (scenario.name, care) for scenario in run.scenarios for care in ("ed", "maternity")
        ]
        return {
            (name, care): MapFiles(
                *(
                    (folder / "maps" / f"{name}-{care}.{kind}").read_bytes()
                    for kind in ("png", "svg")
                )
            )
            for name, care in names
        }

    return draw_maps


@pytest.mark.slow
class TestRun:
    def test_all_files_are_there(self, finished):
        out, _, _ = finished
        names = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
        tables = {"manifest.json", "replications.parquet", "reachability.gpkg", "results.xlsx"}
        assert tables | {"report.html"} | set(COLUMNS) <= names
        assert any(name.startswith("maps/") and name.endswith(".png") for name in names)

    @pytest.mark.parametrize("name", COLUMNS)
    def test_tables_have_the_columns_of_the_design(self, finished, name):
        table = pd.read_csv(finished[0] / name)
        assert list(table.columns)[: len(COLUMNS[name].split())] == COLUMNS[name].split()
        assert len(table)

    def test_every_flow_is_in_the_summary_of_every_scenario(self, finished):
        table = pd.read_csv(finished[0] / "summary.csv")
        flows = table["kpi"].str.split(".").str[0].groupby(table["scenario"]).unique()
        assert set(flows.index) == {"now", "now-2034", "single-enschede"}
        for kinds in flows:
            assert {"ed", "theatre", "maternity", "ambulance", "ward", "icu"} <= set(kinds)

    def test_each_scenario_is_compared_with_today_in_the_same_year(self, finished):
        table = pd.read_csv(finished[0] / "comparison.csv")
        pairs = set(zip(table["scenario"], table["baseline"], strict=True))
        assert pairs == {("single-enschede", "now-2034")}
        judged = {"better", "worse", "no difference shown"}
        assert set(table["verdict"]) <= judged | {
            "higher",
            "lower",
        }  # of what is neither good nor bad

    def test_reachability_has_each_municipality_function_way_and_clock(self, finished):
        table = pd.read_csv(finished[0] / "reachability.csv")
        assert (
            len(table) == 3 * 15 * 2 * 4
        )  # 14 municipalities and the region; car, siren by 3 clocks
        assert table["municipality_code"].nunique() == 15
        key = ["scenario", "municipality_code", "function", "profile", "clock"]
        assert not table.duplicated(key).any()

    def test_the_manifest_says_how_to_make_it_again(self, finished):
        manifest = json.loads((finished[0] / "manifest.json").read_text())
        facts = {key: manifest[key] for key in ("seed", "weeks", "warmup_weeks", "replications")}
        assert facts == {"seed": 1, "weeks": 6, "warmup_weeks": 2, "replications": 2}
        assert manifest["version"]

    def test_the_summary_is_printed_and_says_where_the_report_is(self, finished):
        out, stdout, _ = finished
        assert f"rapport: {out / 'report.html'}" in stdout
        assert "single-enschede" in stdout

    def test_progress_is_plain_lines_where_there_is_no_terminal(self, finished):
        assert "6/6" in finished[2]
        assert "\x1b" not in finished[2]

    def test_a_second_run_takes_all_from_the_store_and_draws_nothing_anew(self, finished, tmp_path):
        first, second = finished[0], tmp_path / "again"
        store = ("--store", first.parent / "store")
        assert finish(*QUICK_RUN, *store, "--out", second) == (0, "6/6 from the store\n")
        every = [path for path in first.rglob("*.*") if path.is_file()]
        twin = {path: second / path.relative_to(first) for path in every}
        changed = [path.name for path in every if path.read_bytes() != twin[path].read_bytes()]
        assert sorted(changed) == ["manifest.json", "report.html", "results.xlsx"], "the command"
        took = [json.loads((run / "manifest.json").read_text()) for run in (first, second)]
        assert took[0]["wall_seconds"] > took[1]["wall_seconds"] > 0

    def test_compare_with_any_baseline(self, finished):
        done = call("compare", finished[0], "--baseline", "now", "--lang", "en")
        assert done.exit_code == 0, done.output
        assert "single-enschede" in done.output
        assert "elsewhere" in refused("compare", finished[0], "--baseline", "elsewhere")

    def test_the_report_can_be_made_in_english(self, finished, tmp_path, monkeypatch):
        # Pictures and sheets have tests of their own.
        monkeypatch.setattr(publish, "draw_maps", kept_maps(finished[0]))
        monkeypatch.setattr(
            publish, "write_sheets", lambda folder, *_: (folder / "municipalities").mkdir()
        )
        copy = tmp_path / "run"
        shutil.copytree(finished[0], copy)
        before = (copy / "report.html").read_text()
        done = call("report", copy, "--lang", "en")
        assert done.exit_code == 0, done.output
        after = (copy / "report.html").read_text()
        assert 'lang="nl"' in before
        assert 'lang="en"' in after


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["serial", "processes", "dask"])
def test_ctrl_c_stops_without_a_trace_and_writes_nothing(tmp_path, backend):
    out = tmp_path / "run"
    arguments = ("run", "now", "--replications", "500", "--jobs", "2", "--backend", backend)
    with start(*arguments, "--out", out, "--weeks", "1", "--store", tmp_path / "s") as process:
        first = process.stderr.readline()  # under way: the first replication is done
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process of the command
        _, stderr = process.communicate(timeout=60)
    assert first.startswith("1/500")
    assert process.returncode == 130
    kept = re.search(r"stopped; (\d+) of 500 replications are kept in .*the same command", stderr)
    assert kept
    assert int(kept[1]) >= 1
    assert "Traceback" not in stderr
    assert not out.exists()


@pytest.mark.slow  # eight replications of a week
def test_precision_is_told_for_each_kpi_and_the_ceiling_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "_draw", lambda *_: None)  # not about the report
    out = tmp_path / "run"
    asked = ("--precision", "0.2", "--at-most", "8", "--weeks", "1", "--warmup", "0", "--jobs", "1")
    done = call(
        "run", "now", *asked, "--quiet", "--lang", "en", "--backend", "serial", "--out", out
    )
    assert done.exit_code == 0, done.output
    manifest = json.loads((out / "manifest.json").read_text())
    told = {entry["kpi"]: entry for entry in manifest["precision"]["kpis"]}
    assert told["ambulance.a1.within_15"]["reached_with"] == 3
    assert manifest["replications"] == 8
    assert pd.read_parquet(out / "replications.parquet")["replication"].nunique() == 8
    assert "asked: 20.0%" in done.output
    assert all(kpi in done.output for kpi in told)


def test_a_ceiling_below_the_number_asked_is_refused(tmp_path):
    asked = ("--precision", "0.05", "--replications", "20", "--at-most", "10")
    assert "--at-most 10" in refused("run", "now", *asked, "--out", tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_warm_up_is_printed_and_drawn(tmp_path):
    done = call(
        "warmup", "now", "--weeks", "8", "--replications", "2", "--quiet", "--out", tmp_path
    )
    assert done.exit_code == 0, done.output
    assert "warm-up by MSER-5: " in done.output
    assert "in use: 2 weeks, start filled" in done.output
    assert {path.name for path in tmp_path.iterdir()} == {"now.png", "warmup.csv"}


def test_a_scheduler_without_dask_is_refused():
    done = CliRunner().invoke(main, ["run", "--scheduler", "tcp://10.0.0.5:8786"])
    assert done.exit_code == 2
    assert "needs --backend dask" in done.stderr


def test_a_query_that_finds_nothing_says_so(tmp_path):
    asked = ["query", "SELECT scenario, kpi FROM replications", "--store", str(tmp_path)]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0
    assert done.stdout == "no rows; columns: scenario, kpi\n"
