"""What is asked: scenario files, parameters with their source, demand in a horizon year.

>>> import scenarios
>>> scenarios.load("single-enschede").horizon_year
2034

The names below are what a user needs; each is imported from where it lives when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from files.errors import FileError as FileError
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
else:
    from files.face import face

    __all__, __dir__, __getattr__ = face(
        __name__,
        {
            "files.errors": ("FileError",),
            "scenarios.errors": ("ScenarioError",),
            "scenarios.files.loading": ("load", "schema_text"),
            "scenarios.files.shipped": ("shipped_names",),
            "scenarios.futures": ("Factor", "in_future", "load_factors"),
            "scenarios.parameters.registry": ("Confidence", "Parameter", "Parameters", "registry"),
            "scenarios.schema.policies": ("Policies",),
            "scenarios.schema.rosters": ("Roster",),
            "scenarios.schema.scenario": ("Scenario",),
            "scenarios.schema.sites": ("Site",),
            "scenarios.schema.surge": ("Surge",),
            "scenarios.schema.vocabulary": ("Function", "Resource"),
        },
    )
