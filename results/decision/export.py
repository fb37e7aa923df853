"""A decision as tables and files, in the folder of its run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from files.formulas import write_csv
from results.decision.analysis import DRAWS, Decision
from results.decision.basis import KEPT_OF_A_SWEEP, SWEEP
from results.decision.conclusion import CERTAIN, Best, Conclusion, OverFutures, Ranking
from results.decision.costs import cost_table
from results.decision.sentences import closing_sentences, decision_sentences
from results.decision.smaa import Acceptability, group_names
from results.kpis.criteria import criteria, groups
from results.language.words import Lang, words
from results.runs.folder import beside

if TYPE_CHECKING:
    from pathlib import Path

    from results.runs.run import Run
    from results.statistics.prim import Box

FORMAT = 2
"""Rises when a reader of `decision.json` would have to change."""

RANKING_COLUMNS = (
    "horizon_year",
    "weights",
    "scenario",
    "total",
    "low",
    "high",
    "rank",
    "rank_best",
    "rank_worst",
    "probability_first",
    "probability_first_change",
    "outranking_flow",
)


def decision_json(decision: Decision, run: Run) -> str:
    """Write the whole decision as JSON; what isn't known is null."""
    document = {
        "format": FORMAT,
        "version": run.manifest.get("version"),
        "seed": decision.seed,
        "replications": decision.replications,
        "draws": DRAWS,
        "certain": CERTAIN,
        "groups": [asdict(group) for group in groups().values()],
        "criteria": [asdict(criterion) for criterion in criteria().values()],
        "stakeholders": [
            {"name": s.name, "title": dict(s.title), "why": dict(s.why), "points": dict(s.points)}
            for s in decision.stakeholders.values()
        ],
        "scores": decision.scores.to_dict("records"),
        "costs": cost_table(run).to_dict("records"),
        "people_and_costs": _people(decision),
        "choices": [_verdict(decision, verdict) for verdict in decision.verdicts],
        "closing": {lang.value: closing_sentences(words(lang)) for lang in Lang},
    }
    return json.dumps(_plain(document), indent=1, ensure_ascii=False, sort_keys=False) + "\n"


def decision_tables(decision: Decision, run: Run) -> Mapping[str, pd.DataFrame]:
    """Return the tables, by file name."""
    tables = {
        "decision.csv": ranking_table(decision),
        "decision-scores.csv": decision.scores,
        "decision-acceptability.csv": _acceptability_table(decision),
        "decision-best.csv": _best_table(decision),
        "decision-costs.csv": cost_table(run),
        "decision-people.csv": decision.people.rename_axis("scenario").reset_index(),
    }
    if any(verdict.over_futures for verdict in decision.verdicts):
        tables["decision-regret.csv"] = _regret_table(decision)
    return tables


def ranking_table(decision: Decision) -> pd.DataFrame:
    """Return totals, ranks and certainty by year, weight set and scenario: `RANKING_COLUMNS`.

    A rank is given only where the intervals part; `rank_best` and `rank_worst` are what is open.
    """
    rows = [
        (
            verdict.choice.year,
            ranking.stakeholder.name,
            verdict.choice.names[at],
            ranking.totals[at],
            ranking.low[at],
            ranking.high[at],
            best if best == worst else np.nan,
            best,
            worst,
            ranking.first[at],
            ranking.first_change[at],
            ranking.flows[at],
        )
        for verdict in decision.verdicts
        for ranking in verdict.rankings
        for at, (best, worst) in enumerate(ranking.places)
    ]
    return pd.DataFrame(rows, columns=list(RANKING_COLUMNS))


def _acceptability_table(decision: Decision) -> pd.DataFrame:
    """Return by rank the weights with which it is certain, and how often draws give it.

    Where the certain shares of a configuration add up to less than 1, its rank is open there: the
    intervals don't part.
    """
    rows = [
        (
            *(verdict.choice.year, method, name, rank + 1),
            *(found.certain[at, rank], found.ranks[at, rank], found.confidence[at]),
        )
        for verdict in decision.verdicts
        for method, found in (
            ("weighted sum", verdict.sums),
            ("outranking", verdict.outranking),
        )
        for at, name in enumerate(verdict.choice.names)
        for rank in range(len(verdict.choice.names))
    ]
    columns = [
        *("horizon_year", "method", "scenario", "rank"),
        *("share_of_weights_certain", "share_of_draws", "confidence_first"),
    ]
    return pd.DataFrame(rows, columns=columns)


def _best_table(decision: Decision) -> pd.DataFrame:
    rows = [
        (
            verdict.choice.year,
            best.criterion.name,
            name,
            best.probability[at],
            verdict.ahead[at, place],
            verdict.behind[at, place],
            best.left[at],
            best.kn_replications,
            best.ocba[at],
        )
        for verdict in decision.verdicts
        for place, best in enumerate(verdict.best)
        for at, name in enumerate(verdict.choice.names)
    ]
    columns = [
        "horizon_year",
        "criterion",
        "scenario",
        "probability_best",
        "ahead_of_nothing",
        "behind_nothing",
        "kn_left",
        "kn_replications_at_most",
        "ocba_share",
    ]
    return pd.DataFrame(rows, columns=columns)


def _regret_table(decision: Decision) -> pd.DataFrame:
    rows = []
    for verdict in decision.verdicts:
        over = verdict.over_futures
        if over is None:
            continue
        for at, name in enumerate(verdict.choice.names):
            row = {
                "horizon_year": verdict.choice.year,
                "weights": over.stakeholder.name,
                "scenario": name,
                "futures": over.futures,
                "share_first": over.first[at],
                "largest_regret": over.regret[at],
                "share_as_good_as_nothing": over.as_good_as_nothing[at],
            }
            norms = {f"share_norm_{key}": met[at] for key, met in over.norms.items()}
            rows.append(row | norms)
    return pd.DataFrame(rows)


def _people(decision: Decision) -> dict[str, dict[str, float]]:
    table = decision.people
    return {str(name): dict(zip(table.columns, row, strict=True)) for name, row in table.iterrows()}


def _verdict(decision: Decision, verdict: Conclusion) -> dict[str, Any]:
    choice = verdict.choice
    return {
        "year": choice.year,
        "scenarios": choice.names,
        "baseline": choice.names[0],
        "criteria": [criterion.name for criterion in choice.criteria],
        "unjudged": [criterion.name for criterion in choice.unjudged],
        "scores": choice.scores,
        "ahead": verdict.ahead,
        "behind": verdict.behind,
        "rankings": [_ranking(verdict, ranking) for ranking in verdict.rankings],
        "acceptability": _acceptability(verdict, verdict.sums),
        "outranking_acceptability": _acceptability(verdict, verdict.outranking),
        "best": [_best(best) for best in verdict.best],
        "dominated_by": [[choice.names[i] for i in over] for over in verdict.dominated_by],
        "over_futures": _over_futures(verdict.over_futures) if verdict.over_futures else None,
        "sentences": {
            lang.value: decision_sentences(decision, verdict, words(lang)) for lang in Lang
        },
    }


def _ranking(verdict: Conclusion, ranking: Ranking) -> dict[str, Any]:
    winner = ranking.winner
    return {
        "weights_of": ranking.stakeholder.name,
        "weights": ranking.weights,
        "totals": ranking.totals,
        "low": ranking.low,
        "high": ranking.high,
        "places": ranking.places,
        "probability_first": ranking.first,
        "probability_first_change": ranking.first_change,
        "winner": None if winner is None else verdict.choice.names[winner],
        "candidates": [verdict.choice.names[at] for at in ranking.candidates],
        "outranking_flows": ranking.flows,
        "outranking_agrees": ranking.outranking_agrees,
    }


def _acceptability(verdict: Conclusion, found: Acceptability) -> dict[str, Any]:
    return {
        "groups": group_names(verdict.choice.criteria),
        "ranks_certain": found.certain,
        "ranks_drawn": found.ranks,
        "central_weights": found.central,
        "confidence": found.confidence,
    }


def _best(best: Best) -> dict[str, Any]:
    return {
        "criterion": best.criterion.name,
        "probability": best.probability,
        "kn_left": best.left,
        "kn_replications_at_most": best.kn_replications,
        "ocba": best.ocba,
    }


def _over_futures(over: OverFutures) -> dict[str, Any]:
    return {
        "weights_of": over.stakeholder.name,
        "futures": over.futures,
        "share_first": over.first,
        "largest_regret": over.regret,
        "share_as_good_as_nothing": over.as_good_as_nothing,
        "share_norms_met": dict(over.norms),
        "ranks": over.ranks,
        "share_loses": over.lose_share,
        "wins_where": [_box(box) for box in over.wins],
        "loses_where": [_box(box) for box in over.loses],
    }


def _box(box: Box | None) -> dict[str, Any] | None:
    return None if box is None else asdict(box)


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON's own shape
    """Turn arrays into lists, and what isn't a finite number into null."""
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return float(f"{value:.10g}") if isfinite(value) else None
    return value


PREFIX = "decision"


def write_decision(
    folder: Path, run: Run, decision: Decision, lang: str, sweep: Path | None = None
) -> Path:
    """Write `decision.json`, the tables and the picture; an earlier decision is replaced.

    Parameters
    ----------
    folder
        The run's folder.
    run
        The run.
    decision
        Its decision.
    lang
        The language of the picture; the JSON has both.
    sweep
        Folder of the futures that were weighed: its tables are kept too, for the report.

    Returns
    -------
    pathlib.Path
        `decision.json`.

    Raises
    ------
    ResultsError
        The folder can't be written.
    """
    from results.decision.pareto import draw_pareto  # noqa: PLC0415 - loads what draws

    with beside(folder, PREFIX) as stage:
        (stage / "decision.json").write_text(decision_json(decision, run), encoding="utf-8")
        for name, table in decision_tables(decision, run).items():
            write_csv(table, stage / name)
        for kind in ("png", "svg"):
            picture = draw_pareto(decision, words(lang), kind)
            (stage / f"decision-pareto.{kind}").write_bytes(picture)
        if sweep is not None:
            (stage / SWEEP).mkdir()
            for path in (sweep / name for name in KEPT_OF_A_SWEEP):
                if path.is_file():
                    shutil.copyfile(path, stage / SWEEP / path.name)
    return folder / "decision.json"
