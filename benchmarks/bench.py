"""Every benchmark of the simulation, one after the other: a table as text and a picture.

    make bench        (or: python benchmarks/bench.py [--out output/bench] [--quick])

A year of the region, the same queue in four engines, longer runs (to four years) and larger regions
(to sixteen times), one and two workers, more replications, and how soon the command line answers.
Seconds differ between machines and with what else they do; ratios within one run are what to
compare.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import backends
import engines
import scaling

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HERE = Path(__file__).parent
COMMANDS = (("--help",), ("list",), ("show", "now"))
STARTS = 5
CUSTOMERS, QUICK_CUSTOMERS = 30_000, 3_000
WEEKS, QUICK_WEEKS = 13, 2
REPLICATIONS, QUICK_REPLICATIONS = 12, 2
PANELS = (
    "the same queue in four engines",
    "longer runs, larger regions: time",
    "longer runs, larger regions: memory",
    "one worker and two",
    "more replications, two processes",
    "how soon a command answers",
)
COLUMNS = 3
BLUE, LIGHT = "#3b6ea5", "#a9c3de"


def printed(script: str, *arguments: str) -> str:
    """Return what a benchmark of its own prints."""
    command = [sys.executable, str(HERE / script), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def cold_starts() -> dict[str, float]:
    """Return the seconds from calling a command to its end, the median of some calls."""
    installed = Path(sys.executable).with_name("twentezorg")  # as users have it, or the source
    begin = [str(installed)] if installed.exists() else [sys.executable, "-m", "cli"]
    found = {}
    for command in COMMANDS:
        seconds = []
        for _ in range(STARTS):
            started = time.perf_counter()
            subprocess.run([*begin, *command], check=True, capture_output=True)
            seconds.append(time.perf_counter() - started)
        found[" ".join(command)] = statistics.median(seconds)
    return found


def _bars(panel: Axes, values: dict[str, float], unit: str) -> None:
    bars = panel.barh(list(values), list(values.values()), color=BLUE)
    panel.bar_label(bars, fmt=f"%.2f {unit}", padding=3)
    panel.invert_yaxis()
    panel.margins(x=0.25)


def _growth(panel: Axes, found: dict[scaling.Case, scaling.Spent], of: str, unit: str) -> None:
    weeks = min(case.weeks for case in found)
    kinds = {
        "a longer run": [case for case in found if case.size == 1],
        "a larger region": [case for case in found if case.weeks == weeks],
    }
    for (name, cases), marker in zip(kinds.items(), "os", strict=True):
        times = [case.size * case.weeks / weeks for case in cases]
        values = [getattr(found[case], of) for case in cases]
        panel.plot(times, values, marker=marker, label=name)
    panel.set(xlabel=f"times {weeks} weeks of today", ylabel=unit, xlim=(0, None), ylim=(0, None))
    panel.legend(frameon=False)


def _workers(panel: Axes, found: dict[str, backends.Spread]) -> None:
    for shift, (count, colour) in enumerate({"one": LIGHT, "two": BLUE}.items()):
        places = [place + 0.4 * shift for place in range(len(found))]
        seconds = [getattr(took, count) for took in found.values()]
        bars = panel.barh(places, seconds, height=0.38, color=colour, label=count)
        panel.bar_label(bars, fmt="%.1f s", padding=3)
    labels = [f"{name}\n{took.one / took.two:.2f} times" for name, took in found.items()]
    panel.set_yticks([place + 0.2 for place in range(len(found))], labels)
    panel.invert_yaxis()
    panel.margins(x=0.25)
    panel.legend(frameon=False)


def draw(
    path: Path,
    queue: dict[str, engines.Found],
    grown: dict[scaling.Case, scaling.Spent],
    spread: dict[str, backends.Spread],
    numbers: dict[int, float],
    starts: dict[str, float],
) -> None:
    """Draw everything that was measured."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - not while others are timed

    figure = Figure(figsize=(14, 8), layout="constrained")
    panels = figure.subplots(-(-len(PANELS) // COLUMNS), COLUMNS).flat
    shown = dict(zip(PANELS, panels, strict=True))
    for title, panel in shown.items():
        panel.set_title(title)
        panel.spines[["top", "right"]].set_visible(False)
    own = queue["twentezorg"].seconds
    first, time_grown, memory_grown, workers, more, soon = shown.values()
    _bars(first, {name: found.seconds / own for name, found in queue.items()}, "times ours")
    _growth(time_grown, grown, "seconds", "seconds")
    _growth(memory_grown, grown, "memory_mb", "MB")
    _workers(workers, spread)
    more.plot(list(numbers), list(numbers.values()), marker="o", color=BLUE)
    more.set(xlabel="replications", ylabel="seconds", xlim=(0, None), ylim=(0, None))
    _bars(soon, {f"twentezorg {name}": spent for name, spent in starts.items()}, "s")
    figure.savefig(path, dpi=130)


def main() -> None:
    """Print the tables and write them with a picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("output/bench"))
    parser.add_argument("--quick", action="store_true", help="small cases, to see that all works")
    options = parser.parse_args()
    weeks, customers = (QUICK_WEEKS, QUICK_CUSTOMERS) if options.quick else (WEEKS, CUSTOMERS)
    plan = backends.plan_of(weeks, QUICK_REPLICATIONS if options.quick else REPLICATIONS)
    year = ["--weeks", str(weeks), "--repeats", "1"] if options.quick else []
    region = printed("speed.py", *year)
    queue = engines.measured(customers, 1 if options.quick else 3)
    starts = cold_starts()
    grown = scaling.measured(scaling.cases(weeks, 2 if options.quick else 16))
    spread, numbers = backends.measured(plan), backends.by_number(plan)
    tables = [
        region,
        engines.table(queue, customers),
        scaling.table(grown),
        backends.table(spread, numbers, plan),
        "\n".join(f"{command:<12}{seconds:6.2f} s" for command, seconds in starts.items()),
    ]
    text = "\n\n".join(table.strip("\n") for table in tables) + "\n"
    print(text)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "bench.txt").write_text(text, encoding="utf-8")
    draw(options.out / "bench.png", queue, grown, spread, numbers, starts)
    print(f"written to {options.out}")


if __name__ == "__main__":
    main()
