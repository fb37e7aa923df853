"""Scenario files: YAML, `extends`, overrides from the command line, errors with a line number."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import yaml
from pydantic import ValidationError

from scenarios.errors import Problem, ScenarioError
from scenarios.parameters import registry
from scenarios.schema import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SUFFIXES = (".yaml", ".yml")
MAX_BYTES = 1_000_000
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Place = tuple[str, ...]


@dataclass(frozen=True)
class _Document:
    """One YAML file: its content, and the line on which each field stands."""

    file: str
    content: dict[str, Any]
    lines: dict[Place, int]


def shipped_folder() -> Path:
    """Return the folder of the scenarios that ship."""
    return Path(str(resources.files("scenarios") / "twente"))


def shipped_names() -> list[str]:
    """Return the names of the scenarios that ship, the baseline `now` first."""
    names = sorted(path.stem for path in shipped_folder().glob("*.yaml"))
    return sorted(names, key=lambda name: name != "now")


def load(reference: str, settings: Iterable[str] = ()) -> Scenario:
    """Return the scenario that a shipped name or a path stands for, complete and checked.

    Parameters
    ----------
    reference
        A shipped name such as `now`, or the path of a YAML file.
    settings
        `key=value` overrides: a parameter (`ed.doctor.mean=25`) or a field
        (`policies.capacity=stays`).

    Raises
    ------
    ScenarioError
        Listing every problem with file, line and field.
    """
    path = _find(reference, Path())
    documents = _with_parents(path)
    merged: dict[str, Any] = {}
    for document in reversed(documents):
        merged = _merge(merged, document.content)
    merged.pop("extends", None)
    merged["name"] = path.stem
    for setting in settings:
        _apply(merged, setting)
    try:
        return Scenario.model_validate(merged)
    except ValidationError as error:
        raise ScenarioError(_problems(error, documents)) from None


def schema_text() -> str:
    """Return the JSON Schema of a complete scenario, as `scenarios/schema.json` holds it."""
    return json.dumps(Scenario.model_json_schema(), indent=2, ensure_ascii=False) + "\n"


def _find(reference: str, beside: Path) -> Path:
    if reference in shipped_names():
        return shipped_folder() / f"{reference}.yaml"
    path = beside / reference
    if path.suffix not in SUFFIXES or not path.is_file():
        raise ScenarioError.single(
            reference,
            "no such scenario; give the path of a .yaml file or one of: "
            + ", ".join(shipped_names()),
        )
    return path


def _with_parents(path: Path) -> list[_Document]:
    """Return the file and what it extends, child first."""
    documents: list[_Document] = []
    seen: list[Path] = []
    while True:
        if path.resolve() in seen:
            raise ScenarioError.single(str(path), "extends itself", field="extends")
        seen.append(path.resolve())
        document = _read(path)
        documents.append(document)
        parent = document.content.get("extends")
        if parent is None:
            return documents
        if not isinstance(parent, str):
            raise ScenarioError.single(
                document.file,
                "must be a name",
                line=document.lines.get(("extends",)),
                field="extends",
            )
        try:
            path = _find(parent, path.parent)
        except ScenarioError as error:
            message = error.problems[0].message
            raise ScenarioError.single(
                document.file,
                f"{parent!r}: {message}",
                line=document.lines.get(("extends",)),
                field="extends",
            ) from None


def _read(path: Path) -> _Document:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ScenarioError.single(str(path), f"cannot be read: {error.strerror}") from None
    if len(raw) > MAX_BYTES:
        raise ScenarioError.single(str(path), f"larger than {MAX_BYTES} bytes: not a scenario file")
    try:
        text = raw.decode("utf-8")
        node = yaml.compose(text, Loader=_Loader)
    except UnicodeDecodeError:
        raise ScenarioError.single(str(path), "is not UTF-8 text") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ScenarioError.single(
            str(path),
            f"is not valid YAML: {getattr(error, 'problem', None) or error}",
            line=None if mark is None else mark.line + 1,
        ) from None
    if not isinstance(node, yaml.MappingNode):
        raise ScenarioError.single(str(path), "must hold fields such as 'extends:' and 'sites:'")
    lines = _lines(node, str(path))
    try:
        content = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError) as error:
        raise ScenarioError.single(str(path), f"is not valid YAML: {error}") from None
    return _Document(str(path), cast("dict[str, Any]", content), lines)


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
            inner = (*place, str(key.value))
            line = key.start_mark.line + 1
            if inner in lines:
                raise ScenarioError.single(file, "given twice", line=line, field=".".join(inner))
            lines[inner] = line
            walk(value, inner)

    walk(root, ())
    return lines


def _merge(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with the fields of `own`; mappings merge, rosters and the rest replace."""
    merged = dict(base)
    for key, value in own.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict) and "source" not in value:
            merged[key] = _merge(merged[key], value)
        else:
            merged[key] = value
    return merged


def _apply(content: dict[str, Any], setting: str) -> None:
    key, equals, text = setting.partition("=")
    where = f"--set {setting}"
    if not equals or not key:
        raise ScenarioError.single(where, "must be key=value")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        raise ScenarioError.single(where, f"{text!r} is not a value") from None
    if key in registry():
        content.setdefault("parameters", {})[key] = {"value": value, "source": "--set"}
        return
    *parents, last = key.split(".")
    target: Any = content
    for parent in parents:
        target = target.get(parent) if isinstance(target, dict) else None
    if not isinstance(target, dict) or last not in target or isinstance(target[last], dict):
        raise ScenarioError.single(
            where,
            f"{key!r} is neither a parameter nor a field of the scenario; see `twentezorg show`",
        )
    target[last] = value


def _problems(error: ValidationError, documents: Sequence[_Document]) -> list[Problem]:
    problems = []
    for item in error.errors():
        place = tuple(str(part) for part in item["loc"] if part != "[key]")
        message = item["msg"].removeprefix("Value error, ")
        given = item.get("input")
        if not isinstance(given, dict | list) and item["type"] != "missing":
            message += f" (given: {given!r})"
        file, line = _where(place, documents)
        problems.append(Problem(file, line, ".".join(place), message))
    return problems


def _where(place: Place, documents: Sequence[_Document]) -> tuple[str, int | None]:
    """Return the file and line of a field, or of the nearest field around it."""
    for length in range(len(place), 0, -1):
        for document in documents:
            line = document.lines.get(place[:length])
            if line is not None:
                return document.file, line
    return documents[0].file, None
