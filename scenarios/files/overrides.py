"""What a user sets on the command line, `--set key=value`, put in its place in a scenario.

A key is a parameter (`ed.doctor.mean`) or the way to a field (`policies.capacity`), whether or not
the scenario says anything there. Resources have dots in their own names, so a way is followed by
the longest name that is there: `sites.MST.capacity.theatre.rooms.always`. What is set says so as
its source.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

from files.errors import FileError
from files.yaml_document import parse_value
from scenarios.errors import Said, ScenarioError
from scenarios.parameters.registry import Confidence, registry
from scenarios.schema.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from files.yaml_document import FieldPath


SAYS_SO = "--set"
NAME, SOURCE, CONFIDENCE = "name", "source", "confidence"
ALWAYS, AUTO, EXTRA = "always", "auto", "extra"
SHIFTS = ("day", "evening", "night")
OF_ROSTER = frozenset({ALWAYS, AUTO, EXTRA, *SHIFTS, *(f"weekend_{shift}" for shift in SHIFTS)})
"""Fields of a roster that hold its numbers."""


def in_order(settings: Iterable[str]) -> list[str]:
    """Return settings with those of sources last, which a number that is set would replace."""
    return sorted(settings, key=lambda text: text.partition("=")[0].endswith((SOURCE, CONFIDENCE)))


def apply_setting(content: dict[str, Any], setting: str) -> FieldPath:
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
    except FileError as error:
        why = error.problems[0].message
        raise ScenarioError.single(
            where, "{text!r} is not a value: {why}", text=text, why=why
        ) from None
    if key == NAME:
        raise ScenarioError.single(
            where, "a scenario is called as its file; give the file another name"
        )
    if key in registry():
        content.setdefault("parameters", {})[key] = {"value": value, SOURCE: SAYS_SO}
        return "parameters", key
    place = next(_places(content, key.split(".")), None)
    place = place or next(_allowed(_schema(), content, key.split(".")), None)
    if place is None:
        raise ScenarioError.single(where, _unknown(content, key))
    around: Any = content
    kind = _schema()
    for name in place[:-1]:
        kind = _kind_of(kind, name)
        around = _inside(around, name)
    if not isinstance(around, dict | list):
        raise ScenarioError.single(where, _unknown(content, key))
    last: Any = int(place[-1]) if isinstance(around, list) else place[-1]
    is_new = isinstance(around, dict) and last not in around
    old = None if is_new else around[last]
    value = _in_place_of(old, value, _kind_of(kind, place[-1]), where)
    if isinstance(around, dict):
        _make_room(around, place[-1], kind)
    around[last] = value
    if place[-1] not in {SOURCE, CONFIDENCE} and isinstance(around, dict):
        around |= _own(kind)
    return place


@cache
def _schema() -> dict[str, Any]:
    """Return what a scenario may hold."""
    return Scenario.model_json_schema()


def _resolved(kind: dict[str, Any]) -> dict[str, Any]:
    """Return what stands behind a reference, or beside `null`."""
    for option in kind.get("anyOf", ()):
        if "$ref" in option or "properties" in option:
            return _resolved(option)
    if "$ref" in kind:
        return _schema()["$defs"][kind["$ref"].rpartition("/")[2]]
    return kind


def _fields_of(kind: dict[str, Any]) -> dict[str, Any]:
    return _resolved(kind).get("properties", {})


def _kind_of(kind: dict[str, Any], name: str) -> dict[str, Any]:
    """Return what a field, an entry or an item may hold; nothing where that is not known."""
    own = _resolved(kind)
    if name in own.get("properties", {}):
        return own["properties"][name]
    entries = own.get("items" if name.isdigit() else "additionalProperties", {})
    return entries if isinstance(entries, dict) else {}


def _inside(around: Any, name: str) -> Any:  # noqa: ANN401 - what YAML may hold
    """Return the group or list that a name stands for, made where there is none yet."""
    if isinstance(around, list):
        return around[int(name)]
    if not isinstance(around, dict):
        return None
    if around.get(name) is None:
        around[name] = {}
    return around[name]


def _make_room(roster: dict[str, Any], name: str, kind: dict[str, Any]) -> None:
    """Take away what a number of a roster stands in place of, and spell out what it is one of."""
    if ALWAYS not in _fields_of(kind) or name not in OF_ROSTER or name == EXTRA:
        return
    always = roster.get(ALWAYS)
    gone = {AUTO}
    if name in {ALWAYS, AUTO}:
        gone = set(OF_ROSTER if name == AUTO else OF_ROSTER - {EXTRA})
    elif always is not None:
        gone |= {ALWAYS}
        roster |= dict.fromkeys(SHIFTS, always)
    for field in gone:
        roster.pop(field, None)


def _allowed(kind: dict[str, Any], content: Any, parts: Sequence[str]) -> Iterator[FieldPath]:  # noqa: ANN401
    """Give the places that a key may stand for in any scenario with these sites and posts."""
    if not parts:
        yield ()
        return
    own = _resolved(kind)
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        if not _may_hold(own, content, name):
            continue
        inner = content.get(name) if isinstance(content, dict) else None
        if isinstance(content, list):
            inner = content[int(name)]
        rest = _allowed(_kind_of(own, name), inner, parts[length:])
        yield from ((name, *more) for more in rest)


def _may_hold(own: dict[str, Any], content: Any, name: str) -> bool:  # noqa: ANN401
    """Say whether a group may hold a name: a field, a word of a list, or what is there."""
    if name in own.get("properties", {}):
        return True
    if "items" in own:
        return isinstance(content, list) and name.isdigit() and int(name) < len(content)
    if not isinstance(own.get("additionalProperties"), dict):
        return False
    words = _resolved(own.get("propertyNames", {})).get("enum")
    if words is not None:
        return name in words
    return name in (content or {}) or name in registry() or not (content or "." in name)


def _in_place_of(old: Any, value: Any, kind: dict[str, Any], where: str) -> Any:  # noqa: ANN401
    """Return what becomes of a field: a roster keeps no shift of the old one."""
    fields = _fields_of(kind)
    if not fields and not isinstance(old, dict):
        return value
    if value is None and any(option.get("type") == "null" for option in kind.get("anyOf", ())):
        return None
    if SOURCE not in fields:
        names = ", ".join(old or fields)
        raise ScenarioError.single(
            where, "is a group of fields; give one of: {fields}", fields=names
        )
    if isinstance(value, dict):
        return _own(kind) | value
    if ALWAYS in fields:
        return {ALWAYS: value} | _own(kind)
    raise ScenarioError.single(
        where, "is a group of fields; give one of: {fields}", fields=", ".join(fields)
    )


def _own(kind: dict[str, Any]) -> dict[str, str]:
    """Return the source of a number that was set, and how sure it is where that is told."""
    own = {SOURCE: SAYS_SO, CONFIDENCE: Confidence.ENGINEERING_ESTIMATE.value}
    return {name: word for name, word in own.items() if name in _fields_of(kind)}


def _places(content: Any, parts: Sequence[str]) -> Iterator[FieldPath]:  # noqa: ANN401 - as above
    """Give the places that the parts of a key may stand for, by the longest names first."""
    if not parts:
        yield ()
    elif isinstance(content, dict):
        for length in range(len(parts), 0, -1):
            name = ".".join(parts[:length])
            if name in content:
                yield from ((name, *rest) for rest in _places(content[name], parts[length:]))
    elif isinstance(content, list) and parts[0].isdigit() and int(parts[0]) < len(content):
        rest = _places(content[int(parts[0])], parts[1:])
        yield from ((parts[0], *more) for more in rest)


def _unknown(content: dict[str, Any], key: str) -> Said:
    near = get_close_matches(key, [*registry(), *_fields(_schema(), content)], n=1)
    if not near:
        return Said(
            "{key!r} is neither a parameter nor a field of the scenario; see `twentezorg show`",
            {"key": key},
        )
    return Said(
        "{key!r} is neither a parameter nor a field of the scenario; did you mean {near}?",
        {"key": key, "near": near[0]},
    )


def _fields(kind: dict[str, Any], content: Any, before: str = "") -> Iterator[str]:  # noqa: ANN401
    """Give the key of every field that can be set."""
    own, given = _resolved(kind), content if isinstance(content, dict) else {}
    names = own.get("properties", {})
    if isinstance(own.get("additionalProperties"), dict):
        names = _resolved(own.get("propertyNames", {})).get("enum", given)
    for name in names:
        inner = _kind_of(own, name)
        if not _fields_of(inner) or SOURCE in _fields_of(inner):
            yield f"{before}{name}"
        yield from _fields(inner, given.get(name), f"{before}{name}.")
