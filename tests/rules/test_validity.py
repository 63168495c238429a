from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.rules.lifecycle import RETIRED, InstrumentStatus
from verifier.rules.validity import Finding, follows_a_failure, held_until, standing, stated, valid_until
from verifier.rules.verdict import Outcome

days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
months = st.integers(1, 120)


@pytest.mark.parametrize(
    ("performed_on", "interval", "last_day"),
    [
        (date(2024, 3, 5), 12, date(2025, 3, 4)),
        (date(2025, 8, 31), 6, date(2026, 2, 27)),
        (date(2023, 8, 31), 6, date(2024, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2025, 12, 1), 1, date(2025, 12, 31)),
        (date(2026, 5, 15), 12, date(2027, 5, 14)),
    ],
)
def test_the_day_of_the_verification_is_the_first_day_of_the_period(performed_on, interval, last_day):
    assert valid_until(performed_on, interval) == last_day


def test_an_office_may_count_without_the_day_less():
    assert valid_until(date(2024, 3, 5), 12, minus_one_day=False) == date(2025, 3, 5)
    assert valid_until(date(2025, 8, 31), 6, minus_one_day=False) == date(2026, 2, 28)


def test_an_interval_under_one_month_is_refused():
    with pytest.raises(ValueError, match="at least one month, not 0"):
        valid_until(date(2026, 1, 1), 0)


@given(day=days, interval=months)
def test_a_later_verification_never_expires_earlier(day, interval):
    assert valid_until(day, interval) <= valid_until(day + timedelta(days=1), interval)


@given(day=days, interval=months)
def test_a_longer_interval_always_ends_later(day, interval):
    assert valid_until(day, interval) < valid_until(day, interval + 1)


@given(day=days, interval=months)
def test_the_two_ways_of_counting_differ_by_one_day(day, interval):
    assert valid_until(day, interval, minus_one_day=False) == valid_until(day, interval) + timedelta(days=1)


def passed(day: date, number: int = 1) -> Finding:
    return Finding(day, number, Outcome.PASSED, valid_until(day, 12))


def failed(day: date, number: int = 1) -> Finding:
    return Finding(day, number, Outcome.FAILED, None)


IN_USE, SUSPENDED = InstrumentStatus.IN_USE, InstrumentStatus.SUSPENDED


def test_without_any_record_the_register_is_believed():
    found = standing(stated(date(2025, 4, 1), date(2026, 3, 31)), status=IN_USE)
    assert (found.verified_on, found.valid_until, found.status) == (
        date(2025, 4, 1),
        date(2026, 3, 31),
        IN_USE,
    )


def test_a_failure_suspends_and_a_pass_lifts_the_suspension():
    failure, cure = failed(date(2026, 3, 1), 1), passed(date(2026, 3, 9), 2)
    assert standing([failure], status=IN_USE).status is SUSPENDED
    lifted = standing([failure, cure], status=SUSPENDED)
    assert (lifted.status, lifted.valid_until) == (IN_USE, date(2027, 3, 8))


def test_a_late_protocol_does_not_turn_back_the_clock():
    late, newer = passed(date(2026, 1, 5), 9), passed(date(2026, 3, 9), 2)
    found = standing([newer, late], status=IN_USE)
    assert found.verified_on == date(2026, 3, 9)


def test_of_two_records_of_one_day_the_one_entered_later_decides():
    found = standing([passed(date(2026, 3, 9), 2), failed(date(2026, 3, 9), 1)], status=IN_USE)
    assert found.status is IN_USE


def test_a_late_protocol_does_not_turn_back_what_the_register_stated():
    said = stated(date(2026, 3, 1), date(2027, 2, 28))
    for late in (passed(date(2025, 4, 1)), failed(date(2025, 4, 1))):
        found = standing([*said, late], status=IN_USE)
        assert (found.verified_on, found.valid_until, found.status) == (
            date(2026, 3, 1),
            date(2027, 2, 28),
            IN_USE,
        )
        assert held_until([*said, late], before=date(2026, 3, 2)) == date(2027, 2, 28)


def test_of_a_statement_and_a_record_of_one_day_the_record_decides():
    said = stated(date(2026, 3, 1), date(2027, 2, 28))
    assert standing([*said, failed(date(2026, 3, 1))], status=IN_USE).status is SUSPENDED


def test_nothing_known_is_nothing_said():
    assert stated(None, None) == []
    found = standing([], status=SUSPENDED)
    assert (found.verified_on, found.valid_until, found.status) == (None, None, SUSPENDED)


@pytest.mark.parametrize("status", sorted(RETIRED))
def test_a_retired_instrument_stays_retired(status):
    found = standing([passed(date(2026, 3, 9))], status=status)
    assert found.status is status


@given(st.lists(st.tuples(days, st.booleans()), min_size=1, max_size=6))
def test_the_order_in_which_records_arrive_does_not_matter(entries):
    findings = [passed(day, n) if good else failed(day, n) for n, (day, good) in enumerate(entries)]
    one = standing(findings, status=IN_USE)
    other = standing(findings[::-1], status=IN_USE)
    assert one == other


def test_what_was_due_is_when_the_verification_before_stopped_counting():
    earlier, later = passed(date(2024, 3, 5), 1), passed(date(2025, 3, 1), 2)
    assert held_until([earlier, later], before=date(2025, 3, 1)) == date(2025, 3, 4)
    assert held_until([later], before=date(2025, 3, 1)) is None


def test_a_verification_after_a_failure_is_known_as_such():
    failure, cure = failed(date(2026, 3, 1), 1), passed(date(2026, 3, 9), 2)
    assert follows_a_failure([failure], on=date(2026, 3, 1))
    assert not follows_a_failure([failure, cure], on=date(2026, 3, 10))
    assert not follows_a_failure([failure], on=date(2026, 2, 1))
