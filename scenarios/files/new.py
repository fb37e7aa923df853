"""A scenario file to begin with: what may be changed stands in it, commented out.

The examples are what is in force in the scenario that it extends, so a file from which every
comment is taken away says the same as one that only extends.
"""

from __future__ import annotations

import json
import re
from enum import Enum
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

import yaml

from scenarios.errors import ScenarioError
from scenarios.files.loading import BASELINE_NAME, load
from scenarios.files.shipped import shipped_names
from scenarios.parameters.levers import LeverName
from scenarios.parameters.registry import Confidence
from scenarios.schema.base import NAME_PATTERN
from scenarios.schema.policies import Policies

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scenarios.schema.scenario import Scenario


SOURCE: Final = "our own plan"
EXAMPLE: Final = "ed.doctor.mean"
"""The parameter that shows how parameters are written."""


def write_new(name: str, base: str, lang: str) -> Path:
    """Write a scenario file of the user's own, here, and return it.

    Parameters
    ----------
    name
        What it will be called.
    base
        What it extends: a shipped name, or the path of a file.
    lang
        Language of its comments, `nl` or `en`.

    Raises
    ------
    ScenarioError
        The name can't be one or is taken, the file exists, or the base has problems.
    """
    _check_name(name)
    path = Path(f"{name}.yaml")
    text = new_text(load(base), name, base, lang)
    try:
        file = path.open("x", encoding="utf-8", newline="\n")  # never over another, links included
    except FileExistsError:
        raise ScenarioError.single(
            str(path), "exists already, and is left as it is; give another name"
        ) from None
    try:
        with file:
            file.write(text)
    except OSError as error:  # the disk is full: no half a file stays behind
        path.unlink(missing_ok=True)
        error.filename = str(path)
        raise
    return path


def _check_name(name: str) -> None:
    if not re.fullmatch(NAME_PATTERN, name):
        raise ScenarioError.single(
            name,
            "a name has small letters, digits and hyphens, at most 64, such as my-plan; .yaml is "
            "added to it",
        )
    if name in shipped_names() or BASELINE_NAME.fullmatch(name):
        raise ScenarioError.single(name, "is what a scenario that ships is called; give another")


def new_text(scenario: Scenario, name: str, base: str, lang: str) -> str:
    """Return the text of a new file; parameters as of `write_new`, and the base as read."""
    template = Template(files(__package__).joinpath(f"new_{lang}.txt").read_text(encoding="utf-8"))
    is_shipped = base in shipped_names()
    return template.substitute(
        name=name,
        file=f"{name}.yaml",
        base=scenario.name,
        extends=base if is_shipped else json.dumps(base, ensure_ascii=False),
        shown=base if is_shipped else f"{name}.yaml",
        year=_commented([f"horizon_year: {scenario.horizon_year}"]),
        policies=_commented(_policies(scenario.policies)),
        sites=_commented(_sites(scenario)),
        posts=_commented(_posts(scenario)),
        levers=_commented(_levers(scenario)),
        parameters=_commented(_parameters(scenario)),
    )


def _commented(lines: Iterable[str]) -> str:
    return "".join(f"# {line}\n" for line in lines)


def _policies(policies: Policies) -> Iterator[str]:
    yield "policies:"
    for key, value in policies.model_dump(mode="json").items():
        yield f"  {key}: {_flow(value)} ## {_allowed(key)}"


def _allowed(policy: str) -> str:
    kind = Policies.model_fields[policy].annotation
    kind = next(iter(get_args(kind)), kind) if get_origin(kind) is tuple else kind
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(one.value for one in kind)
    return "true, false" if kind is bool else "null, MST, ZGT_ALM, ..."


def _sites(scenario: Scenario) -> Iterator[str]:
    yield "sites:"
    for key, site in scenario.sites.items():
        yield f"  {key}: ## {site.name}"
        yield f"    open: {_flow(_plain(site)['open'])}"
        if site.capacity:
            rosters = {one: _plain(roster) for one, roster in site.capacity.items()}
            yield from _entries("    capacity", rosters)


def _posts(scenario: Scenario) -> Iterator[str]:
    yield from _entries("ambulance", {key: _plain(one) for key, one in scenario.ambulance.items()})


def _entries(head: str, entries: Mapping[Any, object]) -> Iterator[str]:
    yield f"{head}:"
    indent = " " * (len(head) - len(head.lstrip()) + 2)
    for key, entry in entries.items():
        yield f"{indent}{key}: {_flow(entry)}"


def _levers(scenario: Scenario) -> Iterator[str]:
    own = {lever: _plain(value) for lever, value in scenario.levers.items()}
    nothing = {
        "strength": 0,
        "start": scenario.horizon_year,
        "source": SOURCE,
        "confidence": Confidence.ENGINEERING_ESTIMATE.value,
    }
    yield from _entries("levers", dict.fromkeys(LeverName, nothing) | own)


def _parameters(scenario: Scenario) -> Iterator[str]:
    own = {key: _plain(value) for key, value in scenario.parameters.items()}
    value = scenario.effective_parameters()[EXAMPLE]
    yield from _entries("parameters", {EXAMPLE: {"value": value, "source": SOURCE}} | own)


def _plain(model: Any) -> dict[str, Any]:  # noqa: ANN401 - any part of a scenario
    """Return what a file would say of a part, without what it leaves out."""
    said: dict[str, Any] = model.model_dump(mode="json", exclude_defaults=True)
    return said


def _flow(value: object) -> str:
    """Return a value on one line."""
    text = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=float("inf")
    )
    return text.removesuffix("...\n").strip()
