"""A data set that isn't as it was built is told, once and with the file; it is never believed."""

import hashlib
import json
import random
from pathlib import Path

import pytest

from files.errors import FileError
from files.manifest import facts_hash
from geodata.config.speed_profiles import SHIPPED
from geodata.dataset.folder import load
from geodata.dataset.manifest import FILES, ROADS, read_manifest
from geodata.dataset.storage import STARTER
from geodata.errors import DataError


@pytest.fixture
def folder(tmp_path) -> Path:
    """Return a copy of the starter whose files are shared with it until they are written anew."""
    copy = tmp_path / "data"
    copy.mkdir()
    for file in STARTER.iterdir():
        (copy / file.name).hardlink_to(file)
    return copy


def change(file: Path, content: bytes) -> None:
    file.unlink()  # the starter has the same file
    file.write_bytes(content)


def flipped(content: bytes, bit: int) -> bytes:
    turned = bytearray(content)
    turned[bit // 8] ^= 1 << bit % 8
    return bytes(turned)


def read_all(folder: Path) -> None:
    data = load(folder)
    _ = data.municipalities, data.roads


@pytest.mark.parametrize("name", sorted(FILES))
def test_one_bit_that_turned_over_in_any_file_is_told_with_the_file(folder, name):
    content = (folder / name).read_bytes()
    bit = random.Random(name).randrange(8 * len(content))
    change(folder / name, flipped(content, bit))
    with pytest.raises(DataError, match="changed or damaged after the data set was built") as told:
        read_all(folder)
    assert told.value.file == folder / name


def test_one_bit_that_turned_over_in_the_manifest_is_told(folder):
    manifest = folder / "manifest.json"
    content = manifest.read_bytes()
    for bit in random.Random(20).sample(range(8 * len(content)), 300):
        change(manifest, flipped(content, bit))
        with pytest.raises(FileError) as told:
            read_manifest(folder)
        assert {problem.file for problem in told.value.problems} == {str(manifest)}
        assert "\n" not in str(told.value)


@pytest.mark.parametrize("keep", [0, 10, 0.5])
def test_a_file_that_was_cut_off_is_told(folder, keep):
    content = (folder / "cell-car.xz").read_bytes()
    change(folder / "cell-car.xz", content[: int(keep if keep > 1 else keep * len(content))])
    with pytest.raises(DataError, match="changed or damaged"):
        load(folder)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_that_is_gone_is_told(folder, name):
    (folder / name).unlink()
    with pytest.raises(DataError, match="is missing; build the data set again") as told:
        read_all(folder)
    assert told.value.file == folder / name


def edited(folder: Path, edit, *, is_sealed: bool) -> None:
    facts = json.loads((folder / "manifest.json").read_text("utf-8"))
    edit(facts)
    if is_sealed:
        facts["sha256"] = facts_hash({k: v for k, v in facts.items() if k != "sha256"})
    change(folder / "manifest.json", json.dumps(facts).encode())


def without(name):
    return lambda facts: facts.pop(name)


def with_fact(name, value):
    return lambda facts: facts.update({name: value})


def with_file(name):
    return lambda facts: facts["files"].update({name: "0" * 64})


EDITS = {
    "as data sets of before": (without("files"), "no hashes .* version 0.* build .* again"),
    "without a licence": (lambda f: f["sources"]["osm"].pop("licence"), "licence: is missing"),
    "without a region": (without("region"), "region: is missing"),
    "with a limit as text": (with_fact("snap_limit_m", "1000"), "snap_limit_m: must be a number"),
    "with an infinite limit": (with_fact("snap_limit_m", float("inf")), "must be a finite number"),
    "with one source as text": (with_fact("sources", {"osm": "OSM"}), "sources.osm: must hold"),
    "with a fact of nobody's": (with_fact("colour", "blue"), "colour: is not permitted here"),
    "with no hash for a hash": (with_fact("files", {"cells.parquet": "x"}), "must look like"),
    "without a file": (lambda f: f["files"].pop("cell-car.xz"), "names no cell-car.xz"),
    "with a file beside it": (with_file("notes.txt"), "file that no data set has: 'notes.txt'"),
    "with a file elsewhere": (with_file("../../secret"), "no data set has: '../../secret'"),
    "with roads without speeds": (with_file("roads.npz"), "names no profiles.yaml"),
}


@pytest.mark.parametrize("is_sealed", [False, True], ids=["by hand", "with its hash"])
@pytest.mark.parametrize(("edit", "told"), EDITS.values(), ids=EDITS)
def test_an_edited_manifest_is_told_with_the_field(folder, edit, told, is_sealed):
    edited(folder, edit, is_sealed=is_sealed)
    with pytest.raises(FileError, match=told) as error:
        load(folder)
    assert {problem.file for problem in error.value.problems} == {str(folder / "manifest.json")}
    assert "\n" not in str(error.value)


def test_a_manifest_that_looks_right_and_was_edited_is_told(folder):
    edited(folder, with_fact("region", "Achterhoek"), is_sealed=False)
    with pytest.raises(DataError, match="changed or damaged after the data set was built"):
        load(folder)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, "\udcff", "null"])
def test_a_manifest_that_is_none_is_told(folder, text):
    change(folder / "manifest.json", text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DataError, match="it isn't the manifest of a data set"):
        load(folder)


def test_other_files_in_the_folder_are_left_alone(folder):
    (folder / ".DS_Store").write_bytes(b"\0")
    (folder / "roads.npz").write_bytes(b"no road network of this data set")
    assert load(folder).roads_file is None


@pytest.fixture
def with_roads(folder) -> Path:
    """Return the data set with roads and speeds beside it, which are read when asked for."""
    contents = {"roads.npz": random.Random(5).randbytes(500), "profiles.yaml": SHIPPED.read_bytes()}
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    edited(folder, lambda facts: facts["files"].update(hashes), is_sealed=True)
    return folder


SPOILT = {
    "with a bit turned over": lambda content: flipped(content, 8 * (len(content) // 2)),
    "cut off": lambda content: content[: len(content) // 2],
    "empty": lambda _: b"",
    "longer": lambda content: content + b"\n",
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
@pytest.mark.parametrize("name", sorted(ROADS))
def test_roads_and_speeds_that_are_not_as_built_are_told_when_asked_for(with_roads, name, spoil):
    change(with_roads / name, spoil((with_roads / name).read_bytes()))
    data = load(with_roads)
    with pytest.raises(DataError, match="changed or damaged after the data set was built") as told:
        data.with_site("NEW", "New", 6.7, 52.3)
    assert told.value.file == with_roads / name


@pytest.mark.parametrize("name", sorted(ROADS))
def test_roads_or_speeds_that_are_gone_are_told(with_roads, name):
    data = load(with_roads)
    (with_roads / name).unlink()
    with pytest.raises(DataError, match="is missing; build the data set again") as told:
        data.with_site("NEW", "New", 6.7, 52.3)
    assert told.value.file == with_roads / name


def test_roads_with_the_right_hash_that_are_none_are_told(with_roads):
    with pytest.raises(DataError, match="damaged"):
        load(with_roads).with_site("NEW", "New", 6.7, 52.3)
