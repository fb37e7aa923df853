"""A hospital: what its patients compete for, site by site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios.neighbours import neighbour_rooms
from scenarios.schema.vocabulary import Function, NightTeam, Resource, TheatrePolicy
from sim.engine.pool import Pool  # noqa: TC001 - a compiled dataclass reads its types
from sim.engine.process import Process
from sim.journal.steps import Step
from sim.resources.beds import WardBeds, swing_beds
from sim.resources.diversion import Diversion
from sim.resources.emergency_department import EmergencyDepartment
from sim.resources.maternity_unit import MaternityUnit
from sim.resources.neighbour import Walls
from sim.resources.theatre_teams import Coordinator, Staff

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt
    from simpy import Environment

    from scenarios.parameters.keys import ParameterKey
    from scenarios.schema.scenario import Scenario
    from scenarios.schema.sites import Site
    from sim.journal.journal import Journal
    from sim.resources.geography import Geography
    from sim.resources.rosters import Rosters


@dataclass(eq=False)
class Hospital:
    """One site in play, a neighbour's too.

    Attributes
    ----------
    number
        Of the site, in the journal and in tables of minutes.
    is_neighbour
        Whether it lies outside the region.
    walls
        Of a neighbour that is simulated: its places, for its own patients and ours. A neighbour
        without takes everyone at once, and their care is counted, not simulated.
    elective_teams
        The number of elective sessions that can be run at a time.
    theatre
        Hands out rooms, teams and anaesthetists.
    caesarean_suite
        Rooms with their team in sessions kept for planned caesareans.
    ward_beds, elective_beds
        Those of acute and of planned patients.
    recovery
        Places to wake up after surgery.
    second_team
        Theatre teams that can be called in besides those of the roster.
    team_at_home
        Whether the theatre team of the night is on call from home.
    at_home_at_night
        Who else is.
    """

    number: int
    is_neighbour: bool
    is_trauma_centre: bool
    has_nicu: bool
    has_thoracic_rooms: bool
    elective_teams: int
    ed: EmergencyDepartment
    maternity: MaternityUnit
    birth_centre: Pool
    maternity_beds: Pool
    cots: Pool
    ward_beds: WardBeds
    elective_beds: WardBeds
    icu_beds: Pool
    theatre: Coordinator
    recovery: Pool
    caesarean_suite: Staff
    gynaecologists: Staff
    paediatricians: Staff
    second_team: Staff
    team_at_home: bool
    at_home_at_night: frozenset[Staff]
    walls: Walls | None = None

    @property
    def is_endless(self) -> bool:
        """Whether it takes everyone at once: a neighbour that is counted only."""
        return self.is_neighbour and self.walls is None

    def has_room(self, function: Function) -> bool:
        """Whether it takes who calls ahead; our own sites refuse ambulances to the ED only."""
        if function is Function.ED:
            return not self.ed.diverts
        if self.walls is None:
            return True
        if function is Function.WARD:
            return self.ward_beds.is_free
        return function is not Function.MATERNITY or not self.maternity.on_stop

    @property
    def has_icu_bed(self) -> bool:
        """Whether an intensive care bed is free."""
        return self.is_endless or self.icu_beds.is_free

    @property
    def shared_roles(self) -> tuple[Staff, ...]:
        """Who may be lent to another site: the same roles in the same order everywhere."""
        theatre = self.theatre
        return theatre.teams, theatre.anaesthetists, self.gynaecologists, self.paediatricians

    def births_go_on(self) -> bool:
        """Whether a woman is in a delivery room."""
        return self.maternity.rooms.busy > 0


def hospitals(
    env: Environment,
    journal: Journal,
    scenario: Scenario,
    parameters: Mapping[ParameterKey, float],
    geography: Geography,
    rosters: Rosters,
    stop: Mapping[tuple[str, Function], npt.NDArray[np.bool_]] | None = None,
) -> list[Hospital]:
    """Return the hospitals of a scenario, in the order of its sites.

    Rosters change in the order in which they are asked for: resource after resource for places,
    site after site for people. `stop` has the hours in which ambulances go elsewhere for want of
    people, by site and function.
    """
    sites = geography.sites
    ed_diversion = Diversion(
        env,
        journal,
        geography,
        Function.ED,
        begins=Step.ED_STOP,
        ends=Step.ED_STOP_END,
        minutes=parameters["ed.stop.minutes"],
    )
    maternity_diversion = Diversion(
        env,
        journal,
        geography,
        Function.MATERNITY,
        begins=Step.MATERNITY_STOP,
        ends=Step.MATERNITY_STOP_END,
        minutes=parameters["maternity.stop.minutes"],
    )
    for (name, function), hours in (stop or {}).items():
        if function is Function.ED and hours.any():
            Process(env, ed_diversion.hold(sites.index(name), hours))
    departments = [
        EmergencyDepartment(env, parameters, rosters, number, site, ed_diversion)
        for number, site in enumerate(sites)
    ]
    units = [
        MaternityUnit(
            number,
            rosters.staffed_rooms(
                site,
                Resource.MATERNITY_ROOMS,
                Resource.MATERNITY_MIDWIVES,
                parameters["maternity.rooms_per_midwife"],
            ),
            maternity_diversion,
            int(parameters["maternity.stop.waiting"]),
        )
        for number, site in enumerate(sites)
    ]
    birth_centres = [rosters.pool(site, Resource.MATERNITY_CENTRE_ROOMS) for site in sites]
    cots = [rosters.pool(site, Resource.MATERNITY_COTS) for site in sites]
    recovery = [rosters.pool(site, Resource.THEATRE_RECOVERY) for site in sites]
    maternity_beds = [rosters.pool(site, Resource.MATERNITY_BEDS) for site in sites]
    swings = parameters["ward.swing.acute"], parameters["ward.swing.planned"]
    ward_beds, elective_beds = zip(*(swing_beds(env, *swings) for _ in sites), strict=True)
    for name, acute, planned in zip(sites, ward_beds, elective_beds, strict=True):
        rosters.follow_with(acute, name, Resource.WARD_BEDS)
        rosters.follow_with(planned, name, Resource.ELECTIVE_BEDS)
    icu_beds = [rosters.pool(site, Resource.ICU_BEDS) for site in sites]
    breaks_in = scenario.policies.emergency_theatre is TheatrePolicy.BREAK_IN
    with_walls = neighbour_rooms(scenario)
    found = []
    for number, (name, site) in enumerate(scenario.active_sites().items()):
        caesarean_suite = Staff()
        theatre, gynaecologists, paediatricians = _teams(
            env, rosters, name, caesarean_suite, breaks_in=breaks_in
        )
        found.append(
            Hospital(
                number=number,
                is_neighbour=geography.is_neighbour[number],
                is_trauma_centre=site.trauma_centre,
                has_nicu=site.nicu,
                has_thoracic_rooms=rosters.most(name, Resource.THEATRE_THORACIC_ROOMS) > 0,
                elective_teams=rosters.most(name, Resource.ELECTIVE_TEAMS),
                ed=departments[number],
                maternity=units[number],
                birth_centre=birth_centres[number],
                maternity_beds=maternity_beds[number],
                cots=cots[number],
                ward_beds=ward_beds[number],
                elective_beds=elective_beds[number],
                icu_beds=icu_beds[number],
                theatre=theatre,
                recovery=recovery[number],
                caesarean_suite=caesarean_suite,
                gynaecologists=gynaecologists,
                paediatricians=paediatricians,
                second_team=rosters.staff(name, Resource.THEATRE_SECOND),
                team_at_home=site.night_theatre_team is NightTeam.ON_CALL,
                at_home_at_night=_at_home_at_night(site, gynaecologists, paediatricians),
                walls=Walls(env, parameters, rosters, number, name, ed_diversion)
                if name in with_walls
                else None,
            )
        )
    for hospital in found:  # whoever a birth may need stays until the last child is born
        for staff in hospital.shared_roles:
            rosters.keep_the_last(staff, hospital.births_go_on)
    return found


def _teams(
    env: Environment, rosters: Rosters, site: str, caesarean_suite: Staff, *, breaks_in: bool
) -> tuple[Coordinator, Staff, Staff]:
    """Return a site's theatre, gynaecologists and paediatricians, who share its coordinator."""
    rooms, teams, gynaecologists, paediatricians = (
        rosters.staff(site, resource)
        for resource in (
            Resource.THEATRE_ROOMS,
            Resource.THEATRE_TEAMS,
            Resource.MATERNITY_DOCTORS,
            Resource.MATERNITY_PAEDIATRICIANS,
        )
    )
    anaesthetists = rosters.staff(site, Resource.THEATRE_ANAESTHETISTS)
    thoracic = rosters.staff(site, Resource.THEATRE_THORACIC_ROOMS)
    theatre = Coordinator(
        env,
        rooms,
        teams,
        anaesthetists,
        (gynaecologists, paediatricians, caesarean_suite),
        breaks_in=breaks_in,
        thoracic=thoracic,
    )
    return theatre, gynaecologists, paediatricians


def _at_home_at_night(site: Site, gynaecologists: Staff, paediatricians: Staff) -> frozenset[Staff]:
    roles = {
        Resource.MATERNITY_DOCTORS: gynaecologists,
        Resource.MATERNITY_PAEDIATRICIANS: paediatricians,
    }
    return frozenset(staff for resource, staff in roles.items() if resource in site.night_on_call)
