"""Minutes that steps take, and whether they are taken: shared by several kinds of patients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.random.distributions import lognormal

if TYPE_CHECKING:
    from files.arrays import FloatArray
    from scenarios.parameters.keys import ParameterPrefix
    from scenarios.parameters.registry import Parameters
    from sim.patients.cohort import Draws


def normal_step(draws: Draws, parameters: Parameters, step: ParameterPrefix) -> FloatArray:
    """Draw minutes that a step takes: lognormal, by its parameters `mean` and `sd`."""
    return lognormal(draws.normal(), parameters.of(step, "mean"), parameters.of(step, "sd"))


def optional(draws: Draws, share: FloatArray | float, minutes: FloatArray) -> FloatArray:
    """Return the minutes where the step is done, else 0."""
    return np.where(draws.uniform() < share, minutes, 0.0)


def call_in_factor(rng: np.random.Generator, parameters: Parameters, count: int) -> FloatArray:
    """Draw how long who is called from home takes, as a factor on the median of who it is.

    It belongs to the patient they are called for: the same in every configuration.
    """
    return np.exp(parameters["theatre.call_in.sigma"] * rng.standard_normal(count))


def ambulance_minutes(draws: Draws, parameters: Parameters) -> tuple[FloatArray, FloatArray]:
    """Draw the minutes that a crew spends at the patient, and at handing over."""
    on_scene = normal_step(draws, parameters, "ambulance.scene.transport")
    return on_scene, normal_step(draws, parameters, "ambulance.handover")
