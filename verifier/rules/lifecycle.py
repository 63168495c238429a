"""States of instruments and programmes, and the moves allowed between them."""

from enum import StrEnum

from verifier.i18n import Worded, mark


class InstrumentStatus(Worded):
    IN_USE = "in_use", mark("in use")
    SUSPENDED = "suspended", mark("suspended")
    SCRAPPED = "scrapped", mark("scrapped")
    CONFISCATED = "confiscated", mark("confiscated")
    REMOVED = "removed", mark("removed")


class AfterFailure(Worded):
    """Where an instrument stands after it failed (Measures of 1987, art. 7 and 9)."""

    STOPPED = "stopped", mark("must not be used: repair it or scrap it")
    REPAIRED = "repaired", mark("repaired: must not be used before it passes")
    RESTORED = "restored", mark("passed again: may be used")
    SCRAPPED = "scrapped", mark("scrapped")
    CONFISCATED = "confiscated", mark("confiscated")
    REMOVED = "removed", mark("removed")


class Step(Worded):
    """What can happen to an instrument that failed."""

    REPAIR = "repair", mark("record its repair")
    PASS = "pass", mark("verify it again: passed")
    FAIL = "fail", mark("verify it again: failed")
    SCRAP = "scrap", mark("scrap it")
    CONFISCATE = "confiscate", mark("confiscate it")
    REMOVE = "remove", mark("take it off the register")
    BRING_BACK = "bring_back", mark("bring it back")


class ProgrammeStatus(Worded):
    DRAFT = "draft", mark("in preparation")
    RUNNING = "running", mark("running")
    CLOSED = "closed", mark("closed")


class WithdrawalReason(StrEnum):
    SCRAPPED = "scrapped"
    SUSPENDED = "suspended"
    TRANSFERRED = "transferred"
    OUT_OF_SCOPE = "out_of_scope"
    DUPLICATE = "duplicate"


RETIRED = frozenset({InstrumentStatus.SCRAPPED, InstrumentStatus.CONFISCATED, InstrumentStatus.REMOVED})

_IN_SERVICE = frozenset({InstrumentStatus.IN_USE, InstrumentStatus.SUSPENDED})
INSTRUMENT_MOVES = {
    InstrumentStatus.IN_USE: RETIRED | {InstrumentStatus.SUSPENDED},
    InstrumentStatus.SUSPENDED: RETIRED | {InstrumentStatus.IN_USE},
    # Taken away by mistake or given back by the holder: it comes back suspended, until verified.
    InstrumentStatus.REMOVED: frozenset({InstrumentStatus.SUSPENDED}),
    InstrumentStatus.SCRAPPED: frozenset[InstrumentStatus](),
    InstrumentStatus.CONFISCATED: frozenset[InstrumentStatus](),
}
_STOPPED_STEPS = {
    Step.REPAIR: AfterFailure.REPAIRED,
    Step.PASS: AfterFailure.RESTORED,
    Step.FAIL: AfterFailure.STOPPED,
    Step.SCRAP: AfterFailure.SCRAPPED,
    Step.CONFISCATE: AfterFailure.CONFISCATED,
    Step.REMOVE: AfterFailure.REMOVED,
}
# What passed again follows the moves of every instrument; what was scrapped or confiscated never comes back.
AFTER_FAILURE_STEPS: dict[AfterFailure, dict[Step, AfterFailure]] = {
    AfterFailure.STOPPED: _STOPPED_STEPS,
    AfterFailure.REPAIRED: _STOPPED_STEPS,
    AfterFailure.REMOVED: {Step.BRING_BACK: AfterFailure.STOPPED},
    AfterFailure.RESTORED: {},
    AfterFailure.SCRAPPED: {},
    AfterFailure.CONFISCATED: {},
}
PROGRAMME_MOVES = {
    ProgrammeStatus.DRAFT: frozenset({ProgrammeStatus.RUNNING}),
    ProgrammeStatus.RUNNING: frozenset({ProgrammeStatus.CLOSED}),
    ProgrammeStatus.CLOSED: frozenset[ProgrammeStatus](),
}


def may_be_verified(status: InstrumentStatus) -> bool:
    return status in _IN_SERVICE


def after_failure(status: InstrumentStatus, *, is_repaired: bool) -> AfterFailure:
    """Where an instrument stands that failed; `is_repaired`: a repair was recorded since the failure."""
    if status is InstrumentStatus.IN_USE:
        return AfterFailure.RESTORED
    if status is InstrumentStatus.SUSPENDED:
        return AfterFailure.REPAIRED if is_repaired else AfterFailure.STOPPED
    return AfterFailure.of(status.value)
