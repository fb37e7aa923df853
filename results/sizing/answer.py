"""What a search for capacity found: levels, between which the least lies, and every step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from results.language.terminal import reader
from results.language.words import Words, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from results.sizing.decision_variables import DecisionVariable
    from results.sizing.search import Attempt, Search
    from scenarios.schema.scenario import Scenario


@dataclass(frozen=True, repr=False)
class Sizing:
    """The least capacity at which targets hold.

    Attributes
    ----------
    asked, scenario
        The scenario as it was, and with the capacity that was found.
    levels
        How much of each resource, in the fullest shift.
    bounds
        Between which levels of the only resource the least lies (95%), None above where the most
        that was tried isn't sure; nothing of several resources or from one replication.
    steps
        Every step of the search, a row per target, and in the last rows the answer:
        `results.sizing.search.FOUND_COLUMNS`.
    """

    asked: Scenario
    scenario: Scenario
    levels: Mapping[DecisionVariable, int]
    bounds: tuple[int, int | None] | None
    steps: pd.DataFrame

    @classmethod
    def of(cls, search: Search, best: Attempt, asked: Scenario, scenario: Scenario) -> Sizing:
        """Return the answer of a search; what its bounds ask for is simulated now."""
        bounds = search.range_of(best)
        steps = search.found(best, asked.name, asked.horizon_year)
        return cls(asked, scenario, best.levels, bounds, steps)

    def text(self, lang: str | None = None) -> str:
        """Return each resource's least level with its interval, and its rosters.

        Parameters
        ----------
        lang
            `nl` or `en`; the language of the terminal when left out.
        """
        own = words(lang) if lang else reader()
        _ = own.gettext
        head = _("least capacity at which every target holds in {name}:")
        lines = [head.format(name=self.asked.name)]
        for variable, level in self.levels.items():
            before = (
                ""
                if self.asked.to_be_sized()
                else _(" (now {level})").format(level=variable.level(self.asked))
            )
            rosters = "; ".join(
                f"{place} {roster.written()}"
                for place, roster in variable.rosters(self.scenario).items()
            )
            shift = _("in the fullest shift")
            lines.append(f"{variable}: {level}{self._between(own)} {shift}{before}: {rosters}")
        return "\n".join(lines)

    def _between(self, own: Words) -> str:
        if self.bounds is None:
            return ""
        low, high = self.bounds
        if high is None:
            return own.gettext(" (95%: {low} or more)").format(low=low)
        return own.gettext(" (95%: {low} to {high})").format(low=low, high=high)

    def __repr__(self) -> str:
        found = ", ".join(f"{variable} {level}" for variable, level in self.levels.items())
        return f"<Sizing of {self.asked.name}: {found}>"

    def _repr_html_(self) -> str:
        return str(self.steps.to_html(index=False, border=0))
