"""Fit driven speeds to reference minutes, and tell which of them the references can know.

What is fitted is the speed of each class of road, outside and inside built-up areas, where no limit
is posted. It stays near the mean of what routing engines publish (`class_speeds.csv`), as near as
those agree with one another; it never falls from one class to a more important one; and it stays
below the legal limit, or a siren's cap. Delays at junctions are not fitted: they come from the
literature, as minutes alone can't tell them from speeds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import yaml
from scipy.optimize import least_squares

from files.formulas import write_csv
from files.whole import write_folder
from files.yaml_document import read_document
from geodata.config.class_speeds import published_speeds
from geodata.config.legal_limits import COUNTRIES, HOME, default_limits
from geodata.config.sourced import read_parameters
from geodata.config.speed_profiles import (
    SHIPPED,
    SURROUNDINGS,
    Profile,
    SpeedModel,
    in_each_country,
)
from geodata.errors import DataError
from geodata.osm.access_tags import ROAD_CLASSES
from geodata.routing.decomposition import Decomposition
from geodata.routing.references import Overlap, Reference
from geodata.routing.travel_times import MINUTES_PER_HOUR, TravelTimes

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from files.arrays import BoolArray, FloatArray, IntArray
    from geodata.config.class_speeds import PublishedSpeeds


FITTED: Final = (
    "residential",
    "unclassified",
    "tertiary",
    "secondary",
    "primary",
    "trunk",
    "motorway",
)
"""Classes that are fitted, from slow to fast; links go with theirs, the rest are as published."""
BANDS_KM: Final = (0.0, 5.0, 10.0, 30.0, np.inf)
"""Trips of a table count by length: all bands of it weigh alike."""
OBSERVATIONS_A_GROUP: Final = 100
"""As many observations, near one another on the same roads, tell as a whole band or area does."""
AREA_WEIGHT: Final = 4.0
"""What an area weighs against a band: it knows the posted limits, which engines do not know where
an extract has lost them."""
RESIDUAL_SPREAD: Final = 0.08
"""How far minutes of an area may differ from the reference without being odd, in log units."""
BAND_SPREADS: Final = (0.11, 0.12, 0.10, 0.07)
"""The same of trips of a table by length, as engines differ by trip (valhalla_comparison.py): over
long trips roads that are driven otherwise even out."""
ROUNDS: Final = 4
"""Times that ways are found anew; by the last, speeds move by less than a percent."""
FOLDS: Final = 4
"""Parts in which the origins of a table are held out."""
RESOLVED: Final = 0.5
"""Below this share of its variance taken away, a speed is rather published than fitted."""
ZONES: Final = "limit.zone."
REPORT, IDENTIFIED, ORIGINS = "report.csv", "identified.csv", "speeds.csv"
WRITTEN: Final = {SHIPPED.name, REPORT, IDENTIFIED, ORIGINS}
"""Files of a calibration."""
"""Keys of limits that hold on most roads of a class, below the law's."""
ASSUMED: Final = "engineering_estimate"
"""Confidence of a number that no publication gives."""
FITTED_DECIMALS: Final = 1
REPORT_DECIMALS: Final = 3


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted speeds and what they are worth.

    Attributes
    ----------
    profile
        With the fitted speeds.
    speed
        Driven km/h in the home country, shape (road classes, 2).
    report
        A row per group (an area, or trips of a table by length): `observations`; the median ratio
        of our minutes to the reference `ratio_before`, `ratio_after` and `ratio_held_out`, which
        is fitted on other sites; `spread_after`, the standard deviation of its logarithm; and of an
        area the mean intersection over union `overlap_...` likewise (NaN of a table).
    identified
        A row per fitted speed: `road_class`, `surroundings`, `published`, `fitted`,
        `standard_error` (km/h), and `resolution`: which share of the variance it has by
        publications the references take away.
    """

    profile: Profile
    speed: FloatArray
    report: pd.DataFrame
    identified: pd.DataFrame


@dataclass(frozen=True, slots=True)
class _Ways:
    """Observations with what their ways are made of, and the group and fold that each is in.

    A fold is held out at once: an area, or some origins of a table.
    """

    km: FloatArray
    fixed: FloatArray
    minutes: FloatArray
    group: IntArray
    fold: IntArray
    names: tuple[str, ...]
    weights: FloatArray
    spreads: FloatArray

    def of(self, chosen: BoolArray) -> _Ways:
        return replace(
            self,
            km=self.km[chosen],
            fixed=self.fixed[chosen],
            minutes=self.minutes[chosen],
            group=self.group[chosen],
            fold=self.fold[chosen],
        )

    def log_ratios(self, speed: FloatArray) -> FloatArray:
        """Return log(minutes / reference minutes), shape (observations,)."""
        own = self.km @ (MINUTES_PER_HOUR / speed.ravel()) + self.fixed
        return np.asarray(np.log(own / self.minutes))


def calibrate(model: SpeedModel, profile: Profile, references: Sequence[Reference]) -> Calibration:
    """Fit the speeds of a profile to references.

    Parameters
    ----------
    model
        Speeds to start from.
    profile
        Which of them to fit.
    references
        Minutes to fit to, each on the roads of its own extract.

    Returns
    -------
    Calibration

    Notes
    -----
    Finding ways and fitting speeds to them are done in turn (Bertsimas et al., 2019).
    """
    published = published_speeds(model, profile.mode)
    bounds = _bounds(model, profile)
    followed = model.parameters["limit.followed"].value
    before = profile.speed[COUNTRIES.index(HOME)]
    speed = _table(np.log(published.of(FITTED)), published, bounds)
    ways = None
    for _ in range(ROUNDS):
        now = replace(profile, speed=in_each_country(speed, followed))
        ways = _ways(now, references)
        speed = _fit(ways, published, bounds)
    fitted = replace(profile, speed=in_each_country(speed, followed))
    ways = _ways(fitted, references)
    report = _report(profile, references, ways, (before, speed), published, bounds, followed)
    return Calibration(fitted, speed, report, _identified(ways, speed, published, bounds))


def _bounds(model: SpeedModel, profile: Profile) -> FloatArray:
    """Return the most km/h of each class: a car's legal limit or usual zone, a siren's cap."""
    if profile.mode == "siren":
        return profile.cap
    most = np.minimum(default_limits(model.implicit_limits)[COUNTRIES.index(HOME)], profile.cap)
    for key, zone in model.parameters.items():
        if key.startswith(ZONES):
            road, where = key.removeprefix(ZONES).split(".")
            at = ROAD_CLASSES.index(road), SURROUNDINGS.index(where)
            most[at] = min(most[at], zone.value)
    return np.asarray(most)


def _ways(profile: Profile, references: Sequence[Reference]) -> _Ways:
    """Find the ways of all observations; those without one over a junction drop out."""
    networks = {id(reference.network): reference.network for reference in references}
    decompositions = {
        key: Decomposition(TravelTimes(network, profile)) for key, network in networks.items()
    }
    speed = profile.speed[COUNTRIES.index(HOME)]
    km, fixed, minutes, group, fold = [], [], [], [], []
    names: list[str] = []
    weights: list[float] = []
    spreads: list[float] = []
    folds = last_folds = 0
    for reference in references:
        decomposition = decompositions[id(reference.network)]
        is_area = len(reference.areas) > 0
        first = len(names)
        names += reference.names if is_area else _band_names(reference.title)
        weights += [AREA_WEIGHT if is_area else 1.0] * (len(names) - first)
        spreads += [RESIDUAL_SPREAD] * len(reference.names) if is_area else BAND_SPREADS
        folds += last_folds
        last_folds = len(reference.names) if is_area else FOLDS
        for site in range(len(reference.names)):
            rows = np.flatnonzero(reference.site == site)
            found = decomposition.routes(
                reference.sites.at(np.array([site])), reference.spots.at(rows)
            )
            good = np.isfinite(found.minutes)
            length = np.where(
                np.isnan(reference.km[rows]), found.km.sum(axis=1), reference.km[rows]
            )
            band = np.searchsorted(BANDS_KM, length, side="right") - 1
            km.append(found.km[good])
            fixed.append(found.fixed(speed)[good])
            minutes.append(reference.minutes[rows][good])
            group.append(first + (np.full(good.sum(), site) if is_area else band[good]))
            fold.append(np.full(good.sum(), folds + (site if is_area else site % FOLDS)))
    return _Ways(
        km=np.concatenate(km),
        fixed=np.concatenate(fixed),
        minutes=np.concatenate(minutes),
        group=np.concatenate(group),
        fold=np.concatenate(fold),
        names=tuple(names),
        weights=np.array(weights),
        spreads=np.array(spreads),
    )


def _band_names(title: str) -> list[str]:
    ends = [f"-{end:g}" if np.isfinite(end) else "+" for end in BANDS_KM[1:]]
    return [f"{title} {start:g}{end} km" for start, end in zip(BANDS_KM[:-1], ends, strict=True)]


def _weights(ways: _Ways) -> FloatArray:
    """Return what each observation's logarithm weighs: one over the spread that it counts for."""
    size = np.bincount(ways.group, minlength=len(ways.names))
    each = ways.weights * OBSERVATIONS_A_GROUP / np.maximum(size, OBSERVATIONS_A_GROUP)
    return np.asarray((np.sqrt(each) / ways.spreads)[ways.group])


def _fit(ways: _Ways, published: PublishedSpeeds, bounds: FloatArray) -> FloatArray:
    """Return the speeds, shape (road classes, 2).

    Unknown are the logarithm of the slowest class and the steps up from each class to the next,
    none of them below nought.
    """
    weight = _weights(ways)
    middle, spread = np.log(published.of(FITTED)), published.spread_of(FITTED)

    def residuals(steps: FloatArray) -> FloatArray:
        logs = np.cumsum(steps.reshape(middle.shape), axis=0)
        away = ways.log_ratios(_table(logs, published, bounds)) * weight
        return np.concatenate([away, ((logs - middle) / spread).ravel()])

    start = np.diff(np.maximum.accumulate(middle, axis=0), axis=0, prepend=0.0)
    least = np.zeros_like(middle)
    start[1:] = np.maximum(start[1:], np.finfo(float).eps)
    result = least_squares(
        residuals, start.ravel(), bounds=(least.ravel() - np.finfo(float).eps, np.inf), x_scale=0.1
    )
    return _table(np.cumsum(result.x.reshape(middle.shape), axis=0), published, bounds)


def _table(logs: FloatArray, published: PublishedSpeeds, bounds: FloatArray) -> FloatArray:
    """Return the speeds of all classes from the logarithms of those fitted.

    Nowhere is a class faster in a built-up area than outside.
    """
    speed = published.speed.copy()
    links = []
    for name, log in zip(FITTED, logs, strict=True):
        row = ROAD_CLASSES.index(name)
        speed[row] = np.minimum.accumulate(np.minimum(np.exp(log), bounds[row]))
        if f"{name}_link" in ROAD_CLASSES:
            link = ROAD_CLASSES.index(f"{name}_link")
            speed[link] *= speed[row] / published.speed[row]
            links.append(link)
    links.reverse()
    speed[links] = np.minimum.accumulate(np.minimum.accumulate(speed[links], axis=0), axis=1)
    return speed


def _identified(
    ways: _Ways, speed: FloatArray, published: PublishedSpeeds, bounds: FloatArray
) -> pd.DataFrame:
    """Return what the references tell of each speed (Gauss-Newton, at the fitted speeds)."""
    weight = _weights(ways)
    rows = [ROAD_CLASSES.index(name) for name in FITTED]
    logs = np.log(speed[rows])
    own = ways.km @ (MINUTES_PER_HOUR / speed.ravel()) + ways.fixed
    share = ways.km * (MINUTES_PER_HOUR / speed.ravel()) / own[:, None]
    column = np.array([[2 * row, 2 * row + 1] for row in rows])
    slope = -share[:, column.ravel()] * weight[:, None]
    spread = published.spread_of(FITTED).ravel()
    variance = np.linalg.inv(slope.T @ slope + np.diag(spread**-2.0)).diagonal()
    resolution = 1.0 - variance / spread**2
    most = np.minimum.accumulate(bounds[rows], axis=1)
    most[:, 1] = np.minimum(most[:, 1], speed[rows, 0])
    at_bound = np.isclose(speed[rows], most).ravel()
    return pd.DataFrame(
        {
            "road_class": np.repeat(FITTED, len(SURROUNDINGS)),
            "surroundings": list(SURROUNDINGS) * len(FITTED),
            "published": published.of(FITTED).ravel(),
            "fitted": np.exp(logs).ravel(),
            "standard_error": (np.sqrt(variance) * np.exp(logs).ravel()),
            "resolution": resolution,
            "held_by": np.where(
                at_bound, "limit", np.where(resolution < RESOLVED, "publications", "data")
            ),
        }
    )


def _report(
    profile: Profile,
    references: Sequence[Reference],
    ways: _Ways,
    speeds: tuple[FloatArray, FloatArray],
    published: PublishedSpeeds,
    bounds: FloatArray,
    followed: float,
) -> pd.DataFrame:
    """Return how near the references are before and after the fit, and when held out."""
    held_out = {
        fold: _fit(ways.of(ways.fold != fold), published, bounds)
        for fold in np.unique(ways.fold).tolist()
    }
    stages = {"before": speeds[0], "after": speeds[1]}
    rows = []
    for group, name in enumerate(ways.names):
        mine = ways.group == group
        row: dict[str, object] = {"group": name, "observations": int(mine.sum())}
        ratios = {stage: ways.of(mine).log_ratios(speed) for stage, speed in stages.items()}
        ratios["held_out"] = np.concatenate(
            [
                ways.of(mine & (ways.fold == fold)).log_ratios(speed)
                for fold, speed in held_out.items()
            ]
        )
        for stage, ratio in ratios.items():
            row[f"ratio_{stage}"] = float(np.exp(np.median(ratio))) if len(ratio) else np.nan
        row["spread_after"] = float(ratios["after"].std()) if len(ratios["after"]) else np.nan
        rows.append(row)
    report = pd.DataFrame(rows)
    first = 0
    for reference in references:
        if not len(reference.areas):
            first += len(BANDS_KM) - 1
            continue
        overlap = Overlap(reference)
        for site in range(len(reference.names)):
            fold = int(ways.fold[ways.group == first + site][0])
            for stage, speed in (*stages.items(), ("held_out", held_out[fold])):
                now = replace(profile, speed=in_each_country(speed, followed))
                report.loc[first + site, f"overlap_{stage}"] = overlap.of(now, site)
        first += len(reference.names)
    return report


def refuse_what_is_no_calibration(out: Path) -> None:
    """Raise `DataError` where a folder holds anything but a calibration: it would be replaced."""
    if out.exists() and not {file.name for file in out.iterdir()} <= WRITTEN:
        raise DataError("holds files that are of no calibration; choose another folder", file=out)


def write_calibration(
    calibration: Calibration, reference: str, out: Path, speeds_file: Path = SHIPPED
) -> None:
    """Write the fitted speeds and what they are worth.

    Parameters
    ----------
    calibration
        What `calibrate` returned.
    reference
        What was fitted to; becomes the source of the fitted numbers.
    out
        Folder for `profiles.yaml`, which `build` can read; `report.csv`, what the fit is worth;
        `identified.csv`, what the references tell of each speed; and `speeds.csv`, every number
        with whether it is fitted, published or assumed.
    speeds_file
        Speeds that the other numbers are taken from.

    Raises
    ------
    DataError
        If the folder holds anything but a calibration.
    """
    refuse_what_is_no_calibration(out)
    content = read_document(speeds_file).content
    mode = calibration.profile.mode
    fitted = {
        f"{mode}.speed.{road}.{where}": float(calibration.speed[row, column])
        for row, road in enumerate(ROAD_CLASSES)
        for column, where in enumerate(SURROUNDINGS)
    }
    for block in content["parameters"]:
        mine = block["values"].keys() & fitted.keys()
        if mine:
            block["source"] = f"fitted by twentezorg geodata calibrate to {reference}"
            block["values"] |= {key: round(fitted[key], FITTED_DECIMALS) for key in sorted(mine)}
    with write_folder(out) as aside:
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
        (aside / SHIPPED.name).write_text(text, encoding="utf-8")
        write_csv(calibration.report.round(REPORT_DECIMALS), aside / REPORT)
        write_csv(calibration.identified.round(REPORT_DECIMALS), aside / IDENTIFIED)
        write_csv(_origins(aside / SHIPPED.name, fitted), aside / ORIGINS)


def _origins(speeds_file: Path, fitted: Collection[str]) -> pd.DataFrame:
    """Return every number of a speed model with where it is from."""
    rows = []
    for key, one in read_parameters(speeds_file).items():
        origin = "assumed" if one.confidence == ASSUMED else "published"
        rows.append(
            {
                "key": key,
                "value": one.value,
                "unit": one.unit,
                "origin": "fitted" if key in fitted else origin,
                "source": one.source,
            }
        )
    return pd.DataFrame(rows)
