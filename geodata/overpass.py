"""Read roads over the network: OSMnx asks Overpass for a place or a box.

For those without an extract. OSMnx brings no relations, so turn restrictions are missing, and no
addresses: the result serves minutes and isochrones, not a data set.
"""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import osmnx

from geodata.errors import DataError
from geodata.osm import NODE_TAGS_READ, OsmExtract, Tags
from geodata.rules import TAGS_READ

if TYPE_CHECKING:
    import networkx as nx

ROADS_ASKED: Final = (
    '["highway"~"motorway|trunk|primary|secondary|tertiary|unclassified|residential|living_street'
    '|service|road|busway|pedestrian|footway|cycleway"]["area"!~"yes"]'
)
"""What a car or, with `emergency=yes`, an ambulance may drive on; `rules` decides."""


def read_place(place: str) -> OsmExtract:
    """Read the roads of a named place.

    Parameters
    ----------
    place
        As one would type it in a search box, such as `Almelo, Nederland`.

    Returns
    -------
    OsmExtract

    Raises
    ------
    DataError
        If the place is not found, or the network fails.
    """
    return _asked(lambda: osmnx.graph_from_place(place, **_HOW), place)


def read_box(west: float, south: float, east: float, north: float) -> OsmExtract:
    """Read the roads in a box.

    Parameters
    ----------
    west, south, east, north
        Degrees (EPSG:4326).

    Returns
    -------
    OsmExtract

    Raises
    ------
    DataError
        If the network fails or there are no roads.
    """
    box = (west, south, east, north)
    return _asked(lambda: osmnx.graph_from_bbox(box, **_HOW), f"box {west} {south} {east} {north}")


_HOW: Final[dict[str, Any]] = {
    "custom_filter": ROADS_ASKED,
    "simplify": False,
    "retain_all": True,
}


def _asked(ask: Any, what: str) -> OsmExtract:  # noqa: ANN401 - a call of OSMnx, untyped
    keep_tags()
    try:
        graph = ask()
    except (osmnx._errors.InsufficientResponseError, ValueError) as error:  # noqa: SLF001
        raise DataError(f"{what}: Overpass gives no roads: {error}") from error
    except OSError as error:
        raise DataError(f"{what}: Overpass cannot be reached: {error}") from error
    return extract_of_graph(graph)


def keep_tags() -> None:
    """Tell OSMnx to keep every tag a driver obeys."""
    osmnx.settings.useful_tags_way = list(TAGS_READ)
    osmnx.settings.useful_tags_node = list(NODE_TAGS_READ)


def extract_of_graph(graph: "nx.MultiDiGraph") -> OsmExtract:
    """Return an OSMnx graph as an extract.

    Parameters
    ----------
    graph
        As OSMnx makes it with `simplify=False` after `keep_tags()`: an edge per piece of road and
        direction.

    Returns
    -------
    OsmExtract
        A way of two nodes for each piece.
    """
    ways: list[int] = []
    pieces: list[tuple[int, int]] = []
    numbers: list[int] = []
    tag_sets: dict[tuple[tuple[str, str], ...], int] = {}
    for tail, head, data in graph.edges(data=True):
        if data["reversed"]:
            continue
        tags = {key: str(data[key]) for key in TAGS_READ if key in data and key != "oneway"}
        if data["oneway"]:
            tags["oneway"] = "yes"
        numbers.append(tag_sets.setdefault(tuple(sorted(tags.items())), len(tag_sets)))
        ways.append(data["osmid"])
        pieces.append((tail, head))
    if not ways:
        raise DataError("the graph holds no roads")
    nodes = np.array(pieces, dtype=np.int64).ravel()
    position = {node: (data["x"], data["y"]) for node, data in graph.nodes(data=True)}
    at = np.array([position[node] for node in nodes.tolist()])
    return OsmExtract(
        way_ids=np.array(ways, dtype=np.int64),
        way_tags=np.array(numbers, dtype=np.int64),
        way_starts=np.arange(0, len(nodes) + 1, 2),
        node_ids=nodes,
        lon=at[:, 0],
        lat=at[:, 1],
        tag_sets=[dict(tags) for tags in tag_sets],
        node_tags=_node_tags(graph),
    )


def _node_tags(graph: "nx.MultiDiGraph") -> dict[int, Tags]:
    kept: dict[int, Tags] = {}
    for node, data in graph.nodes(data=True):
        tags = {key: str(data[key]) for key in NODE_TAGS_READ if key in data}
        if tags:
            kept[int(node)] = tags
    return kept
