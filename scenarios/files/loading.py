"""Scenario files: YAML, `extends`, overrides from the command line, errors with a line number."""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from files.errors import FileError
from files.validation import place_of, problem_text
from files.yaml_document import Document, FieldPath, read_document
from scenarios.calendar.opening_hours import DAYS
from scenarios.errors import Problem, Said, ScenarioError
from scenarios.files.overrides import apply_setting, in_order
from scenarios.files.shipped import BASELINE, shipped_folder, shipped_names
from scenarios.needs import lacking
from scenarios.schema.rosters import Roster
from scenarios.schema.scenario import Scenario
from scenarios.schema.vocabulary import POOLED
from scenarios.units import HOURS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scenarios.needs import Lacking

SUFFIXES = (".yaml", ".yml")
BASELINE_NAME = re.compile(rf"{BASELINE}(-\d{{4}})?", re.IGNORECASE)
"""The baseline, as it is or in a horizon year."""


def load(reference: str, settings: Iterable[str] = ()) -> Scenario:
    """Return the scenario that a shipped name or a path stands for, complete and checked.

    Parameters
    ----------
    reference
        A shipped name such as `now`, or the path of a YAML file.
    settings
        `key=value` overrides: a parameter (`ed.doctor.mean=25`) or a field
        (`policies.capacity=stays`, `sites.MST.capacity.ed.nurses.night=5`).

    Raises
    ------
    ScenarioError
        Listing every problem with file, line and field.
    """
    path = _find(reference, Path())
    _require_own_name(path)
    documents = _with_parents(path)
    merged: dict[str, Any] = {}
    for document in reversed(documents):
        merged = _merge(merged, document.content)
    merged.pop("extends", None)
    merged["name"] = path.stem
    given = {apply_setting(merged, setting): f"--set {setting}" for setting in in_order(settings)}
    try:
        scenario = Scenario.model_validate(merged)
    except ValidationError as error:
        raise ScenarioError(_problems(error, documents, given)) from None
    sized = _with_pooled(scenario)
    _require_needs(sized, documents, given)
    return sized


def _require_needs(
    scenario: Scenario, documents: Sequence[Document], settings: Mapping[FieldPath, str]
) -> None:
    """Refuse a function that is open without what it cannot work without."""
    problems = []
    for key, site in scenario.sites.items():
        if site.unlimited != (site.role == "neighbour"):
            file, line = _told_in(("sites", key), documents, settings)
            message = (
                Said("only a neighbour can be unlimited")
                if site.unlimited
                else Said("a neighbour must be 'unlimited: true': its capacity is not simulated")
            )
            problems.append(Problem(file, line, f"sites.{key}.unlimited", message))
    if not problems and not scenario.to_be_sized():
        for found in lacking(scenario):
            place = ("sites", found.site, "open", found.function.value)
            people = [("sites", found.site, "capacity", one.value) for one in found.group]
            own = () if place in documents[0].lines else documents[0].lines
            set_ = next((one for one in people if one in own or _is_set(one, settings)), place)
            file, line = _told_in(set_, documents, settings)
            problems.append(Problem(file, line, ".".join(place), _lacks(found)))
    if problems:
        raise ScenarioError(problems)


def _is_set(place: FieldPath, settings: Mapping[FieldPath, str]) -> bool:
    return any(given[: len(place)] == place for given in settings)


def _lacks(found: Lacking) -> Said:
    day, hour = divmod(found.hour, HOURS_PER_DAY)
    return Said(
        "is open on {day} at {hour}:00 without any {group}, and cannot work without; give one, or "
        "close it",
        {
            "day": DAYS[day % len(DAYS)],
            "hour": hour,
            "group": " or ".join(resource.value for resource in found.group),
        },
    )


def _told_in(
    place: FieldPath, documents: Sequence[Document], settings: Mapping[FieldPath, str]
) -> tuple[str, int | None]:
    """Return the file and line of a field, or the setting that gave it or came nearest to it."""
    for length in range(len(place), 0, -1):
        if place[:length] in settings:
            return settings[place[:length]], None
        near = [text for given, text in settings.items() if given[:length] == place[:length]]
        if near:
            return near[-1], None
        if any(place[:length] in document.lines for document in documents):
            break
    return _where(place, documents)


def _with_pooled(scenario: Scenario) -> Scenario:
    """Fill in each `auto: pooled` with what all sites of `now` have together, shift by shift."""
    asked = {key: roster for key, roster in scenario.to_be_sized().items() if roster.auto == POOLED}
    if not asked:
        return scenario
    today = load(BASELINE).sites.values()
    sites = dict(scenario.sites)
    for (key, resource), roster in asked.items():
        rosters = [site.capacity[resource] for site in today if resource in site.capacity]
        total = {
            f"{week}{shift}": sum(one.at(shift, weekend=week != "") for one in rosters)
            for week in ("", "weekend_")
            for shift in ("day", "evening", "night")
        }
        extra = [shift for one in rosters for shift in one.extra]
        pooled = Roster.model_validate(
            {**total, "extra": extra, "source": roster.source, "confidence": roster.confidence}
        )
        capacity = {**sites[key].capacity, resource: pooled}
        sites[key] = sites[key].model_copy(update={"capacity": capacity})
    return scenario.model_copy(update={"sites": sites})


def schema_text() -> str:
    """Return the JSON Schema of a complete scenario, as `scenarios/schema.json` holds it."""
    return json.dumps(Scenario.model_json_schema(), indent=2, ensure_ascii=False) + "\n"


def _require_own_name(path: Path) -> None:
    """Refuse a file of the user's that would take the place of doing nothing in a run."""
    name = BASELINE_NAME.fullmatch(path.stem)
    if name is not None and path.resolve().parent != shipped_folder().resolve():
        raise ScenarioError.single(
            str(path),
            "{name} is what doing nothing is called, to which all others are compared; give the "
            "file another name",
            name=path.stem,
        )


def _find(reference: str, beside: Path) -> Path:
    if reference in shipped_names():
        return shipped_folder() / f"{reference}.yaml"
    path = beside / reference
    if path.suffix.lower() not in SUFFIXES or not path.is_file():
        raise ScenarioError.single(
            reference,
            "no such scenario; give the path of a .yaml file or one of: {shipped}",
            shipped=", ".join(shipped_names()),
        )
    return path


def _with_parents(path: Path) -> list[Document]:
    """Return the file and what it extends, child first."""
    documents: list[Document] = []
    seen: list[Path] = []
    while True:
        if path.resolve() in seen:
            raise ScenarioError.single(str(path), "extends itself", field="extends")
        seen.append(path.resolve())
        try:
            document = read_document(path)
        except FileError as error:
            raise ScenarioError(error.problems) from None
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
                "{parent!r}: {message}",
                parent=parent,
                message=message,
                line=document.lines.get(("extends",)),
                field="extends",
            ) from None


def _merge(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with the fields of `own`.

    Mappings merge; rosters and the rest replace, as does an empty mapping: it says none.
    """
    merged = dict(base)
    for key, value in own.items():
        is_part = isinstance(value, dict) and value and "source" not in value
        if is_part and isinstance(merged.get(key), dict):
            merged[key] = _merge(merged[key], value)
        else:
            merged[key] = value
    return merged


def _problems(
    error: ValidationError, documents: Sequence[Document], settings: Mapping[FieldPath, str]
) -> list[Problem]:
    problems = []
    for item in error.errors():
        place = place_of(item)
        file, line = _told_in(place, documents, settings)
        said = _new_by_mistake(place, documents) if item["type"] == "missing" else None
        problems.append(Problem(file, line, ".".join(place), said or problem_text(item)))
    return problems


def _new_by_mistake(place: FieldPath, documents: Sequence[Document]) -> Said | None:
    """Say which name may be meant where one that is new lacks a field; None where none is near."""
    if len(place) == 1:
        return None
    *group, given = place[:-1]
    names = {
        line[-1]
        for document in documents[1:]
        for line in document.lines
        if len(line) == len(place) - 1 and list(line[:-1]) == group
    }
    near = [] if given in names else get_close_matches(given, sorted(names), n=1)
    if not near:
        return None
    return Said(
        "is missing; {given!r} is new here, did you mean {near}?", {"given": given, "near": near[0]}
    )


def _where(place: FieldPath, documents: Sequence[Document]) -> tuple[str, int | None]:
    """Return the file and line of a field, or of the nearest field around it."""
    for length in range(len(place), 0, -1):
        for document in documents:
            line = document.lines.get(place[:length])
            if line is not None:
                return document.file, line
    return documents[0].file, None
