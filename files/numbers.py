"""What counts as a number, in any file and on the command line: finite, in range, no guess."""

from __future__ import annotations

import math
import re
from typing import Final

from files.errors import Said, Wrong

WRITTEN: Final = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
"""A number as text; no underscores, no words such as `nan`."""

WHOLE: Final = re.compile(r"[-+]?[0-9]+")

COMMA: Final = re.compile(r"[-+]?[0-9]+,[0-9]+")
CLOCK: Final = re.compile(r"[0-9]+(:[0-9]+)+")


def number_in(
    text: str,
    least: float = -math.inf,
    most: float = math.inf,
    decimal: str = ".",
    *,
    is_open: bool = False,
) -> float:
    """Return the number that a text is, as on the command line or in a table.

    Parameters
    ----------
    text
        The text; spaces around it don't count.
    least, most
        The range in which it is allowed.
    decimal
        The decimal sign: a point, or a comma in tables with semicolons.
    is_open
        Whether the ends of the range are not allowed themselves.

    Raises
    ------
    Wrong
        It is no number, not finite, or out of range; the text says what to write.
    """
    plain = text.strip()
    if decimal == "," and COMMA.fullmatch(plain):
        plain = plain.replace(",", ".")
    if not WRITTEN.fullmatch(plain):
        raise Wrong(no_number(plain, Said("must be a number")))
    value = float(plain)
    if not math.isfinite(value):
        raise Wrong("must be a finite number")
    if is_open and not least < value < most:
        raise Wrong(_out_of_open_range(least, most))
    if not least <= value <= most:
        raise Wrong(_out_of_range(least, most))
    return value


def whole_in(text: str, least: int, most: int | None = None) -> int:
    """Return the whole number that a text is, as on the command line.

    Parameters
    ----------
    text
        The text; spaces around it don't count.
    least, most
        The range in which it is allowed.

    Raises
    ------
    Wrong
        It is no whole number, or out of range; the text says what to write.
    """
    plain = text.strip()
    if WHOLE.fullmatch(plain) and least <= int(plain) and (most is None or int(plain) <= most):
        return int(plain)
    if most is None:
        raise Wrong(Said("must be a whole number of at least {least}", {"least": least}))
    range_ = {"least": least, "most": most}
    raise Wrong(Said("must be a whole number of {least} to {most}", range_))


def no_number(given: object, otherwise: Said) -> Said:
    """Say what to write instead of what stands there.

    Parameters
    ----------
    given
        What is no number.
    otherwise
        What is told where nothing better is known.
    """
    if isinstance(given, str):
        if COMMA.fullmatch(given):
            return Said("must be a number; decimals have a point, not a comma")
        if CLOCK.fullmatch(given):
            return Said("must be a number, not a time with a colon")
        if WRITTEN.fullmatch(given):
            return Said("must be a number; take away the quotes")
    return otherwise


def _out_of_range(least: float, most: float) -> Said:
    if math.isinf(most):
        return Said("must be at least {least:g}", {"least": least})
    if math.isinf(least):
        return Said("must be at most {most:g}", {"most": most})
    return Said("must be {least:g} to {most:g}", {"least": least, "most": most})


def _out_of_open_range(least: float, most: float) -> Said:
    if math.isinf(most):
        return Said("must be more than {least:g}", {"least": least})
    return Said(
        "must be more than {least:g} and less than {most:g}", {"least": least, "most": most}
    )
