"""The KPI catalogue can be trusted by every table."""

import re
from importlib.resources import files

from results.kpis.catalogue import FLOWS, Direction, headline_kpis, kpi, kpis, position


def test_every_kpi_belongs_to_a_flow_and_has_a_dotted_lower_case_name():
    for name, entry in kpis().items():
        assert re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)+", name), name
        assert entry.flow in FLOWS, name


def test_every_kpi_says_itself_in_both_languages():
    for name, entry in kpis().items():
        for words in (entry.label, entry.explanation):
            assert set(words) == {"nl", "en"}, name
            assert all(words.values()), name


def test_labels_are_unique_so_that_no_two_rows_look_the_same():
    for lang in ("nl", "en"):
        labels = [entry.label[lang] for entry in kpis().values()]
        assert len(labels) == len(set(labels))


def test_the_names_the_design_fixes_are_there():
    design = """ed.arrivals ed.los.median ed.los.p95 ed.wait_doctor.median ed.left_unseen
        ed.stop_hours theatre.emergency.in_time theatre.elective.cancelled maternity.births
        maternity.diverted maternity.caesarean.decision_to_incision.p90 ambulance.a1.within_15
        ambulance.call_to_hospital.within_45.norm
        ambulance.call_to_hospital.within_45.life ward.occupancy icu.occupancy
        ward.delayed_discharge.beds staff.fte"""
    assert set(design.split()) <= set(kpis())


def test_headline_kpis_touch_acute_care_births_and_staff():
    flows = {entry.flow for entry in headline_kpis()}
    assert {"ed", "ambulance", "theatre", "maternity", "staff"} <= flows


def test_an_unknown_kpi_is_shown_raw_and_not_judged():
    unknown = kpi("ed.something_new")
    assert unknown.label["nl"] == "ed.something_new"
    assert unknown.better is Direction.NEUTRAL
    assert unknown.unit == ""
    assert position("ed.something_new") > position("staff.fte")


def test_a_figure_is_of_the_first_table_only_where_it_says_so():
    text = files("results.kpis").joinpath("kpis.yaml").read_text(encoding="utf-8")
    said = re.findall(r"^([a-z_.0-9]+):(?:\n[ ].*)*?\n[ ]+headline: true", text, re.MULTILINE)
    assert [entry.name for entry in headline_kpis()] == said
    assert 5 <= len(said) < len(kpis()) / 2
    assert not kpi("ed.something_new").headline
