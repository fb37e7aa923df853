"""The face of a package: names for who works from Python, each imported when it is asked for.

A type checker reads the imports that a face has under `TYPE_CHECKING`; this is what stands for them
when the program runs (PEP 562), so that a command which needs none of them starts at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DISTRIBUTION = "twentezorg"


class Face(NamedTuple):
    """What a package needs to show its face: `__all__`, `__dir__` and `__getattr__`."""

    names: list[str]
    listed: Callable[[], list[str]]
    found: Callable[[str], object]


def face(package: str, homes: Mapping[str, Sequence[str]]) -> Face:
    """Return the face of a package.

    Parameters
    ----------
    package
        Its name.
    homes
        The names that each module gives to the face. Who asks for one that needs a library which
        isn't installed is told how to install it.
    """
    home = {name: module for module, names in homes.items() for name in names}
    names = sorted(home)

    def listed() -> list[str]:
        return list(names)

    def found(name: str) -> object:
        if name == "__version__":
            from importlib.metadata import version  # noqa: PLC0415 - takes as long as the rest

            return version(DISTRIBUTION)
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        try:
            return getattr(import_module(home[name]), name)
        except ModuleNotFoundError as error:
            from files.extras import lacking  # noqa: PLC0415 - as above

            if (message := lacking(error)) is None:
                raise
            raise ModuleNotFoundError(message, name=error.name) from error

    return Face(names, listed, found)
