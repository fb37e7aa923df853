"""What a user sets on the command line, `--set key=value`, put in its place in a scenario.

A key is a parameter (`ed.doctor.mean`) or the way to a field (`policies.capacity`). Resources have
dots in their own names, so a way is followed by the longest name that is there:
`sites.MST.capacity.theatre.rooms.always`. What is set says so as its source.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from files.errors import FileError
from files.yaml_document import parse_value
from scenarios.errors import Said, ScenarioError
from scenarios.parameters.registry import Confidence, registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from files.yaml_document import Place


SAYS_SO = "--set"
SOURCE, CONFIDENCE, ALWAYS = "source", "confidence", "always"


def apply_setting(content: dict[str, Any], setting: str) -> Place:
    """Put the value of a setting in its place.

    Parameters
    ----------
    content
        A scenario as read from its files; changed here.
    setting
        `key=value`, the value as in a YAML file. A roster takes a number for every hour, or a
        mapping such as `{day: 3, evening: 2, night: 1}`.

    Returns
    -------
    tuple of str
        Where the value is.

    Raises
    ------
    ScenarioError
        There is no such parameter or field, or no value.
    """
    key, equals, text = setting.partition("=")
    where = f"{SAYS_SO} {setting}"
    if not equals or not key:
        raise ScenarioError.single(where, "must be key=value")
    try:
        value = parse_value(text, where)
    except FileError:
        raise ScenarioError.single(where, "{text!r} is not a value", text=text) from None
    if key in registry():
        content.setdefault("parameters", {})[key] = {"value": value, SOURCE: SAYS_SO}
        return "parameters", key
    place = next(_places(content, key.split(".")), None)
    if place is None:
        raise ScenarioError.single(where, _unknown(content, key))
    around = content
    for name in place[:-1]:
        around = around[name]
    around[place[-1]] = _in_place_of(around[place[-1]], value, where)
    if SOURCE in around:
        around |= _own(around)
    return place


def _in_place_of(old: Any, value: Any, where: str) -> Any:  # noqa: ANN401 - what YAML may hold
    """Return what becomes of a field: a roster keeps no shift of the old one."""
    if not isinstance(old, dict):
        return value
    if SOURCE not in old:
        raise ScenarioError.single(
            where, "is a group of fields; give one of: {fields}", fields=", ".join(old)
        )
    given = value if isinstance(value, dict) else {ALWAYS: value}
    return given | _own(old)


def _own(said: dict[str, Any]) -> dict[str, str]:
    """Return the source of a number that was set, and how sure it is where that is told."""
    own = {SOURCE: SAYS_SO, CONFIDENCE: Confidence.ENGINEERING_ESTIMATE.value}
    return {name: word for name, word in own.items() if name in said}


def _places(content: Any, parts: Sequence[str]) -> Iterator[Place]:  # noqa: ANN401 - as above
    """Give the places that the parts of a key may stand for, by the longest names first."""
    if not parts:
        yield ()
    elif isinstance(content, dict):
        for length in range(len(parts), 0, -1):
            name = ".".join(parts[:length])
            if name in content:
                yield from ((name, *rest) for rest in _places(content[name], parts[length:]))


def _unknown(content: dict[str, Any], key: str) -> Said:
    near = get_close_matches(key, [*registry(), *_fields(content)], n=1)
    if not near:
        return Said(
            "{key!r} is neither a parameter nor a field of the scenario; see `twentezorg show`",
            {"key": key},
        )
    return Said(
        "{key!r} is neither a parameter nor a field of the scenario; did you mean {near}?",
        {"key": key, "near": near[0]},
    )


def _fields(content: dict[str, Any], before: str = "") -> Iterator[str]:
    """Give the key of every field that can be set."""
    for name, value in content.items():
        key = f"{before}{name}"
        if not isinstance(value, dict) or SOURCE in value:
            yield key
        if isinstance(value, dict):
            yield from _fields(value, f"{key}.")
