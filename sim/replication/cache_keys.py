"""Under which key a replication is stored: a hash of everything that decides its outcome.

The key covers the resolved scenario with its name but without its texts, the setting, the data set,
the sources of the code that simulates and measures, and the versions of the libraries it computes
with. So changed input or code never meets an old result, and another title or source does.
"""

from __future__ import annotations

import ast
import hashlib
import json
import platform
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata.dataset.storage import STARTER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scenarios.schema.scenario import Scenario
    from sim.replication.replicate import Setting


PACKAGES = ("files", "geodata", "results", "scenarios", "sim")
LIBRARIES = ("numpy", "pandas", "scipy", "simpy")
TEXTS = frozenset({"title", "description", "source", "confidence"})
"""Fields of a scenario that say what it is about or where a number is from."""

CODE = frozenset({".py", ".pyc", ".pyd", ".so"})
"""Endings of what is imported; any other file beside code is data."""

BY_OTHER_MEANS = frozenset({"data_folder", "measure"})
"""Fields of a setting that stand in the key by their content, not their value."""

ENTRANCE = "sim.replication.replicate"
SHIPPED = frozenset({"starter", "twente"})
"""Folders of the data set and the scenarios that ship; what is used of them is in a key itself."""

CACHE = "__pycache__"
COMPILED = frozenset({".pyd", ".so"})
"""Endings of compiled modules, which do what their source beside them says."""


@dataclass(frozen=True)
class Series:
    """All replications of a scenario under a setting: their key, and what a reader asks about."""

    key: str
    scenario: str
    horizon_year: int
    seed: int
    weeks: int
    warmup: int


def series(setting: Setting, scenario: Scenario) -> Series:
    """Return the series of a scenario under a setting.

    Raises
    ------
    TypeError
        A field of the setting is not plain enough to be part of a key.
    """
    plain = {
        field.name: getattr(setting, field.name)
        for field in fields(setting)
        if field.name not in BY_OTHER_MEANS
    }
    content = {
        "scenario": _without_texts(scenario.model_dump(mode="json")),  # the order of sites counts
        "setting": plain,
        "data": data_hash(setting.data_folder),
        "code": code_hash(setting.measure.__module__, setting.measure.__qualname__),
    }
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return Series(
        key=hashlib.sha256(text.encode()).hexdigest(),
        scenario=scenario.name,
        horizon_year=scenario.horizon_year,
        seed=setting.seed,
        weeks=setting.weeks,
        warmup=setting.warmup,
    )


def _without_texts(value: Any) -> Any:  # noqa: ANN401 - what JSON may hold
    if isinstance(value, dict):
        return {key: _without_texts(inner) for key, inner in value.items() if key not in TEXTS}
    return value


@lru_cache
def data_hash(folder: Path | None) -> str:
    """Return the hash of every file of a data set; None for the starter."""
    found = STARTER if folder is None else folder
    files = sorted(path for path in found.iterdir() if path.is_file())
    total = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            total.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


@lru_cache
def code_hash(measure_module: str, measure_name: str) -> str:
    """Return the hash of the code that a replication goes through, from sampling to measures.

    Of the modules only those count that are imported, directly or not, and of the data files only
    those that such a module names and that lie beside it. So another lay-out of the report or
    another translation does not make everything be simulated again.
    """
    return _hash(LIBRARIES, key_files(measure_module), measure_name)


def key_files(measure_module: str) -> set[Path]:
    """Return the files that decide the outcome of a replication: code, and data beside it."""
    modules = _modules(ENTRANCE, measure_module)
    return modules.union(*(_data_beside(path) for path in modules))


def _data_beside(module: Path) -> Iterator[Path]:
    """Give the data files that a module names: files beside it, or in a folder beside it."""
    words = {
        node.value
        for node in ast.walk(ast.parse(module.read_bytes()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for place in module.parent.iterdir():
        if place.name not in words or place.name in SHIPPED or place.suffix in CODE:
            continue
        found = place.rglob("*") if place.is_dir() else (place,)
        yield from (path for path in found if path.is_file() and path.suffix not in CODE)


@lru_cache
def whole_code_hash(libraries: tuple[str, ...]) -> str:
    """Return the hash of all code of the project, with its tables, texts and templates.

    For what is made by more than simulates: drawings take from every package.

    Parameters
    ----------
    libraries
        Names of the distributions that it is made with; their versions count.
    """
    return _hash(libraries, _files())


def _hash(libraries: Iterable[str], files: Iterable[Path], word: str = "") -> str:
    total = hashlib.sha256(word.encode())
    for name in libraries:
        total.update(f"{name} {version(name)} ".encode())
    # The last digits of a logarithm differ between kinds of processors.
    total.update(platform.machine().encode())
    for path in sorted(files, key=str):
        total.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _modules(*entrances: str) -> set[Path]:
    """Return the files of modules and of all they import from the packages of the project."""
    found: dict[str, Path | None] = {}
    waiting = list(entrances)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        spec = find_spec(name) if _is_module(name) else None
        path = _source(Path(spec.origin)) if spec is not None and spec.origin else None
        found[name] = path
        if path is not None:
            waiting += _imports(ast.parse(path.read_bytes()))
    return {path for path in found.values() if path is not None}


def _source(module: Path) -> Path:
    """Return the Python of a module: beside it when it is compiled, which changes no result."""
    return module.with_name(f"{module.name.partition('.')[0]}.py")


def _imports(tree: ast.AST) -> Iterator[str]:
    """Give every name of the project that a module imports; some are no modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] in PACKAGES)


def _is_module(name: str) -> bool:
    """Whether a dotted name is a file of the project, and no class or function in one."""
    package, *inner = name.split(".")
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return spec is not None
    place = Path(spec.submodule_search_locations[0]).joinpath(*inner)
    return place.is_dir() or place.with_suffix(".py").is_file()


def _files() -> Iterator[Path]:
    """Give every file of the packages: code, and the tables and texts that ship beside it."""
    for package in PACKAGES:
        spec = find_spec(package)
        for place in (spec.submodule_search_locations or []) if spec else []:
            root = Path(place)
            for path in root.rglob("*"):
                parts = path.relative_to(root).parts
                if parts[0] in SHIPPED or CACHE in parts or path.suffix in COMPILED:
                    continue
                if path.is_file():
                    yield path
