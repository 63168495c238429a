"""What a verification found."""

from enum import StrEnum


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"


class Stage(StrEnum):
    """OIML V 1: 2.12, 2.13; in-service inspection as R 76-1 has it."""

    INITIAL = "initial"
    SUBSEQUENT = "subsequent"
    IN_SERVICE = "in_service"


def as_found(outcome: Outcome, *, worked_on: bool) -> Outcome:
    """The verdict before anybody adjusted or repaired: only an untouched pass was found passing."""
    return Outcome.FAILED if worked_on else outcome
