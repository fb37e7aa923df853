"""A sweep and its files: futures, KPIs in each, what surrogates miss, and what matters most."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from files.formulas import write_csv
from results.decision.futures import FACTORS, LEAST_EXPLAINED, SENSITIVITY, SURROGATES, VALUES
from results.errors import ResultsError
from results.kpis.catalogue import kpi as catalogued
from results.language.terminal import reader
from results.language.words import words
from results.runs.folder import staged
from results.statistics.sensitivity import Method

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import pandas as pd

    from results.exploration.sweep import DrawnFutures
    from results.kpis.catalogue import Kpi
    from results.language.words import Words


PICTURE = "sensitivity.png"
MANIFEST = "sweep.json"
SHOWN_FACTORS = 3
LABEL_WIDTH = 58
_CELL_INCHES = (0.95, 0.42)
_DARK = 0.6  # of the colour scale; beyond it figures are white
_DPI = 130


def check_sweep_out(out: Path) -> None:
    """Refuse a folder that a sweep may not replace; worth asking before a long one.

    Raises
    ------
    ResultsError
        `out` is a file, or a folder with other things in it than an earlier sweep.
    """
    if out.is_file():
        raise ResultsError("{path} is a file; give a folder for the sweep", path=out)
    if out.exists() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise ResultsError(
            "{path} holds files that no sweep wrote; give an empty or a new folder", path=out
        )


@dataclass(frozen=True, repr=False)
class Sweep:
    """Configurations in many futures, and which uncertainty matters for which figure.

    Attributes
    ----------
    manifest
        The facts of the sweep.
    futures
        What was drawn.
    kpis
        Every KPI in every future, simulated or from a surrogate.
    surrogates
        What the surrogates miss in futures they have not seen.
    sensitivity
        How much each uncertainty matters for each KPI.

    Tables have the columns that `results.exploration.sweep` names.
    """

    manifest: Mapping[str, Any]
    futures: DrawnFutures
    kpis: pd.DataFrame
    surrogates: pd.DataFrame
    sensitivity: pd.DataFrame

    def save(self, folder: Path | str, lang: str = "nl") -> Path:
        """Write all files of the sweep; an earlier sweep in the same folder is replaced.

        Parameters
        ----------
        folder
            Where they go; `results.read_futures` and every `--futures` read it.
        lang
            Language of the picture, `nl` or `en`.

        Raises
        ------
        ResultsError
            The folder can't be written, or holds other things than a sweep.
        """
        out = Path(folder)
        check_sweep_out(out)
        with staged(out) as stage:
            self.kpis.to_parquet(stage / f"{VALUES}.parquet", index=False)
            self.futures.table().to_parquet(stage / f"{FACTORS}.parquet", index=False)
            write_csv(self.surrogates, stage / SURROGATES)
            write_csv(self.sensitivity, stage / SENSITIVITY)
            if len(self.sensitivity):
                told = _learned(self.sensitivity, self.surrogates)
                draw_sensitivity(told, self.futures, stage / PICTURE, lang)
            text = json.dumps(self.manifest, indent=2, ensure_ascii=False)
            (stage / MANIFEST).write_text(text + "\n", encoding="utf-8")
        return out

    def text(self, lang: str | None = None) -> str:
        """Return what matters most for each KPI, and how far the surrogate may be trusted.

        Parameters
        ----------
        lang
            `nl` or `en`; the language of the terminal when left out.
        """
        return _sweep_text(self, words(lang) if lang else reader())

    def __repr__(self) -> str:
        names = ", ".join(self.manifest["scenarios"])
        facts = "{simulated} of {futures} futures simulated, seed {seed}"
        return f"<Sweep of {names}: {facts.format_map(self.manifest)}>"

    def _repr_html_(self) -> str:
        return str(self.sensitivity.to_html(index=False, border=0))


def _sweep_text(sweep: Sweep, reader: Words) -> str:
    _ = reader.gettext
    sensitivity, misses, futures = sweep.sensitivity, sweep.surrogates, sweep.futures
    if sensitivity.empty:
        return _("These are too few futures to say which uncertainty matters for what.")
    explained = misses.set_index(["scenario", "kpi"])["explained"]
    lines: list[str] = []
    for name, own in sensitivity.groupby("scenario", sort=True):
        lines.append(f"\n{name}")
        for kpi, rows in own.groupby("kpi", sort=True):
            entry = catalogued(str(kpi))
            sure = explained.get((name, kpi))
            learned = "" if sure is None else f" ({reader.percent(max(sure, 0.0), 0)})"
            if not rows["total"].any():
                weights = [_("the same in every future")]
            elif sure is not None and sure < LEAST_EXPLAINED:
                weights = [_("mostly chance")]
            else:
                weights = [
                    f"{reader.of(futures.factors[str(row['factor'])].title.model_dump())} "
                    f"{_weight(row, entry, reader)}"
                    for row in rows.head(SHOWN_FACTORS).to_dict("records")
                ]
            lines.append(
                f"  {reader.of(entry.label) + learned:<{LABEL_WIDTH}} {', '.join(weights)}"
            )
    shares = _(
        "After each figure: the share of its differences between futures in which an uncertainty "
        "has a hand. In brackets: the share that the surrogate explains in futures it has not seen."
    )
    effects = _(
        "After each figure: how much it changes when an uncertainty goes from the low end of its "
        "range to the high end."
    )
    return "\n".join([*lines, "", shares if len(misses) else effects])


def _weight(row: Mapping[Hashable, Any], entry: Kpi, reader: Words) -> str:
    if row["method"] == Method.SOBOL:
        return reader.percent(row["total"], 0)
    return reader.difference(entry, row["alone"])


def _learned(sensitivity: pd.DataFrame, surrogates: pd.DataFrame) -> pd.DataFrame:
    """Leave out what mostly chance decides."""
    if surrogates.empty:
        return sensitivity
    vague = surrogates.loc[surrogates["explained"] < LEAST_EXPLAINED, ["scenario", "kpi"]]
    pairs = set(vague.itertuples(index=False, name=None))
    kept = [
        pair not in pairs for pair in zip(sensitivity["scenario"], sensitivity["kpi"], strict=True)
    ]
    return sensitivity[kept]


def draw_sensitivity(table: pd.DataFrame, futures: DrawnFutures, path: Path, lang: str) -> None:
    """Draw how much each factor matters for each KPI, a panel per configuration.

    Sobol's shares are drawn as they are; Morris's effects as a share of the largest of the KPI.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415 - heavy

    table = table[table.groupby(["scenario", "kpi"])["total"].transform("any")]
    factors, kpis = list(futures.factors), sorted(set(table["kpi"]))
    names = sorted(set(table["scenario"]))
    width = 3.2 + len(names) * (len(factors) * _CELL_INCHES[0] + 0.2)
    figure = Figure(figsize=(width, 2.2 + len(kpis) * _CELL_INCHES[1]), layout="constrained")
    panels = figure.subplots(1, len(names), squeeze=False, sharey=True)[0]
    for panel, name in zip(panels, names, strict=True):
        rows = table[table["scenario"] == name]
        wide = rows.pivot_table(index="kpi", columns="factor", values="total")
        wide = wide.reindex(index=kpis, columns=factors)
        if rows["method"].iloc[0] == "morris":
            wide = wide.div(wide.max(axis=1).replace(0, np.nan), axis=0)
        panel.imshow(wide.to_numpy(dtype=float), cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for (row, column), share in np.ndenumerate(wide.to_numpy(dtype=float)):
            if np.isfinite(share):
                colour = "white" if share > _DARK else "black"
                text = words(lang).percent(share, 0)
                panel.text(column, row, text, ha="center", va="center", color=colour, size=8)
        titles = [getattr(futures.factors[factor].title, lang) for factor in factors]
        panel.set_xticks(range(len(factors)), titles, rotation=40, ha="right", size=8)
        panel.set_yticks(range(len(kpis)), [catalogued(one).label[lang] for one in kpis], size=8)
        panel.set_title(name, size=10)
        panel.spines[:].set_visible(False)
    figure.savefig(path, dpi=_DPI, metadata={"Software": None})
