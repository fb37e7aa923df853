"""The region: one SimPy environment with every site, pool and patient of a replication."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import simpy

from scenarios.hours import FORTNIGHT
from scenarios.schema import Function, NightTeam, Resource
from sim import ambulance, emergency, maternity, theatre, ward
from sim.choice import attractions, preferences
from sim.department import EmergencyDepartment
from sim.fleet import Fleet
from sim.geography import Geography
from sim.journal import MINUTES_PER_HOUR, MINUTES_PER_WEEK, Journal
from sim.journey import Journey
from sim.rosters import Rosters
from sim.staffing import staffing
from sim.streams import Purpose

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from simpy.events import Event

    from geodata.dataset import DataSet
    from scenarios.parameters import Parameters
    from scenarios.schema import Scenario
    from sim.cohort import Horizon
    from sim.patients import Patients


class _Constants(dict[str, float]):
    """Parameters that were read before, at the speed of a dictionary."""

    def __init__(self, parameters: Parameters) -> None:
        super().__init__()
        self._parameters = parameters

    def __missing__(self, key: str) -> float:
        value = self[key] = self._parameters[key]
        return value


class Region:
    """Everything a patient's process needs: the clock, the places, the journal.

    Parameters
    ----------
    scenario
        The configuration.
    data
        Cells, points and minutes.
    horizon
        The random streams, here for which site each patient prefers.
    patients
        Everyone who will need care.
    """

    def __init__(
        self, scenario: Scenario, data: DataSet, horizon: Horizon, patients: Patients
    ) -> None:
        self.env = simpy.Environment()
        self.journal = Journal(self.env)
        self.note = self.journal.note
        self.parameters = _Constants(scenario.effective_parameters())
        self.policies = scenario.policies
        self.patients = patients
        self.places = Geography(scenario, data)
        self.staffing = staffing(scenario, horizon)
        self.rosters = Rosters(self.env, scenario, self.staffing.capacity)
        self._team_at_home = [
            site.night_theatre_team is NightTeam.ON_CALL for site in scenario.in_play().values()
        ]
        self._add_sites()
        self.fleet = Fleet(self, scenario)
        self._let_patients_choose(horizon, scenario.effective_parameters())

    def run(self, until: float) -> None:
        """Simulate from minute 0."""
        self.env.process(self._store_journal())
        self.env.process(self.rosters.follow())
        self.env.process(self.fleet.follow_roster())
        people = self.patients
        self._start(people.visits.time, emergency.visit)
        self._start(people.directs.time, ward.direct_admission)
        self._start(people.operations.time, theatre.elective_operation)
        self._start(people.medicals.time, ward.medical_admission)
        self._start(people.births.time, maternity.birth)
        self._start(people.rides.time, ambulance.ride)
        gc.freeze()  # the columns of patients and minutes are no garbage to look through
        try:
            self.env.run(until=until)
        finally:
            gc.unfreeze()

    def _store_journal(self) -> Generator[Event, object, None]:
        while True:
            yield self.env.timeout(MINUTES_PER_WEEK)
            self.journal.store()

    def hour_of_fortnight(self) -> int:
        """Return the present hour, 0 to 335."""
        return int(self.env.now // MINUTES_PER_HOUR) % FORTNIGHT

    def _let_patients_choose(self, horizon: Horizon, parameters: Parameters) -> None:
        """Set where walk-ins and women in labour want to go."""
        visits, births, places = self.patients.visits, self.patients.births, self.places
        self.ed_choice = places.nearest_open(
            Function.ED,
            visits.cell,
            visits.time,
            preferences(
                horizon,
                Purpose.VISIT_CHOICE,
                visits.patient,
                places.sites,
                self.parameters["ed.choice.spread"],
                attractions(parameters, "ed", places.sites),
            ),
        )
        self.maternity_choice = places.by_preference(
            births.cell,
            preferences(
                horizon,
                Purpose.BIRTH_CHOICE,
                births.patient,
                places.sites,
                self.parameters["maternity.choice.spread"],
                attractions(parameters, "maternity", places.sites),
            ),
        )

    def _start(
        self,
        times: Sequence[float],
        journey: Callable[[Region, int], Generator[Event, object, None]],
    ) -> None:
        """Let each member of a cohort begin the journey at his or her own time."""

        def arrivals() -> Generator[Event, object, None]:
            for row, time in enumerate(times):
                yield self.env.timeout(max(time - self.env.now, 0.0))
                Journey(journey(self, row))

        self.env.process(arrivals())

    def _add_sites(self) -> None:
        rosters, sites = self.rosters, self.places.sites
        midwives = self.parameters["maternity.rooms_per_midwife"]
        self.ed = [EmergencyDepartment(self, number, site) for number, site in enumerate(sites)]
        self.theatre = [rosters.theatre(site) for site in sites]
        self.delivery_rooms = [
            rosters.staffed_rooms(
                site, Resource.MATERNITY_ROOMS, Resource.MATERNITY_MIDWIVES, midwives
            )
            for site in sites
        ]
        self.maternity_beds = [rosters.pool(site, Resource.MATERNITY_BEDS) for site in sites]
        self.ward_beds = [rosters.pool(site, Resource.WARD_BEDS) for site in sites]
        self.elective_beds = [rosters.pool(site, Resource.ELECTIVE_BEDS) for site in sites]
        self.icu_beds = [rosters.pool(site, Resource.ICU_BEDS) for site in sites]

    def on_call_now(self, site: int) -> bool:
        """Whether a theatre team has to come from home now: at night, unless it is in house."""
        return self._team_at_home[site] and self.fleet.is_night(self.env.now)


def simulate(scenario: Scenario, data: DataSet, horizon: Horizon, patients: Patients) -> Region:
    """Return the region after one replication of a scenario."""
    region = Region(scenario, data, horizon, patients)
    region.run(horizon.end)
    return region
