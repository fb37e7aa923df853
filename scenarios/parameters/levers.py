"""Policy levers: care at home, technology, streamlined pathways, each with a phase-in.

A lever changes parameters, so that `twentezorg show` tells what is in force. Draws keep their
random numbers: the same patients come, fewer of them or for a shorter time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from scenarios.parameters.registry import Confidence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenarios.parameters.keys import ParameterKey
    from scenarios.parameters.registry import Parameter, Parameters


class PulledLever(Protocol):
    """A lever of a scenario."""

    @property
    def strength(self) -> float:
        """Share of the full effect."""

    def phased_in(self, year: int) -> float:
        """Return which part works in a year."""


class LeverName(StrEnum):
    """What policy can do about demand; the effects are the parameters `lever.*`."""

    CARE_AT_HOME = "care_at_home"
    TECHNOLOGY = "technology"
    PATHWAYS = "pathways"


_STAYS: tuple[ParameterKey, ...] = (
    "ward.los.under_65.mean",
    "ward.los.65_79.mean",
    "ward.los.80_plus.mean",
    "ward.los.elective.mean",
)
_DELAYED: tuple[ParameterKey, ...] = (
    "ward.delayed.share.under_65",
    "ward.delayed.share.65_79",
    "ward.delayed.share.80_plus",
)
_DIAGNOSTICS: tuple[ParameterKey, ...] = (
    "ed.lab.mean",
    "ed.lab.sd",
    "ed.xray.mean",
    "ed.xray.sd",
    "ed.ct.mean",
    "ed.ct.sd",
)


@dataclass(frozen=True)
class _Effect:
    """What a lever at full strength takes away: the share in `key` of each of `of`."""

    key: ParameterKey
    of: tuple[ParameterKey, ...] = ()
    adds_to: ParameterKey | None = None


EFFECTS: dict[LeverName, tuple[_Effect, ...]] = {
    LeverName.CARE_AT_HOME: (
        _Effect("lever.care_at_home.visits", adds_to="demand.avoided.visits"),
        _Effect("lever.care_at_home.admissions", adds_to="demand.avoided.admissions"),
        _Effect("lever.care_at_home.delayed", _DELAYED),
    ),
    LeverName.TECHNOLOGY: (
        _Effect("lever.technology.stays", _STAYS),
        _Effect("lever.technology.diagnostics", _DIAGNOSTICS),
    ),
    LeverName.PATHWAYS: (
        _Effect("lever.pathways.consult", ("ed.consult.mean", "ed.consult.sd")),
        _Effect("lever.pathways.boarding", ("ed.boarding.mean", "ed.boarding.sd")),
        _Effect("lever.pathways.delayed", _DELAYED),
    ),
}


def with_levers(
    parameters: Parameters, levers: Mapping[LeverName, PulledLever], year: int
) -> Parameters:
    """Return the parameters in force in a year when levers are pulled.

    Two levers on the same parameter multiply what they leave.
    """
    entries = {entry.key: entry for entry in parameters.entries()}
    changed: dict[ParameterKey, Parameter] = {}
    for name, effects in EFFECTS.items():
        lever = levers.get(name)
        pulled = lever.strength * lever.phased_in(year) if lever else 0.0
        for effect in effects:
            taken = pulled * parameters[effect.key]
            if taken == 0:
                continue
            for key in effect.of:
                entry = changed.get(key, entries[key])
                changed[key] = _less(entry, entry.value * (1 - taken), name, taken)
            if effect.adds_to is not None:
                entry = changed.get(effect.adds_to, entries[effect.adds_to])
                left = (1 - entry.value) * (1 - taken)
                changed[effect.adds_to] = _less(entry, 1 - left, name, taken)
    return parameters.with_values(changed) if changed else parameters


def _less(entry: Parameter, value: float, lever: LeverName, taken: float) -> Parameter:
    return replace(
        entry,
        value=value,
        source=f"lever {lever} takes {taken:.1%} off: {entry.source}",
        confidence=Confidence.ENGINEERING_ESTIMATE,
    )
