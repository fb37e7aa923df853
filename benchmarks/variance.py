"""What makes intervals narrower: pairing, control variates, antithetic draws.

    python benchmarks/variance.py [--pairs 14] [--weeks 13]

For the KPIs of `--precision`, from replications of two configurations of one year:

- pairing: how many times narrower the interval of their difference is on the same patients than on
  others (common random numbers);
- control variates: which share of the variance is left when what came (visits, births, rides, of
  which the mean is known) is regressed out, with what the regression itself costs (Lavenberg,
  Moeller and Welch 1982): above 100% it widens the interval;
- antithetic draws: which share is left when every second replication has all uniform and normal
  numbers of the first mirrored; numbers of patients stay random. 100% is no gain, and the standard
  error of the correlation behind it is about one over the root of the pairs.
"""

from __future__ import annotations

import argparse
from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np

from results.kpis.measure import measure
from results.statistics.precision import StoppingRule
from scenarios.files.loading import load
from sim.experiment.experiment import replications_table
from sim.patients import cohort, past
from sim.random import streams
from sim.replication.replicate import Setting, Task, finish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from files.arrays import FloatArray
    from scenarios.schema.scenario import Scenario

    Values = dict[str, FloatArray]  # of a KPI of the region, by replication

CHOICE = "single-enschede"
CONTROLS = ("ed.arrivals", "maternity.births", "ambulance.rides")
LARGEST = 1 - 2**-53  # a uniform number stays below 1
ANY_PRECISION = 0.05


class Mirrored(np.random.Generator):
    """A generator whose uniform and normal numbers are those of another, mirrored."""

    def random(self, *args: object, **how: object) -> FloatArray:
        """Return one minus the uniform numbers."""
        return np.minimum(1 - super().random(*args, **how), LARGEST)

    def standard_normal(self, *args: object, **how: object) -> FloatArray:
        """Return the normal numbers with the other sign."""
        return -super().standard_normal(*args, **how)


def mirrored(seed: int, replication: int, purpose: streams.Purpose, detail: int = 0) -> Mirrored:
    """Return the generator of a purpose, mirrored."""
    return Mirrored(streams.generator(seed, replication, purpose, detail).bit_generator)


@contextmanager
def mirroring() -> Iterator[None]:
    """Mirror all that is drawn inside."""
    with patch.object(cohort, "generator", mirrored), patch.object(past, "generator", mirrored):
        yield


def played(scenario: Scenario, weeks: int, count: int) -> Values:
    """Return the KPIs of so many replications."""
    setting = Setting(1, weeks, scenario.warmup.weeks, None, measure)
    done = [finish(setting, Task(scenario, number)) for number in range(count)]
    table = replications_table(done)
    wide = table[table["site"] == "region"].pivot_table(
        index="replication", columns="kpi", values="value", dropna=False
    )
    return {str(kpi): wide[kpi].to_numpy(dtype=float) for kpi in wide}


def narrower(one: FloatArray, other: FloatArray) -> float:
    """Return how many times pairing narrows the interval of a difference."""
    apart = np.sqrt(one.var(ddof=1) + other.var(ddof=1))
    return float(apart / (one - other).std(ddof=1))


def left_by_controls(values: FloatArray, controls: FloatArray) -> float:
    """Return the share of the variance of a mean that control variates leave.

    Parameters
    ----------
    values
        A KPI, shape (replications,).
    controls
        Shape (replications, controls).
    """
    count, number = controls.shape
    terms = np.column_stack([np.ones(count), controls - controls.mean(axis=0)])
    missed = values - terms @ np.linalg.lstsq(terms, values, rcond=None)[0]
    regressed = missed @ missed / (count - number - 1)
    return float(regressed / values.var(ddof=1) * (count - 2) / (count - number - 2))


def left_by_mirrors(values: FloatArray, mirrors: FloatArray) -> float:
    """Return the share of the variance of a mean of pairs that mirroring leaves."""
    return float(1 + np.corrcoef(values, mirrors)[0, 1])


def main() -> None:
    """Print a table for each KPI and configuration."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=14)
    parser.add_argument("--weeks", type=int, default=13)
    options = parser.parse_args()
    choice = load(CHOICE)
    both = (load("now").in_year(choice.horizon_year), choice)
    plain = {one.name: played(one, options.weeks, options.pairs) for one in both}
    with mirroring():
        mirrors = {one.name: played(one, options.weeks, options.pairs) for one in both}
    print(f"{options.pairs} pairs of replications of {options.weeks} weeks\n")
    baseline, named = (plain[one.name] for one in both)
    print(f"pairing, {CHOICE} with {both[0].name}: interval of the difference")
    for kpi in ("ed.arrivals", *StoppingRule.shipped(ANY_PRECISION).kpis):
        print(f"  {kpi:<50}{narrower(named[kpi], baseline[kpi]):6.1f} times narrower")
    print(f"\n{'variance left by':<52}{'visits':>8}{'all 3':>8}{'mirrors':>9}")
    for name, values in plain.items():
        controls = np.column_stack([values[kpi] for kpi in CONTROLS])
        print(name)
        for kpi in StoppingRule.shipped(ANY_PRECISION).kpis:
            own = values[kpi]
            shares = (
                left_by_controls(own, controls[:, :1]),
                left_by_controls(own, controls),
                left_by_mirrors(own, mirrors[name][kpi]),
            )
            print(f"  {kpi:<50}" + "".join(f"{share:8.0%}" for share in shares))


if __name__ == "__main__":
    main()
