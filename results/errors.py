"""What can go wrong with a run's folder, said so that the user can mend it."""


class ResultsError(Exception):
    """A run can't be written, read or compared; the text is for the user."""
