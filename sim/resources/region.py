"""The region: one SimPy environment with every site, pool and patient of a replication."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from scenarios.schema.vocabulary import Function, NightTeam, Resource, TheatrePolicy
from sim.engine.environment import Clock
from sim.engine.process import Journey
from sim.journal.journal import Journal
from sim.pathways.arrivals import let_come
from sim.pathways.elective_surgery import open_sessions
from sim.pathways.initial_state import admit
from sim.patients.emergency_surgery import emergency_kinds
from sim.patients.hospital_choice import attractions, preferences
from sim.random.streams import Purpose
from sim.resources.emergency_department import EmergencyDepartment
from sim.resources.fleet import Fleet
from sim.resources.geography import Geography
from sim.resources.maternity_unit import Maternity
from sim.resources.rosters import Rosters
from sim.resources.staffing import staffing
from sim.resources.theatre_schedule import Planning
from sim.resources.theatre_teams import Coordinator, Priority, Staff
from sim.units import MINUTES_PER_HOUR, MINUTES_PER_WEEK

if TYPE_CHECKING:
    from geodata.dataset.dataset import DataSet
    from scenarios.parameters.registry import Parameters
    from scenarios.schema.scenario import Scenario
    from sim.engine.process import Story
    from sim.patients.cohort import Horizon
    from sim.patients.past import Past
    from sim.patients.population import Patients


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
        self.env = Clock()
        self.journal = Journal(self.env)
        self.parameters = _Constants(scenario.effective_parameters())
        self.policies = scenario.policies
        self.patients = patients
        self.places = Geography(scenario, data)
        self.staffing = staffing(scenario, horizon)
        self.rosters = Rosters(self.env, self.staffing.capacity)
        self._in_play = list(scenario.in_play().values())
        self.theatre_schedules = [
            (number, sessions)
            for number, site in enumerate(self._in_play)
            for sessions in site.theatre_schedule
        ]
        self._add_sites()
        self._add_teams(scenario)
        self.kinds = emergency_kinds(horizon, self.parameters, patients)
        self.planning = Planning(self, scenario.horizon_year, horizon.weeks)
        self.fleet = Fleet(self, scenario)
        self._let_patients_choose(horizon, scenario.effective_parameters())

    def run(self, until: float, past: Past | None = None) -> None:
        """Simulate from minute 0, with those of the past who are in bed by then."""
        Journey(self.env, self._store_journal())
        Journey(self.env, self.rosters.follow())
        Journey(self.env, self.fleet.follow_roster())
        if past is not None:
            admit(self, past)
        Journey(self.env, open_sessions(self))
        let_come(self)
        gc.disable()  # a journey leaves no cycles; looking for them takes a tenth of the time
        try:
            self.env.run_to(until)
        finally:
            gc.enable()

    def _store_journal(self) -> Story[None]:
        while True:
            yield MINUTES_PER_WEEK
            self.journal.store()

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

    def _add_sites(self) -> None:
        rosters, sites = self.rosters, self.places.sites
        midwives = self.parameters["maternity.rooms_per_midwife"]
        self.ed = [EmergencyDepartment(self, number, site) for number, site in enumerate(sites)]
        self.maternity = [
            Maternity(
                self,
                number,
                rosters.staffed_rooms(
                    site, Resource.MATERNITY_ROOMS, Resource.MATERNITY_MIDWIVES, midwives
                ),
            )
            for number, site in enumerate(sites)
        ]
        self.birth_centre = [rosters.pool(site, Resource.MATERNITY_CENTRE_ROOMS) for site in sites]
        self.cots = [rosters.pool(site, Resource.MATERNITY_COTS) for site in sites]
        self.recovery = [
            rosters.pool_if_rostered(site, Resource.THEATRE_RECOVERY) for site in sites
        ]
        self.thoracic_sites = [
            number
            for number, site in enumerate(sites)
            if rosters.most(site, Resource.THEATRE_THORACIC_ROOMS)
        ]
        self.nicu_sites = [number for number, site in enumerate(self._in_play) if site.nicu]
        self.trauma_centres = [
            number for number, site in enumerate(self._in_play) if site.trauma_centre
        ]
        self.maternity_beds = [rosters.pool(site, Resource.MATERNITY_BEDS) for site in sites]
        self.ward_beds = [rosters.pool(site, Resource.WARD_BEDS) for site in sites]
        self.elective_beds = [rosters.pool(site, Resource.ELECTIVE_BEDS) for site in sites]
        self.icu_beds = [rosters.pool(site, Resource.ICU_BEDS) for site in sites]

    def _add_teams(self, scenario: Scenario) -> None:
        """Add who is shared by surgery and obstetrics at each site."""
        rosters, in_play = self.rosters, scenario.in_play()
        breaks_in = self.policies.emergency_theatre is TheatrePolicy.BREAK_IN
        self.minutes_to_leave = self.parameters["theatre.borrow.leave"]
        self.theatre: list[Coordinator] = []
        self.caesareans: list[Staff] = []
        self.gynaecologists: list[Staff] = []
        self.paediatricians: list[Staff] = []
        self.second_team: list[Staff] = []
        self.shared_roles: list[tuple[Staff, ...]] = []
        self.at_home_at_night: list[set[Staff]] = []
        self.team_at_home = [
            site.night_theatre_team is NightTeam.ON_CALL for site in in_play.values()
        ]
        self.theatre_rooms = [
            tuple(
                rosters.most(site, resource)
                for resource in (Resource.THEATRE_ROOMS, Resource.THEATRE_THORACIC_ROOMS)
            )
            for site in in_play
        ]
        self._elective_teams = [rosters.most(site, Resource.ELECTIVE_TEAMS) for site in in_play]
        for key, site in in_play.items():
            rooms, teams, gynaecologists, paediatricians = (
                rosters.staff(key, resource)
                for resource in (
                    Resource.THEATRE_ROOMS,
                    Resource.THEATRE_TEAMS,
                    Resource.MATERNITY_DOCTORS,
                    Resource.MATERNITY_PAEDIATRICIANS,
                )
            )
            anaesthetists = rosters.staff_if_rostered(key, Resource.THEATRE_ANAESTHETISTS)
            thoracic = (
                rosters.staff(key, Resource.THEATRE_THORACIC_ROOMS)
                if rosters.most(key, Resource.THEATRE_THORACIC_ROOMS)
                else None
            )
            specialists = (gynaecologists, paediatricians)
            caesareans = Staff()  # a room with its team in a session kept for them
            others = (*specialists, caesareans)
            self.theatre.append(
                Coordinator(
                    self.env,
                    rooms,
                    teams,
                    anaesthetists,
                    others,
                    breaks_in=breaks_in,
                    thoracic=thoracic,
                )
            )
            self.caesareans.append(caesareans)
            self.gynaecologists.append(gynaecologists)
            self.paediatricians.append(paediatricians)
            self.second_team.append(rosters.staff(key, Resource.THEATRE_SECOND))
            self.shared_roles.append((teams, anaesthetists, *specialists))
            self.at_home_at_night.append(
                {
                    staff
                    for staff, resource in (
                        (gynaecologists, Resource.MATERNITY_DOCTORS),
                        (paediatricians, Resource.MATERNITY_PAEDIATRICIANS),
                    )
                    if resource in site.night_on_call
                }
            )

    def elective_teams(self, site: int) -> int:
        """Return how many elective sessions a site can run at a time."""
        return self._elective_teams[site]

    def is_night(self, time: float) -> bool:
        """Whether a minute falls in the night shift."""
        return self.fleet.is_night(time)

    def last_deferrable_start(self, priority: int) -> float:
        """Return until which minute of the day surgery of class 3 or 4 may start."""
        key = "theatre.cat3.last_start" if priority == Priority.CAT3 else "theatre.cat4.last_start"
        return self.parameters[key] * MINUTES_PER_HOUR
