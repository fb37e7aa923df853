"""Numbers with their source: the YAML form shared by profiles, norms and regions.

A file holds blocks; a block states unit, source, year and confidence once for all its values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from geodata.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONFIDENCES: Final = ("measured_twente", "national_nl", "international", "engineering_estimate")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number and where it comes from."""

    key: str
    value: float
    unit: str
    source: str
    year: int
    confidence: str


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file whose top is a mapping.

    Parameters
    ----------
    path
        File to read.

    Returns
    -------
    dict
        Its keys and values.

    Raises
    ------
    DataError
        If the file is absent, is no YAML, or its top is no mapping.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError("no such file", file=path) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = None if mark is None else mark.line + 1
        raise DataError(
            "not YAML: {problem}", problem=error.problem, file=path, line=line
        ) from None
    if not isinstance(content, dict):
        raise DataError("must hold keys with values (key: value)", file=path)
    return content


def read_parameters(path: Path) -> dict[str, Parameter]:
    """Read the `parameters` blocks of a YAML file.

    Parameters
    ----------
    path
        File to read.

    Returns
    -------
    dict
        Parameter by key.

    Raises
    ------
    DataError
        If a block lacks its source, a value is no number, or a key stands twice.
    """
    return parameters_of(read_yaml(path), path)


def parameters_of(content: Mapping[str, Any], path: Path) -> dict[str, Parameter]:
    """Return the parameters in a YAML file's content; as `read_parameters`."""
    parameters: dict[str, Parameter] = {}
    for block in content.get("parameters", []):
        for parameter in _block(block, path):
            if parameter.key in parameters:
                raise DataError("stands twice", file=path, field=parameter.key)
            parameters[parameter.key] = parameter
    return parameters


def _block(block: Mapping[str, Any], path: Path) -> list[Parameter]:
    missing = {"unit", "source", "year", "confidence", "values"} - block.keys()
    if missing:
        raise DataError("a block lacks {missing}", missing=", ".join(sorted(missing)), file=path)
    if block["confidence"] not in CONFIDENCES:
        raise DataError(
            "is {confidence!r}; allowed: {confidences}",
            confidence=block["confidence"],
            confidences=", ".join(CONFIDENCES),
            file=path,
            field="confidence",
        )
    for key, value in block["values"].items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise DataError("is {value!r}; must be a number", value=value, file=path, field=key)
    return [
        Parameter(
            key, float(value), block["unit"], block["source"], block["year"], block["confidence"]
        )
        for key, value in block["values"].items()
    ]
