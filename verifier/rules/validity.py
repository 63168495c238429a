"""Until when a verification counts, and what an instrument's records say of it together."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from verifier.rules.entitlement import VerificationForm
from verifier.rules.lifecycle import RETIRED, InstrumentStatus
from verifier.rules.verdict import Outcome

# Nothing in use is older, so an earlier day is a slip.
EARLIEST_DAY = date(1950, 1, 1)
# Below the number of any record: of a statement and a record of one day, the record decides.
_STATED = 0
_HAS_A_LAST_DAY = (VerificationForm.PERIODIC, VerificationForm.LIMITED_LIFE)


def valid_until(performed_on: date, months: int, *, minus_one_day: bool = True) -> date:
    """Return the last day on which a verification still counts.

    Twelve months from 5 March 2024 end on 4 March 2025: the day of the verification is the
    first day of the period. Offices that count without the -1 set `VALID_UNTIL_MINUS_ONE_DAY`.
    The same day that does not exist becomes the month's last (JJF 1069, common practice).
    Raises ValueError for an interval under one month.
    """
    if months < 1:
        raise ValueError(f"a verification interval is at least one month, not {months}")
    year, month = divmod(performed_on.year * 12 + performed_on.month - 1 + months, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    same_day = date(year, month + 1, min(performed_on.day, last_day))
    return same_day - timedelta(days=1) if minus_one_day else same_day


def last_day(
    form: VerificationForm, months: int | None, performed_on: date | None, *, minus_one_day: bool = True
) -> date | None:
    """Until when a verification of such a kind counts; None where it has no end or an unknown interval.

    Limited life: `months` is the life, after which the instrument is replaced.
    """
    if performed_on is None or months is None or form not in _HAS_A_LAST_DAY:
        return None
    return valid_until(performed_on, months, minus_one_day=minus_one_day)


@dataclass(frozen=True, order=True)
class Finding:
    """One verification that still counts, ordered by day, then by when it was entered."""

    performed_on: date
    number: int
    outcome: Outcome
    valid_until: date | None


@dataclass(frozen=True)
class Standing:
    """What an instrument's stored columns must say."""

    verified_on: date | None
    valid_until: date | None
    status: InstrumentStatus


def stated(on: date | None, until: date | None) -> list[Finding]:
    """What the register said when the instrument was written down: a pass, weaker than any record."""
    return [] if on is None else [Finding(on, _STATED, Outcome.PASSED, until)]


def standing(findings: Sequence[Finding], *, status: InstrumentStatus) -> Standing:
    """The newest finding decides; a paper protocol entered late does not turn back the clock.

    A statement of the register changes no status, and a retired instrument stays retired.
    """
    if not findings:
        return Standing(None, None, status)
    last = max(findings)
    found = InstrumentStatus.IN_USE if last.outcome is Outcome.PASSED else InstrumentStatus.SUSPENDED
    keeps_status = last.number == _STATED or status in RETIRED
    return Standing(last.performed_on, last.valid_until, status if keeps_status else found)


def held_until(findings: Sequence[Finding], *, before: date) -> date | None:
    """Until when the verification before that day held: the day the next one was due."""
    earlier = [finding for finding in findings if finding.performed_on < before]
    return max(earlier).valid_until if earlier else None


def follows_a_failure(findings: Sequence[Finding], *, on: date) -> bool:
    """Whether the newest finding up to that day was a failure."""
    earlier = [finding for finding in findings if finding.performed_on <= on]
    return bool(earlier) and max(earlier).outcome is Outcome.FAILED
