"""Numbers as options of the command line: the same check as in files."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from files.errors import Wrong
from files.numbers import number_in

if TYPE_CHECKING:
    from collections.abc import Sequence


class Number(click.ParamType):  # type: ignore[type-arg]
    """A finite number in a range.

    Parameters
    ----------
    least, most
        The range.
    is_open
        Whether the ends of the range are not allowed themselves.
    """

    name = "number"

    def __init__(
        self, least: float = -math.inf, most: float = math.inf, *, is_open: bool = False
    ) -> None:
        self.least = math.nextafter(least, math.inf) if is_open else least
        self.most = math.nextafter(most, -math.inf) if is_open else most

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click does
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Return the number; a message of click's where it is none."""
        try:
            return number_in(str(value), self.least, self.most)
        except Wrong as wrong:
            self.fail(f"{value!r} {wrong}", param, ctx)


class Numbers(Number):
    """Numbers with commas between them, as many as `count` says or any number of them."""

    name = "numbers"

    def convert(  # type: ignore[override]
        self,
        value: Any,  # noqa: ANN401 - as click does
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Sequence[float]:
        """Return the numbers; a message of click's where one is none."""
        if isinstance(value, tuple):
            return value
        one = super().convert
        return tuple(one(part, param, ctx) for part in str(value).split(","))
