"""Working days: public holidays, make-up days, and the office's own."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.rules.workdays import CalendarUnknown, WorkCalendar

PUBLIC = WorkCalendar()


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2026, 2, 13), True),
        # A Saturday worked before the Spring Festival.
        (date(2026, 2, 14), True),
        (date(2026, 2, 17), False),
        (date(2026, 2, 28), True),
        (date(2026, 5, 1), False),
        (date(2026, 5, 10), False),
    ],
)
def test_holidays_are_free_and_make_up_days_are_worked(day, is_working):
    assert PUBLIC.is_working(day) is is_working


def test_the_offices_own_days_go_first():
    own = WorkCalendar({date(2026, 5, 1): True, date(2026, 5, 6): False})
    assert own.working_days(date(2026, 5, 1), date(2026, 5, 8)) == [
        date(2026, 5, 1),
        date(2026, 5, 7),
        date(2026, 5, 8),
    ]


def test_counting_goes_over_the_holidays():
    assert PUBLIC.plus(date(2026, 2, 14), 1) == date(2026, 2, 24)
    assert PUBLIC.plus(date(2026, 2, 24), -1) == date(2026, 2, 14)
    assert PUBLIC.plus(date(2026, 2, 16), 0) == date(2026, 2, 24)
    assert PUBLIC.plus(date(2026, 2, 13), 0) == date(2026, 2, 13)


def test_a_year_nobody_knows_is_refused_until_the_office_enters_it():
    with pytest.raises(CalendarUnknown, match="2031"):
        PUBLIC.is_working(date(2031, 1, 2))
    entered = WorkCalendar({date(2031, 1, 1): False})
    assert not PUBLIC.knows(date(2031, 1, 2))
    assert entered.knows(date(2031, 1, 2))
    assert entered.working_days(date(2031, 1, 1), date(2031, 1, 6)) == [
        date(2031, 1, 2),
        date(2031, 1, 3),
        date(2031, 1, 6),
    ]


@given(st.dates(date(2026, 1, 10), date(2026, 11, 30)), st.integers(1, 15))
def test_there_and_back_again_ends_on_the_day_it_began(day, steps):
    day = PUBLIC.plus(day, 0)
    later = PUBLIC.plus(day, steps)
    assert PUBLIC.plus(later, -steps) == day
    assert len(PUBLIC.working_days(day + timedelta(days=1), later)) == steps


def test_by_the_week_a_year_nobody_knows_has_mondays_to_fridays():
    by_week = WorkCalendar().by_week
    assert by_week.plus(date(2026, 12, 31), 3) == date(2027, 1, 5)
    assert by_week.is_working(date(2031, 5, 3)) is False
