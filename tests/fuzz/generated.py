"""Files as people spoil them: made by hypothesis of those that ship, and read as a command does.

A file is taken apart into lines and fields. Some are left out, doubled, moved, given a strange
value or a strange name; now and then some bytes are changed. Whatever stands in it, its reader
gives a result or an error that is meant for the user; anything else is a fault.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from files.errors import FileError, SpokenError
from geodata.config.region import REGIONS, read_points, read_region
from geodata.config.speed_profiles import SHIPPED, speed_model
from geodata.population.cbs import POPULATION_COLUMNS, _counts
from results.decision import weights
from scenarios.files.loading import load
from scenarios.files.shipped import shipped_folder
from scenarios.futures import load_factors, shipped_factors

STRANGE = (
    *("1:30", "012", "0x1F", "yes", "no", "~", "null", "true", ".inf", "-.inf", ".nan", "NaN"),
    *("-1", "0", "1e999", "-0.0", "12,5", "3.300", "1_000", "99999999999999999999", "1e-400"),
    *("''", '"', "[]", "{}", "[1, 2]", "{a: 1}", "2024-02-30", "24/7", "closed", "auto", "pooled"),
    *("!!python/object:os.system x", "&a x", "*a", "- x", "%", "@x", "=1+1", "é", "\u2028", "\x00"),
    *("-99997", "-99995", "x" * 300, "Mon 25:00-26:00", "MST", "now", "\t", " "),
)
"""Values that readers of other kinds, or of before, have taken for something else."""

POINTS = (
    "id,name,lon,lat\nMST,Enschede,6.88,52.21\nZGT,Almelo,6.67,52.34\nHOME,Wierden,6.59,52.36\n"
)
HEADER = ",".join(("pc4", *POPULATION_COLUMNS))
PEOPLE = "\n".join(
    [HEADER, *(f"{code}{',120' * len(POPULATION_COLUMNS)}" for code in (7511, 7512))]
)


@dataclass(frozen=True)
class Kind:
    """A kind of file: what good ones look like, its name, its separator and its reader."""

    good: Sequence[str]
    name: str
    separators: str
    read: Callable[[Path], object]


def _weights(path: Path) -> object:
    return weights.read_weights(path)


KINDS = {
    "scenario": Kind(
        [
            (shipped_folder() / f"{name}.yaml").read_text("utf-8")
            for name in ("single-hengelo", "night-closure", "influenza", "theatre-by-day-almelo")
        ],
        "mine.yaml",
        ":",
        lambda path: load(str(path)),
    ),
    "region": Kind([(REGIONS / "twente.yaml").read_text("utf-8")], "mine.yaml", ":", read_region),
    "weights": Kind(
        [Path(weights.__file__).with_name("weights.yaml").read_text("utf-8")],
        "mine.yaml",
        ":",
        _weights,
    ),
    "speeds": Kind([SHIPPED.read_text("utf-8")], "mine.yaml", ":", speed_model.__wrapped__),
    "futures": Kind([shipped_factors().read_text("utf-8")], "mine.yaml", ":", load_factors),
    "points": Kind([POINTS], "points.csv", ",;\t", read_points),
    "people": Kind(
        [PEOPLE], "people.csv", ",;\t", lambda path: _counts(path, "pc4", POPULATION_COLUMNS)
    ),
}
"""What is fuzzed, by name."""


@st.composite
def spoilt(draw: st.DrawFn, kind: Kind) -> bytes:
    """Draw the bytes of a file that may be wrong in some places."""
    lines = draw(st.sampled_from(kind.good)).splitlines()
    for _ in range(draw(st.integers(1, 4))):
        if not lines:
            break
        at = draw(st.integers(0, len(lines) - 1))
        lines[at : at + 1] = _changed(draw, lines, at, kind.separators)
    content = draw(st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])).join(lines)
    raw = content.encode(draw(st.sampled_from(["utf-8"] * 6 + ["utf-16", "cp1252"])), "replace")
    if draw(st.integers(0, 9)) == 0 and raw:
        at = draw(st.integers(0, len(raw) - 1))
        raw = raw[:at] + draw(st.binary(max_size=4)) + raw[at + draw(st.integers(0, 40)) :]
    return raw


def _changed(draw: st.DrawFn, lines: Sequence[str], at: int, separators: str) -> list[str]:
    line, strange = lines[at], draw(st.one_of(st.sampled_from(STRANGE), st.text(max_size=12)))
    how = draw(st.sampled_from(["value", "value", "value", "name", "gone", "twice", "in", "out"]))
    plain = {
        "gone": [],
        "twice": [line, draw(st.sampled_from(lines))],
        "in": [f"  {line}"],
        "out": [line.removeprefix("  ")],
    }
    if how in plain:
        return plain[how]
    if separators == ":":
        name, colon, _ = line.partition(":")
        if how == "name":
            indent = line[: len(line) - len(line.lstrip())]
            return [f"{indent}{strange}{line[len(name) :]}"]
        return [f"{name}{colon} {strange}"] if colon else [f"{line} {strange}"]
    fields = line.split(",")
    fields[draw(st.integers(0, len(fields) - 1))] = strange
    return [draw(st.sampled_from(separators)).join(fields)]


@contextmanager
def beside(folder: Path) -> Iterator[None]:
    """Put beside the file what region files name."""
    for file in REGIONS.glob("*.csv"):
        shutil.copy(file, folder)
    yield


def try_files(name: str, count: int, chance: int, folder: Path) -> Counter[str]:
    """Read so many spoilt files of a kind; return how many were taken and how many refused.

    Raises
    ------
    Exception
        What a reader raised that is not for the user, after hypothesis made the file small.
    """
    kind, outcome = KINDS[name], Counter[str]()
    path = folder / kind.name

    @seed(chance)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    @given(spoilt(kind))
    def one(content: bytes) -> None:
        path.write_bytes(content)
        said = "taken"
        try:
            kind.read(path)
        except (FileError, SpokenError) as error:
            said = str(error).strip()
        assert said, "says nothing"
        outcome["taken" if said == "taken" else "refused"] += 1

    with beside(folder):
        one()
    return outcome
