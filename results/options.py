"""What commands share: their options, and the scenarios and run store these stand for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenarios.schema import Scenario
    from sim.store import Store

EXIT_OURS, EXIT_USER = 1, 2
QUICK = {"replications": 2, "weeks": 6}
USUAL = {"replications": 16, "weeks": 13}
STORE_VARIABLE = "TWENTEZORG_STORE"
MAX_SEED = 2**63 - 1

scenario_names = click.argument("scenarios", nargs=-1, metavar="[SCENARIO]...")
settings_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="Override a parameter or a field in every scenario, such as ed.doctor.mean=25.",
)
data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of a built data set; the starter data set when left out.",
)
lang_option = click.option(
    "--lang", type=click.Choice(["nl", "en"]), default="nl", show_default=True, help="Language."
)
seed_option = click.option(
    "--seed",
    type=click.IntRange(0, MAX_SEED),
    default=1,
    show_default=True,
    help="Same seed, same patients, same tables.",
)
weeks_option = click.option(
    "--weeks", type=click.IntRange(1, 520), help="Measured weeks of each replication."
)
warmup_option = click.option(
    "--warmup",
    type=click.IntRange(0, 52),
    help="Weeks before measuring starts; what the scenario says (warmup) when left out.",
)
jobs_option = click.option(
    "--jobs",
    type=click.IntRange(1, 512),
    default=os.cpu_count() or 1,
    show_default="cores",
    help="Replications at the same time.",
)
backend_option = click.option(
    "--backend",
    type=click.Choice(["serial", "processes", "dask"]),
    default="processes",
    show_default=True,
    help="How replications are spread; the tables are the same.",
)
scheduler_option = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="With --backend dask: a scheduler such as tcp://host:8786; a cluster here when left out.",
)
store_option = click.option(
    "--store",
    "store_folder",
    type=click.Path(file_okay=False, path_type=Path),
    envvar=STORE_VARIABLE,
    show_envvar=True,
    help="Folder where finished replications are kept and found again; a cache folder of yours "
    "when left out.",
)
no_store_option = click.option(
    "--no-store", is_flag=True, help="Run every replication anew and keep none."
)
quick_option = click.option(
    "--quick", is_flag=True, help="A first look: few and short replications."
)


def scenarios_asked(names: Sequence[str], settings: Sequence[str]) -> list[Scenario]:
    """Return the scenarios asked for, or all that ship; a name may be given once."""
    from scenarios import files
    from scenarios.errors import ScenarioError
    from scenarios.shipped import shipped_names

    chosen = [files.load(name, settings) for name in names or shipped_names()]
    if not names:  # a surge tests a configuration; it is no configuration to choose
        chosen = [scenario for scenario in chosen if not scenario.surge.is_any]
    seen: set[str] = set()
    for scenario in chosen:
        if scenario.name in seen:
            raise ScenarioError.single(scenario.name, "is named twice; names must differ")
        seen.add(scenario.name)
    return chosen


def warmup_weeks(asked: int | None, scenarios: Sequence[Scenario]) -> int:
    """Return the warm-up asked for, or the longest that the scenarios say."""
    return max(scenario.warmup.weeks for scenario in scenarios) if asked is None else asked


def run_store(folder: Path | None) -> Store:
    """Return the run store in a folder, or in the user's own cache."""
    from platformdirs import user_cache_path

    from sim.store import Store

    own = os.environ.get(STORE_VARIABLE)
    place = folder or (Path(own) if own else user_cache_path("twentezorg") / "runs")
    return Store(place, lambda text: click.echo(f"twentezorg: {text}", err=True))


def print_comparison(comparison: Any, lang: str) -> None:  # noqa: ANN401 - a DataFrame
    """Print the differences of the headline KPIs."""
    from results.console import comparison_text

    click.echo(comparison_text(comparison, lang))
