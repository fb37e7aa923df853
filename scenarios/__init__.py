"""What is asked: scenario files, parameters with their source, demand in a horizon year.

>>> import scenarios
>>> scenarios.load("single-enschede").horizon_year
2034

The names below are what a user needs; each is imported from where it lives when it is asked for, so
that a command which needs none of it starts at once.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.errors import ScenarioError as ScenarioError
    from scenarios.files.loading import load as load
    from scenarios.files.loading import schema_text as schema_text
    from scenarios.files.shipped import shipped_names as shipped_names
    from scenarios.futures import Factor as Factor
    from scenarios.futures import in_future as in_future
    from scenarios.futures import load_factors as load_factors
    from scenarios.parameters.registry import Confidence as Confidence
    from scenarios.parameters.registry import Parameter as Parameter
    from scenarios.parameters.registry import Parameters as Parameters
    from scenarios.parameters.registry import registry as registry
    from scenarios.schema.policies import Policies as Policies
    from scenarios.schema.rosters import Roster as Roster
    from scenarios.schema.scenario import Scenario as Scenario
    from scenarios.schema.sites import Site as Site
    from scenarios.schema.surge import Surge as Surge
    from scenarios.schema.vocabulary import Function as Function
    from scenarios.schema.vocabulary import Resource as Resource

    __version__: str

_HOMES = {
    "Confidence": "scenarios.parameters.registry",
    "Factor": "scenarios.futures",
    "Function": "scenarios.schema.vocabulary",
    "Parameter": "scenarios.parameters.registry",
    "Parameters": "scenarios.parameters.registry",
    "Policies": "scenarios.schema.policies",
    "Resource": "scenarios.schema.vocabulary",
    "Roster": "scenarios.schema.rosters",
    "Scenario": "scenarios.schema.scenario",
    "ScenarioError": "scenarios.errors",
    "Site": "scenarios.schema.sites",
    "Surge": "scenarios.schema.surge",
    "in_future": "scenarios.futures",
    "load": "scenarios.files.loading",
    "load_factors": "scenarios.futures",
    "registry": "scenarios.parameters.registry",
    "schema_text": "scenarios.files.loading",
    "shipped_names": "scenarios.files.shipped",
}
__all__ = [
    "Confidence",
    "Factor",
    "Function",
    "Parameter",
    "Parameters",
    "Policies",
    "Resource",
    "Roster",
    "Scenario",
    "ScenarioError",
    "Site",
    "Surge",
    "in_future",
    "load",
    "load_factors",
    "registry",
    "schema_text",
    "shipped_names",
]


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a name of the face from its home (PEP 562)."""
        if name == "__version__":
            return version("twentezorg")
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the face."""
    return [*__all__]
