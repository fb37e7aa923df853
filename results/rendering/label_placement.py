"""Where names go on a map: near what they name, off each other, the same on every run.

Greedy placement among candidate positions (after Christensen, Marks & Shieber 1995): each label
takes the position that overlaps least with what is placed already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

LETTER_WIDTH = 0.58
"""Mean width of a letter, in font sizes."""

LINE_HEIGHT = 1.25
GRID = 13
"""Candidates for a municipality's name: the points of a grid of so many by so many."""

OVERLAP_PENALTY = 6.0
LEAVING_PENALTY = 2.0
LOW_PREFERENCE = 0.05

EDGE_STEPS = (0, 1, -1, 2, -2, 3, -3, 4, -4, 6, -6, 8, -8, 12, -12, 16, -16)
"""Where else along an edge a label may go: in its heights, or quarters of its width."""

EDGE_STEP = 0.25


@dataclass(frozen=True)
class LabelBox:
    """A label's rectangle, in the map's metres."""

    x: float
    y: float
    width: float
    height: float

    def overlap(self, other: LabelBox) -> float:
        """Compute the area that two boxes share."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        up = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(across, 0.0) * max(up, 0.0)

    @property
    def area(self) -> float:
        """Its area in square metres."""
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2


def text_size(lines: Sequence[str], points: float, metres_per_point: float) -> tuple[float, float]:
    """Estimate a text's width and height in metres."""
    longest = max(len(line) for line in lines)
    width = longest * LETTER_WIDTH * points
    return width * metres_per_point, len(lines) * LINE_HEIGHT * points * metres_per_point


def place_inside(
    outline: BaseGeometry, size: tuple[float, float], taken: Iterable[LabelBox]
) -> LabelBox:
    """Place a label within an area, as free of other labels and of its edge as can be."""
    west, south, east, north = outline.bounds
    middle = outline.centroid
    spots = _grid(outline)
    low, high = spots - np.array(size) / 2, spots + np.array(size) / 2
    area = size[0] * size[1]
    labels = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    outside = 1 - shapely.area(shapely.intersection(labels, outline)) / area
    overlap = np.zeros(len(spots))
    for other in taken:
        ends = np.array([other.x + other.width, other.y + other.height])
        shared = np.minimum(high, ends) - np.maximum(low, np.array([other.x, other.y]))
        overlap += np.prod(np.maximum(shared, 0), axis=1) / area
    away = np.hypot(*(spots - np.array([middle.x, middle.y])).T)
    cost = OVERLAP_PENALTY * overlap + LEAVING_PENALTY * outside
    best = int(np.argmin(cost + away / max(east - west, north - south)))
    return LabelBox(float(low[best, 0]), float(low[best, 1]), *size)


def place_beside(
    point: tuple[float, float],
    gap: float,
    size: tuple[float, float],
    taken: Iterable[LabelBox],
    frame: LabelBox,
) -> LabelBox:
    """Place a label right, left, above or below a point, inside the frame."""
    placed = list(taken)
    x, y = point
    width, height = size
    candidates = [
        LabelBox(x + gap, y - height / 2, width, height),
        LabelBox(x - gap - width, y - height / 2, width, height),
        LabelBox(x - width / 2, y - gap - height, width, height),
        LabelBox(x - width / 2, y + gap, width, height),
        LabelBox(x + gap, y + gap / 2, width, height),
        LabelBox(x + gap, y - gap / 2 - height, width, height),
        LabelBox(x - gap - width, y + gap / 2, width, height),
        LabelBox(x - gap - width, y - gap / 2 - height, width, height),
    ]
    return min(
        candidates,
        key=lambda box: (
            OVERLAP_PENALTY * sum(box.overlap(other) for other in placed) / box.area
            + LEAVING_PENALTY * OVERLAP_PENALTY * (1 - box.overlap(frame) / box.area)
            + LOW_PREFERENCE * candidates.index(box)
        ),
    )


def place_at_edge(
    point: tuple[float, float],
    size: tuple[float, float],
    taken: Sequence[LabelBox],
    frame: LabelBox,
    gap: float,
) -> tuple[LabelBox, LabelBox]:
    """Place the label of a point beyond a frame at its edge.

    Parameters
    ----------
    point
        The point, in metres.
    size
        Width and height of the label.
    taken
        Labels to keep clear of.
    frame
        What is drawn.
    gap
        Metres between the frame and the label.

    Returns
    -------
    tuple
        The place nearest the point, and the one that shares the least area with other labels.
    """
    width, height = size
    low_x, high_x = frame.x + gap, frame.x + frame.width - gap - width
    low_y, high_y = frame.y + gap, frame.y + frame.height - gap - height
    at_x = float(np.clip(point[0] - width / 2, low_x, high_x))
    at_y = float(np.clip(point[1], low_y, high_y))
    slots = [LabelBox(at_x, at_y + step * height, width, height) for step in EDGE_STEPS]
    if at_y in {low_y, high_y}:
        along = (np.clip(at_x + step * width * EDGE_STEP, low_x, high_x) for step in EDGE_STEPS)
        slots += [LabelBox(float(place), at_y, width, height) for place in along]
    return slots[0], min(
        slots,
        key=lambda slot: (
            sum(slot.overlap(other) for other in taken),
            abs(slot.x - at_x) + abs(slot.y - at_y),
        ),
    )


def _grid(outline: BaseGeometry) -> np.ndarray:
    west, south, east, north = outline.bounds
    xs, ys = np.meshgrid(np.linspace(west, east, GRID), np.linspace(south, north, GRID))
    points = np.column_stack([xs.ravel(), ys.ravel()])
    inside = points[shapely.contains_xy(outline, points[:, 0], points[:, 1])]
    return inside if len(inside) else np.array([outline.representative_point().coords[0]])
