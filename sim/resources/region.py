"""The region: the state of one replication, every place and patient of it.

State only: pathways change it, and `sim.simulation` runs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.neighbours import neighbour_rooms
from scenarios.parameters.keys import ParameterKey
from scenarios.schema.vocabulary import Function
from sim.engine.environment import SimulationEnvironment
from sim.journal.journal import Journal
from sim.journal.steps import Step
from sim.patients.bookings import book
from sim.patients.emergency_surgery import emergency_operations
from sim.patients.hospital_choice import attractions, preferences
from sim.patients.neighbours import NO_NEEDS, needs_of, sample_neighbour
from sim.random.streams import Purpose
from sim.resources.fleet import Fleet
from sim.resources.geography import Geography
from sim.resources.hospital import hospitals
from sim.resources.maternity_choice import closed_units, maternity_choice
from sim.resources.neighbour import capacity_of
from sim.resources.rosters import Rosters
from sim.resources.staffing import staffing
from sim.resources.theatre_schedule import TheatreSchedule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata.dataset.dataset import DataSet
    from scenarios.neighbours import NeighbourRoom
    from scenarios.parameters.registry import Parameters
    from scenarios.schema.scenario import Scenario
    from sim.patients.cohort import Horizon
    from sim.patients.neighbours import Needs, NeighbourPatients
    from sim.patients.population import Patients


class _Constants(dict[ParameterKey, float]):
    """Parameters that were read before, at the speed of a dictionary."""

    def __init__(self, parameters: Parameters) -> None:
        super().__init__()
        self._parameters = parameters

    def __missing__(self, key: ParameterKey) -> float:
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

    Attributes
    ----------
    hospitals, hospital_by_id
        By number and by id of the site.
    trauma_centres
        Their numbers.
    minutes_to_leave
        Until who is lent to another site can go there.
    emergency_operations
        What is done in emergency surgery, by patient.
    needs
        What each visit needs at a neighbour's that has walls.
    neighbours
        The patients of each neighbour's own, by id of the site.
    ed_choice
        The emergency department of each visit that comes by itself.
    closed_units
        What women weigh whose maternity unit has closed.
    maternity_choice
        The sites of each birth, the preferred one first.
    """

    def __init__(
        self, scenario: Scenario, data: DataSet, horizon: Horizon, patients: Patients
    ) -> None:
        parameters = scenario.effective_parameters()
        self.env = SimulationEnvironment()
        self.journal = Journal(self.env)
        self.parameters = _Constants(parameters)
        self.policies = scenario.policies
        self.patients = patients
        self.minutes_to_leave = self.parameters["theatre.borrow.leave"]
        self.staffing = staffing(scenario, horizon)
        self.geography = Geography(scenario, data, self.staffing.capacity, self.staffing.closed)
        rooms = neighbour_rooms(scenario)
        hours = len(next(iter(self.staffing.capacity.values())))
        self.rosters = Rosters(self.env, {**self.staffing.capacity, **capacity_of(rooms, hours)})
        self.hospitals = hospitals(
            self.env,
            self.journal,
            scenario,
            self.parameters,
            self.geography,
            self.rosters,
            self.staffing.stop,
        )
        self.hospital_by_id = dict(zip(self.geography.sites, self.hospitals, strict=True))
        self.trauma_centres = [site.number for site in self.hospitals if site.is_trauma_centre]
        self.emergency_operations = emergency_operations(horizon, parameters, patients)
        self.theatre_schedule = TheatreSchedule(
            scenario,
            horizon.weeks,
            self.parameters,
            self.geography,
            self.rosters,
            patients.operations,
        )
        self.fleet = Fleet(
            self.env,
            scenario,
            self.parameters,
            self.geography.crew_places,
            self.staffing.crews,
        )
        self.needs, self.neighbours = _neighbours(rooms, patients, horizon, parameters)
        self.ed_choice = _ed_choice(patients, self.geography, horizon, parameters)
        self.closed_units = closed_units(scenario)
        self.maternity_choice = maternity_choice(
            patients.births, self.geography, horizon, parameters, self.closed_units
        )
        if rooms:
            self._book(rooms, horizon)

    def _book(self, rooms: Mapping[str, NeighbourRoom], horizon: Horizon) -> None:
        """Let women book ahead, and note whom a neighbour had no place for."""
        number = {name: hospital.number for name, hospital in self.hospital_by_id.items()}
        births = self.patients.births
        self.maternity_choice, refused = book(
            births,
            self.maternity_choice,
            lambda time: self.geography.open_sites(Function.MATERNITY, time),
            {number[name]: self.neighbours[name].birth_time for name in rooms},
            {number[name]: room.bookings for name, room in rooms.items()},
            horizon.end,
        )
        self.journal.note_all(
            [births.time[row] for row, _ in refused],
            [births.patient[row] for row, _ in refused],
            Step.NEIGHBOUR_BOOKED_UP,
            [site for _, site in refused],
        )


def _neighbours(
    rooms: Mapping[str, NeighbourRoom],
    patients: Patients,
    horizon: Horizon,
    parameters: Parameters,
) -> tuple[Needs, dict[str, NeighbourPatients]]:
    if not rooms:
        return NO_NEEDS, {}
    needs = needs_of(patients.visits, parameters["theatre.turnover"])
    own = {
        name: sample_neighbour(horizon, parameters, name, room, patients.births, needs)
        for name, room in rooms.items()
    }
    return needs, own


def _ed_choice(
    patients: Patients, geography: Geography, horizon: Horizon, parameters: Parameters
) -> list[int]:
    visits = patients.visits
    minutes = preferences(
        horizon,
        Purpose.VISIT_CHOICE,
        visits.patient,
        geography.sites,
        parameters["ed.choice.spread"],
        attractions(parameters, "ed", geography.sites),
    )
    return geography.nearest_open(Function.ED, visits.cell, visits.time, minutes)
