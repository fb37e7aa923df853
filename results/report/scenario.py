"""A scenario as a terminal shows it: sites, sessions, and every number in force with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from results.language.confidence import confidence_labels
from results.language.parameter_names import parameter_name, translated
from results.language.words import words
from results.runs.parameter_rows import parameter_rows

if TYPE_CHECKING:
    from scenarios.schema.scenario import Scenario


def scenario_text(scenario: Scenario, lang: str) -> str:
    """Return the sites of a scenario and a line for each number.

    Parameters
    ----------
    scenario
        The scenario, whole.
    lang
        `nl` or `en`; keys and hours stay as scenario files write them.
    """
    reader = words(lang)
    _ = reader.gettext
    labels = confidence_labels(reader)
    place, closed, elective = _("site"), _("closed"), _("elective sessions")
    lines = [
        f"{scenario.name}: {reader.of(scenario.title.model_dump())}",
        _("horizon year {year}, norms {norms}").format(
            year=scenario.horizon_year, norms=scenario.norms
        ),
    ]
    for key, site in scenario.active_sites().items():
        hours = ", ".join(f"{name} {text}" for name, text in site.open.items())
        lines.append(f"{place} {key:<10} {site.name}: {hours or closed}")
        lines += [
            f"     {key:<10} {elective}: {sessions.written()}" for sessions in site.theatre_schedule
        ]
    for row in parameter_rows(scenario):
        key, name = str(row["key"]), parameter_name(str(row["key"]), reader)
        known = labels.get(str(row["confidence"]), str(row["confidence"]))
        lines.append(
            f"{key:<46} {row['value']:>10} {translated(str(row['unit']), reader):<30} {known:<26} "
            f"{name + ': ' if name else ''}{translated(str(row['source']), reader)}"
        )
    return "\n".join(lines)
