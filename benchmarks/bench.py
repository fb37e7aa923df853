"""Every benchmark of the simulation, one after the other: a table as text and a picture.

    make bench        (or: python benchmarks/bench.py [--out output/bench] [--quick])

A year of the region, the same queue in four engines, longer runs and larger regions, one and two
workers, and how soon the command line answers. Seconds differ between machines and with what else
they do; ratios within one run are what to compare.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import engines
import scaling

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HERE = Path(__file__).parent
COMMANDS = (("--help",), ("list",), ("show", "now"))
STARTS = 5
CUSTOMERS, QUICK_CUSTOMERS = 30_000, 3_000
WEEKS, QUICK_WEEKS = 13, 2
TITLES = (
    "the same queue in four engines",
    "longer runs, larger regions",
    "how soon a command answers",
)


def printed(script: str, *arguments: str) -> str:
    """Return what a benchmark of its own prints."""
    command = [sys.executable, str(HERE / script), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def cold_starts() -> dict[str, float]:
    """Return the seconds from calling a command to its end, the median of some calls."""
    found = {}
    for command in COMMANDS:
        seconds = []
        for _ in range(STARTS):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-m", "cli", *command], check=True, capture_output=True)
            seconds.append(time.perf_counter() - started)
        found[" ".join(command)] = statistics.median(seconds)
    return found


def _bars(panel: Axes, values: dict[str, float], unit: str) -> None:
    bars = panel.barh(list(values), list(values.values()), color="#3b6ea5")
    panel.bar_label(bars, fmt=f"%.2f {unit}", padding=3)
    panel.invert_yaxis()
    panel.margins(x=0.25)


def _growth(panel: Axes, found: dict[scaling.Case, scaling.Spent]) -> None:
    weeks = min(case.weeks for case in found)
    kinds = {
        "a longer run": [case for case in found if case.size == 1],
        "a larger region": [case for case in found if case.weeks == weeks],
    }
    for (name, cases), marker in zip(kinds.items(), "os", strict=True):
        times = [case.size * case.weeks / weeks for case in cases]
        panel.plot(times, [found[case].seconds for case in cases], marker=marker, label=name)
    panel.set(xscale="log", yscale="log", xlabel="times as much", ylabel="seconds")
    panel.legend(frameon=False)


def main() -> None:
    """Print the tables and write them with a picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("output/bench"))
    parser.add_argument("--quick", action="store_true", help="small cases, to see that all works")
    options = parser.parse_args()
    weeks, customers = (QUICK_WEEKS, QUICK_CUSTOMERS) if options.quick else (WEEKS, CUSTOMERS)
    year = ["--weeks", str(weeks), "--repeats", "1"] if options.quick else []
    grown = scaling.measured(scaling.cases(weeks, 2 if options.quick else 16))
    queue = engines.measured(customers, 1 if options.quick else 3)
    starts = cold_starts()
    tables = [
        printed("speed.py", *year),
        engines.table(queue, customers),
        scaling.table(grown),
        printed("backends.py", "--weeks", str(weeks)),
        "\n".join(f"{command:<12}{seconds:6.2f} s" for command, seconds in starts.items()),
    ]
    text = "\n\n".join(table.strip("\n") for table in tables) + "\n"
    print(text)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "bench.txt").write_text(text, encoding="utf-8")
    from matplotlib.figure import Figure  # noqa: PLC0415 - not while others are timed

    figure = Figure(figsize=(14, 4), layout="constrained")
    panels = figure.subplots(1, 3)
    for panel, title in zip(panels, TITLES, strict=True):
        panel.set_title(title)
        panel.spines[["top", "right"]].set_visible(False)
    own = queue["twentezorg"][0]
    _bars(panels[0], {name: spent / own for name, (spent, _) in queue.items()}, "times ours")
    _growth(panels[1], grown)
    _bars(panels[2], {f"twentezorg {name}": spent for name, spent in starts.items()}, "s")
    figure.savefig(options.out / "bench.png", dpi=130)
    print(f"written to {options.out}")


if __name__ == "__main__":
    main()
