"""What is due on a day; derived from what the law says (valid until), never stored."""

from datetime import date, timedelta
from enum import StrEnum

# "Due soon" begins in the last sixth of the interval, and at least two weeks before its end.
_SOON_SHARE = 6
_SOON_AT_LEAST = timedelta(days=14)


class DueState(StrEnum):
    NEVER_VERIFIED = "never_verified"
    # Verified once for all, or nobody knows the interval.
    WITHOUT_LAST_DAY = "without_last_day"
    IN_DATE = "in_date"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


def due_state(verified_on: date | None, valid_until: date | None, *, on: date) -> DueState:
    """Overdue begins the day after the last valid one."""
    if valid_until is None:
        return DueState.NEVER_VERIFIED if verified_on is None else DueState.WITHOUT_LAST_DAY
    if valid_until < on:
        return DueState.OVERDUE
    interval = valid_until - verified_on if verified_on else timedelta(0)
    is_soon = valid_until - on <= max(interval / _SOON_SHARE, _SOON_AT_LEAST)
    return DueState.DUE_SOON if is_soon else DueState.IN_DATE
