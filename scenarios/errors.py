"""What a user reads when a scenario cannot be used."""

from __future__ import annotations

from files.errors import FileError, Problem, Said, SpokenError, Wrong

__all__ = ["Problem", "Said", "ScenarioError", "SpokenError", "Wrong"]


class ScenarioError(FileError):
    """The scenario asked for cannot be used; all problems found are listed at once."""
