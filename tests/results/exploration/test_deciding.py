"""Which assumption on people decides."""

import pandas as pd

from results.exploration.deciding import COLUMNS, deciding, deciding_text, people_factors
from scenarios.files.loading import load


def test_every_function_has_every_factor_and_the_text_says_the_largest():
    table = deciding(load("now"), 20, 2026, 1)
    assert list(table.columns) == list(COLUMNS)
    assert set(table["factor"]) == set(people_factors())
    assert set(table["function"]) == {"theatre", "icu", "maternity", "ed"}
    assert len(table) == 4 * len(people_factors())


def test_the_text_gives_the_factors_by_weight():
    rows = [
        ("now", "ed", 2034, "sizes", 0.2, 0.1, 0.1, 0.5),
        ("now", "ed", 2034, "hiring", 0.7, 0.1, 0.6, 0.5),
        ("now", "ed", 2034, "summer", 0.001, 0.1, 0.0, 0.5),
    ]
    text = deciding_text(pd.DataFrame(rows, columns=list(COLUMNS)), "en")
    assert text.index("hired staff") < text.index("assumed sizes of teams")
    assert "leave in summer" not in text
