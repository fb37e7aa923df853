"""No file is written in its place: what a full disk or a kill cuts off is never taken for it."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
Place = tuple[str, str]
"""A file and a function in it."""

PACKAGES = ("files", "geodata", "results", "scenarios", "sim")

WRITERS = frozenset(
    {"write_text", "write_bytes", "to_csv", "to_parquet", "to_file", "to_excel", "savefig"}
    | {"savez", "savez_compressed", "copyfile", "copytree", "write_dataframe", "write_table"}
    | {"NamedTemporaryFile"}
)
"""Methods and functions that write a file."""

ASIDE = frozenset({"aside", "stage", "sink", "drawn"})
"""What is written aside by `files.whole` or staged by a run, or kept in memory, is called so."""

ALLOWED = {
    ("geodata/dataset/storage.py", "write_minutes"): "in the folder that `folder.write` has aside",
    ("geodata/dataset/storage.py", "write_network"): "the same",
    ("geodata/download/http.py", "_go_on"): "the part of a download, which goes on where it ended",
    ("results/exploration/folder.py", "draw_sensitivity"): "in the stage of `Sweep.save`",
    ("results/decision/pareto.py", "draw_pareto"): "in memory",
    ("results/exports/geopackage.py", "_write"): "in the stage of a run",
    ("results/exports/workbook.py", "write_workbook"): "in the stage of a run",
    ("results/exports/workbook.py", "rewrite_workbook"): "in the stage of a run",
    ("results/publication/publish.py", "write_page"): "in the stage of a run",
    ("results/sheets/files.py", "write_sheets"): "in the stage of a run",
    ("scenarios/files/new.py", "write_new"): "a new file only, taken away if it can't be whole",
}

TABLE_WRITERS = frozenset(
    {"to_csv", "to_excel", "to_clipboard", "savetxt", "writerow", "writerows", "Workbook"}
    | {"ExcelWriter", "DictWriter"}
)
"""Methods and functions that make a table which a spreadsheet opens."""

GUARDED = {
    ("files/formulas.py", "write_csv"): "the guard",
    ("geodata/download/cbs.py", "_totals"): "its one column of text goes by the guard",
    ("geodata/download/cbs.py", "_ages"): "numbers only",
    ("results/exports/workbook.py", "write_workbook"): "marks every text as one",
}


def makes_tables(tree: ast.AST, function: str = "") -> Iterator[tuple[str, int, str]]:
    """Give function, line and text of every call that makes a table for a spreadsheet."""
    for node in ast.iter_child_nodes(tree):
        name = node.name if isinstance(node, ast.FunctionDef) else function
        if isinstance(node, ast.Call) and _called(node) in TABLE_WRITERS:
            yield name, node.lineno, ast.unparse(node)
        yield from makes_tables(node, name)


def writes(tree: ast.AST, function: str = "") -> Iterator[tuple[str, int, str]]:
    """Give function, line and text of every call that writes to what isn't called aside."""
    for node in ast.iter_child_nodes(tree):
        name = node.name if isinstance(node, ast.FunctionDef) else function
        if isinstance(node, ast.Call) and _writes(node) and not _is_aside(node):
            yield name, node.lineno, ast.unparse(node)
        yield from writes(node, name)


def _called(call: ast.Call) -> str:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return str(name)


def _writes(call: ast.Call) -> bool:
    name = _called(call)
    if name != "open":
        return name in WRITERS
    modes = [*call.args, *(word.value for word in call.keywords if word.arg == "mode")]
    texts = [ast.unparse(mode) for mode in modes]
    return any(sign in text for text in texts for sign in ("'w", "'x", "'a", "+'"))


def _is_aside(call: ast.Call) -> bool:
    names = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
    is_text = ast.unparse(call.func).endswith("to_csv") and not call.args  # nothing is written
    return is_text or bool(names & ASIDE)


def found(calls: Callable[[ast.AST], Iterator[tuple[str, int, str]]]) -> dict[Place, list[str]]:
    places: dict[Place, list[str]] = {}
    for file in (ROOT / "cli.py", *(f for name in PACKAGES for f in (ROOT / name).rglob("*.py"))):
        path = file.relative_to(ROOT).as_posix()
        for function, line, text in calls(ast.parse(file.read_bytes())):
            places.setdefault((path, function), []).append(f"{path}:{line}: {text}")
    return places


def test_every_file_is_written_aside_or_stands_in_a_short_list_with_why():
    assert_only(ALLOWED, found(writes))


def test_every_table_goes_by_the_guard_against_formulas():
    assert_only(GUARDED, found(makes_tables))


def assert_only(allowed: dict[Place, str], places: dict[Place, list[str]]) -> None:
    assert [text for place in places if place not in allowed for text in places[place]] == []
    assert set(allowed) - set(places) == set(), "no longer needed"


@pytest.mark.parametrize(
    "text",
    [
        "path.write_text(content)",
        "table.to_csv(out / 'table.csv')",
        "open(path, 'w')",
        "path.open(mode='ab')",
        "figure.savefig(folder / name)",
    ],
)
def test_a_direct_write_is_seen(text):
    assert len(list(writes(ast.parse(text)))) == 1


@pytest.mark.parametrize("text", ["aside.write_text(content)", "path.open('rb')", "table.copy()"])
def test_a_sound_one_is_left_alone(text):
    assert list(writes(ast.parse(text))) == []
