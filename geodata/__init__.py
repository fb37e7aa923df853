"""Where: OpenStreetMap and CBS tables made into people, places and the minutes between them.

>>> import geodata
>>> data = geodata.load()
>>> float(data.point_minutes("car", ["MST"], ["MST"])[0, 0])
0.0

The names below are what a user needs; each is imported from where it lives when it is asked for, so
that a command which needs none of it starts at once.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geodata.accessibility.coverage import coverage as coverage
    from geodata.accessibility.coverage import settlements_beyond as settlements_beyond
    from geodata.accessibility.municipalities import by_municipality as by_municipality
    from geodata.accessibility.reachability import emergency_chain as emergency_chain
    from geodata.accessibility.reachability import nearest_minutes as nearest_minutes
    from geodata.accessibility.uncertainty import verdicts as verdicts
    from geodata.config.norms import Norms as Norms
    from geodata.config.norms import norms as norms
    from geodata.config.region import Region as Region
    from geodata.config.region import read_region as read_region
    from geodata.dataset.build import build as build
    from geodata.dataset.dataset import DataSet as DataSet
    from geodata.dataset.description import describe as describe
    from geodata.dataset.folder import load as load
    from geodata.errors import DataError as DataError
    from geodata.location.candidates import best_sites as best_sites
    from geodata.location.candidates import trade_off as trade_off
    from geodata.routing.isochrones import isochrones as isochrones
    from geodata.routing.travel_times import TravelTimes as TravelTimes

    __version__: str

_HOMES = {
    "DataError": "geodata.errors",
    "DataSet": "geodata.dataset.dataset",
    "Norms": "geodata.config.norms",
    "Region": "geodata.config.region",
    "TravelTimes": "geodata.routing.travel_times",
    "best_sites": "geodata.location.candidates",
    "build": "geodata.dataset.build",
    "by_municipality": "geodata.accessibility.municipalities",
    "coverage": "geodata.accessibility.coverage",
    "describe": "geodata.dataset.description",
    "emergency_chain": "geodata.accessibility.reachability",
    "isochrones": "geodata.routing.isochrones",
    "load": "geodata.dataset.folder",
    "nearest_minutes": "geodata.accessibility.reachability",
    "norms": "geodata.config.norms",
    "read_region": "geodata.config.region",
    "settlements_beyond": "geodata.accessibility.coverage",
    "trade_off": "geodata.location.candidates",
    "verdicts": "geodata.accessibility.uncertainty",
}
__all__ = [
    "DataError",
    "DataSet",
    "Norms",
    "Region",
    "TravelTimes",
    "best_sites",
    "build",
    "by_municipality",
    "coverage",
    "describe",
    "emergency_chain",
    "isochrones",
    "load",
    "nearest_minutes",
    "norms",
    "read_region",
    "settlements_beyond",
    "trade_off",
    "verdicts",
]


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a name of the face from its home (PEP 562)."""
        if name == "__version__":
            return version("twentezorg")
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the face."""
    return [*__all__]
