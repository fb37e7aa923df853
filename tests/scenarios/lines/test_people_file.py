"""The hospitals' own numbers: read as any table, refused with line and what is allowed."""

import pytest

from files.errors import FileError
from scenarios.files.loading import load
from scenarios.lines.people_file import read_people, with_people
from scenarios.schema.lines import TeamName

HEAD = "site,profession,layer,people,fte,under_35,from_35_to_54,from_55,vacancies\n"


def read(tmp_path, text):
    path = tmp_path / "people.csv"
    path.write_text(text, "utf-8")
    return read_people(path, ["MST", "ZGT_ALM"])


def test_a_row_replaces_what_is_assumed_of_a_team(tmp_path):
    sizes = read(tmp_path, HEAD + "MST,ed_doctors,physician,10,9,4,4,2,3\n")
    team = with_people(load("now"), sizes).sites["MST"].teams[TeamName.ED_PHYSICIANS]
    assert (team.low, team.high, team.fte, team.vacancies) == (10, 10, pytest.approx(0.9), 3)
    assert list(team.ages.model_dump().values()) == [0.4, 0.4, 0.2]
    assert team.source.endswith("people.csv")


def test_what_is_not_known_may_be_left_out_and_semicolons_are_read_too(tmp_path):
    sizes = read(tmp_path, "site;profession;layer;people;fte\nZGT_ALM;paediatricians;;4;3,6\n")
    team = sizes["ZGT_ALM", TeamName.PAEDIATRICIANS]
    assert (team.fte, team.vacancies, team.ages) == (pytest.approx(0.9), None, None)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("AMC,paediatricians,,4,,,,,", ":2: site: must be one of MST, ZGT_ALM (given: 'AMC')"),
        ("MST,bakers,,4,,,,,", ":2: profession: must be one of anaesthetists, "),
        ("MST,ed_doctors,,4,,,,,", ":2: layer: must be one of physician, resident (given: '')"),
        ("MST,paediatricians,,4.5,,,,,", ":2: people: must be a whole number"),
        ("MST,paediatricians,,4,9,,,,", ":2: fte: must be the full-time jobs of 4 people"),
        ("MST,paediatricians,,4,,1,1,1,", ":2: under_35: the people of under_35, from_35_to_54"),
        ("MST,paediatricians,,4,,4,,,", ":2: under_35: the people of under_35, from_35_to_54"),
        ("MST,paediatricians,,4,,,,,-1", ":2: vacancies: "),
        (
            "MST,paediatricians,,4,,,,,\nMST,paediatricians,,5,,,,,",
            ":3: profession: this team stands on line 2 too",
        ),
    ],
)
def test_a_wrong_row_is_refused_with_its_line_and_what_is_allowed(tmp_path, row, message):
    with pytest.raises(FileError) as caught:
        read(tmp_path, HEAD + row + "\n")
    assert message in str(caught.value)
