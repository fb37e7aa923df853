"""Norms as versioned data: within how many minutes care must be reached, and by whose clock."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from files.validation import Model, checked
from files.yaml_document import read_document
from geodata.config.sourced import SourcedBlock, SourcedNumber, parameters_of
from geodata.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

SHIPPED: Final = files(__package__).joinpath("norms.yaml")
DEFAULT_VERSION: Final = "nl-2024"


class NormVersion(Model):
    """One version of the norms, as its file has it."""

    title: str = ""
    parameters: tuple[SourcedBlock, ...]


class NormFile(Model):
    """Norms by version."""

    versions: dict[str, NormVersion]


@dataclass(frozen=True, slots=True)
class Norms:
    """One version of the norms.

    Attributes
    ----------
    version
        Name, such as `nl-2024`.
    parameters
        Every number with its source, by key.
    """

    version: str
    parameters: Mapping[str, SourcedNumber]

    def __getitem__(self, key: str) -> float:
        """Return a norm's value by key, such as `a1.response`."""
        return self.parameters[key].value

    def limit(self, function: str, profile: str) -> float | None:
        """Return the norm in minutes to reach a function by car or siren; None where none exists.

        Parameters
        ----------
        function
            `ed`, `maternity`, `icu` or `theatre`.
        profile
            `car` (door to door) or `siren` (call to hospital).
        """
        parameter = self.parameters.get(f"{function}.{profile}")
        return None if parameter is None else parameter.value


@cache
def norms(version: str = DEFAULT_VERSION, path: Traversable = SHIPPED) -> Norms:
    """Read one version of the norms.

    Parameters
    ----------
    version
        Version to read.
    path
        A YAML file as `norms.yaml`.

    Returns
    -------
    Norms

    Raises
    ------
    FileError
        If the file can't be read, or the version is not in it.
    """
    document = read_document(path)
    versions = checked(NormFile, document).versions
    if version not in versions:
        allowed = ", ".join(versions)
        raise DataError(
            "is {version!r}; allowed: {allowed}",
            version=version,
            allowed=allowed,
            file=str(path),
            field="version",
        )
    place = "versions", version, "parameters"
    return Norms(version, parameters_of(versions[version].parameters, document, place))
