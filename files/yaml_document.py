"""One YAML file as a document: its content, and the line on which each field stands.

YAML 1.2 with its core schema (yaml.org/spec/1.2.2, chapter 10.3), so `yes` and `1:30` are texts and
a day is one too. Read safely: no tags, no aliases, no field twice, no nesting deeper than any file
needs; and no number that another reader of YAML takes for another one, such as `012`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

import yaml

from files.errors import FileError, Problem, Said

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path


MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 20
CORE: Final = "tag:yaml.org,2002:"
SCHEMA: Final = {
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    "float": (
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
}
"""By type: what is one, and the signs that one begins with (YAML 1.2.2, 10.3.2)."""

TWO_WAYS: Final = re.compile(r"[-+]?0[0-9]+|0[ox].*")
"""Octal for some readers, decimal for others."""

DECIMALS: Final = re.compile(r"[0-9]+")

MANY_DIGITS: Final = 300
"""Longer than any number; a float is infinite then, which nobody accepts."""

FieldPath = tuple[str, ...]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """PyYAML with the core schema of 1.2 instead of the types of 1.1."""

    yaml_implicit_resolvers: Mapping[str, Any] = {}


for _name, (_pattern, _first) in SCHEMA.items():
    _Loader.add_implicit_resolver(f"{CORE}{_name}", re.compile(f"^(?:{_pattern})$"), _first)


@dataclass(frozen=True)
class Document:
    """One YAML file: its content, and the line on which each field stands."""

    file: str
    content: dict[str, Any]
    lines: dict[FieldPath, int]

    def line(self, place: FieldPath) -> int | None:
        """Return the line of a field, or of the nearest field around it; None if there is none."""
        around = (place[:length] for length in range(len(place), 0, -1))
        return next((self.lines[one] for one in around if one in self.lines), None)

    def problem(self, place: FieldPath, text: str | Said, /, **values: object) -> Problem:
        """Return what is wrong with a field, with its line."""
        said = text if isinstance(text, Said) else Said(text, values)
        return Problem(self.file, self.line(place), ".".join(place), said)


def read_document(path: Path | Traversable) -> Document:
    """Read a file, a user's or one that lies beside the code.

    Raises
    ------
    FileError
        With file, line and field, if it cannot be read or is no YAML of fields.
    """
    file = str(path)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise FileError.single(file, "no such file") from None
    except OSError as error:
        why = Said(error.strerror or str(error))
        raise FileError.single(file, "cannot be read: {why}", why=why) from None
    if len(raw) > MAX_BYTES:
        raise FileError.single(
            file, "larger than {most} bytes: too large to be read", most=MAX_BYTES
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise FileError.single(file, "is not UTF-8 text; save it as UTF-8", line=line) from None
    return parse_document(text, file)


def parse_document(text: str, file: str) -> Document:
    """Read a text whose top is fields, each a name with its value.

    Raises
    ------
    FileError
        With file, line and field.
    """
    lines: dict[FieldPath, int] = {}
    content = _content(text, file, lines)
    if not isinstance(content, dict):
        raise FileError.single(file, "must hold fields, each a name with its value")
    return Document(file, content, lines)


def parse_value(text: str, where: str) -> Any:  # noqa: ANN401 - what YAML may hold
    """Return a value as a file may give it: a number, a text, a list or fields.

    Raises
    ------
    FileError
        It is no YAML; `where` says where it stands.
    """
    return _content(text, where, {})


def _content(text: str, file: str, lines: dict[FieldPath, int]) -> Any:  # noqa: ANN401 - as above
    try:
        _refuse_surprises(text, file)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise _not_yaml(error, text, file) from None
    return None if node is None else _Reader(text, file, lines).value(node, ())


def _not_yaml(error: yaml.YAMLError, text: str, file: str) -> FileError:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or getattr(error, "reason", None)
    at = getattr(error, "position", None)  # of a sign that no YAML may hold
    line = text.count("\n", 0, at) + 1 if at is not None else None
    return FileError.single(
        file,
        "is not valid YAML: {reason}",
        reason=reason or Said("unreadable"),
        line=line if mark is None else mark.line + 1,
    )


def _refuse_surprises(text: str, file: str) -> None:
    """Refuse tags, and what is nested deeper than a parser can follow on its stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else None
        if (tag := getattr(event, "tag", None)) not in {None, "!"}:
            raise FileError.single(
                file, "YAML tags such as {tag} are not allowed", line=line, tag=tag
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise FileError.single(file, "is nested too deeply", line=line)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


@dataclass(frozen=True)
class _Reader:
    """Makes content of nodes, and notes the line of every field."""

    text: str
    file: str
    lines: dict[FieldPath, int]
    seen: set[int] = field(default_factory=set)

    def value(self, node: yaml.Node, place: FieldPath) -> Any:  # noqa: ANN401 - what YAML may hold
        if id(node) in self.seen:
            raise FileError.single(
                self.file,
                "YAML aliases are not allowed",
                line=node.start_mark.line + 1,
                field=".".join(place),
            )
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._fields(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self._item(item, (*place, str(i))) for i, item in enumerate(node.value)]
        return self._scalar(cast("yaml.ScalarNode", node), place)

    def _item(self, node: yaml.Node, place: FieldPath) -> Any:  # noqa: ANN401 - as above
        self.lines[place] = node.start_mark.line + 1
        return self.value(node, place)

    def _fields(self, node: yaml.MappingNode, place: FieldPath) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise FileError.single(
                    self.file, "is not valid YAML: a field's name must be a word", line=line
                )
            inner = (*place, str(key.value))
            self._refuse_comma(key, value, place)
            if key.value in fields:
                raise FileError.single(self.file, "given twice", line=line, field=".".join(inner))
            self.lines[inner] = line
            fields[str(key.value)] = self.value(value, inner)
        return fields

    def _refuse_comma(self, key: yaml.ScalarNode, value: yaml.Node, place: FieldPath) -> None:
        """Refuse `{mean: 12,5}`, which YAML takes for a field `5` without a value."""
        at = key.start_mark.index
        alone = isinstance(value, yaml.ScalarNode) and not value.value and not value.style
        if alone and DECIMALS.fullmatch(key.value) and self.text[at - 1 : at] == ",":
            before = re.search(r"[0-9]*$", self.text[: at - 1])
            raise FileError.single(
                self.file,
                "{given}: decimals have a point, not a comma",
                given=f"{before[0] if before else ''},{key.value}",
                line=key.start_mark.line + 1,
                field=".".join(place),
            )

    def _scalar(self, node: yaml.ScalarNode, place: FieldPath) -> str | float | bool | None:
        text: str = node.value
        kind = node.tag.removeprefix(CORE)
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind in {"int", "float"} and TWO_WAYS.fullmatch(text):
            raise FileError.single(
                self.file,
                "{given} is octal to some and decimal to others; write numbers without a nought "
                "in front, and texts in quotes",
                given=text,
                line=node.start_mark.line + 1,
                field=".".join(place),
            )
        if kind == "int" and len(text) < MANY_DIGITS:
            return int(text)
        if kind in {"int", "float"}:
            return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        return text
