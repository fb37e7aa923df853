"""KPIs of maternity care."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata.norms import norms
from results.run import REGION_SITE
from results.timeline import P90, mean, quantile, within
from scenarios.schema import Resource
from sim.cohort import Cohort
from sim.journal import Step

if TYPE_CHECKING:
    from results.timeline import Timeline
    from sim.experiment import Measures


def maternity_kpis(line: Timeline) -> Measures:
    """Return the KPIs of births, travel, caesareans and rooms."""
    norm = norms(line.outcome.scenario.norms)
    woman = Cohort.BIRTH.includes(line.patients)
    entered = woman & line.measured(line.at(Step.ENTER))
    hospital, at_hospital = line.at(Step.BIRTH_HOSPITAL), line.site(Step.BIRTH_HOSPITAL)
    left = entered & ~np.isnan(line.at(Step.TO_NEIGHBOUR))
    arrives = line.at(Step.MATERNITY_ARRIVE, Step.TO_NEIGHBOUR)
    travel = (arrives - line.at(Step.DEPARTS))[entered & line.resident]
    travel = travel[~np.isnan(travel)]
    rows: Measures = [
        (REGION_SITE, "maternity.births", line.per_year((entered & line.resident).sum())),
        (REGION_SITE, "maternity.births_home", line.count(Step.BIRTH_HOME)),
        (REGION_SITE, "maternity.births_on_the_way", line.count(Step.BIRTH_ON_THE_WAY)),
        (REGION_SITE, "maternity.to_neighbours", line.per_year((left & line.resident).sum())),
        (REGION_SITE, "maternity.diverted", line.count(Step.MATERNITY_DIVERTED)),
        (REGION_SITE, "maternity.travel.mean", mean(travel)),
        (REGION_SITE, "maternity.travel.over_30", 1 - within(travel, norm["maternity.car"])),
    ]
    decided = line.at(Step.CAESAREAN_CAT1, Step.CAESAREAN_OTHER)
    is_cat1 = ~np.isnan(line.at(Step.CAESAREAN_CAT1))
    to_incision = line.at(Step.INCISION) - decided
    at_decision = line.site(Step.CAESAREAN_CAT1, Step.CAESAREAN_OTHER)
    for name, here in line.selections(at_decision, line.measured(decided)):
        first = to_incision[here & is_cat1]
        rows += [
            (name, "maternity.caesareans", line.per_year(here.sum())),
            (name, "maternity.caesarean.decision_to_incision.median", quantile(first, 50)),
            (name, "maternity.caesarean.decision_to_incision.p90", quantile(first, P90)),
            (
                name,
                "maternity.caesarean.within_30",
                within(first, norm["caesarean.decision_to_incision"]),
            ),
        ]
    for name, here in line.selections(at_hospital, line.measured(hospital)):
        rows.append((name, "maternity.births_hospital", line.per_year(here.sum())))
    for number, name in line.own_sites():
        rooms = line.capacity(name, Resource.MATERNITY_ROOMS).mean()
        if rooms:
            used = line.mean_number(Step.DELIVERY_ROOM, Step.DELIVERY_ROOM_LEFT, site=number)
            rows.append((name, "maternity.room_occupancy", used / rooms))
    return rows
