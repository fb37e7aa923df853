"""Data sets and maps with bits turned over, cut off or doubled: each is refused, none is believed.

A map is read in a process of its own, as the library that takes it apart is no Python: where it
would end by a signal, that is seen. What a map still says after the damage may be read; what a data
set says may not, as every byte of it is held against a hash.
"""

import bz2
import gzip
import os
import random
import sys
import traceback
from collections import Counter
from pathlib import Path

import osmium

from files.errors import FileError
from files.manifest import read_facts
from geodata.dataset.folder import load
from geodata.dataset.storage import STARTER
from geodata.osm.extract import read_osm
from tests.support.paper_roads import ROAD, osm_xml
from tests.support.rules_map import NODES, roads

TAKEN, REFUSED, FAULT = 0, 2, 1
FORMS = ("map.osm", "map.osm.gz", "map.osm.bz2", "map.osm.pbf")


def spoilt(content: bytes, chance: random.Random) -> bytes:
    """Return other bytes: some bits turned over, cut off, a piece doubled or gone, or nothing."""
    raw = bytearray(content)
    how = chance.choice(["bits", "bits", "cut", "twice", "gone", "noughts"])
    at = chance.randrange(len(raw))
    size = chance.randrange(1, 1 + min(len(raw), 400))
    if how == "bits":
        for _ in range(chance.choice([1, 1, 1, 8])):
            bit = chance.randrange(8 * len(raw))
            raw[bit // 8] ^= 1 << bit % 8
    elif how == "cut":
        del raw[at:]
    elif how == "twice":
        raw[at:at] = raw[at : at + size]
    elif how == "gone":
        del raw[at : at + size]
    else:
        raw[at : at + size] = bytes(len(raw[at : at + size]))
    return bytes(raw)


def try_data_sets(count: int, chance: int, folder: Path) -> Counter[str]:
    """Spoil so many data sets, each in one file, and return how many were refused.

    Raises
    ------
    AssertionError
        One was believed, or refused without naming the file.
    """
    random_, outcome = random.Random(chance), Counter[str]()
    copy = folder / "data"
    copy.mkdir()
    for file in STARTER.iterdir():
        (copy / file.name).symlink_to(file)
    for _ in range(count):
        file = random_.choice(sorted(STARTER.iterdir()))
        place = copy / file.name
        content = spoilt(file.read_bytes(), random_)
        place.unlink()
        place.write_bytes(content)
        if content == file.read_bytes() or read_facts(place) == read_facts(file) is not None:
            place.unlink()  # a space or a line end of the manifest more or less says the same
            place.symlink_to(file)
            continue
        said = f"{file.name}, seed {chance}"
        assert _refused_files(copy) == {file.name}, said
        outcome["refused"] += 1
        place.unlink()
        place.symlink_to(file)
    return outcome


def _refused_files(folder: Path) -> set[str]:
    """Return which files of a data set are refused as it is read; none where it is believed."""
    try:
        data = load(folder)
        _ = data.municipalities, data.roads
    except FileError as error:
        return {Path(problem.file).name for problem in error.problems}
    return set()


def good_maps(folder: Path) -> list[Path]:
    """Write a small map in every form that is read."""
    xml = osm_xml(NODES, roads(ROAD), {7: {"barrier": "gate"}})
    files = [folder / name for name in FORMS]
    for file, content in zip(files, (xml, gzip.compress(xml), bz2.compress(xml)), strict=False):
        file.write_bytes(content)
    with osmium.SimpleWriter(str(files[-1]), overwrite=True) as writer:
        osmium.apply(str(files[0]), writer)
    return files


def try_maps(count: int, chance: int, folder: Path) -> Counter[str]:
    """Spoil so many maps and return how many were read and how many refused.

    Raises
    ------
    AssertionError
        A reader ended in a traceback or by a signal.
    """
    random_, outcome = random.Random(chance), Counter[str]()
    contents = {file.name: file.read_bytes() for file in good_maps(folder)}
    for number in range(count):
        name = random_.choice(FORMS)
        file = folder / f"{number}-{name}"
        file.write_bytes(spoilt(contents[name], random_))
        code = _read_apart(file)
        assert code in {TAKEN, REFUSED}, f"{file} ended with {code}, seed {chance}"
        outcome["taken" if code == TAKEN else "refused"] += 1
        file.unlink()
    return outcome


def _read_apart(file: Path) -> int:
    """Read a map in a process of its own; return its exit code, below nought for a signal."""
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        code = FAULT
        try:
            read_osm(file)
            code = TAKEN
        except FileError:
            code = REFUSED
        except BaseException:  # noqa: BLE001 - the child may not go on as the parent
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
