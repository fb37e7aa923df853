r"""The choice of a hospital to give birth, against a closure that happened.

    python benchmarks/closure.py drenthe.osm.pbf results/validation/emmen.csv \
        obstetric_closures.csv --closed "Treant Scheper" --area 346

The second file has `id` (the name on the map), `place`, `group` and `births` a year before the
closure; the third `went_to` and `births`, as counted afterwards. Prints what each kind of choice
predicts, with its interval, beside what was seen.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from results.validation.closure_map import closure_of
from results.validation.closures import compared

if TYPE_CHECKING:
    from results.validation.closures import Prediction


def main() -> None:
    """Print what each kind of choice predicts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("osm", type=Path)
    parser.add_argument("hospitals", type=Path)
    parser.add_argument("counts", type=Path)
    parser.add_argument("--closed", required=True)
    parser.add_argument("--area", type=float, required=True, help="km2 of its municipality")
    options = parser.parse_args()
    hospitals, counts = pd.read_csv(options.hospitals), pd.read_csv(options.counts)
    closure = closure_of(options.osm, hospitals, counts, options.closed, options.area)
    for prediction in compared(closure):
        print_prediction(prediction)


def print_prediction(prediction: Prediction) -> None:
    """Print one kind of choice: by hospital what it predicts, with its interval, and was seen."""
    choice, total = prediction.choice, sum(prediction.seen)
    verdict = "holds" if prediction.holds else "fails"
    print(f"{choice.name} (referral {choice.referral:.2f}): p = {prediction.chance:.4f}, {verdict}")
    for at, name in enumerate(prediction.hospitals):
        expected = prediction.shares[at] * total
        print(
            f"  {name:<12} {expected:5.1f} ({prediction.low[at]:.0f}-{prediction.high[at]:.0f})"
            f"  seen {prediction.seen[at]}"
        )


if __name__ == "__main__":
    main()
