"""One YAML file as a document: its content, and the line on which each field stands.

Read safely: no tags, no aliases, no field twice, no nesting deeper than any scenario needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import yaml

from scenarios.errors import Said, ScenarioError

if TYPE_CHECKING:
    from pathlib import Path


MAX_BYTES = 1_000_000
MAX_DEPTH = 20
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Place = tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """One YAML file: its content, and the line on which each field stands."""

    file: str
    content: dict[str, Any]
    lines: dict[Place, int]


def read_document(path: Path) -> Document:
    """Read a file.

    Raises
    ------
    ScenarioError
        With file and line, if it cannot be read or is not the YAML of a scenario.
    """
    file = str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ScenarioError.single(
            file, "cannot be read: {why}", why=Said(error.strerror or str(error))
        ) from None
    if len(raw) > MAX_BYTES:
        raise ScenarioError.single(
            file, "larger than {most} bytes: not a scenario file", most=MAX_BYTES
        )
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise ScenarioError.single(file, "is not UTF-8 text") from None
    try:
        _refuse_deep_nesting(text, file)
        node = yaml.compose(text, Loader=_Loader)
        if not isinstance(node, yaml.MappingNode):
            raise ScenarioError.single(file, "must hold fields, each a name with its value")
        lines = _lines(node, file)
        content = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise _not_yaml(error, file) from None
    except ValueError as error:  # a date that is none, for example
        raise ScenarioError.single(file, "is not valid YAML: {error}", error=str(error)) from None
    return Document(file, cast("dict[str, Any]", content), lines)


def _not_yaml(error: yaml.YAMLError, file: str) -> ScenarioError:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or getattr(error, "reason", None)
    return ScenarioError.single(
        file,
        "is not valid YAML: {reason}",
        reason=reason or Said("unreadable"),
        line=None if mark is None else mark.line + 1,
    )


def _refuse_deep_nesting(text: str, file: str) -> None:
    """Refuse what is nested deeper than a parser can follow without running out of stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                line = event.start_mark.line + 1 if event.start_mark else None
                raise ScenarioError.single(file, "is nested too deeply", line=line)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _lines(root: yaml.MappingNode, file: str) -> dict[Place, int]:
    """Return the line of every field; a field given twice or an alias is refused."""
    lines: dict[Place, int] = {}
    visited: set[int] = set()

    def walk(node: yaml.Node, place: Place) -> None:
        if id(node) in visited:
            raise ScenarioError.single(
                file,
                "YAML aliases are not allowed",
                line=node.start_mark.line + 1,
                field=".".join(place),
            )
        visited.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                walk(item, (*place, str(index)))
        if not isinstance(node, yaml.MappingNode):
            return
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise ScenarioError.single(
                    file, "is not valid YAML: a field's name must be a word", line=line
                )
            inner = (*place, str(key.value))
            if inner in lines:
                raise ScenarioError.single(file, "given twice", line=line, field=".".join(inner))
            lines[inner] = line
            walk(value, inner)

    walk(root, ())
    return lines
