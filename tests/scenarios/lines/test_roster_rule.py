"""The fewest people of a legal roster, held against rosters that an exact solver finds (HiGHS)."""

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from scenarios.lines.catalogue import line_norms
from scenarios.lines.roster_rule import DAYS_PER_MONTH, RosterRule, duties_per_person
from scenarios.parameters.registry import registry
from scenarios.schema.lines import Presence

DAYS = 28
WEEKEND = (5, 6)
RULE = RosterRule(line_norms("nl-2024").rules, registry()["staff.hours_per_fte"])


class Roster:
    """Constraints on 0/1 decisions, a row at a time."""

    def __init__(self, size):
        self.size, self.rows, self.low, self.high = size, [], [], []

    def add(self, terms, low=-np.inf, high=np.inf):
        self.rows.append(terms)
        self.low.append(low)
        self.high.append(high)

    def exists(self):
        at = [
            (row, column, value) for row, terms in enumerate(self.rows) for column, value in terms
        ]
        row, column, value = zip(*at, strict=True)
        matrix = coo_array((value, (row, column)), shape=(len(self.rows), self.size))
        found = milp(
            np.zeros(self.size),
            integrality=np.ones(self.size),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(matrix.tocsc(), self.low, self.high),
        )
        return found.status == 0


def shifts(places, people):
    """Day 8-16, evening 16-23, night 23-8, eleven hours of rest, 36 hours and few nights."""
    rules, lengths = RULE.rules, (8, 7, 9)
    roster = Roster(people * DAYS * 3)

    def at(person, day, shift):
        return (person * DAYS + day % DAYS) * 3 + shift

    for day in range(DAYS):
        for shift in range(3):
            roster.add([(at(one, day, shift), 1) for one in range(people)], low=places)
    for one in range(people):
        for day in range(DAYS):
            roster.add([(at(one, day, shift), 1) for shift in range(3)], high=1)
            roster.add([(at(one, day, 1), 1), (at(one, day + 1, 0), 1)], high=1)
            after_night = [(at(one, day + 1, 0), 1), (at(one, day + 1, 1), 1)]
            roster.add([(at(one, day, 2), 1), *after_night], high=1)
        nights = rules.nights_per_16_weeks.value / 4
        roster.add([(at(one, day, 2), 1) for day in range(DAYS)], high=nights)
        hours = rules.contract_hours_per_year.value * DAYS / 365.25
        roster.add(
            [(at(one, day, shift), lengths[shift]) for day in range(DAYS) for shift in range(3)],
            high=hours,
        )
    return roster.exists()


def duties(places, people, *, in_house):
    """One duty a day outside office hours: 15 hours on a weekday, 24 at the weekend."""
    rules = RULE.rules
    hours = [24 if day % 7 in WEEKEND else 15 for day in range(DAYS)]
    assert sum(hours) == 4 * rules.out_of_office_hours_per_week.value
    roster = Roster(2 * people * DAYS)

    def on(person, day):
        return person * DAYS + day % DAYS

    def free(person, day):
        return (people + person) * DAYS + day % DAYS

    for day in range(DAYS):
        roster.add([(on(one, day), 1) for one in range(people)], low=places)
    for one in range(people):
        month = range(DAYS)
        if in_house:
            for day in month:  # nine hours between two duties, where eleven are asked
                roster.add([(on(one, day), 1), (on(one, day + 1), 1)], high=1)
            most = rules.presence_per_26_weeks.value * 4 / 26
            roster.add([(on(one, day), 1) for day in month], high=most)
            most = rules.presence_hours_per_week.value * 4
            roster.add([(on(one, day), hours[day]) for day in month], high=most)
            continue
        roster.add([(on(one, day), 1) for day in month], high=rules.duty_days_per_4_weeks.value)
        most = rules.duty_hours_per_week.value * 4
        called = rules.called_share.value
        roster.add([(on(one, day), hours[day] * called) for day in month], high=most)
        for day in month:
            for later in (0, 1):
                roster.add([(free(one, day), 1), (on(one, day + later), 1)], high=1)
            roster.add([(free(one, day), 1), (free(one, day + 1), 1)], high=1)
        roster.add([(free(one, day), 1) for day in month], low=2)
    return roster.exists()


@pytest.mark.parametrize("places", [1, 2])
def test_shifts_need_as_many_people_as_the_solver_finds_and_no_fewer(places):
    least = RULE.least_people(Presence.SHIFT, places)
    assert least == {1: 5, 2: 10}[places]
    assert shifts(places, least)
    assert not shifts(places, least - 1)


@pytest.mark.parametrize("in_house", [True, False])
@pytest.mark.parametrize("places", [1, 2])
def test_duties_need_as_many_people_as_the_solver_finds_and_no_fewer(places, in_house):
    presence = Presence.IN_HOUSE if in_house else Presence.ON_CALL
    least = RULE.least_people(presence, places)
    assert least == {(1, True): 4, (2, True): 7, (1, False): 3, (2, False): 6}[places, in_house]
    assert duties(places, least, in_house=in_house)
    assert not duties(places, least - 1, in_house=in_house)


def test_one_place_in_house_takes_six_full_time_jobs_as_the_parameter_of_staff_says():
    """8,766 hours over the 1,450 that a full-time job works; at 0.746 jobs a person, 8 people."""
    assert RULE.full_time_jobs(1) == pytest.approx(8766 / 1450)
    jobs = registry()["people.fte.nurse"]
    assert RULE.full_time_jobs(1) / jobs == pytest.approx(8.1, abs=0.05)


def test_leave_and_sickness_ask_for_more_people():
    """1,872 contract hours over 1,450 worked: 1.29 people for one who is there."""
    assert RULE.away == pytest.approx(1872 / 1450)
    assert RULE.least_people_with_leave(Presence.ON_CALL, 1) == 4  # 2.64 x 1.29 = 3.4
    assert RULE.least_people_with_leave(Presence.IN_HOUSE, 1) == 5  # 3.5 x 1.29 = 4.5
    assert RULE.least_people_with_leave(Presence.SHIFT, 1, fte=0.746) == 9


def test_duties_are_shared_by_the_people_that_there_are():
    assert duties_per_person(1, 6) == pytest.approx(DAYS_PER_MONTH / 6)
    assert duties_per_person(1, 0) == np.inf
