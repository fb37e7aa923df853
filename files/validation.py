"""What a file may hold, as pydantic models, and what is wrong with it in the user's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from files.errors import FileError, Problem, Said, Wrong
from files.numbers import no_number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeVar

    from files.yaml_document import Document, FieldPath

    Made = TypeVar("Made", bound="Model")


Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A finite number; a text, true or a time of day is none."""

Whole = Annotated[int, Field(strict=True)]
"""A whole number."""


class Model(BaseModel):
    """A part of a file: frozen, and with no field that is not in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


PLAIN = {
    "missing": Said("is missing"),
    "extra_forbidden": Said("is not permitted here; is its name or its place wrong?"),
    "int_type": Said("must be a whole number"),
    "int_parsing": Said("must be a whole number"),
    "int_from_float": Said("must be a whole number"),
    "float_type": Said("must be a number"),
    "float_parsing": Said("must be a number"),
    "finite_number": Said("must be a finite number"),
    "bool_type": Said("must be true or false"),
    "bool_parsing": Said("must be true or false"),
    "string_type": Said("must be a text"),
    "string_too_short": Said("must have at least {min_length} characters"),
    "string_too_long": Said("must have at most {max_length} characters"),
    "string_pattern_mismatch": Said("must look like {pattern}"),
    "greater_than": Said("must be more than {gt}"),
    "greater_than_equal": Said("must be at least {ge}"),
    "less_than": Said("must be less than {lt}"),
    "less_than_equal": Said("must be at most {le}"),
    "enum": Said("must be one of {expected}"),
    "literal_error": Said("must be one of {expected}"),
    "model_type": Said("must hold fields, each a name with its value"),
    "dict_type": Said("must hold fields, each a name with its value"),
    "tuple_type": Said("must be a list"),
    "too_short": Said("must have at least {min_length}"),
}
"""By the type of error; another type is told as pydantic tells it."""

NUMBERS = frozenset({"int_type", "float_type"})
"""Types of error of what is no number."""


def problem_text(found: Mapping[str, Any]) -> Said:
    """Say what is wrong, and what was given.

    Parameters
    ----------
    found
        One of `ValidationError.errors()`.
    """
    values = dict(found.get("ctx", {}))
    if "expected" in values:  # pydantic writes 'a', 'b' or 'c'
        values["expected"] = str(values["expected"]).replace(" or ", ", ")
    wrong, plain = values.get("error"), PLAIN.get(found["type"])
    if isinstance(wrong, Wrong):
        what = wrong.said
    else:
        message: str = found["msg"]
        what = Said(message) if plain is None else Said(plain.text, values)
        if found["type"] in NUMBERS:
            what = no_number(found.get("input"), what)
    given = found.get("input")
    if isinstance(given, dict | list) or found["type"] == "missing":
        return what
    return Said("{problem} (given: {given!r})", {"problem": what, "given": given})


def checked(model: type[Made], document: Document, place: FieldPath = ()) -> Made:
    """Return a document, or a part of it, as a model.

    Parameters
    ----------
    model
        What it must hold.
    document
        A file as read.
    place
        Where in it the part stands; all of it when left out.

    Raises
    ------
    FileError
        Listing every problem with file, line and field.
    """
    content: Any = document.content
    for name in place:
        content = content[name]
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise FileError(problems_of(error, document, place)) from None


def problems_of(error: ValidationError, document: Document, place: FieldPath = ()) -> list[Problem]:
    """Return what pydantic found in a part of a document, each with its line."""
    return [
        document.problem((*place, *place_of(item)), problem_text(item)) for item in error.errors()
    ]


def place_of(found: Mapping[str, Any]) -> FieldPath:
    """Return where in what was checked something is wrong."""
    wrong = found.get("ctx", {}).get("error")
    within = wrong.place if isinstance(wrong, Wrong) else ()
    return (*(str(part) for part in found["loc"] if part != "[key]"), *within)
