"""The `twentezorg` command: parse, call, print.

Commands about scenarios and reachability stand here; those that simulate, read a run or play one
again stand beside what they call.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` takes a while, in which Ctrl-C is heard
import os

INTERRUPTED = 130


def _leave_at_once(_number: int, _frame: object) -> None:
    """End without a word: nothing has begun yet."""
    os._exit(INTERRUPTED)


if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
    try:  # noqa: SIM105 - contextlib is one of the imports that take a while
        _signal.signal(_signal.SIGINT, _leave_at_once)
    except ValueError:  # not in the main thread, which alone hears it
        pass

import sys
from contextlib import contextmanager
from gettext import gettext as spoken
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from files.options import Number, Whole
from geodata.commands import geodata_commands
from results.commands.help import translated
from results.commands.lines import lines
from results.commands.options import (
    EXIT_OURS,
    EXIT_USER,
    baseline_asked,
    data_option,
    lang_option,
    scenario_names,
    scenarios_asked,
    settings_option,
)
from results.commands.read import compare, decide_run, query_store, report, store_command
from results.commands.replay import animate, journey, occupancy
from results.commands.simulate import find_warm_up, run, verify_model
from results.commands.size import size_scenario
from results.commands.stopping import (
    print_anywhere,
    silence_full_output,
    stop_code,
    stopped_in_one_way,
)
from results.commands.sweep import sweep_scenarios
from results.language.terminal import speak, terminal_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.location.model import Aim
    from scenarios.errors import Problem


class SpeakingGroup(click.Group):
    """A group that speaks the user's language; bad input ends with one message and exit code 2."""

    def main(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as click does
        """Do what the command line asks, in the language of the terminal."""
        with print_anywhere(), stopped_in_one_way():
            try:
                speak(terminal_language(os.environ))
                return click.Group.main(translated(self), *arguments, **options)
            except OSError as error:  # the disk is full, a file may not be read
                silence_full_output()
                _leave(_why(error), EXIT_USER)

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:  # noqa: ANN401
        """Read the command line."""
        with _said_when_stopped():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own return value
        """Run the command; turn an error in the user's input into a message."""
        with _said_when_stopped():
            from files.errors import FileError
            from results.errors import ResultsError
            from sim.errors import BackendError, ReplicationError, StoreError

            try:
                return super().invoke(ctx)
            except (BackendError, FileError, ResultsError, StoreError) as error:
                _leave(str(error), EXIT_USER)
            except ModuleNotFoundError as error:
                from files.extras import lacking

                if (message := lacking(error)) is None:
                    raise
                _leave(message, EXIT_USER)
            except ReplicationError as error:
                _leave(str(error), EXIT_OURS)


@contextmanager
def _said_when_stopped() -> Iterator[None]:
    """Say that the command was stopped, and what it leaves; Click would only say Aborted."""
    try:
        yield
    except KeyboardInterrupt as stop:
        what = str(stop) or spoken("nothing was written")
        _leave(spoken("stopped; {what}").format(what=what), stop_code(), before="\n")


def _leave(message: str, code: int, before: str = "") -> NoReturn:
    """Say one thing to the user, where that can be, and end."""
    try:
        click.echo(f"{before}twentezorg: {message}", err=True)
    except OSError:  # where stderr is full too, the code alone says it
        silence_full_output()
    sys.exit(code)


def _why(error: OSError) -> str:
    """Say what the system refuses, and which file it is about."""
    from files.errors import Said

    why = str(Said(error.strerror or str(error)))
    return why if error.filename is None else f"{error.filename}: {why}"


@click.group(
    cls=SpeakingGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="twentezorg", message="%(prog)s %(version)s")
def main() -> None:
    """Compare where 24/7 acute and obstetric care in Twente could be.

    SCENARIO is a name that ships (see `twentezorg list`) or the path of a YAML file.

    Help and messages are in Dutch or English as your system is, or as TWENTEZORG_LANG says
    (nl, en).

    \b
    Examples:
      twentezorg run --quick --out output/try
      twentezorg run single-enschede single-almelo
      twentezorg reach night-closure
      twentezorg show single-hengelo
    """


@main.command("list")
@lang_option
def list_scenarios(lang: str) -> None:
    """List the scenarios that ship, one line each.

    \b
    Example:
      twentezorg list --lang en
    """
    from scenarios.files.shipped import headlines

    for line in headlines():
        click.echo(f"{line.name:<26} {line.horizon_year}  {line.title[lang]}")


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@lang_option
def validate(files: tuple[str, ...], lang: str) -> None:
    """Check scenario files and print all problems at once.

    \b
    Example:
      twentezorg validate my-scenario.yaml
    """
    from results.language.words import words
    from results.workflows.load import load_warning, people_of
    from scenarios.errors import ScenarioError
    from scenarios.files.loading import load

    problems: list[Problem] = []
    for file in files:
        try:
            scenario = load(file)
        except ScenarioError as error:
            problems += error.problems
        else:
            click.echo(words(lang).gettext("{file}: good").format(file=file))
            if warning := load_warning(scenario, people_of(None)):
                click.echo(warning, err=True)
    if problems:
        raise ScenarioError(problems)


@main.command()
@click.argument("name")
@click.option(
    "--from",
    "base",
    default="now",
    show_default=True,
    metavar="SCENARIO",
    help="What it starts from: a name that ships, or the path of a YAML file.",
)
@lang_option
def new(name: str, base: str, lang: str) -> None:
    """Write a scenario file of your own, NAME.yaml, that says what may be changed.

    Every example in it is commented out and says what is in force. No file is overwritten.

    \b
    Example:
      twentezorg new my-plan --from single-enschede
    """
    from scenarios.files.new import write_new

    click.echo(write_new(name, base, lang))


@main.command()
@click.argument("scenario")
@settings_option
@lang_option
def show(scenario: str, settings: tuple[str, ...], lang: str) -> None:
    """Print every parameter in force in a scenario: value, unit, confidence, name and source.

    \b
    Example:
      twentezorg show now | grep ambulance
    """
    from results.report.scenario import scenario_text
    from scenarios.files.loading import load

    click.echo(scenario_text(load(scenario, settings), lang))


@main.command()
@scenario_names
@settings_option
@data_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write the table by municipality to this CSV file as well; with --locate, the folder for "
    "the trade-off (default output/locate).",
)
@lang_option
@click.option(
    "--detail",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for tables by hour, area and group, settlements beyond a norm, change, certainty.",
)
@click.option("--locate", type=Whole(1, 10), help="Find the best P sites instead.")
@click.option(
    "--aim",
    type=click.Choice(["mean", "coverage", "worst"]),
    default="mean",
    show_default=True,
    help="With --locate: shortest mean way, most inhabitants within --limit, or best worst-off.",
)
@click.option(
    "--candidates",
    help="With --locate: point ids, or `cells` for every inhabited 250 m square (minutes of work, "
    "--data with its road network); every postcode when left out.",
)
@click.option("--fixed", default="", help="With --locate: point ids of sites that stay.")
@click.option(
    "--limit",
    type=Number(0, 1440, is_open=True),
    default=30.0,
    show_default=True,
    help="With --locate: minutes.",
)
def reach(
    scenarios: tuple[str, ...],
    settings: tuple[str, ...],
    data: Path | None,
    out: Path | None,
    lang: str,
    detail: Path | None,
    locate: int | None,
    aim: Aim,
    candidates: str | None,
    fixed: str,
    limit: float,
) -> None:
    """Print how reachable care is in each scenario; no simulation, seconds.

    \b
    Examples:
      twentezorg reach now single-enschede --out reachability.csv
      twentezorg reach night-closure --detail output/night
      twentezorg reach --locate 2 --aim coverage --limit 25 --out output/locate
      twentezorg reach --locate 2 --candidates cells --data output/data
    """
    from files.formulas import write_csv
    from geodata.dataset.folder import load
    from results.accessibility.best_sites import best_sites_text, write_trade_off
    from results.accessibility.best_sites import locate as best_sites
    from results.accessibility.detail import write_detail
    from results.commands.console import abroad_text, reachability_text
    from results.workflows.reachability import reachability

    places = load(data)
    if locate is not None:
        trade = best_sites(
            places,
            locate,
            _ids(candidates),
            _ids(fixed),
            limit,
            progress=lambda step: click.echo(step, err=True),
        )
        text = best_sites_text(
            places, trade, locate, aim, limit, lang, _ids(candidates), _ids(fixed)
        )
        click.echo(text)
        click.echo(write_trade_off(trade, limit, out or Path("output/locate"), lang))
        return
    if out is not None and out.is_dir():
        raise click.BadParameter(
            spoken("{path} is a folder; give a CSV file").format(path=out), param_hint="--out"
        )
    found = reachability(scenarios_asked(scenarios, settings), data=places)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_csv(found.table, out)
    if detail is not None:
        write_detail(detail, found.scenarios, baseline_asked(settings), found.data)
    click.echo(reachability_text(found.table, lang))
    if beside := abroad_text(found.scenarios, found.abroad, lang):
        click.echo(f"\n{beside}")


def _ids(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


for command in (
    run,
    find_warm_up,
    size_scenario,
    lines,
    sweep_scenarios,
    verify_model,
    compare,
    decide_run,
    report,
    query_store,
    store_command,
    journey,
    animate,
    occupancy,
    geodata_commands,
):
    main.add_command(command)

if _signal.getsignal(_signal.SIGINT) is _leave_at_once:
    _signal.signal(_signal.SIGINT, _signal.default_int_handler)

if __name__ == "__main__":  # as `python -m cli`
    main()
