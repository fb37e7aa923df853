"""Which hospital a patient prefers: the nearest, but not everyone and not always.

Each patient adds to the logarithm of the minutes to each site a Gumbel term of his or her own, so
that shares follow the logit model of hospital choice (McFadden 1974) and fall with a power of the
travel time (Huff 1963): what counts is how many times farther one site is than another. With the
minutes themselves, more than twice as many would pass the nearest by when all trips halve. The term
belongs to patient and site, whatever else is open, so the same person prefers the same in every
configuration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from zlib import crc32

import numpy as np

from sim.patients.cohort import COHORT_SPAN, Horizon

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from files.arrays import FloatArray
    from scenarios.parameters.registry import Parameters
    from sim.random.streams import Purpose


NEAREST = 1.0  # minutes: nobody is nearer than the door


def preferences(
    horizon: Horizon,
    purpose: Purpose,
    patients: Sequence[int],
    sites: Sequence[str],
    spread: float,
    attraction: Mapping[str, float] | None = None,
) -> FloatArray:
    """Return what each patient counts off for each site, in logarithms: shape (patients, sites).

    Parameters
    ----------
    patients
        Patient numbers of one cohort.
    sites
        Site ids; a site's column depends on its own id only.
    spread
        Scale of the Gumbel term in logarithms of minutes; 0 makes everyone choose the nearest.
    attraction
        What everyone counts off for a site, in logarithms; none for a site not named.
    """
    row = np.asarray(patients, dtype=np.int64) % COHORT_SPAN
    count = int(row.max(initial=-1)) + 1
    columns = [
        horizon.generator(purpose, crc32(site.encode())).gumbel(0.0, 1.0, count)[row]
        for site in sites
    ]
    liked = [(attraction or {}).get(site, 0.0) for site in sites]
    return spread * np.stack(columns, axis=1) + np.array(liked)


def choice_shares(minutes: FloatArray, spread: float, counted_off: FloatArray) -> FloatArray:
    """Return the shares of `preferences` in closed form: the logit of how far sites seem.

    Parameters
    ----------
    minutes
        From each home to each site, shape (homes, sites).
    spread
        As for `preferences`, above 0.
    counted_off
        What everyone counts off for each site, in logarithms, shape (sites,).

    Returns
    -------
    numpy.ndarray
        Shape (homes, sites); rows sum to 1.
    """
    utility = (counted_off - apparent(minutes)) / spread
    weight = np.exp(utility - utility.max(axis=1, keepdims=True))
    shares: FloatArray = weight / weight.sum(axis=1, keepdims=True)
    return shares


def apparent(minutes: FloatArray) -> FloatArray:
    """Return how far sites seem: the logarithm of the minutes, of one minute at least."""
    return np.log(np.maximum(minutes, NEAREST))


def attractions(
    parameters: Parameters, flow: Literal["ed", "maternity"], sites: Sequence[str]
) -> dict[str, float]:
    """Return what patients of a flow count off for sites, in logarithms."""
    keys = {site: f"demand.choice.{flow}.{site}" for site in sites}
    return {
        site: parameters.of("demand.choice", flow, site)
        for site, key in keys.items()
        if key in parameters
    }
