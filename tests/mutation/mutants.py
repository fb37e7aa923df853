"""Change a room of the house a little, many times, and see which tests notice.

`make mutants ROOM=kpis` draws thirty small changes (a sign, a comparison, a number, a statement
left out), made by cosmic-ray, and runs for each the tests that reach the changed line: first the
claims (`-m "not snapshot"`), then the snapshots. What nobody notices is listed. What was done is
kept in `output/mutants/`, so that a run that is broken off goes on where it was.

A change that no test can tell, as it does the same, is named with its reason in `equivalents.csv`
and stays out of the count.
"""

from __future__ import annotations

import argparse
import ast
import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml
from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import MutationVisitor
from coverage import CoverageData

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
WORK = ROOT / "output" / "mutants"
MOST_SECONDS = 20.0
CHOSEN_SECONDS = 8.0
"""Tests are chosen, the fast ones first, until they take this long together."""

HEAVY = "geopandas numpy pandas pyarrow.parquet pydantic scipy.stats simpy yaml"
COPIED = ("cli.py", "files", "geodata", "pyproject.toml", "results", "scenarios", "sim", "tests")
SWAPS = {
    *("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "Div_FloorDiv", "FloorDiv_Div", "Mod_FloorDiv"),
    *("Pow_Mul", "BitAnd_BitOr", "BitOr_BitAnd"),
    *("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Lt_GtE", "GtE_Lt", "Gt_LtE", "LtE_Gt"),
    *("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is"),
    *("Delete_USub", "Delete_Invert", "Delete_Not"),
}
"""Changes that somebody could make: no left shift where a sum stands."""

OTHERS = {
    *("AddNot", "NumberReplacer", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue"),
    *("ReplaceAndWithOr", "ReplaceOrWithAnd", "ReplaceBreakWithContinue"),
    *("ReplaceContinueWithBreak", "ZeroIterationForLoop"),
}
LEFT_OUT = "LeaveOut"
Reach = dict[str, dict[int, list[str]]]
"""Which tests come by each line of each module."""


@dataclass(frozen=True)
class Mutant:
    """A change: which operator, at which of the places where it can act."""

    module: str
    operator: str
    occurrence: int
    line: int
    statement: str


def mutants_of(module: Path) -> list[Mutant]:
    """Return every change of a module that does not leave it as it is."""
    source = module.read_text(encoding="utf-8")
    lines, name = source.split("\n"), str(module.relative_to(ROOT))
    plain = _meaning(source)
    found = []
    for operator in sorted(plugins.operator_names()):
        short = operator.rpartition("/")[2]
        if short not in OTHERS and not any(short.endswith(f"_{swap}") for swap in SWAPS):
            continue
        places = [
            start[0]
            for node in ast_nodes(get_ast(source))
            for start, _ in plugins.get_operator(operator)().mutation_positions(node)
        ]
        for occurrence, line in enumerate(places):
            mutant = Mutant(name, short, occurrence, line, lines[line - 1].strip())
            if _meaning(mutated(source, mutant)) not in {plain, None}:
                found.append(mutant)
    for occurrence, node in enumerate(_left_out(source)):
        found.append(
            Mutant(name, LEFT_OUT, occurrence, node.lineno, lines[node.lineno - 1].strip())
        )
    return found


def mutated(source: str, mutant: Mutant) -> str:
    """Return a module as a change leaves it."""
    if mutant.operator == LEFT_OUT:
        node, lines = _left_out(source)[mutant.occurrence], source.split("\n")
        lines[node.lineno - 1 : node.end_lineno] = [" " * node.col_offset + "pass"]
        return "\n".join(lines)
    operator = plugins.get_operator(f"core/{mutant.operator}")()
    return MutationVisitor.mutate_code(source, operator, mutant.occurrence) or source


def _left_out(source: str) -> list[ast.stmt]:
    """Return the statements that can be left out: calls, steps of a sum, and `continue`."""
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.AugAssign)
        or (isinstance(node, ast.Expr) and isinstance(node.value, (ast.Call, ast.YieldFrom)))
    ]


def _meaning(source: str) -> str | None:
    """Return what a module does: its tree without annotations and docstrings."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        for field in ("annotation", "returns"):
            if getattr(node, field, None) is not None:
                setattr(node, field, ast.Constant(0))
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.test, node.body, node.orelse = ast.Constant(0), [ast.Pass()], []
    return ast.dump(tree)


def prepared(room: str) -> tuple[Path, Reach, dict[str, float]]:
    """Return a copy of the house, which tests reach each line, and how long each takes."""
    tree, timing = WORK / room / "tree", WORK / room / "seconds.json"
    data = WORK / room / "coverage"
    if not timing.is_file():
        shutil.rmtree(tree, ignore_errors=True)
        for name in COPIED:
            place, target = ROOT / name, tree / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if place.is_dir():
                shutil.copytree(place, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(place, target)
        folders = sorted({str(Path(one).parent) for one in _room(room)["modules"]})
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:randomly"]
        command += [*(f"--cov={folder}" for folder in folders), "--cov-context=test"]
        command += ["--cov-report=", "-m", "not slow", "-p", "tests.mutation.timing"]
        own = {"MUTANTS_TIMING": str(timing), "COVERAGE_FILE": str(data), "PYTHONPATH": str(tree)}
        environment = (
            os.environ | own | {"HYPOTHESIS_PROFILE": "mutants", "COVERAGE_CORE": "ctrace"}
        )
        subprocess.run([*command, *_room(room)["tests"]], cwd=tree, env=environment, check=False)
    covered = CoverageData(str(data))
    covered.read()
    reach = {
        str(Path(file).resolve().relative_to(tree.resolve())): {
            line: [context.partition("|")[0] for context in contexts if context]
            for line, contexts in covered.contexts_by_lineno(file).items()
        }
        for file in covered.measured_files()
    }
    return tree, reach, json.loads(timing.read_text(encoding="utf-8"))


def _room(name: str) -> dict[str, list[str]]:
    return yaml.safe_load((HERE / "rooms.yaml").read_text(encoding="utf-8"))[name]


def chosen(mutant: Mutant, reach: Reach, seconds: dict[str, float]) -> list[str]:
    """Return the tests that reach a line, the fast ones first; a constant is reached by all."""
    here = reach.get(mutant.module, {})
    tests = set(here.get(mutant.line, ())) or {one for some in here.values() for one in some}
    picked, total = [], 0.0
    for test in sorted(tests & set(seconds), key=lambda test: (seconds[test], test)):
        total += seconds[test]
        if picked and total > CHOSEN_SECONDS:
            break
        picked.append(test)
    return picked


def noticed(tree: Path, tests: list[str], marked: str) -> str:
    """Run tests in a process of their own: `caught`, `survived`, or `timeout`."""
    if not tests:
        return "survived"
    process = os.fork()
    if process == 0:
        os.setsid()
        os.chdir(tree)
        sys.path.insert(0, str(tree))
        os.environ |= {"PYTHONPATH": str(tree), "HYPOTHESIS_PROFILE": "mutants"}
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        pytest = __import__("pytest")
        fast = ["-q", "-x", "-n", "0", "-p", "no:randomly", "-p", "no:cov", "-m", marked]
        fast += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what was imported before
        code = pytest.main([*fast, *tests])
        os._exit(0 if code in {0, 5} else 1)  # 5: nothing is marked so
    until = time.monotonic() + MOST_SECONDS
    while time.monotonic() < until:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return "caught" if status else "survived"
        time.sleep(0.05)
    os.killpg(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return "timeout"


def tried(tree: Path, mutant: Mutant, tests: list[str]) -> str:
    """Return who notices a change: `claims`, `snapshots`, `timeout` or `nobody`."""
    module = tree / mutant.module
    source = module.read_text(encoding="utf-8")
    module.write_text(mutated(source, mutant), encoding="utf-8")
    try:
        by_claims = noticed(tree, tests, "not snapshot")
        if by_claims != "survived":
            return "claims" if by_claims == "caught" else "timeout"
        return "snapshots" if noticed(tree, tests, "snapshot") == "caught" else "nobody"
    finally:
        module.write_text(source, encoding="utf-8")


def equivalents() -> set[tuple[str, str, str]]:
    """Return the changes that do the same, as module, operator and statement."""
    with (HERE / "equivalents.csv").open(encoding="utf-8", newline="") as file:
        return {(row["module"], row["change"], row["statement"]) for row in csv.DictReader(file)}


def main() -> None:
    """Try a sample of the changes of a room, and say who noticed them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("room", choices=list(yaml.safe_load((HERE / "rooms.yaml").read_text())))
    parser.add_argument("--sample", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    for name in HEAVY.split():
        __import__(name)  # once, for all processes that are forked
    tree, reach, seconds = prepared(asked.room)
    modules = sorted({path for one in _room(asked.room)["modules"] for path in ROOT.glob(one)})
    everything = [
        mutant for module in modules if module.stem != "__init__" for mutant in mutants_of(module)
    ]
    same = equivalents()
    sample = random.Random(asked.seed).sample(everything, min(asked.sample, len(everything)))
    log = WORK / asked.room / f"tried-{asked.seed}.jsonl"
    known = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
    done = {tuple(entry["mutant"].values()): entry["by"] for entry in map(json.loads, known)}
    counts: dict[str, int] = dict.fromkeys(("claims", "snapshots", "timeout", "nobody"), 0)
    if noticed(tree, chosen(sample[0], reach, seconds), "not snapshot") == "caught":
        raise SystemExit("the tests fail without any change: nothing that they say would count")
    for mutant in sample:
        if (mutant.module, mutant.operator, mutant.statement) in same:
            continue
        place = tuple(asdict(mutant).values())
        if place not in done:
            done[place] = tried(tree, mutant, chosen(mutant, reach, seconds))
            with log.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"mutant": asdict(mutant), "by": done[place]}) + "\n")
        counts[done[place]] += 1
        if done[place] == "nobody":
            print(f"  nobody: {mutant.module}:{mutant.line} {mutant.operator}: {mutant.statement}")
    total = sum(counts.values())
    print(f"{asked.room}: {total} of {len(everything)} changes tried; noticed by", counts)


if __name__ == "__main__":
    main()
