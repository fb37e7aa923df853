"""The scenarios that ship: where they are, their names and what each is about.

Read without the models of `schema`, which take longer to load than all files together; tests hold
the two against each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from files.yaml_document import read_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


BASELINE = "now"


@dataclass(frozen=True)
class Headline:
    """What a list of scenarios says of one."""

    name: str
    horizon_year: int
    title: Mapping[str, str]


def shipped_folder() -> Path:
    """Return the folder of the scenarios that ship."""
    # A path: a scenario that ships is read, named and copied as a user's own.
    return Path(__file__).parents[1] / "twente"


def shipped_names() -> list[str]:
    """Return the names of the scenarios that ship, the baseline `now` first."""
    names = sorted(path.stem for path in shipped_folder().glob("*.yaml"))
    return sorted(names, key=lambda name: name != BASELINE)


def headlines() -> Iterator[Headline]:
    """Give the name, horizon year and title of each scenario that ships."""
    for name in shipped_names():
        yield Headline(name, _field(name, "horizon_year"), _field(name, "title"))


def _field(name: str, field: str) -> Any:  # noqa: ANN401 - what the file holds
    """Return a field of a scenario, or of the one that it extends."""
    content = _content(name)
    return content[field] if field in content else _field(content["extends"], field)


@cache
def _content(name: str) -> dict[str, Any]:
    return read_document(shipped_folder() / f"{name}.yaml").content
