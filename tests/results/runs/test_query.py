"""Queries over the run store: they find what is there, and can do nothing else."""

import pandas as pd
import pytest

from results.errors import ResultsError
from results.runs.query import query, save
from sim.experiment.store import Store
from sim.replication.cache_keys import Series
from sim.replication.replicate import Finished


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "store", print)
    for letter, name in (("a", "now"), ("b", "single-almelo")):
        series = Series(letter * 64, name, 2034, seed=1, weeks=13, warmup=4)
        for number in range(3):
            measures = [("MST", "ed.arrivals", 10.0 * number), ("region", "ed.arrivals", 1.0)]
            store.keep(series, [Finished(name, number, measures, 100, 0.5, 200.0 + number)])
    return store


def test_replications_has_every_measure(store):
    found = query(
        store,
        "SELECT scenario, avg(value) AS mean, count(*) AS n FROM replications "
        "WHERE site = 'MST' GROUP BY scenario ORDER BY scenario",
    )
    assert found.to_dict("list") == {
        "scenario": ["now", "single-almelo"],
        "mean": [10.0, 10.0],
        "n": [3, 3],
    }


def test_scenarios_tells_what_there_is_and_what_it_took(store):
    found = query(store, "SELECT * EXCLUDE key FROM scenarios WHERE scenario = 'now'")
    assert found.to_dict("records") == [
        {
            "scenario": "now",
            "horizon_year": 2034,
            "seed": 1,
            "weeks": 13,
            "warmup": 4,
            "replications": 3,
            "events": 300,
            "wall_seconds": 1.5,
            "peak_memory_mb": 202.0,
        }
    ]


def test_an_empty_store_gives_an_empty_table(tmp_path):
    found = query(Store(tmp_path, print), "SELECT * FROM scenarios")
    assert found.empty
    assert "replications" in found.columns


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "nonsense",
        "SELECT * FROM nowhere",
        "SELECT 1; SELECT 2",
        "DROP VIEW replications",
        "CREATE TABLE mine AS SELECT 1",
        "COPY (SELECT 1) TO '{0}/out.csv'",
        "ATTACH '{0}/out.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SELECT * FROM read_csv('{0}/secret.csv')",
        "SELECT * FROM '{0}/secret.csv'",
        "SELECT * FROM read_text('{0}/secret.csv')",
        "SELECT * FROM glob('{0}/*')",
        "SELECT * FROM store",  # a variable of the program
    ],
)
def test_what_is_no_reading_of_the_store_is_refused(store, tmp_path, sql):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with pytest.raises(ResultsError):
        query(store, sql.format(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret.csv", "store"]


def test_what_is_found_is_written_as_a_safe_table(store, tmp_path):
    found = query(store, "SELECT '=1+1' AS formula, max(value) AS most FROM replications")
    save(found, tmp_path / "found.csv", tmp_path / "found.parquet")
    assert (tmp_path / "found.csv").read_text() == "formula,most\n'=1+1,20\n"
    assert pd.read_parquet(tmp_path / "found.parquet")["most"].tolist() == [20.0]


def test_a_file_that_cannot_be_written_is_told(store, tmp_path):
    (tmp_path / "no").write_text("a file, and no folder")
    with pytest.raises(ResultsError, match="can't write"):
        save(query(store, "SELECT 1 AS a"), tmp_path / "no" / "folder.csv", None)
