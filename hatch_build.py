"""Compile the event loop when a wheel is built: the same Python, twice as fast.

mypyc turns the typed modules through which every event goes into C. Where there is no C compiler
the wheel holds the Python alone, which gives the same bytes. An editable installation is never
compiled: there the source is what runs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGES = ("files", "geodata", "scenarios", "sim")
COMPILED = ("engine", "journal", "patients", "pathways", "resources", "simulation.py")
"""Places in `sim/` through which events go."""
NOT_COMPILED = (
    "__init__.py",
    "environment.py",  # reads a slot of SimPy's, as mypyc cannot
    *("cohort.py", "initial_state.py", "past.py", "records.py", "staffing.py", "surge.py"),
)
"""Modules of those places through which no event goes, or that mypyc does not compile."""

SETUP = """
from mypyc.build import mypycify
from setuptools import setup

modules = mypycify({arguments!r}, opt_level={level!r}, debug_level="0")
setup(name="twentezorg", packages=[], py_modules=[], ext_modules=modules)
"""
# The types of libraries are left out: what is not compiled is called as Python calls it.
MYPY = """
[mypy]
ignore_missing_imports = true
follow_imports = silent
[mypy-duckdb.*,geopandas.*,pandas.*,pyarrow.*,pydantic.*,scipy.*,shapely.*]
follow_imports = skip
"""


class CompileEventLoop(BuildHookInterface):  # type: ignore[type-arg]
    """Add compiled modules to a wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless for an editable installation."""
        self._folder = TemporaryDirectory(prefix="twentezorg-")
        if version == "editable":
            return
        work = Path(self._folder.name)
        try:
            built = _compile(Path(self.root), work)
        except subprocess.CalledProcessError as error:
            self.app.display_warning(error.stdout)
            self.app.display_warning("not compiled: the simulation will be slower, and do the same")
            return
        build_data["force_include"] |= {
            str(path): path.relative_to(work / "built").as_posix() for path in built
        }
        build_data["infer_tag"] = True
        build_data["pure_python"] = False

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - as hatchling asks
        """Leave nothing behind."""
        self._folder.cleanup()


def _compile(root: Path, work: Path) -> list[Path]:
    """Compile a copy of the source; return the compiled modules."""
    for package in PACKAGES:
        shutil.copytree(root / package, work / package, ignore=_all_but_python)
    (work / "mypy.ini").write_text(MYPY)
    (work / "setup.py").write_text(SETUP.format(arguments=_compiled(work), level=_level()))
    subprocess.run(
        [sys.executable, "setup.py", "-q", "build_ext", "--build-lib", "built"],
        cwd=work,
        check=True,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return sorted(path for path in (work / "built").rglob("*") if path.is_file())


def _level() -> str:
    """Return how far the C is optimised: 2, or what the environment says (0 compiles soonest)."""
    return os.environ.get("TWENTEZORG_OPTIMISE", "2")


def _compiled(root: Path) -> list[str]:
    """Return the modules to compile, as paths below the root."""
    found = [
        path
        for place in COMPILED
        for path in (*(root / "sim").glob(place), *(root / "sim" / place).rglob("*.py"))
        if path.suffix == ".py" and path.name not in NOT_COMPILED
    ]
    return sorted(path.relative_to(root).as_posix() for path in found)


def _all_but_python(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not name.endswith(".py") and not Path(folder, name).is_dir()}
