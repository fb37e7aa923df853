"""Futures: what is uncertain about a horizon year and how far it goes; a scenario in one of them.

A future changes parameters and levers, never a configuration: the same choice is played in every
future, and every choice in the same futures. Capacity that follows demand was built on the
forecast, so it does not follow a future that turns out otherwise.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from files.validation import Number, problems_of
from files.yaml_document import read_document
from scenarios.errors import Problem, Said, ScenarioError, Wrong
from scenarios.parameters.keys import ParameterKey
from scenarios.parameters.levers import LeverName
from scenarios.parameters.registry import Confidence, limits, registry
from scenarios.schema.base import Text
from scenarios.schema.scenario import Lever, Override, Scenario
from scenarios.schema.vocabulary import NeighbourPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


FUTURES = "futures.yaml"
SHOWN_DIGITS = 4
OF_NEIGHBOURS = "neighbour."
"""How the names of parameters begin that say something of neighbours that have walls only."""


class Factor(BaseModel):
    """One uncertain thing: a range, and the parameters or the lever it moves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    unit: str = Field(min_length=1)
    low: Number = Field(allow_inf_nan=False, ge=0)
    high: Number = Field(allow_inf_nan=False, ge=0)
    times: tuple[str, ...] = Field(
        (), description="parameters that it multiplies; * stands for any letters"
    )
    sets: tuple[ParameterKey, ...] = Field((), description="parameters that it is the value of")
    lever: LeverName | None = Field(None, description="the lever that it pulls so hard")
    source: str = Field(min_length=1)
    confidence: Confidence

    @field_validator("times")
    @classmethod
    def _known(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            if not any(fnmatchcase(key, pattern) for key in registry()):
                raise Wrong(
                    "no parameter is called {pattern!r}; see `twentezorg show now`", pattern=pattern
                )
        return patterns

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if not self.low < self.high:
            raise Wrong("'low' must be below 'high'")
        if sum(map(bool, (self.times, self.sets, self.lever is not None))) != 1:
            raise Wrong("give one of 'times', 'sets' and 'lever'")
        if self.lever is not None and self.high > 1:
            raise Wrong("a lever can be pulled from 0 to 1")
        for key in self.moved():
            least, most = limits(_entry(key))
            worst = self.high if key in self.sets else registry()[key] * self.high
            if not least <= worst <= most:
                raise Wrong(
                    "{key} would become {worst:g}; allowed: {least:g} to {most:g}",
                    key=key,
                    worst=worst,
                    least=least,
                    most=most,
                )
        return self

    def moved(self) -> list[ParameterKey]:
        """Return the parameters that it multiplies or is the value of, sorted."""
        return [
            key
            for key in registry()
            if key in self.sets or any(fnmatchcase(key, pattern) for pattern in self.times)
        ]


def _entry(key: ParameterKey) -> Any:  # noqa: ANN401 - a Parameter
    return next(entry for entry in registry().entries() if entry.key == key)


def shipped_factors() -> Path:
    """Return the file of the factors that ship."""
    # A path: a user's own file may stand in its place.
    return Path(__file__).with_name(FUTURES)


def load_factors(path: Path | None = None) -> dict[str, Factor]:
    """Read the uncertain factors, those that ship when no file is given.

    Raises
    ------
    ScenarioError
        Listing every problem with file, line and field.
    """
    document = read_document(path or shipped_factors())
    factors: dict[str, Factor] = {}
    problems: list[Problem] = []
    for name, content in document.content.items():
        try:
            factors[name] = Factor.model_validate(content)
        except ValidationError as error:
            problems += problems_of(error, document, (name,))
    moved: dict[str, str] = {}
    for name, factor in factors.items():
        for key in (*factor.moved(), *([factor.lever.value] if factor.lever else [])):
            if key in moved:
                text = Said(
                    "moves {key}, which {other} moves already", {"key": key, "other": moved[key]}
                )
                problems.append(Problem(document.file, document.lines.get((name,)), name, text))
            moved[key] = name
    if problems:
        raise ScenarioError(problems)
    return factors


def in_play(factors: Mapping[str, Factor], scenarios: Iterable[Scenario]) -> dict[str, Factor]:
    """Return the factors that move anything: those of neighbours only where they have walls."""
    has_walls = any(
        scenario.policies.neighbours is NeighbourPolicy.SIMULATED for scenario in scenarios
    )
    return {
        name: factor
        for name, factor in factors.items()
        if has_walls or not _is_of_neighbours(factor)
    }


def _is_of_neighbours(factor: Factor) -> bool:
    return factor.lever is None and all(key.startswith(OF_NEIGHBOURS) for key in factor.moved())


def in_future(
    scenario: Scenario, factors: Mapping[str, Factor], values: Mapping[str, float], name: str
) -> Scenario:
    """Return the same configuration in a future.

    Parameters
    ----------
    factors
        The uncertain factors by name.
    values
        The value of each factor in this future, within its range.
    name
        Name of the future; the scenario is called by its own name and this one.

    Raises
    ------
    ScenarioError
        A parameter of the scenario leaves its limits.
    """
    now = {entry.key: entry for entry in scenario.effective_parameters().entries()}
    parameters = dict(scenario.parameters)
    levers = dict(scenario.levers)
    for key, factor in factors.items():
        value = values[key]
        source = f"future {name}: {key} {value:.{SHOWN_DIGITS}g}"
        if factor.lever is not None:
            levers[factor.lever] = Lever(
                strength=value,
                start=scenario.horizon_year,
                phase_in=0,
                source=source,
                confidence=factor.confidence,
            )
        for parameter in factor.moved():
            entry = now[parameter]
            base = scenario.parameters.get(parameter)
            own = value
            if parameter not in factor.sets:
                own *= registry()[parameter] if base is None else base.value
            least, most = limits(entry)
            if not least <= own <= most:
                raise ScenarioError.single(
                    scenario.name,
                    "would become {own:g} in {future}; allowed: {least:g} to {most:g}",
                    field=parameter,
                    own=own,
                    future=name,
                    least=least,
                    most=most,
                )
            parameters[parameter] = Override(value=own, source=source, confidence=factor.confidence)
    return scenario.model_copy(
        update={"name": f"{scenario.name}-{name}", "parameters": parameters, "levers": levers}
    )
