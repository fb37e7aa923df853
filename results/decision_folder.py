"""Writes a decision into the folder of its run."""

import shutil
from pathlib import Path

from results.decision import Decision
from results.decision_files import decision_json, decision_tables
from results.pareto import draw_pareto
from results.run import Run
from results.run_folder import beside
from results.tables import write_csv
from results.text import words
from results.weighed import KEPT_OF_A_SWEEP, SWEEP

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
