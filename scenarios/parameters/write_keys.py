"""Write `keys.py`, the type of every parameter key, from the tables: `make keys`.

A key that no table has is then an error of mypy's, not of a simulation half-way.
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final

from files.whole import write_file
from scenarios.parameters.registry import registry

if TYPE_CHECKING:
    from collections.abc import Iterable

# A path: it is written.
KEYS_FILE: Final = Path(__file__).with_name("keys.py")
WIDTH: Final = 100
INDENT: Final = "    "
TEXT: Final = '''"""Every key of a parameter, as a type. Written by `make keys`, never by hand."""

from typing import Literal

# fmt: off
ParameterKey = Literal[
{keys}
]

# What stands before the last part, or parts, of keys that end in names: of sites, ages, classes.
ParameterPrefix = Literal[
{prefixes}
]
'''


def keys_text() -> str:
    """Return what `keys.py` has to be."""
    parts = [key.split(".") for key in registry()]
    prefixes = {".".join(part[:count]) for part in parts for count in range(2, len(part))}
    return TEXT.format(keys=_listed(registry()), prefixes=_listed(sorted(prefixes)))


def _listed(words: Iterable[str]) -> str:
    """Return words as lines of a list in code."""
    text = ", ".join(f'"{word}"' for word in words) + ","
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=INDENT,
        subsequent_indent=INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


if __name__ == "__main__":
    with write_file(KEYS_FILE) as aside:
        aside.write_text(keys_text(), "utf-8")
