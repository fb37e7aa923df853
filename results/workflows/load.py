"""Whether more come than can ever be helped: what they ask over what there is, beforehand.

Offered load over servers, a queue's rho: from 1 on a queue has no end. Of doctors all visits are
counted; of beds, theatre teams and delivery rooms only what the model surely asks of them, so what
is told is the least. What is `auto` is sized to what comes, and never told.
"""

from __future__ import annotations

from functools import cache
from gettext import gettext as spoken
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from files.validation import Model, Number, checked
from files.yaml_document import read_document
from geodata.dataset.manifest import read_manifest
from geodata.dataset.storage import STARTER
from scenarios.capacity import site_capacity
from scenarios.parameters.demand import Age, age_growth, trend_growth
from scenarios.schema.vocabulary import Resource
from scenarios.units import DAYS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scenarios.parameters.registry import Parameters
    from scenarios.schema.scenario import Scenario


MINUTES, HOURS, DAYS = 60, 24, 14
PER_THOUSAND = 1000

People = dict[str, float]
"""Inhabitants by age band (`age_0_14`), and `births` a year, as a data set counts them."""

BED_AGES: Final = {
    Age.CHILD: "under_65",
    Age.ADULT: "under_65",
    Age.SENIOR: "65_79",
    Age.ELDERLY: "80_plus",
}
"""The age band of `ward.los` in which each age lies."""

SERVERS: Final[Mapping[str, tuple[Resource, ...]]] = {
    "doctors": (Resource.ED_DOCTORS,),
    "beds": (Resource.WARD_BEDS, Resource.ELECTIVE_BEDS),
    "theatre": (Resource.THEATRE_TEAMS, Resource.THEATRE_SECOND, Resource.ELECTIVE_TEAMS),
    "delivery": (Resource.MATERNITY_ROOMS, Resource.MATERNITY_CENTRE_ROOMS),
}
"""What serves each stream: all that can ever help, so that nothing is told that may yet go well."""


class _Limit(Model):
    """From where on a load is told, and why there."""

    most: Number
    source: str


@cache
def _limit() -> _Limit:
    return checked(_Limit, read_document(files(__package__).joinpath("load.yaml")))


def people_of(data_folder: Path | None) -> People:
    """Return the inhabitants of a data set, from its manifest: no table of it is read.

    Raises
    ------
    FileError
        There is no data set, or its manifest is damaged.
    """
    return dict(read_manifest(data_folder or STARTER)["people"])


def loads(scenario: Scenario, people: People) -> dict[str, float]:
    """Return by stream what is asked in a year over what there is; none of what is still `auto`.

    Of doctors each visit asks a first assessment and a treatment of mean length; those who leave to
    neighbours are counted.

    Parameters
    ----------
    people
        In the base year.
    """
    own, year = scenario.effective_parameters(), scenario.horizon_year
    visits = _visits(own, people, year)
    births = (people["births"] * own["demand.births.level"] * trend_growth(own, "births", year)) * (
        1 - own["maternity.place.home"] - own["maternity.place.first_line"]
    )
    asked = {
        "doctors": sum(visits.values()) * (own["ed.doctor.mean"] + own["ed.treatment.mean"]),
        "beds": _bed_days(own, visits) * HOURS * MINUTES,
        "theatre": sum(visits.values()) * _operated(own) * own["theatre.emergency.mean"],
        "delivery": births
        * (
            own["maternity.second_stage.multi.median"] + own["maternity.room_after_birth"] * MINUTES
        ),
    }
    auto = {resource for _, resource in scenario.to_be_sized()}
    hours = _hours(scenario)
    found = {}
    for stream, servers in SERVERS.items():
        if auto.isdisjoint(servers):
            minutes = sum(hours.get(one, 0.0) for one in servers) * MINUTES * DAYS_PER_YEAR / DAYS
            found[stream] = asked[stream] / minutes if minutes else float("inf")
    return found


def _visits(own: Parameters, people: People, year: int) -> dict[Age, float]:
    """Return the visits to emergency departments in a year, by age."""
    level = own["demand.ed.level"] * trend_growth(own, "acute", year)
    return {
        age: people.get(f"age_{age.label}", 0.0)
        * own.of("demand.ed.rate", age.label)
        / PER_THOUSAND
        * age_growth(own, age, year)
        * level
        for age in Age
    }


def _bed_days(own: Parameters, visits: Mapping[Age, float]) -> float:
    """Return the days in bed of who is admitted from an emergency department."""
    return sum(
        count * own.of("ed.admission.share", age.label) * own.of("ward.los", BED_AGES[age], "mean")
        for age, count in visits.items()
    )


def _operated(own: Parameters) -> float:
    """Return the share of visits that ends in an operation."""
    return sum(
        own.of("ed.triage.share", urgency) * own.of("ed.theatre.share", urgency)
        for urgency in own.names("ed.theatre.share")
    )


def _hours(scenario: Scenario) -> dict[Resource, float]:
    """Return the hours in a fortnight of each resource of all sites, without what is `auto`."""
    sites = {
        key: site.model_copy(
            update={"capacity": {r: one for r, one in site.capacity.items() if one.auto is None}}
        )
        for key, site in scenario.sites.items()
    }
    hours: dict[Resource, float] = {}
    sized = scenario.model_copy(update={"sites": sites})
    for (_, resource), row in site_capacity(sized).items():
        hours[resource] = hours.get(resource, 0.0) + float(row.sum())
    return hours


def load_warning(scenario: Scenario, people: People) -> str:
    """Say of which streams far more comes than can ever be helped, a line each; or nothing."""
    said = {
        "doctors": spoken(
            "note: {scenario}: visits ask {load:.1f} times the minutes that emergency doctors are "
            "rostered; waiting grows without end"
        ),
        "beds": spoken(
            "note: {scenario}: acute admissions ask at least {load:.1f} times the days that all "
            "beds have; waiting grows without end"
        ),
        "theatre": spoken(
            "note: {scenario}: emergency operations ask at least {load:.1f} times the minutes that "
            "all theatre teams are rostered; waiting grows without end"
        ),
        "delivery": spoken(
            "note: {scenario}: births ask at least {load:.1f} times the minutes of all delivery "
            "rooms; women are sent on without end"
        ),
    }
    return "\n".join(
        said[stream].format(scenario=scenario.name, load=load)
        for stream, load in loads(scenario, people).items()
        if load > _limit().most
    )
