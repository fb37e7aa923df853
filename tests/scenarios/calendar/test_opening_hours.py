"""Opening hours: what a reader writes and which of the 336 hours it means."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.calendar.opening_hours import FORTNIGHT, open_hours, weekend_hours, written_hours

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def hours_open(text: str) -> list[int]:
    return np.flatnonzero(open_hours(text)).tolist()


def test_always_and_never():
    assert hours_open("24/7") == list(range(FORTNIGHT))
    assert hours_open("closed") == []
    assert hours_open("00:00-24:00") == list(range(FORTNIGHT))


def test_a_range_ends_before_its_last_hour():
    assert hours_open("Mon 08:00-10:00") == [8, 9, 168 + 8, 168 + 9]


def test_a_range_past_midnight_belongs_to_the_day_it_begins():
    # Sunday night of the odd week runs into Monday of the even week
    assert hours_open("odd weeks Sun 23:00-01:00") == [0, 335]
    assert hours_open("even weeks Mon 23:00-01:00") == [23, 24]


def test_a_range_of_days_may_pass_the_weekend():
    # Saturday, Sunday and Monday at noon
    assert hours_open("even weeks Sat-Mon 12:00-13:00") == [12, 5 * 24 + 12, 6 * 24 + 12]


def test_even_and_odd_weeks_take_turns():
    even, odd = open_hours("even weeks 00:00-24:00"), open_hours("odd weeks 00:00-24:00")
    assert np.flatnonzero(even).tolist() == list(range(168))
    assert (even ^ odd).all()


def test_ranges_add_up():
    assert hours_open("even weeks Mon 08:00-10:00; even weeks Mon 09:00-11:00") == [8, 9, 10]


def test_the_weekend_is_saturday_and_sunday_of_both_weeks():
    weekend = np.flatnonzero(weekend_hours()).tolist()
    assert weekend == [*range(120, 168), *range(288, 336)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "open",
        "8-16",
        "08:00-08:00",
        "08:30-16:00",
        "08:00-25:00",
        "Maa 08:00-16:00",
        "Mon-Xxx 08:00-16:00",
        "08:00-16:00;18:00-20:00",
        "24/7; closed",
        "even 00:00-24:00",
        "Mon 08:00-16:00 ",
        "08:00-16:00\n",
    ],
)
def test_anything_else_is_refused_and_told_what_is_allowed(text):
    with pytest.raises(ValueError, match=r"allowed|no range of hours"):
        open_hours(text)


ranges = st.tuples(
    st.sampled_from(["", "even weeks ", "odd weeks "]),
    st.sampled_from(["", *(f"{day} " for day in DAYS), "Mon-Fri ", "Fri-Mon "]),
    st.integers(0, 23),
    st.integers(1, 24),
).filter(lambda parts: parts[2] != parts[3])


def written(parts) -> str:
    weeks, days, start, end = parts
    return f"{weeks}{days}{start:02}:00-{end:02}:00"


@given(ranges)
def test_a_range_is_open_for_its_length_on_each_of_its_days(parts):
    weeks, days, start, end = parts
    length = (end - start) % 24 or 24
    number = {"": 7, "Mon-Fri ": 5, "Fri-Mon ": 4}.get(days, 1) * (1 if weeks else 2)
    assert open_hours(written(parts)).sum() == length * number


@given(st.lists(ranges, min_size=1, max_size=5))
def test_joining_ranges_is_the_union_of_them(parts):
    whole = open_hours("; ".join(map(written, parts)))
    apart = np.any([open_hours(written(part)) for part in parts], axis=0)
    assert (whole == apart).all()


@given(st.lists(st.booleans(), min_size=FORTNIGHT, max_size=FORTNIGHT))
def test_any_table_can_be_written_and_read_back(table):
    parts = [
        f"{('even', 'odd')[hour // 168]} weeks {DAYS[hour // 24 % 7]} "
        f"{hour % 24:02}:00-{hour % 24 + 1:02}:00"
        for hour, is_open in enumerate(table)
        if is_open
    ]
    assert open_hours("; ".join(parts) or "closed").tolist() == table


@pytest.mark.parametrize(
    "text",
    [
        "24/7",
        "closed",
        "07:00-23:00",
        "23:00-07:00",
        "Mon-Fri 08:00-16:00",
        "even weeks 00:00-24:00",
        "odd weeks Sat-Sun 10:00-11:00",
    ],
)
def test_what_a_reader_wrote_is_written_back(text):
    assert written_hours(open_hours(text)) == text


@given(st.lists(st.booleans(), min_size=FORTNIGHT, max_size=FORTNIGHT))
def test_written_hours_mean_the_table_they_were_written_of(hours):
    table = np.array(hours)
    assert (open_hours(written_hours(table)) == table).all()


@given(st.integers(0, FORTNIGHT - 1), st.integers(1, FORTNIGHT - 1))
def test_a_stretch_of_any_length_is_read_back(first, length):
    table = np.zeros(FORTNIGHT, dtype=bool)
    table[np.arange(first, first + length) % FORTNIGHT] = True
    assert (open_hours(written_hours(table)) == table).all()
