"""What is printed or written finds no room or no reader: one message, one code, nothing cut off."""

import os
import re
import resource
import signal
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli import main
from tests.support.paper_roads import ROAD, osm_xml
from tests.support.rules_map import NODES, roads

FAULT = 1
FULL = "/dev/full"

if not Path(FULL).exists():
    pytest.skip("no device that is always full", allow_module_level=True)


def ended(arguments, *, out, err, encoding="utf-8", most=None) -> int:
    """Play a command in a copy of this process that prints to two descriptors; return its code."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        code: object = FAULT
        try:
            os.dup2(out, 1)
            os.dup2(err, 2)
            sys.stdout, sys.stderr = (
                os.fdopen(number, "w", encoding=encoding, closefd=False) for number in (1, 2)
            )
            if most is not None:
                sys.dont_write_bytecode = True  # or modules are cut off too
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
            main([str(one) for one in arguments])
        except SystemExit as end:
            code = end.code
            sys.stdout.flush()  # as Python does in the end
            sys.stderr.flush()
        except BaseException:  # noqa: BLE001 - a copy may not go on as what it was copied from
            traceback.print_exc()
        finally:
            os._exit(code if isinstance(code, int) else FAULT)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.fixture
def said(tmp_path):
    """Return how a command ends, and the lines that it says on stderr, by where it prints."""

    def play(arguments, out: str, err: str = "", **options) -> tuple[int, list[str]]:
        reader, heard = os.pipe()
        gone, nobody = os.pipe()
        os.close(gone)
        full = os.open(FULL, os.O_WRONLY)
        printed = os.open(tmp_path / "printed", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        places = {"nobody": nobody, "full": full, "printed": printed, "": heard}
        code = ended(arguments, out=places[out], err=places[err], **options)
        for number in places.values():
            os.close(number)
        with os.fdopen(reader, encoding=options.get("encoding", "utf-8")) as lines:
            return code, lines.read().splitlines()

    return play


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setenv("TWENTEZORG_LANG", "en")


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command."""
    yield path
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            yield from commands(command, (*path, name))


EVERY = list(commands(main))


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_command_ends_in_one_way_where_its_output_is_not_taken(said, words):
    ask = (*words, "--help")
    assert said(ask, "nobody") == (0, [])
    assert said(ask, "full") == (2, ["twentezorg: stdout: No space left on device"])
    assert said(ask, "full", "full")[0] == 2


def writers(folder: Path) -> dict[str, tuple[tuple[object, ...], Path]]:
    """Return commands that write a file and are done at once, each with the file."""
    content = osm_xml(NODES, roads(ROAD))
    (folder / "map.osm").write_bytes(content)
    lon, lat = (re.search(rf'{name}="([0-9.]+)"', content.decode())[1] for name in ("lon", "lat"))
    (folder / "points.csv").write_text(f"id,lon,lat\nA,{lon},{lat}\n")
    files = ("--osm", folder / "map.osm", "--from", folder / "points.csv")
    table, areas, found = folder / "out.csv", folder / "out.geojson", folder / "out.parquet"
    query = ("query", "SELECT * FROM scenarios", "--store", folder / "store")
    return {
        "reach": (("reach", "now", "--out", table), table),
        "query --csv": ((*query, "--csv", table), table),
        "query --parquet": ((*query, "--parquet", found), found),
        "minutes": (
            ("geodata", "minutes", *files, "--to", folder / "points.csv", "--out", table),
            table,
        ),
        "isochrones": (("geodata", "isochrones", *files, "--out", areas), areas),
    }


WRITERS = ("reach", "query --csv", "query --parquet", "minutes", "isochrones")


@pytest.mark.parametrize(
    ("name", "most"),  # a map is read with room for its objects, which is a file too
    [("reach", 4), ("query --csv", 4), ("query --parquet", 4), ("isochrones", 3000)],
)
def test_where_a_file_does_not_fit_the_old_one_is_kept_and_the_message_names_it(
    tmp_path, said, name, most
):
    ask, file = writers(tmp_path)[name]
    file.write_text("old")
    before = {path.name for path in tmp_path.iterdir()}
    code, lines = said(ask, "printed", most=most)
    assert code == 2
    (line,) = lines
    assert line.endswith(f"{file}: File too large")
    assert file.read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} - {"printed", "store"} == before


@pytest.mark.parametrize("name", WRITERS)
def test_where_nobody_reads_the_file_is_written_all_the_same(tmp_path, said, name):
    ask, file = writers(tmp_path)[name]
    assert said(ask, "nobody")[0] == 0
    assert file.stat().st_size > 0


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])  # Click takes ASCII for UTF-8
def test_an_output_with_few_signs_has_a_question_mark_for_the_others(tmp_path, said, encoding):
    ask = ("show", "now", "--lang", "nl")
    assert said(ask, "printed", encoding=encoding) == (0, [])
    text = (tmp_path / "printed").read_text(encoding=encoding)
    assert "é" in text
    assert said(ask, "printed") == (0, [])
    whole = (tmp_path / "printed").read_text(encoding="utf-8")
    assert text == whole.encode(encoding, "replace").decode(encoding)
