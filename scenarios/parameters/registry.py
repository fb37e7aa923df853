"""The parameter registry: every number a flow reads, with unit, source, year and confidence.

The registry is the set of CSV files in `data/`; a scenario may override a value,
never invent a key.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, cast

from scenarios.parameters.shapes import SHAPE_FILES, tables

if TYPE_CHECKING:  # so that `make keys` needs no keys
    from scenarios.parameters.keys import ParameterKey, ParameterPrefix


class Confidence(StrEnum):
    """How a figure is known, strongest first."""

    MEASURED_TWENTE = "measured_twente"
    NATIONAL_NL = "national_nl"
    INTERNATIONAL = "international"
    ENGINEERING_ESTIMATE = "engineering_estimate"


@dataclass(frozen=True)
class Parameter:
    """One number with its unit and where it comes from."""

    key: ParameterKey
    value: float
    unit: str
    source: str
    year: str
    confidence: Confidence


def limits(parameter: Parameter) -> tuple[float, float]:
    """Return the least and largest value that a parameter can have, by its unit."""
    if parameter.key.endswith(".trend") or ".growth." in parameter.key:
        return -1.0, 1.0
    if parameter.key.startswith("demand.choice."):  # minutes more or less
        return -math.inf, math.inf
    if parameter.unit.startswith("share"):
        return 0.0, 1.0
    return 0.0, math.inf


class Parameters(Mapping["ParameterKey", float]):
    """The parameters in force: `parameters["ed.doctor.mean"]` is the number.

    Reads are remembered, so that a test can show that no parameter is left unused.
    """

    def __init__(self, entries: Mapping[ParameterKey, Parameter]) -> None:
        self._entries = dict(sorted(entries.items()))
        self.read: set[ParameterKey] = set()

    def __getitem__(self, key: ParameterKey) -> float:
        """Return the value of `key`; an unknown key is a KeyError."""
        self.read.add(key)
        return self._entries[key].value

    def of(self, prefix: ParameterPrefix, *names: str) -> float:
        """Return the value of a key that ends in names: of a site, an age band, a class."""
        return self[cast("ParameterKey", ".".join((prefix, *names)))]

    def names(self, prefix: ParameterPrefix) -> list[str]:
        """Return the last part of each key that has just one part behind a prefix, sorted."""
        ends = [key.removeprefix(prefix + ".") for key in self if key.startswith(prefix + ".")]
        return [end for end in ends if "." not in end]

    def __iter__(self) -> Iterator[ParameterKey]:
        """Iterate over the keys, sorted."""
        return iter(self._entries)

    def __len__(self) -> int:
        """Return the number of parameters."""
        return len(self._entries)

    def entries(self) -> tuple[Parameter, ...]:
        """Return every parameter with its unit and source, sorted by key."""
        return tuple(self._entries.values())

    def with_values(self, overrides: Mapping[ParameterKey, Parameter]) -> Parameters:
        """Return a copy in which `overrides` replace entries; units are kept."""
        changed = {
            key: replace(entry, unit=self._entries[key].unit) for key, entry in overrides.items()
        }
        return Parameters({**self._entries, **changed})


def known_key(text: str) -> ParameterKey:
    """Return a text that a user wrote as the key that it is; an unknown one is a KeyError."""
    if text not in registry():
        raise KeyError(text)
    return cast("ParameterKey", text)


@cache
def registry() -> Parameters:
    """Return the parameters that ship, read once."""
    entries: dict[ParameterKey, Parameter] = {}
    for file in sorted(tables().iterdir(), key=lambda item: item.name):
        if not file.name.endswith(".csv") or file.name in SHAPE_FILES:
            continue
        for row in csv.DictReader(file.read_text("utf-8").splitlines()):
            key = cast("ParameterKey", row["key"])  # `make keys` writes the type from these
            entries[key] = Parameter(
                key=key,
                value=float(row["value"]),
                unit=row["unit"],
                source=row["source"],
                year=row["year"],
                confidence=Confidence(row["confidence"]),
            )
    return Parameters(entries)
