"""SQL over every replication in the run store.

The rows are read, checked and handed to DuckDB in memory; after that it may touch no file, so a
query reads what is there and can do nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from files.errors import Said
from files.formulas import write_csv
from files.whole import write_file
from results.errors import ResultsError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from sim.experiment.store import Store


ROWS = "stored"
VIEWS = {
    "replications": """
        SELECT key, scenario, horizon_year, seed, weeks, warmup, replication, site, kpi, value
        FROM stored WHERE site <> ''
        """,
    "scenarios": """
        SELECT key, scenario, horizon_year, seed, weeks, warmup,
            count(DISTINCT replication) AS replications,
            sum(value) FILTER (kpi = 'events')::BIGINT AS events,
            sum(value) FILTER (kpi = 'wall_seconds') AS wall_seconds,
            max(value) FILTER (kpi = 'peak_memory_mb') AS peak_memory_mb
        FROM stored WHERE site = '' GROUP BY ALL
        """,
}
"""Rows without a site (`store.NO_SITE`) say how a replication ran."""

READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}


def query(store: Store, sql: str) -> pd.DataFrame:
    """Return what a query finds in the store.

    Parameters
    ----------
    store
        Its replications are the view `replications` (key, scenario, horizon_year, seed, weeks,
        warmup, replication, site, kpi, value). The view `scenarios` has a row for each scenario
        under each setting: how many replications there are, and what they took.
    sql
        One SELECT, in the dialect of DuckDB.

    Raises
    ------
    ResultsError
        It is no single SELECT, or DuckDB refuses it; the text is DuckDB's.
    StoreError
        The store can't be read.
    """
    with duckdb.connect(config={"python_enable_replacements": "false"}) as connection:
        try:
            statements = connection.extract_statements(sql)
            if [statement.type in READING for statement in statements] != [True]:
                raise ResultsError("a query is one SELECT; nothing in the store can be changed")
            connection.register(ROWS, store.rows())
            for name, text in VIEWS.items():
                connection.execute(f"CREATE VIEW {name} AS {text}")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            return connection.execute(statements[0]).df()
        except duckdb.Error as error:
            raise ResultsError("the query can't be run: {error}", error=str(error)) from error


def save(table: pd.DataFrame, csv_file: Path | None, parquet_file: Path | None) -> None:
    """Write what was found to the files that are given.

    Raises
    ------
    ResultsError
        A file can't be written.
    """
    try:
        if csv_file is not None:
            write_csv(table, csv_file)
        if parquet_file is not None:
            with write_file(parquet_file) as aside:
                table.to_parquet(aside, index=False)
    except OSError as error:
        raise ResultsError(
            "can't write {path}: {why}", path=error.filename, why=Said(error.strerror or str(error))
        ) from error
