"""Where would sites go best? Exact answers over a list of candidates, inhabitant by inhabitant.

Three aims: least mean travel (p-median), most inhabitants within a norm (maximal covering) and the
shortest longest way (p-centre). Few combinations are all tried; more are left to HiGHS, an exact
solver of integer programmes, by way of scipy.
"""

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
