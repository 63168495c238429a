"""States of plans and visits, and the moves allowed between them."""

from verifier.i18n import Worded, mark


class PlanStatus(Worded):
    DRAFT = "draft", mark("draft")
    PUBLISHED = "published", mark("published")
    # A later plan for the same days was published.
    REPLACED = "replaced", mark("replaced")
    DISCARDED = "discarded", mark("discarded")


class VisitStatus(Worded):
    ANNOUNCED = "announced", mark("announced")
    CONFIRMED = "confirmed", mark("confirmed")
    # The holder wants another time; the visit stands until it is moved.
    MOVE_ASKED = "move_asked", mark("another time asked for")
    DONE = "done", mark("done")
    PARTLY_DONE = "partly_done", mark("partly done")
    MISSED = "missed", mark("missed")
    CANCELLED = "cancelled", mark("cancelled")


# Somebody is still expected.
OPEN_VISITS = frozenset({VisitStatus.ANNOUNCED, VisitStatus.CONFIRMED, VisitStatus.MOVE_ASKED})

PLAN_MOVES = {
    PlanStatus.DRAFT: frozenset({PlanStatus.PUBLISHED, PlanStatus.DISCARDED}),
    PlanStatus.PUBLISHED: frozenset({PlanStatus.REPLACED}),
    PlanStatus.REPLACED: frozenset[PlanStatus](),
    PlanStatus.DISCARDED: frozenset[PlanStatus](),
}
_ENDED = frozenset({VisitStatus.DONE, VisitStatus.PARTLY_DONE, VisitStatus.MISSED, VisitStatus.CANCELLED})
VISIT_MOVES = {
    VisitStatus.ANNOUNCED: OPEN_VISITS | _ENDED,
    VisitStatus.CONFIRMED: OPEN_VISITS | _ENDED,
    VisitStatus.MOVE_ASKED: OPEN_VISITS | _ENDED,
    # A record entered late may complete what looked missed.
    VisitStatus.MISSED: frozenset({VisitStatus.PARTLY_DONE, VisitStatus.DONE}),
    VisitStatus.PARTLY_DONE: frozenset({VisitStatus.DONE}),
    VisitStatus.DONE: frozenset[VisitStatus](),
    VisitStatus.CANCELLED: frozenset[VisitStatus](),
}


def ended_as(expected: int, verified: int) -> VisitStatus:
    """What a visit came to whose day is over: how many instruments were expected, how many verified."""
    if verified >= expected:
        return VisitStatus.DONE
    return VisitStatus.PARTLY_DONE if verified else VisitStatus.MISSED
