"""Writes a decision into the folder of its run."""

from pathlib import Path

from results.decision import Decision
from results.decision_files import decision_json, decision_tables
from results.pareto import draw_pareto
from results.run import Run
from results.run_folder import beside
from results.tables import write_csv
from results.text import words

PREFIX = "decision"


def write_decision(folder: Path, run: Run, decision: Decision, lang: str) -> Path:
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

    Returns
    -------
    pathlib.Path
        `decision.json`.

    Raises
    ------
    ResultsError
        The folder can't be written.
    """
    with beside(folder, PREFIX) as stage:
        (stage / "decision.json").write_text(decision_json(decision, run), encoding="utf-8")
        for name, table in decision_tables(decision, run).items():
            write_csv(table, stage / name)
        for kind in ("png", "svg"):
            picture = draw_pareto(decision, words(lang), kind)
            (stage / f"decision-pareto.{kind}").write_bytes(picture)
    return folder / "decision.json"
