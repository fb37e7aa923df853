"""Tables of minutes and road networks on disk."""

from __future__ import annotations

import lzma
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata.roads.network import Positions, RoadNetwork


# A path: a data set is a folder of a user's, wherever it lies.
STARTER: Final = Path(__file__).parents[1] / "starter"
"""The data set that ships."""

PROFILES: Final = ("car", "siren")
SPEEDS_FILE: Final = "profiles.yaml"
STEP_MINUTES: Final = 0.1
"""Minutes are stored as whole steps: finer than any speed is known."""
NO_WAY: Final = np.uint16(65535)
SMALL: Final = 4
"""Higher presets take thrice the time for a twentieth less."""
QUICK: Final = 0
"""Takes a quarter of the time for a few per cent more."""


def write_minutes(path: Path, minutes: npt.NDArray[np.float32], preset: int = SMALL) -> None:
    """Write a table of minutes: differences down each column, low and high bytes apart, packed."""
    steps = np.where(np.isnan(minutes), NO_WAY, np.rint(minutes / STEP_MINUTES)).astype(np.uint16)
    difference = np.diff(steps, axis=0, prepend=np.uint16(0)).T.view(np.int16).astype(np.int32)
    zigzag = ((difference << 1) ^ (difference >> 31)).astype(np.uint16)
    planes = np.ascontiguousarray(zigzag).view(np.uint8).reshape(-1, 2).T
    packing = [{"id": lzma.FILTER_LZMA2, "preset": preset, "lc": 0, "pb": 0}]
    path.write_bytes(
        lzma.compress(np.ascontiguousarray(planes).tobytes(), lzma.FORMAT_XZ, filters=packing)
    )


def read_minutes(packed: bytes, shape: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Return a table of minutes that `write_minutes` packed; NaN where there is no way."""
    planes = np.frombuffer(lzma.decompress(packed), dtype=np.uint8)
    low, high = planes.reshape(2, *shape[::-1])
    minutes = np.empty(shape, dtype=np.float32)
    for column in range(shape[1]):  # one at a time: a process that simulates has to stay small
        zigzag = high[column].astype(np.uint16) << 8 | low[column]
        difference = (zigzag >> 1) ^ (-(zigzag & 1).astype(np.int16)).view(np.uint16)
        steps = np.cumsum(difference, dtype=np.uint16)
        minutes[:, column] = steps * np.float32(STEP_MINUTES)
        minutes[steps == NO_WAY, column] = np.nan
    return minutes


def write_network(path: Path, network: RoadNetwork, at: Mapping[str, Positions]) -> None:
    """Write a network, and positions on it by name, as plain arrays."""
    columns: dict[str, npt.NDArray[Any]] = {}
    parts = {
        "network": network,
        "turns": network.turns,
        **{way: getattr(network, way) for way in ("forward", "backward")},
        **{f"{way}.arrival": getattr(network, way).arrival for way in ("forward", "backward")},
        **at,
    }
    for name, part in parts.items():
        for field in fields(part):
            value = getattr(part, field.name)
            if isinstance(value, np.ndarray | str | int):
                columns[f"{name}.{field.name}"] = np.asarray(value)
    np.savez(path, allow_pickle=False, **columns)


def read_network(path: Path) -> tuple[RoadNetwork, dict[str, Positions]]:
    """Read what `write_network` wrote."""
    from geodata.roads.network import (  # noqa: PLC0415
        Arrival,
        OneWay,
        Positions,
        RoadNetwork,
    )
    from geodata.roads.turns import Turns  # noqa: PLC0415

    with np.load(path, allow_pickle=False) as file:
        columns: dict[str, dict[str, Any]] = {}
        for name in file.files:
            part, _, field = name.rpartition(".")
            columns.setdefault(part, {})[field] = file[name]
    network, turns = columns.pop("network"), columns.pop("turns")
    forward, backward = (
        OneWay(**columns.pop(way), arrival=Arrival(**columns.pop(f"{way}.arrival")))
        for way in ("forward", "backward")
    )
    turns["nodes"] = int(turns["nodes"])
    network["crs"] = str(network["crs"])
    positions = {name: Positions(**part) for name, part in columns.items()}
    return (
        RoadNetwork(**network, forward=forward, backward=backward, turns=Turns(**turns)),
        positions,
    )
