"""What a search for sites aims at, and how to say it."""

from __future__ import annotations

from gettext import gettext as spoken
from typing import Literal

Aim = Literal["mean", "coverage", "worst"]


def aim_spoken(aim: Aim) -> str:
    """Return what an aim is called, in the language that is spoken."""
    return {
        "mean": spoken("the shortest way on average"),
        "coverage": spoken("most inhabitants within the limit"),
        "worst": spoken("the best for who is worst off"),
    }[aim]
