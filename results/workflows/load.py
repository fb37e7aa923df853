"""Whether more come than can ever be helped: offered load of the emergency doctors, beforehand."""

from __future__ import annotations

from functools import cache
from gettext import gettext as spoken
from pathlib import Path
from typing import TYPE_CHECKING

from files.validation import Model, Number, checked
from files.yaml_document import read_document
from scenarios.capacity import site_capacity
from scenarios.parameters.demand import Age, age_growth, trend_growth
from scenarios.schema.vocabulary import Resource
from scenarios.units import DAYS_PER_YEAR

if TYPE_CHECKING:
    from geodata.dataset.dataset import DataSet
    from scenarios.schema.scenario import Scenario


MINUTES, DAYS = 60, 14
PER_THOUSAND = 1000


class _Limit(Model):
    """From where on a load is told, and why there."""

    most: Number
    source: str


@cache
def _limit() -> _Limit:
    return checked(_Limit, read_document(Path(__file__).with_name("load.yaml")))


def doctor_load(scenario: Scenario, inhabitants: dict[Age, float]) -> float:
    """Return the minutes that visits ask of emergency doctors over those rostered, in a year.

    Each visit asks a first assessment and a treatment of mean length: offered load over servers, a
    queue's rho. From 1 on a queue has no end. Those who leave to neighbours are counted.

    Parameters
    ----------
    scenario
        Without capacity that is still `auto`.
    inhabitants
        In the base year, by age.
    """
    own, year = scenario.effective_parameters(), scenario.horizon_year
    visits = sum(
        count * own.of("demand.ed.rate", age.label) / PER_THOUSAND * age_growth(own, age, year)
        for age, count in inhabitants.items()
    )
    visits *= own["demand.ed.level"] * trend_growth(own, "acute", year)
    asked = visits * (own["ed.doctor.mean"] + own["ed.treatment.mean"])
    hours = sum(
        float(row.sum())
        for (_, resource), row in site_capacity(scenario).items()
        if resource is Resource.ED_DOCTORS
    )
    return asked / (hours * MINUTES * DAYS_PER_YEAR / DAYS) if hours else float("inf")


def load_warning(scenario: Scenario, places: DataSet) -> str:
    """Say that far more come than doctors can ever see; nothing where they can."""
    if scenario.to_be_sized():
        return ""
    people = {age: float(places.cells[f"age_{age.label}"].sum()) for age in Age}
    load = doctor_load(scenario, people)
    if load <= _limit().most:
        return ""
    return spoken(
        "note: {scenario}: visits ask {load:.1f} times the minutes that emergency doctors are "
        "rostered; waiting grows without end"
    ).format(scenario=scenario.name, load=load)
