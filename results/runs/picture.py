"""A picture that a notebook shows and a file keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from files.whole import write_file

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Picture:
    """A drawing with a title.

    Attributes
    ----------
    title
        What it shows.
    png
        The drawing, as a PNG file holds it.
    """

    title: str
    png: bytes = field(repr=False)

    def save(self, path: Path) -> None:
        """Write the drawing as a PNG file."""
        with write_file(path) as aside:
            aside.write_bytes(self.png)

    def _repr_png_(self) -> bytes:
        return self.png
