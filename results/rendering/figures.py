"""Drawing for maps: outlines as paths, letters that the font has, small files."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib import rc_context
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.path import Path
from PIL import Image
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from shapely.geometry.base import BaseGeometry

MISSING_GLYPH = "\N{WHITE SQUARE}"
PALETTE_SIZE = 128
TRANSPARENCY_BITS = 8
"""The last of the 32 bits of a pixel; a figure's own background covers everything."""

ALL_COLOURS = 1 << 24
SALT = "twentezorg"
"""Names within an SVG are made of it, so that they are the same every time."""

PATH_DATA = re.compile(rb' d="[^"]*"')
FINE_DECIMALS = re.compile(rb"(?<=\d\.\d)\d+")


def path_of(area: BaseGeometry) -> Path:
    """Turn a polygon, with its holes and parts, into one path."""
    rings = [
        ring
        for polygon in shapely.get_parts(area)
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    corners = (np.asarray(ring.coords)[:, :2] for ring in rings)
    return Path.make_compound_path(*(Path(points, closed=True) for points in corners))


def printable(text: str) -> str:
    """Replace what the map's font can't draw, and line breaks."""
    font = get_font(findfont(FontProperties()))
    return "".join(_drawable(letter, font.get_char_index(ord(letter))) for letter in text)


def small_png(figure: Figure) -> bytes:
    """Save a figure with its commonest colours only, without clock or software version.

    The colours of areas stay exact; shades at the edges of letters and lines take the nearest.
    """
    drawn = BytesIO()
    figure.savefig(drawn, format="rgba")
    width, height = (int(side) for side in figure.get_size_inches() * figure.dpi)
    pixels = np.frombuffer(drawn.getvalue(), dtype=">u4").astype(np.uint32) >> TRANSPARENCY_BITS
    colours, count = np.unique(pixels, return_counts=True)
    shades = np.column_stack([colours >> 16, (colours >> 8) % 256, colours % 256])
    palette = shades[np.argsort(-count, kind="stable")[:PALETTE_SIZE]]
    nearest = np.empty(ALL_COLOURS, dtype=np.uint8)  # a look-up is faster than a search per pixel
    nearest[colours] = KDTree(palette).query(shades)[1]
    image = Image.fromarray(nearest[pixels].reshape(height, width))
    image.putpalette(palette.astype(np.uint8).tobytes())
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def small_svg(figure: Figure) -> bytes:
    """Save a figure as SVG with text as text, coordinates to a tenth of a point, no clock."""
    drawn = BytesIO()
    with rc_context({"svg.hashsalt": SALT, "svg.fonttype": "none"}):
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    return PATH_DATA.sub(lambda d: FINE_DECIMALS.sub(b"", d.group()), drawn.getvalue())


def _drawable(letter: str, glyph: int) -> str:
    if letter.isspace():
        return " "
    return letter if glyph else MISSING_GLYPH
