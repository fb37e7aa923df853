"""What a run in memory can be made into: a folder of files, a report, a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from results.decision.basis import decision_basis
from results.errors import ResultsError
from results.maps.choropleth import draw_map
from results.publication.publish import write_report, write_run
from results.runs.folder import check_out, read_run

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.dataset.dataset import DataSet
    from results.language.words import Words
    from results.runs.picture import Picture
    from results.runs.run import Run


@dataclass(frozen=True)
class Publication:
    """Publishes runs of one data set; see `results.runs.run.Publisher`.

    Parameters
    ----------
    data
        For maps, sheets and their sources.
    drawn
        Folder of what was drawn before, which isn't drawn again; None draws everything.
    started
        What `time.monotonic` gave when simulating began: the manifest says how long all took.
    jobs
        How many processes may draw.
    """

    data: DataSet
    drawn: Path | None = None
    started: float | None = None
    jobs: int = 1

    def save(self, run: Run, folder: Path, lang: str) -> Path:
        """Write all files of a run; an earlier run in the same folder is replaced."""
        write_run(folder, run, self.data, lang, self.drawn, self.started, self.jobs)
        return folder

    def report(
        self, run: Run, folder: Path, lang: str, weights: Path | None, futures: Path | None
    ) -> Path:
        """Write the report of a run in its folder, and whatever isn't there yet."""
        if not _holds(folder, run):
            self.save(run, folder, lang)
        chosen = decision_basis(folder, weights, futures)
        return write_report(folder, self.data, lang, chosen, self.jobs)

    def map(self, run: Run, scenario: str, function: str, words: Words) -> Picture:
        """Draw who is within the norm of a function in a scenario."""
        return draw_map(run, self.data, scenario, function, words)


def _holds(folder: Path, run: Run) -> bool:
    check_out(folder)
    try:
        return read_run(folder).replications.equals(run.replications)
    except ResultsError:
        return False
