from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.due import DueState, due_state

VERIFIED, LAST = date(2025, 5, 15), date(2026, 5, 14)


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2026, 3, 14), DueState.IN_DATE),
        (date(2026, 3, 15), DueState.DUE_SOON),
        (LAST, DueState.DUE_SOON),
        (LAST + timedelta(days=1), DueState.OVERDUE),
    ],
)
def test_a_years_interval_is_due_soon_in_its_last_two_months_and_overdue_the_day_after(on, state):
    assert due_state(VERIFIED, LAST, on=on) is state


def test_a_short_interval_is_due_soon_two_weeks_before_its_end():
    verified, last = date(2026, 5, 1), date(2026, 5, 31)
    assert due_state(verified, last, on=date(2026, 5, 16)) is DueState.IN_DATE
    assert due_state(verified, last, on=date(2026, 5, 17)) is DueState.DUE_SOON


def test_what_was_never_verified_is_told_from_what_has_no_last_day():
    assert due_state(None, None, on=LAST) is DueState.NEVER_VERIFIED
    assert due_state(VERIFIED, None, on=LAST) is DueState.WITHOUT_LAST_DAY


@given(days=st.integers(0, 900), interval=st.integers(1, 400))
def test_waiting_never_makes_anything_less_due(days, interval):
    order = [DueState.IN_DATE, DueState.DUE_SOON, DueState.OVERDUE]
    last, on = VERIFIED + timedelta(days=interval), VERIFIED + timedelta(days=days)
    today, tomorrow = (due_state(VERIFIED, last, on=day) for day in (on, on + timedelta(days=1)))
    assert order.index(today) <= order.index(tomorrow)
