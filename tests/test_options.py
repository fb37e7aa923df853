"""Every option of every command that takes a number: one check, one message for what is none."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from cli import main
from files.options import Number, Whole

NUMERIC = (click.types.IntParamType, click.types.FloatParamType, Number)


def options(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words that lead to each numeric option, and each option's type."""
    if isinstance(group, click.Group):
        for name in group.list_commands(click.Context(group)):
            yield from options(group.get_command(click.Context(group), name), (*path, name))
    for one in group.params:
        if isinstance(one, click.Option) and isinstance(one.type, NUMERIC) and not one.is_flag:
            yield (*path, one.opts[0]), one.type


FOUND = dict(options(main))


def test_all_of_them_go_through_the_check_of_numbers():
    assert len(FOUND) > 20
    assert not {
        words: kind for words, kind in FOUND.items() if not isinstance(kind, Number | Whole)
    }


@pytest.mark.parametrize("words", FOUND, ids=" ".join)
def test_what_is_no_finite_number_is_refused_by_name(words):
    *command, option = words
    result = CliRunner(env={"LANG": "en"}).invoke(main, [*command, f"{option}=nan"])
    assert result.exit_code == 2
    (message,) = [line for line in result.output.splitlines() if line.startswith("Error")]
    assert option in message
    for value in ("nan", "inf", "-inf", "1e999", "", " ", "twelve", "1_0", "0x10", "1:30"):
        with pytest.raises(click.BadParameter, match="must be a"):
            FOUND[words].convert(value, None, None)


WHOLE = {words: kind for words, kind in FOUND.items() if isinstance(kind, Whole)}


@pytest.mark.parametrize("words", WHOLE, ids=" ".join)
def test_what_is_no_whole_number_in_range_is_told_the_range(words):
    kind = WHOLE[words]
    told = f"at least {kind.least}" if kind.most is None else f"{kind.least} to {kind.most}"
    beyond = [] if kind.most is None else [str(kind.most + 1)]
    for value in ("2.5", "2,5", "1e1", str(kind.least - 1), *beyond):
        with pytest.raises(click.BadParameter, match=f"must be a whole number of {told}"):
            kind.convert(value, None, None)
    assert kind.convert(str(kind.least), None, None) == kind.least


def test_a_list_of_numbers_goes_up_so_that_a_decimal_comma_is_not_two_of_them():
    result = CliRunner(env={"LANG": "en"}).invoke(main, ["geodata", "isochrones", "--minutes=12,5"])
    assert result.exit_code == 2
    assert "must go up" in result.output
