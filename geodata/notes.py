"""Notes of who builds a data set, such as postcodes without addresses, kept in its manifest.

A note is a text in English with places for its values, so that it can be told in the language of
who reads it; a data set of before may hold whole sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from gettext import gettext

TEXT = "text"

Note = Mapping[str, object]


def note(text: str, /, **values: object) -> Note:
    """Return a note: `note("municipality {code} has no addresses", code="GM0141")`."""
    return {TEXT: text, **values}


def note_text(kept: Note | str) -> str:
    """Return a note in the language of the terminal."""
    return kept if isinstance(kept, str) else gettext(str(kept[TEXT])).format(**kept)
