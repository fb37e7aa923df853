"""Numbers with their source: the YAML form shared by profiles, norms and regions.

A file holds blocks; a block states unit, source, year and confidence once for all its values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from files.validation import Model, Number, Whole, checked
from files.yaml_document import read_document
from geodata.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from files.yaml_document import Document, FieldPath

NotNegative = Annotated[Number, Field(ge=0)]


@dataclass(frozen=True, slots=True)
class SourcedNumber:
    """One number and where it comes from."""

    key: str
    value: float
    unit: str
    source: str
    year: int
    confidence: str


class SourcedBlock(Model):
    """Numbers that share all but their value."""

    source: str = Field(min_length=1)
    year: Whole
    confidence: Literal["measured_twente", "national_nl", "international", "engineering_estimate"]
    unit: str = Field(min_length=1)
    values: dict[str, NotNegative] = Field(min_length=1)


class ParameterFile(Model):
    """A file of nothing but parameters."""

    version: Whole = 1
    parameters: tuple[SourcedBlock, ...]


def read_parameters(path: Path) -> dict[str, SourcedNumber]:
    """Read a YAML file of parameters.

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
    FileError
        If the file can't be read, a block lacks its source, a value is no finite number of 0 or
        more, or a key stands twice.
    """
    document = read_document(path)
    return parameters_of(checked(ParameterFile, document).parameters, document)


def parameters_of(
    blocks: Sequence[SourcedBlock], document: Document, place: FieldPath = ("parameters",)
) -> dict[str, SourcedNumber]:
    """Return the parameters of blocks, which stand in some place of a document.

    Raises
    ------
    DataError
        If a key stands in two blocks.
    """
    parameters: dict[str, SourcedNumber] = {}
    for number, block in enumerate(blocks):
        for key, value in block.values.items():
            if key in parameters:
                line = document.line((*place, str(number), "values", key))
                raise DataError("stands twice", file=document.file, line=line, field=key)
            parameters[key] = SourcedNumber(
                key, value, block.unit, block.source, block.year, block.confidence
            )
    return parameters
