"""What the true means of a few replications could be: draws that keep pairing.

With replications as rows and figures as columns, a draw of all means together is the observed means
plus a random mix of the replications' own deviations, over the root of a chi-square: a multivariate
t. Every difference between two columns then spreads exactly as the paired t-interval says (Law &
Kelton 2000, §10.2), so common random numbers sharpen a ranking as they sharpen a comparison. Chick
& Inoue (2001) use such t posteriors to select the best system.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
FEWEST = 2
"""With fewer replications nothing is known of chance."""


def mean_draws(values: Floats, size: int, rng: np.random.Generator) -> Floats:
    """Draw what the means could be.

    Parameters
    ----------
    values
        Shape (replications, figures); NaN where a replication doesn't have a figure.
    size
        How many draws.
    rng
        Where chance comes from.

    Returns
    -------
    numpy.ndarray
        Shape (size, figures). A figure seen in fewer than two replications keeps its mean, or NaN:
        the caller says that nothing is known of its chance.
    """
    seen = np.sum(~np.isnan(values), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.nansum(values, axis=0) / np.where(seen, seen, np.nan)
        away = np.nan_to_num(values - means) / np.sqrt(seen * (seen - 1.0))
    away[:, seen < FEWEST] = 0.0
    freedom = max(int(seen[seen >= FEWEST].min(initial=len(values))) - 1, 1)
    mixes = rng.standard_normal((size, len(values)))
    # Mixes of deviations from a mean: taking out their own mean leaves the spread of each figure.
    stretch = np.sqrt(freedom / rng.chisquare(freedom, (size, 1)))
    draws: Floats = means + (mixes @ away) * stretch
    return draws
