"""What a user asks for: which scenarios, how often and how long."""

from __future__ import annotations

from dataclasses import dataclass
from gettext import gettext as spoken
from pathlib import Path
from typing import TYPE_CHECKING, Any

from results.workflows.defaults import QUICK, USUAL
from scenarios.errors import ScenarioError
from scenarios.files.loading import load
from scenarios.files.shipped import BASELINE, shipped_names
from scenarios.lines.people_file import read_people, with_people
from scenarios.schema.scenario import Scenario
from scenarios.schema.vocabulary import StaffPolicy
from sim.replication.replicate import Setting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from results.workflows.defaults import Length
    from sim.replication.outcome import Measure


@dataclass(frozen=True)
class Asked:
    """How replications are asked for; None: what is usual, or what the scenarios say."""

    seed: int = 1
    weeks: int | None = None
    warmup: int | None = None
    data: Path | None = None
    is_quick: bool = False

    def options(self) -> dict[str, Any]:
        """Return it as the workflows take it, by name."""
        return {
            "seed": self.seed,
            "weeks": self.weeks,
            "warmup": self.warmup,
            "data": self.data,
            "quick": self.is_quick,
        }

    def setting(
        self, scenarios: Sequence[Scenario], measure: Measure, usual: Length = USUAL
    ) -> Setting:
        """Return how each replication is simulated, with the longest warm-up of the scenarios."""
        longest = max(scenario.warmup.weeks for scenario in scenarios)
        return Setting(
            seed=self.seed,
            weeks=self.weeks or self.length(usual).weeks,
            warmup=longest if self.warmup is None else self.warmup,
            data_folder=self.data,
            measure=measure,
        )

    def length(self, usual: Length = USUAL) -> Length:
        """Return what is usual, or little for a first look."""
        return QUICK if self.is_quick else usual


def with_own_people(scenarios: Sequence[Scenario], path: Path | None) -> list[Scenario]:
    """Return scenarios in which teams have the people of a file, counted by their policy.

    Parameters
    ----------
    path
        A CSV file of the hospitals' own numbers; None leaves scenarios as they are.

    Raises
    ------
    FileError
        With file, line, column and what is allowed.
    """
    if path is None:
        return list(scenarios)
    sites = {key for one in scenarios for key, site in one.sites.items() if site.role == "twente"}
    sizes = read_people(path, sites)
    counted = []
    for scenario in scenarios:
        policies = scenario.policies
        if policies.staff is StaffPolicy.AS_TODAY:
            policies = policies.model_copy(update={"staff": StaffPolicy.AS_AVAILABLE})
        own = {key: size for key, size in sizes.items() if key[0] in scenario.sites}
        counted.append(with_people(scenario.model_copy(update={"policies": policies}), own))
    return counted


def data_folder(data: Path | str | None) -> Path | None:
    """Return the folder of a data set, which Python may give as text; None is the starter's."""
    return None if data is None else Path(data)


def chosen(names: Sequence[Scenario | str | Path], settings: Sequence[str] = ()) -> list[Scenario]:
    """Return scenarios, given as they are or by name or file; all that ship where none is named.

    Raises
    ------
    ScenarioError
        One doesn't exist or has problems, or two have the same name.
    """
    found = [
        one if isinstance(one, Scenario) else load(str(one), settings)
        for one in names or shipped_names()
    ]
    if not names:  # a surge or a closure elsewhere tests a configuration, and is none to choose
        found = [one for one in found if not one.surge.is_any and not one.closures_elsewhere()]
    seen: set[str] = set()
    for scenario in found:
        if scenario.name in seen:
            raise ScenarioError.single(scenario.name, "is named twice; names must differ")
        seen.add(scenario.name)
    return found


def baseline_or_now(baseline: Scenario | None, named: Sequence[Scenario] = ()) -> Scenario:
    """Return what scenarios are compared with: as given, or `now` as it ships.

    How neighbours are modelled is no choice of the region: doing nothing has it as all scenarios
    have it, where these agree.
    """
    now = load(BASELINE) if baseline is None else baseline
    models = {scenario.policies.neighbours for scenario in named}
    if len(models) != 1 or now.policies.neighbours in models:
        return now
    policies = now.policies.model_copy(update={"neighbours": models.pop()})
    return now.model_copy(update={"policies": policies})


def baseline_warning(baseline: Scenario) -> str:
    """Say that doing nothing isn't what ships, and in what; nothing where it is.

    Settings count for the baseline too, so what they change cannot show as a difference.
    """
    now = load(BASELINE)
    other = [key for key in type(now).model_fields if getattr(baseline, key) != getattr(now, key)]
    if not other:
        return ""
    return spoken(
        "note: doing nothing differs from the `now` that ships, in {fields}: --set counts for it "
        "too, so the comparison does not show what that changes"
    ).format(fields=", ".join(other))
