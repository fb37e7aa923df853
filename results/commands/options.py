"""What commands share: their options, and the scenarios and run store these stand for."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from gettext import gettext as spoken
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from files.options import Whole
from results.language.terminal import speak
from results.runs.store_folder import STORE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenarios.schema.scenario import Scenario
    from sim.experiment.store import Store


EXIT_OURS, EXIT_USER = 1, 2
MAX_SEED = 2**63 - 1

Command = Callable[..., Any]


run_folder = click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
scenario_names = click.argument("scenarios", nargs=-1, metavar="[SCENARIO]...")
settings_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="Override a parameter or a field in every scenario, such as ed.doctor.mean=25 or "
    "sites.MST.capacity.ed.nurses.night=5.",
)
people_option = click.option(
    "--people",
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV file with the hospitals' own numbers of people, which are counted then: columns "
    "site, profession, layer, people, and where known fte, under_35, from_35_to_54, from_55, "
    "vacancies.",
)
data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of a built data set; the starter data set when left out.",
)


def weights_option(help_text: str) -> Callable[[Command], Command]:
    """Return the option for weights of one's own."""
    return click.option(
        "--weights", type=click.Path(dir_okay=False, path_type=Path), help=help_text
    )


def futures_option(help_text: str) -> Callable[[Command], Command]:
    """Return the option for the folder of a sweep."""
    return click.option(
        "--futures", type=click.Path(file_okay=False, path_type=Path), help=help_text
    )


def replications_option(help_text: str, least: int = 1) -> Callable[[Command], Command]:
    """Return the option for how many replications, where leaving it out means the usual number."""
    return click.option("--replications", type=Whole(least, 1000), help=help_text)


def out_folder(default: str, help_text: str) -> Callable[[Command], Command]:
    """Return the option for a folder to write in."""
    return click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path(default),
        show_default=True,
        help=help_text,
    )


def out_file(default: str, help_text: str) -> Callable[[Command], Command]:
    """Return the option for a file to write."""
    return click.option(
        "--out",
        type=click.Path(dir_okay=False, path_type=Path),
        default=Path(default),
        show_default=True,
        help=help_text,
    )


def _speak(context: click.Context, option: click.Parameter, lang: str) -> str:
    """Let errors and progress follow a language that is asked for by name."""
    if context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE:
        speak(lang)
    return lang


lang_option = click.option(
    "--lang",
    type=click.Choice(["nl", "en"]),
    default="nl",
    show_default=True,
    is_eager=True,
    callback=_speak,
    help="Language of what is written and printed.",
)
seed_option = click.option(
    "--seed",
    type=Whole(0, MAX_SEED),
    default=1,
    show_default=True,
    help="Same seed, same patients, same tables.",
)
LENGTH = (
    seed_option,
    click.option("--weeks", type=Whole(1, 520), help="Measured weeks of each replication."),
    click.option(
        "--warmup",
        type=Whole(0, 52),
        help="Weeks before measuring starts; what the scenario says (warmup) when left out.",
    ),
    data_option,
    click.option("--quick", is_flag=True, help="A first look: few and short replications."),
)
WORKERS = (
    click.option(
        "--jobs",
        type=Whole(1, 512),
        default=os.cpu_count() or 1,
        show_default="cores",
        help="Replications at the same time.",
    ),
    click.option(
        "--backend",
        type=click.Choice(["serial", "processes", "dask"]),
        default="processes",
        show_default=True,
        help="How replications are spread; the tables are the same.",
    ),
    click.option(
        "--scheduler",
        metavar="ADDRESS",
        help="With --backend dask: a scheduler such as tcp://host:8786; a cluster here when left "
        "out.",
    ),
    click.option("--quiet", is_flag=True, help="No progress."),
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
STORING = (
    store_option,
    click.option("--no-store", is_flag=True, help="Run every replication anew and keep none."),
)


def length_options(command: Command) -> Command:
    """Add options for which patients come and how long; the command is given `asked`."""

    @functools.wraps(command)
    def with_length(
        *arguments: Any,  # noqa: ANN401 - options passed on
        seed: int,
        weeks: int | None,
        warmup: int | None,
        data: Path | None,
        quick: bool,
        **others: Any,  # noqa: ANN401
    ) -> None:
        from results.workflows.asked import Asked

        command(*arguments, asked=Asked(seed, weeks, warmup, data, quick), **others)

    return _with_options(with_length, LENGTH)


def worker_options(command: Command) -> Command:
    """Add options for workers, whose replications are not kept; the command gets `workers`."""

    @functools.wraps(command)
    def with_workers(
        *arguments: Any,  # noqa: ANN401 - options passed on
        jobs: int,
        backend: str,
        scheduler: str | None,
        quiet: bool,
        store: Store | None = None,
        **others: Any,  # noqa: ANN401
    ) -> None:
        from results.runs.execution import Workers
        from sim.backends.registry import Backend

        if scheduler is not None and backend != Backend.DASK:
            raise click.BadParameter(spoken("needs --backend dask"), param_hint="--scheduler")
        workers = Workers(Backend(backend), jobs, scheduler, store, quiet)
        command(*arguments, workers=workers, **others)

    return _with_options(with_workers, WORKERS)


def store_and_worker_options(command: Command) -> Command:
    """Add options for workers and where their replications are kept; the command gets `workers`."""
    with_workers = worker_options(command)

    @functools.wraps(with_workers)
    def with_store(
        *arguments: Any,  # noqa: ANN401 - options passed on
        store_folder: Path | None,
        no_store: bool,
        **others: Any,  # noqa: ANN401
    ) -> None:
        with_workers(*arguments, store=None if no_store else run_store(store_folder), **others)

    return _with_options(with_store, STORING)


def _with_options(command: Command, options: Sequence[Callable[[Command], Command]]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def scenarios_asked(names: Sequence[str], settings: Sequence[str]) -> list[Scenario]:
    """Return the scenarios asked for, or all that ship; a name may be given once."""
    from results.workflows.asked import chosen

    return chosen(names, settings)


def scenario_asked(name: str, settings: Sequence[str]) -> Scenario:
    """Return the one scenario asked for."""
    return scenarios_asked([name], settings)[0]


def baseline_asked(settings: Sequence[str]) -> Scenario:
    """Return `now`, in which settings count too."""
    from scenarios.files.shipped import BASELINE

    return scenario_asked(BASELINE, settings)


def run_store(folder: Path | None) -> Store:
    """Return the run store in a folder, or in the user's own cache."""
    from results.runs.execution import own_store

    return own_store(folder)


def print_comparison(comparison: Any, lang: str) -> None:  # noqa: ANN401 - a DataFrame
    """Print the differences of the headline KPIs."""
    from results.commands.console import comparison_text

    click.echo(comparison_text(comparison, lang))
