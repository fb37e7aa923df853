"""What can go wrong with a run's folder, said so that the user can mend it."""

from __future__ import annotations

from scenarios.errors import SpokenError


class ResultsError(SpokenError):
    """A run can't be written, read or compared; the text is for the user."""
