"""Where: OpenStreetMap and CBS tables made into people, places and the minutes between them.

>>> import geodata
>>> data = geodata.load()
>>> float(data.point_minutes("car", ["MST"], ["MST"])[0, 0])
0.0

The names below are what a user needs; each is imported from where it lives when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from files.errors import FileError as FileError
    from geodata.accessibility.coverage import coverage as coverage
    from geodata.accessibility.coverage import settlements_beyond as settlements_beyond
    from geodata.accessibility.municipalities import by_municipality as by_municipality
    from geodata.accessibility.reachability import emergency_chain as emergency_chain
    from geodata.accessibility.reachability import nearest_minutes as nearest_minutes
    from geodata.accessibility.uncertainty import verdicts as verdicts
    from geodata.config.norms import Norms as Norms
    from geodata.config.norms import norms as norms
    from geodata.config.region import RegionDefinition as RegionDefinition
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
else:
    from files.face import face

    __all__, __dir__, __getattr__ = face(
        __name__,
        {
            "files.errors": ("FileError",),
            "geodata.accessibility.coverage": ("coverage", "settlements_beyond"),
            "geodata.accessibility.municipalities": ("by_municipality",),
            "geodata.accessibility.reachability": ("emergency_chain", "nearest_minutes"),
            "geodata.accessibility.uncertainty": ("verdicts",),
            "geodata.config.norms": ("Norms", "norms"),
            "geodata.config.region": ("RegionDefinition", "read_region"),
            "geodata.dataset.build": ("build",),
            "geodata.dataset.dataset": ("DataSet",),
            "geodata.dataset.description": ("describe",),
            "geodata.dataset.folder": ("load",),
            "geodata.errors": ("DataError",),
            "geodata.location.candidates": ("best_sites", "trade_off"),
            "geodata.routing.isochrones": ("isochrones",),
            "geodata.routing.travel_times": ("TravelTimes",),
        },
    )
