"""The report of a run: one HTML file for people, that needs no network and no script.

This module gathers what the template `templates/report.html.j2` shows; wording of findings is in
`results.report.findings`, the numbers in the tables come from `results.report.tables`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from results.accessibility.within_norm import NORM_PROFILES, reach
from results.decision.analysis import Decision, decide
from results.decision.basis import DecisionBasis, as_shipped
from results.decision.pareto import draw_pareto, front_sentence
from results.decision.robustness import robustness
from results.decision.scores import choices, score_table
from results.decision.tipping import Verge, verge, verge_sentence
from results.kpis.criteria import weighed_groups
from results.language.words import Words, breakable
from results.links import MAPS, Link, file_links, sheet_links
from results.maps.choropleth import alt_text, map_file, question, reading_help, source_line
from results.maps.interactive import map_payload
from results.rendering.templates import template
from results.report.abroad import abroad_table
from results.report.destinations import destinations
from results.report.findings import answers, overall
from results.report.measured import beside_measured
from results.report.neighbours import asked_of_neighbours
from results.report.people_and_costs import crews_for, people_lines, price_lines
from results.report.ranking import ranking_payload
from results.report.scorecard import scorecard
from results.report.tables import ReachabilityColumn, assumptions, choice, flows, reach_table
from results.report.uncertainties import first_uncertainties

if TYPE_CHECKING:
    from geodata.dataset.dataset import DataSet
    from results.decision.conclusion import Conclusion
    from results.runs.run import Run

SCRIPTS = ("ranking.js", "map_minutes.js", "map.js")
ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


SOURCE_PARTS = ("title", "name", "attribution", "licence", "date")
"""What a report says of a source, in this order."""


def render(
    run: Run,
    data: DataSet,
    maps: Mapping[tuple[str, str], bytes],
    words: Words,
    made: Sequence[Link] = (),
    chosen: DecisionBasis | None = None,
) -> str:
    """Write the report of a run as HTML.

    Parameters
    ----------
    run
        What was found.
    data
        The data set that the run used, for the interactive map.
    maps
        PNG files by scenario and function, as a run's folder holds them.
    words
        The reader's language.
    made
        What else was made beside the report, as `results.links.made_beside` lists it.
    chosen
        Whose weights and which futures; those that ship and none when left out.

    Returns
    -------
    str
        A self-contained page: styles and maps are inside, and its security policy allows nothing
        from elsewhere. All text from scenario files is escaped.
    """
    style = _text("report.css")
    script = "".join(_text(name) for name in SCRIPTS)
    chosen = chosen or as_shipped()
    found = answers(run, words)
    offered = choices(run, score_table(run))
    decision = decide(run, chosen.stakeholders, chosen.futures) if offered else None
    verdicts = decision.verdicts if decision else ()
    return template(__package__, "report.html.j2", words).render(
        lang=words.lang.value,
        style=style,
        style_hash=_content_hash(style),
        script=script,
        script_hash=_content_hash(script),
        scorecard=scorecard(run, words),
        ranking=ranking_payload(verdicts, words, chosen.stakeholders),
        verges=tuple(verge_sentence(_verge(verdict), words) for verdict in verdicts),
        weighed=weighed_groups(),
        robustness=robustness(decision, words) if decision else (),
        trade_off=_trade_off(decision, words) if decision else None,
        people=people_lines(decision, words, chosen.crews) if decision else (),
        crews_for=crews_for(chosen.crews, words),
        map=map_payload(run, data, words),
        words=words,
        breakable=breakable,
        scenarios=run.scenarios,
        overall=overall(run, found, words),
        answers=found,
        choice=choice(run, words),
        reach=[_reachability(run, maps, words, function) for function in NORM_PROFILES],
        abroad=abroad_table(run, data, words),
        destinations=destinations(run, words),
        asked=asked_of_neighbours(run, chosen.futures, words),
        flows=flows(run, words),
        measured=beside_measured(run, words),
        assumptions=assumptions(run, words),
        futures=0 if chosen.sweep is None else chosen.sweep.count,
        prices=price_lines(words),
        uncertainties=first_uncertainties(words, chosen.sweep),
        sources=[_said(source, words) for source in _listed(run.manifest["data"]["sources"])],
        licences=[_said(licence, words) for licence in _listed(run.manifest["data"]["licences"])],
        source_line=source_line(run, words),
        facts=_facts(run, words),
        sheets=sheet_links(run),
        pages={sheet.name: sheet.page for sheet in sheet_links(run)},
        files=(*file_links(words), *made),
    )


def _verge(verdict: Conclusion) -> Verge:
    return verge(verdict.choice, verdict.places(dict.fromkeys(weighed_groups(), 1.0)))


def _trade_off(decision: Decision, words: Words) -> dict[str, object]:
    """Give the picture of near to home against all the rest, and what it says in words."""
    picture = draw_pareto(decision, words, "png")
    return {
        "png": base64.b64encode(picture).decode("ascii"),
        "sentences": [front_sentence(verdict, words) for verdict in decision.verdicts],
    }


def _text(name: str) -> str:
    return files(__package__).joinpath("templates", name).read_text(encoding="utf-8")


def _reachability(
    run: Run, maps: Mapping[tuple[str, str], bytes], words: Words, function: str
) -> dict[str, object]:
    norm = reach(run, run.scenarios[0].name, function).norm
    table = reach_table(run, words, function)
    alike: dict[bytes, list[ReachabilityColumn]] = {}
    for column in table.columns:
        alike.setdefault(maps[column.scenario.name, function], []).append(column)
    gallery = [
        {
            "png": base64.b64encode(png).decode("ascii"),
            "alt": alt_text(run, columns[0].scenario, function, words),
            "columns": [
                (column, f"{MAPS}/{map_file(column.scenario.name, function, 'svg')}")
                for column in columns
            ],
        }
        for png, columns in alike.items()
    ]
    return {
        "function": function,
        "title": question(words, function, norm),
        "help": reading_help(words, function, norm),
        "table": table,
        "gallery": gallery,
    }


def _facts(run: Run, words: Words) -> list[tuple[str, str]]:
    """List what someone needs to repeat the run."""
    _ = words.gettext
    facts = run.manifest
    return [
        (_("Version of twentezorg"), str(facts["version"])),
        (_("Command"), str(facts["command"])),
        (_("Seed of the random numbers"), str(facts["seed"])),
        (_("Replications"), words.number(int(facts["replications"]))),
        (_("Weeks in each replication"), words.number(int(facts["weeks"]))),
        (_("Weeks of warm-up, not counted"), words.number(int(facts["warmup_weeks"]))),
        (_("Norms"), str(facts["norms"])),
        (_("Data set"), str(facts["data"]["name"])),
    ]


def _listed(entries: object) -> list[object]:
    """Take sources as a list, whether a manifest names them or not."""
    if isinstance(entries, Mapping):
        return list(entries.values())
    return list(entries) if isinstance(entries, list | tuple) else [entries]


def _said(source: object, words: Words) -> str:
    """Say a source as a line, its ISO dates as the reader writes them."""
    if isinstance(source, Mapping):
        parts = [str(source[key]) for key in SOURCE_PARTS if source.get(key)]
        source = "; ".join(parts or [str(part) for part in source.values()])
    return ISO_DAY.sub(lambda match: words.day(match.group()), str(source))


def _content_hash(text: str) -> str:
    """Hash a text the way a Content-Security-Policy names it."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
