"""The commands that play one replication again: journey, animate and occupancy."""

from __future__ import annotations

from gettext import gettext as spoken
from typing import TYPE_CHECKING, Any

import click

from files.options import Whole
from results.commands.options import (
    baseline_asked,
    lang_option,
    length_options,
    out_file,
    out_folder,
    scenario_asked,
    settings_option,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from results.replay.replay import Replay
    from results.workflows.asked import Asked


def _replay_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what names one replication; the usual length is that of `run`."""
    for option in (
        click.argument("scenario"),
        click.option(
            "--replication",
            type=Whole(0, 999),
            default=0,
            show_default=True,
            help="Which replication to play again; the first is 0.",
        ),
        settings_option,
        lang_option,
        length_options,
    )[::-1]:
        command = option(command)
    return command


@click.command()
@_replay_options
@click.option("--patient", type=Whole(0), help="Whose journey; some numbers without it.")
def journey(scenario: str, patient: int | None, lang: str, **replication: Any) -> None:  # noqa: ANN401 - options passed on
    """Print what happened to one patient of a replication, step by step.

    Seed, weeks, warm-up and --quick must be those of the run, for the same people to come.

    \b
    Examples:
      twentezorg journey now --quick
      twentezorg journey single-enschede --quick --patient 40000123 --lang en
    """
    from results.language.words import words
    from results.replay.patient_journey import journey_text, notable_text

    played = _replay(scenario, **replication)
    reader = words(lang)
    click.echo(
        notable_text(played, reader) if patient is None else journey_text(played, patient, reader)
    )


@click.command()
@_replay_options
@click.option(
    "--site", help="Id of a site of the scenario; the one with the busiest ED when left out."
)
@click.option(
    "--day", type=Whole(1), default=2, show_default=True, help="Measured day; 1 a Monday."
)
@out_file("output/day.html", "The page to write.")
def animate(
    scenario: str,
    site: str | None,
    day: int,
    out: Path,
    lang: str,
    **replication: Any,  # noqa: ANN401 - options passed on
) -> None:
    """Write a day at one site as a page that moves: one file, to share by mail.

    In the folder of a run (--out output/run/day.html) it links to the report, and `twentezorg
    report output/run` links to it.

    \b
    Example:
      twentezorg animate single-enschede --site mst --day 3 --quick --out output/enschede.html
    """
    from results.language.words import words
    from results.links import report_beside
    from results.replay.animation import animation, render, write_page

    played, reader = _replay(scenario, **replication), words(lang)
    place = played.busiest_site() if site is None else played.site(site)
    page = render(animation(played, place, day, reader), reader, report_beside(out))
    write_page(page, out)
    click.echo(spoken("animation: {path}").format(path=out))


@click.command()
@_replay_options
@out_folder("output/occupancy", "Folder for the table and the charts.")
def occupancy(scenario: str, out: Path, lang: str, **replication: Any) -> None:  # noqa: ANN401 - options passed on
    """Chart how full each place is by hour of the day: mean, and 9 days out of 10.

    \b
    Example:
      twentezorg occupancy single-enschede --quick --out output/occupancy
    """
    from results.language.words import words
    from results.replay.occupancy import write_occupancy

    written = write_occupancy(out, _replay(scenario, **replication).outcome, words(lang))
    click.echo(
        spoken("table: {table}\ncharts: {count} files in {folder}").format(
            table=written[0], count=len(written) - 1, folder=out
        )
    )


def _replay(scenario: str, replication: int, settings: tuple[str, ...], asked: Asked) -> Replay:
    from results.workflows.replay import play_again

    return play_again(
        scenario_asked(scenario, settings),
        replication,
        baseline=baseline_asked(settings),
        **asked.options(),
    )
