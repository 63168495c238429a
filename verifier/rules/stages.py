"""The stages at which an instrument is verified, how an outcome is called, and how sure a figure is."""

from enum import StrEnum


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"


class Stage(StrEnum):
    """OIML V 1: 2.12, 2.13; in-service inspection as R 76-1 has it."""

    INITIAL = "initial"
    SUBSEQUENT = "subsequent"
    IN_SERVICE = "in_service"


class Confidence(StrEnum):
    """How sure a figure is; the technician sees it beside the limit."""

    # The text was read.
    HIGH = "high"
    # A well-known international text, recalled.
    MEDIUM = "medium"
    # Recalled; to be read in the regulation before it is relied on.
    LOW = "low"


def least_sure(found: list[Confidence]) -> Confidence:
    """The weakest of several; a chain of figures is no surer than that."""
    return max(found, key=list(Confidence).index)
