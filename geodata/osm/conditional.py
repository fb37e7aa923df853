"""Tags that hold under a condition, such as `no @ (Mo-Sa 11:00-18:00)`: what holds at an hour.

Only conditions of time are read, as the OpenStreetMap wiki writes them (Conditional restrictions,
Opening hours specification). Others, of weight or weather, are taken not to hold, and so are
seasons and holidays.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Final

WORKING_DAY: Final = 1
"""Tuesday, for an hour of a working day; the week starts on Monday."""
DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
HOURS_A_DAY: Final = 24
MINUTES_AN_HOUR: Final = 60
STEPS_AN_HOUR: Final = 4
"""A week is looked at by the quarter of an hour."""

_DAY: Final = "(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_TIME: Final = r"\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2}"
_RULE: Final = re.compile(
    rf"\s*(?P<days>{_DAY}(?:\s*-\s*{_DAY})?(?:\s*,\s*{_DAY}(?:\s*-\s*{_DAY})?)*)?\s*:?\s*"
    rf"(?P<times>{_TIME}(?:\s*,\s*{_TIME})*)?\s*(?:[;,]|$)"
)
_CLAUSE: Final = re.compile(r"([^@;]+)@\s*(\([^)]*\)|[^;]+)")

Span = tuple[float, float]
Rule = tuple[frozenset[int], tuple[Span, ...]]


def value_at(conditional: str, usual: str | None, hour: float | None) -> str | None:
    """Return the value of a tag at an hour.

    Parameters
    ----------
    conditional
        Text of the tag with `:conditional`.
    usual
        Value without a condition.
    hour
        Hour of a working day, 0 up to 24; None for what holds during most of the week.

    Returns
    -------
    str or None
        Of the conditions that hold the last one counts; `usual` where none does.
    """
    clauses = _clauses(conditional)
    if hour is not None:
        return _in_force(clauses, usual, WORKING_DAY, hour)
    held = Counter(
        _in_force(clauses, usual, day, step / STEPS_AN_HOUR)
        for day in range(len(DAYS))
        for step in range(HOURS_A_DAY * STEPS_AN_HOUR)
    )
    most = max(held.values())
    return usual if held[usual] == most else held.most_common(1)[0][0]


def values_of(conditional: str) -> frozenset[str]:
    """Return the values that hold at some hour."""
    return frozenset(value for value, rules in _clauses(conditional) if rules)


def _in_force(
    clauses: tuple[tuple[str, tuple[Rule, ...]], ...], usual: str | None, day: int, hour: float
) -> str | None:
    value = usual
    for stated, rules in clauses:
        if any(_holds(rule, day, hour) for rule in rules):
            value = stated
    return value


def _holds(rule: Rule, day: int, hour: float) -> bool:
    days, spans = rule
    before = (day - 1) % len(DAYS)
    for start, end in spans:
        if start < end:
            if day in days and start <= hour < end:
                return True
        elif (day in days and hour >= start) or (before in days and hour < end):
            return True  # over midnight
    return False


@cache
def _clauses(conditional: str) -> tuple[tuple[str, tuple[Rule, ...]], ...]:
    """Return values and the times at which each holds; none if a condition is of other things."""
    return tuple(
        (match[1].strip().lower(), _rules(match[2].strip().removeprefix("(").removesuffix(")")))
        for match in _CLAUSE.finditer(conditional)
    )


def _rules(condition: str) -> tuple[Rule, ...]:
    if condition.strip() == "24/7":
        return ((frozenset(range(len(DAYS))), ((0.0, float(HOURS_A_DAY)),)),)
    rules = []
    at = 0
    while at < len(condition):
        match = _RULE.match(condition, at)
        if match is None or match.end() == at or not (match["days"] or match["times"]):
            return ()
        rules.append((_days(match["days"]), _spans(match["times"])))
        at = match.end()
    return tuple(rules)


def _days(text: str | None) -> frozenset[int]:
    if text is None:
        return frozenset(range(len(DAYS)))
    days: set[int] = set()
    for part in text.split(","):
        first, _, last = (day.strip() for day in part.partition("-"))
        start, end = DAYS.index(first), DAYS.index(last or first)
        days.update((start + more) % len(DAYS) for more in range((end - start) % len(DAYS) + 1))
    return frozenset(days)


def _spans(text: str | None) -> tuple[Span, ...]:
    if text is None:
        return ((0.0, float(HOURS_A_DAY)),)
    return tuple(
        (_hour(one), _hour(other)) for one, other in (t.split("-") for t in text.split(","))
    )


def _hour(text: str) -> float:
    hours, minutes = text.split(":")
    return int(hours) + int(minutes) / MINUTES_AN_HOUR
