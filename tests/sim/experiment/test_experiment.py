"""Many replications: the same tables whatever the backend, and nothing in the registry unused."""

import dataclasses

import pandas as pd
import pytest

from results.kpis.measure import measure
from scenarios.files.loading import load
from scenarios.parameters.registry import registry
from scenarios.schema.scenario import Scenario
from sim.backends.registry import Backend
from sim.experiment.experiment import Plan, replications_table, run
from sim.patients.cohort import Horizon
from sim.replication.replicate import replicate
from sim.resources.staffing import staffing

PLAN = Plan(
    scenarios=(load("now"), load("night-closure")),
    replications=2,
    seed=5,
    weeks=1,
    warmup=1,
    data_folder=None,
    measure=measure,
)


def table_bytes(plan: Plan, backend: Backend, jobs: int, folder) -> tuple[bytes, bytes]:
    table = replications_table(list(run(plan, backend, jobs)))
    path = folder / f"{backend}.parquet"
    table.to_parquet(path, index=False)
    return path.read_bytes(), table.to_csv(index=False).encode()


@pytest.fixture(scope="module")
def serial(tmp_path_factory):
    return table_bytes(PLAN, Backend.SERIAL, 1, tmp_path_factory.mktemp("serial"))


@pytest.mark.slow
def test_processes_give_the_bytes_that_one_process_gives(serial, tmp_path):
    assert table_bytes(PLAN, Backend.PROCESSES, 2, tmp_path) == serial


def test_the_same_seed_gives_the_same_bytes_again(serial, tmp_path):
    assert table_bytes(PLAN, Backend.SERIAL, 1, tmp_path) == serial


def test_another_seed_gives_another_table(serial, tmp_path):
    other = dataclasses.replace(PLAN, seed=6)
    assert table_bytes(other, Backend.SERIAL, 1, tmp_path)[1] != serial[1]


def test_the_order_of_scenarios_does_not_matter(serial, tmp_path):
    turned = dataclasses.replace(PLAN, scenarios=PLAN.scenarios[::-1])
    assert table_bytes(turned, Backend.SERIAL, 1, tmp_path) == serial


def test_a_replication_alone_is_the_one_of_the_plan(starter, serial):
    outcome = replicate(PLAN.scenarios[0], starter, Horizon(5, 1, 2), warmup=1)
    alone = {(site, kpi): value for site, kpi, value in measure(outcome)}
    lines = serial[1].decode().splitlines()[1:]
    rows = [line.split(",") for line in lines if line.startswith("now,1,")]
    assert len(rows) == len(alone)
    for _, _, site, kpi, value in rows:
        found = alone[site, kpi]
        assert float(value or "nan") == pytest.approx(found, nan_ok=True), (site, kpi)


def test_the_table_has_the_columns_of_the_design_and_no_row_twice():
    table = replications_table(list(run(PLAN, Backend.SERIAL, 1)))
    assert list(table.columns) == ["scenario", "replication", "site", "kpi", "value"]
    assert not table.duplicated(["scenario", "replication", "site", "kpi"]).any()
    assert set(table["replication"]) == {0, 1}
    assert pd.api.types.is_float_dtype(table["value"])


def test_every_parameter_of_the_registry_is_read_by_a_run(starter, monkeypatch):
    made = []
    real = Scenario.effective_parameters

    def remembered(self):
        made.append(real(self))
        return made[-1]

    monkeypatch.setattr(Scenario, "effective_parameters", remembered)
    counted = staffing(load("now", ["policies.staff=as_available"]), Horizon(1, 0, 2))
    assert counted.closed
    walls = ("policies.neighbours=simulated",)
    for name, given, weeks in (
        ("now", (), 2),
        ("night-closure", (), 2),
        ("mass-casualty", (), 6),
        ("one-obstetrics-almelo", walls, 2),
    ):
        measure(replicate(load(name, given), starter, Horizon(1, 0, weeks), warmup=1))
    read = set().union(*(parameters.read for parameters in made))
    assert set(registry()) - read == set()
