"""Fixtures: a road network from nodes and ways written in a test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geodata.config.speed_profiles import speed_model
from geodata.osm.extract import read_osm
from geodata.roads.builder import build_network
from geodata.roads.network import RoadNetwork
from tests.support.paper_roads import CRS, osm_xml


@pytest.fixture
def network_of(tmp_path: Path) -> Callable[..., RoadNetwork]:
    """Build a network from nodes and ways written in a test."""

    def build(*args: Any, hour: float | None = None, **kwargs: Any) -> RoadNetwork:
        path = tmp_path / "roads.osm"
        path.write_bytes(osm_xml(*args, **kwargs))
        return build_network(read_osm(path), CRS, speed_model(), hour)

    return build
