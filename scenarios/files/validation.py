"""What pydantic finds wrong in a file, in the user's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenarios.errors import Said, Wrong

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    given = found.get("input")
    if isinstance(given, dict | list) or found["type"] == "missing":
        return what
    return Said("{problem} (given: {given!r})", {"problem": what, "given": given})
