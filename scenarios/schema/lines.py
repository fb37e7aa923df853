"""The words of 24/7 lines: their names, the teams that carry them, and what a site changes.

What each line asks stands in `scenarios/lines/lines.yaml`; a scenario says what is otherwise.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from files.validation import Model, Number, Whole
from scenarios.errors import Wrong
from scenarios.parameters.registry import Confidence

MOST_PEOPLE = 1000


class TeamName(StrEnum):
    """Who works together at a site: a profession, and its layer where it has more than one."""

    ED_PHYSICIANS = "ed_physicians"
    ED_RESIDENTS = "ed_residents"
    ED_NURSES = "ed_nurses"
    ANAESTHETISTS = "anaesthetists"
    THEATRE_STAFF = "theatre_staff"
    SURGEONS = "surgeons"
    TRAUMA_SURGEONS = "trauma_surgeons"
    INTENSIVISTS = "intensivists"
    IC_NURSES = "ic_nurses"
    GYNAECOLOGISTS = "gynaecologists"
    MIDWIVES = "midwives"
    OBSTETRIC_NURSES = "obstetric_nurses"
    PAEDIATRICIANS = "paediatricians"
    NEONATAL_NURSES = "neonatal_nurses"
    INTERNISTS = "internists"
    CARDIOLOGISTS = "cardiologists"
    NEUROLOGISTS = "neurologists"
    RADIOLOGISTS = "radiologists"
    RADIOGRAPHERS = "radiographers"
    ANALYSTS = "analysts"
    AMBULANCE_STAFF = "ambulance_staff"


class LineName(StrEnum):
    """What somebody is on duty for, day and night."""

    ED_PHYSICIAN = "ed_physician"
    ED_RESIDENT = "ed_resident"
    ED_NURSE = "ed_nurse"
    ANAESTHETIST = "anaesthetist"
    ANAESTHETIST_SECOND = "anaesthetist_second"
    THEATRE_TEAM = "theatre_team"
    THEATRE_TEAM_SECOND = "theatre_team_second"
    SURGEON = "surgeon"
    TRAUMA_SURGEON = "trauma_surgeon"
    INTENSIVIST = "intensivist"
    IC_NURSE = "ic_nurse"
    GYNAECOLOGIST = "gynaecologist"
    MIDWIFE = "midwife"
    OBSTETRIC_NURSE = "obstetric_nurse"
    PAEDIATRICIAN = "paediatrician"
    NEONATAL_NURSE = "neonatal_nurse"
    INTERNIST = "internist"
    CARDIOLOGIST = "cardiologist"
    NEUROLOGIST = "neurologist"
    RADIOLOGIST = "radiologist"
    RADIOGRAPHER = "radiographer"
    LABORATORY = "laboratory"
    AMBULANCE_CREW = "ambulance_crew"


class Presence(StrEnum):
    """Where somebody on duty is, and by which rules the duty counts."""

    SHIFT = "shift"
    IN_HOUSE = "in_house"
    ON_CALL = "on_call"


class Measure(StrEnum):
    """What is done when a line can't be filled."""

    OVERTIME = "overtime"
    LEND = "lend"
    HIRE = "hire"
    FEWER_PLACES = "fewer_places"
    PLANNED_CLOSURE = "planned_closure"
    UNPLANNED_CLOSURE = "unplanned_closure"


MEASURES = tuple(Measure)
"""In the order in which hospitals take them."""

Share = Annotated[Number, Field(ge=0, le=1)]


class AgeBands(Model):
    """How a team is divided over ages, in shares that make one whole."""

    under_35: Share
    from_35_to_54: Share
    from_55: Share

    @model_validator(mode="after")
    def _whole(self) -> Self:
        total = self.under_35 + self.from_35_to_54 + self.from_55
        if abs(total - 1) > 1e-6:  # noqa: PLR2004 - rounding
            raise Wrong("the shares of the age bands make {total:g}; they must make 1", total=total)
        return self


class TeamSize(Model):
    """How many people a team has at a site, known or between two ends."""

    low: Number = Field(ge=0, le=MOST_PEOPLE, description="people, at least")
    high: Number = Field(ge=0, le=MOST_PEOPLE, description="people, at most")
    fte: Number | None = Field(
        None, gt=0, le=2, description="full-time jobs of a person; people.fte when left out"
    )
    vacancies: Whole | None = Field(
        None, ge=0, le=MOST_PEOPLE, description="posts without anybody; estimated when left out"
    )
    ages: AgeBands | None = None
    source: str = Field(min_length=1)
    confidence: Confidence

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise Wrong("'low' must not be above 'high'")
        return self


class LineChange(Model):
    """What is otherwise about a line at a site."""

    presence: Presence | None = None
    within: Number | None = Field(None, ge=0, le=120, description="minutes until somebody is there")
    day: Whole | None = Field(None, ge=0, le=100, description="people on duty by day")
    evening: Whole | None = Field(None, ge=0, le=100)
    night: Whole | None = Field(None, ge=0, le=100)
    source: str = Field(min_length=1)
    confidence: Confidence = Confidence.ENGINEERING_ESTIMATE
