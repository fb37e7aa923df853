"""What a user reads when a scenario file cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one place: where it stands, what was given, what is allowed."""

    file: str
    line: int | None
    field: str
    message: str

    def __str__(self) -> str:
        """Return `file:line: field: message`, leaving out what is unknown."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return (
            f"{place}: {self.field}: {self.message}" if self.field else f"{place}: {self.message}"
        )


class ScenarioError(Exception):
    """The scenario asked for cannot be used; all problems found are listed at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Problem, ...]]]:
        """Return what a copy is made of, in another process for example."""
        return type(self), (self.problems,)

    @classmethod
    def single(
        cls, file: str, message: str, *, line: int | None = None, field: str = ""
    ) -> ScenarioError:
        """Return the error for one problem."""
        return cls([Problem(file, line, field, message)])
