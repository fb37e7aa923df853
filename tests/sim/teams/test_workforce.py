"""Teams over the years: against theory, the same people everywhere, and what pooling does."""

import numpy as np
import pytest
from scipy import stats

from scenarios.files.loading import load
from scenarios.lines.people_file import with_people
from scenarios.parameters.registry import Confidence
from scenarios.schema.lines import Measure, TeamName, TeamSize
from scenarios.schema.vocabulary import Function
from sim.teams.posts import MONTHS, MonthlyDraw, Posts, Stream
from sim.teams.staff_path import StaffModel
from sim.teams.workforce import Demand, Rates, workforce, yearly_season

NOTHING_BUT_COMING_AND_GOING = {
    "people.leave.age.under_35": 1,
    "people.leave.age.from_35_to_54": 1,
    "people.leave.age.from_55": 1,
    "people.retirement.age": 1000,
    "people.tightness.power": 0,
    "people.trainee.share.nurse": 0,
    "people.sickness.share": 0,
    "people.pregnancy.rate": 0,
    "people.summer.share": 0,
}
NO_FEEDBACK = {"people.closure.leave": 1, "people.closure.follow": 1, "people.overtime.leave": 1}
PAEDIATRICIANS = TeamName.PAEDIATRICIANS


def told(**values):
    return [f"{key}={value}" for key, value in values.items()]


def size(people, vacancies=0):
    return TeamSize(
        low=people,
        high=people,
        vacancies=vacancies,
        source="test",
        confidence=Confidence.ENGINEERING_ESTIMATE,
    )


def of(name, people, team=PAEDIATRICIANS, settings=(), vacancies=0):
    """Return the model of a scenario in which a team has so many people at both sites."""
    sizes = {(site, team): size(people, vacancies) for site in ("MST", "ZGT_ALM")}
    return StaffModel(with_people(load(name, settings), sizes))


def nurses(teams, each):
    """Return posts of nurses in teams, all held, with marks of their own."""
    count, rng = teams * each, np.random.default_rng(5)
    number = np.repeat(np.arange(teams), each)
    return Posts(
        today=number,
        planned=number,
        group=np.full(count, 2),
        weight=np.ones(count),
        opens=np.zeros(count, dtype=np.int64),
        held=np.ones(count, dtype=bool),
        age=np.full(count, 40.0),
        follows=np.zeros(count),
        marks=rng.random((len(MonthlyDraw), MONTHS, count), dtype=np.float32),
    )


def test_team_sizes_become_those_of_a_birth_and_death_process():
    """A post is held with f / (f + a), leaving with a and found with f a month: binomial teams."""
    leave, months, teams, each = 0.36, 8.0, 300, 10
    scenario = load(
        "now",
        told(
            **NOTHING_BUT_COMING_AND_GOING,
            **{"people.leave.nurse": leave, "people.fill.nurse": months},
        ),
    )
    nobody_asks = Demand(np.zeros(teams), np.zeros(teams), np.ones(teams))
    people = workforce(
        nurses(teams, each),
        Rates(scenario.effective_parameters()),
        np.ones((teams, MONTHS)),
        (nobody_asks, nobody_asks),
        0,
        (Measure.OVERTIME, Measure.UNPLANNED_CLOSURE),
    )
    held = (1 / months) / (1 / months + leave / 12)
    seen = people.employed[:, 200:]
    assert seen.mean() / each == pytest.approx(held, abs=0.005)
    last = np.bincount(people.employed[:, -1].astype(int), minlength=each + 1)
    theory = stats.binom.pmf(np.arange(each + 1), each, held) * teams
    low = theory < 5  # too few for the test: counted together
    chi = stats.chisquare([*last[~low], last[low].sum()], [*theory[~low], theory[low].sum()])
    assert chi.pvalue > 0.01
    recruits = people.recruited[:, 200:].mean() * 12 / each  # a year, each post
    assert recruits == pytest.approx(held * leave, rel=0.03)
    assert (people.present == people.employed).all()


def test_sickness_takes_its_share_and_a_shock_hits_a_whole_team():
    settings = {**NOTHING_BUT_COMING_AND_GOING, "people.leave.nurse": 0}
    settings["people.sickness.share"] = 0.08
    parameters = load("now", told(**settings)).effective_parameters()
    teams = 200
    shocks = np.ones((teams, MONTHS))
    shocks[0, 100] = 30.0
    nobody_asks = Demand(np.zeros(teams), np.zeros(teams), np.ones(teams))
    people = workforce(
        nurses(teams, 10), Rates(parameters), shocks, (nobody_asks,) * 2, 0, tuple(Measure)
    )
    away = 1 - people.present[:, 24:].mean() / 10
    assert away == pytest.approx(0.08, rel=0.05)
    assert people.present[0, 100] == 0
    assert people.expected[0, 100] > 8  # nobody saw it coming


def test_summer_takes_people_away_and_the_year_as_a_whole_does_not():
    season = yearly_season(load("now", ["people.summer.share=0.2"]).effective_parameters())
    assert season[6] == season[7] == pytest.approx(0.8)
    assert season.mean() == pytest.approx(1.0)


def test_pooling_never_closes_a_line_longer_when_all_else_is_equal():
    settings = told(**NO_FEEDBACK, **{"people.sickness.share": 0, "people.leave.specialist": 0.3})
    apart = of("now", 4, settings=settings)
    pooled = of("one-obstetrics-almelo", 4, settings=settings)
    closed = 0.0
    for replication in range(8):
        stream = Stream(1, replication)
        two, one = apart.path(stream), pooled.path(stream)
        after = slice(one.moves, None)
        each = [two.lines[site, "paediatrician"].closed[after] for site in ("MST", "ZGT_ALM")]
        together = one.lines["ZGT_ALM", "paediatrician"].closed[after]
        assert (together <= np.minimum(*each) + 1e-9).all()
        closed += np.minimum(*each).sum()
    assert closed > 0  # both fell at times, so that the claim says something


def test_a_larger_team_stands_longer():
    share = []
    for people in (3, 5, 8):
        paths = [of("now", people).path(Stream(1, number)) for number in range(4)]
        share.append(np.mean([path.lines["MST", "paediatrician"].closed for path in paths]))
    assert share[0] > share[1] > share[2]


@pytest.fixture(scope="module")
def two():
    """The path of doing nothing and of obstetrics at one site, without announcement."""
    settings = told(**NO_FEEDBACK)
    return [
        StaffModel(load(name, settings)).path(Stream(3, 2))
        for name in ("now", "one-obstetrics-almelo")
    ]


def test_the_same_people_meet_every_configuration(two):
    now, one = two
    site = "MST", TeamName.NEUROLOGISTS
    assert (
        now.people.employed[now.teams[site]].tolist()
        == one.people.employed[one.teams[site]].tolist()
    )
    maternity = [("MST", PAEDIATRICIANS), ("ZGT_ALM", PAEDIATRICIANS)]
    for key in maternity:  # until they move
        before = slice(0, one.moves)
        here, there = now.people.employed[now.teams[key]], one.people.employed[one.teams[key]]
        assert here[before].tolist() == there[before].tolist()
    both = sum(now.people.employed[now.teams[key]] for key in maternity)
    pooled = one.people.employed[one.teams["ZGT_ALM", PAEDIATRICIANS]]
    assert pooled[one.moves :].tolist() == both[one.moves :].tolist()
    assert one.people.employed[one.teams["MST", PAEDIATRICIANS], one.moves :].sum() == 0


def test_one_person_more_leaves_the_others_as_they_were():
    settings = told(**NO_FEEDBACK)
    few, many = (of("now", people, settings=settings) for people in (6, 7))
    few, many = (model.path(Stream(1, 0)) for model in (few, many))
    team = few.teams["ZGT_ALM", PAEDIATRICIANS]
    extra = many.people.employed[team] - few.people.employed[team]
    assert set(extra) <= {0, 1}


def test_a_path_is_the_same_however_far_it_goes():
    scenario = load("now")
    short, long = (StaffModel(scenario, year).path(Stream(2, 1)) for year in (2030, 2055))
    months = short.people.employed.shape[1]
    assert months == 72
    assert (short.people.present == long.people.present[:, :months]).all()


def test_who_does_not_follow_is_gone_in_the_month_of_the_move():
    settings = ["people.closure.follow=0", "people.closure.leave=1"]
    path = StaffModel(load("one-obstetrics-almelo", settings)).path(Stream(1, 0))
    team = path.teams["ZGT_ALM", PAEDIATRICIANS]
    staying = path.people.employed[team, path.moves - 1]
    assert (
        path.people.employed[team, path.moves] <= staying + path.people.recruited[team, path.moves]
    )


def test_a_known_closure_makes_people_leave_before():
    near = []
    for factor in (1, 6):
        settings = told(**{"people.closure.leave": factor, "people.closure.follow": 1})
        model = StaffModel(load("one-obstetrics-almelo", settings))
        paths = [model.path(Stream(1, number)) for number in range(4)]
        team = paths[0].teams["MST", TeamName.OBSTETRIC_NURSES]
        near.append(np.mean([path.people.employed[team, path.moves - 1] for path in paths]))
    assert near[1] < near[0] - 2


ONLY_CLOSES = "policies.when_short=[unplanned_closure]"


@pytest.mark.parametrize(
    ("team", "closed"),
    [
        (PAEDIATRICIANS, {Function.MATERNITY}),
        (TeamName.INTENSIVISTS, {Function.ICU, Function.ED}),
        (TeamName.ANAESTHETISTS, {Function.THEATRE, Function.MATERNITY, Function.ED}),
        (TeamName.RADIOGRAPHERS, {Function.ED}),
        (TeamName.MIDWIVES, set()),  # a gynaecologist leads births
    ],
)
def test_a_line_without_people_closes_what_hangs_on_it(team, closed):
    path = of("now", 0, team, [ONLY_CLOSES, "people.sickness.share=0"]).path(Stream(1, 0))
    shut = {
        function
        for (site, function), fill in path.functions.items()
        if site == "ZGT_ALM" and fill.closed.min() == 1
    }
    assert shut == closed


def test_without_a_neurologist_ambulances_go_elsewhere_and_without_a_second_team_it_is_late():
    path = of("now", 0, TeamName.NEUROLOGISTS, [ONLY_CLOSES]).path(Stream(1, 0))
    assert path.functions["MST", Function.ED].stop.min() == 1
    settings = [ONLY_CLOSES, *told(**{**NOTHING_BUT_COMING_AND_GOING, "people.summer.share": 0.15})]
    model = of("now", 8, TeamName.ANAESTHETISTS, [*settings, "people.leave.specialist=0"])
    path = model.path(Stream(1, 0))
    theatre = path.functions["ZGT_ALM", Function.THEATRE]  # 8 x season, of 6 for the first
    assert theatre.closed.max() == 0
    assert theatre.late.min() > 0.5
