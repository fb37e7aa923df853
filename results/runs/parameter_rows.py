"""What `parameters.csv` holds and `show` prints: every number in force, with its source.

Plain rows, as a terminal needs them at once and no table for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.schema.scenario import Scenario


def parameter_rows(scenario: Scenario) -> list[dict[str, object]]:
    """Return every parameter in force and every roster, a row each: key, value, unit, source."""
    rows: list[dict[str, object]] = [
        {
            "key": entry.key,
            "value": f"{entry.value:g}",
            "unit": entry.unit,
            "source": entry.source,
            "year": entry.year,
            "confidence": entry.confidence.value,
        }
        for entry in scenario.effective_parameters().entries()
    ]
    rosters = {
        f"sites.{key}.{resource.value}": roster
        for key, site in scenario.sites.items()
        for resource, roster in site.capacity.items()
    } | {f"ambulance.{post}": roster for post, roster in scenario.ambulance.items()}
    rows += [
        {
            "key": key,
            "value": roster.written(),
            "unit": "by shift" if roster.always is None else "number",
            "source": roster.source,
            "year": "",
            "confidence": roster.confidence.value,
        }
        for key, roster in sorted(rosters.items())
    ]
    return rows
