"""Numbers as options of the command line: the same check as in files."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from files.errors import Said, Wrong
from files.numbers import number_in, whole_in

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
        self.least, self.most, self.is_open = least, most, is_open

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click does
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Return the number; a message of click's where it is none."""
        try:
            return number_in(str(value), self.least, self.most, is_open=self.is_open)
        except Wrong as wrong:
            self.fail(f"{value!r} {wrong}", param, ctx)


class Whole(click.IntRange):
    """A whole number in a range; help shows the range."""

    def __init__(self, least: int, most: int | None = None) -> None:
        super().__init__(least, most)
        self.least, self.most = least, most

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click does
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        """Return the number; a message of click's where it is none."""
        try:
            return whole_in(str(value), self.least, self.most)
        except Wrong as wrong:
            self.fail(f"{value!r} {wrong}", param, ctx)


class Numbers(Number):
    """Numbers that go up, with commas between them."""

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
        found = tuple(one(part, param, ctx) for part in str(value).split(","))
        if any(later <= sooner for sooner, later in pairwise(found)):  # 12,5 is meant as 12.5
            wrong = Wrong(Said("must go up, such as 15,30,45; decimals have a point, not a comma"))
            self.fail(f"{value!r} {wrong}", param, ctx)
        return found
