"""What a simulation has not been given back: every number, queue and flag that patients changed.

A region that patients have left is as one in which nobody has ever been. So the two are compared,
object by object, whatever they consist of: a resource that is added tomorrow is held to it too.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

# What may differ: history, not state.
HISTORY = {
    "_asked",  # how many have ever waited: breaks ties
    "present_until",  # until when a team that has operated stays: a moment gone by
    "_started",  # when the laboratory last began on a sample: a moment gone by
    "_ends",  # when the samples it had were done: moments gone by
    "_by_nearness",  # looked up when first asked
    "cancelled",
    "number",  # which crew of a post it is
    *("origin", "left", "arrives"),  # where a crew came from, and when it was back
    *("towards", "_in_reach"),  # under dynamic stand-by a crew need not go back to its own post
}
# What is no state of the region: who comes, what happened, the clock's own queue, what is fixed.
ELSEWHERE = {
    *("patients", "journal", "env", "parameters", "policies", "staffing", "emergency_operations"),
    *("geography", "theatre_schedule", "ed_choice", "maternity_choice", "crew_places"),
    *("_env", "_journal", "_parameters", "_places", "_geography", "_has", "_crews", "_covers"),
    *("_gain", "_call", "_open_sites"),
}
ANY_ORDER = {"_idle"}
FORTNIGHT = 336  # a list as long is a roster by the hour: fixed


def left_over(played: object, empty: object) -> dict[str, tuple[Any, Any]]:
    """Return what differs, by where it stands: the value after patients, and without any."""
    one, other = dict(_state(played, "", set())), dict(_state(empty, "", set()))
    return {
        key: (one.get(key), other.get(key))
        for key in sorted({*one, *other})
        if one.get(key) != other.get(key)
    }


def _state(value: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    """Give every plain value that can be reached, and the length of every collection."""
    if value is None or isinstance(value, (bool, int, float, str)):
        yield path, value
    elif isinstance(value, np.ndarray):
        yield path, value.tolist()
    elif id(value) not in seen and not (isinstance(value, list) and len(value) >= FORTNIGHT):
        seen.add(id(value))
        if isinstance(value, (list, tuple, deque, dict, set, frozenset)):
            yield f"{path}.length", len(value)
        for name, part in _parts(value):
            yield from _state(part, f"{path}{name}", seen)


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((f"[{key}]", part) for key, part in value.items())
    elif isinstance(value, (list, tuple, deque)):
        yield from ((f"[{number}]", part) for number, part in enumerate(value))
    elif type(value).__module__.startswith("sim."):
        if hasattr(value, "busy_at_most"):
            value.busy  # noqa: B018 - asked, a department takes back the rooms that are clean by now
        for name in sorted(_names(value) - HISTORY - ELSEWHERE):
            part = getattr(value, name, None)
            yield f".{name}", len(part) if name in ANY_ORDER else part


def _names(value: object) -> set[str]:
    slots = (name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ()))
    return {*slots, *getattr(value, "__dict__", {})}
