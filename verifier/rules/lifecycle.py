"""States of instruments and programmes, and the moves allowed between them."""

from enum import StrEnum

from verifier.i18n import Worded, mark


class InstrumentStatus(Worded):
    IN_USE = "in_use", mark("in use")
    SUSPENDED = "suspended", mark("suspended")
    SCRAPPED = "scrapped", mark("scrapped")
    CONFISCATED = "confiscated", mark("confiscated")
    REMOVED = "removed", mark("removed")


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
PROGRAMME_MOVES = {
    ProgrammeStatus.DRAFT: frozenset({ProgrammeStatus.RUNNING}),
    ProgrammeStatus.RUNNING: frozenset({ProgrammeStatus.CLOSED}),
    ProgrammeStatus.CLOSED: frozenset[ProgrammeStatus](),
}


def may_be_verified(status: InstrumentStatus) -> bool:
    return status in _IN_SERVICE
