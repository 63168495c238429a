"""Visits: who comes when, what it is for, and the answers of those who are visited."""

from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import Response

from api.deps import InstallationSettings, OpenSessions, Paged, Reading, Today, Transaction, acts, needs
from api.language import Language
from api.planning import faults_json, kind_names, load_json
from api.preconditions import IfMatch, etag, require_match
from api.strict import rest_router
from api.visits import VisitsAsked, narrowed, visit_json, whole_visit_json
from scheduler.visit_moving import move
from verifier import db
from verifier.operations.journal import Doer
from verifier.operations.visits import (
    AskToMove,
    CancelVisit,
    MoveVisit,
    ask_to_move,
    cancel_visit,
    confirm_visit,
)
from verifier.queries.paging import Page
from verifier.queries.visits import instruments_of, visit_for_update, visit_row, visits
from verifier.rules.access import Caller, Right

router = rest_router("visits")

Reader = Annotated[Caller, needs(Right.READ_REGISTER)]
Visited = Annotated[Doer, acts(Right.ASK_FOR_VISIT)]
Coordinator = Annotated[Doer, acts(Right.PLAN)]


@router.get("")
def listed(
    session: Reading,
    caller: Reader,
    asked: Annotated[VisitsAsked, Depends()],
    paging: Paged,
    today: Today,
    language: Language,
) -> Page[dict[str, Any]]:
    """List visits in the caller's scope by day and time; a technician sees those of the own body."""
    page = visits(session, caller.scope, narrowed(session, asked, caller), paging, on=today)
    return Page([visit_json(row, language) for row in page.items], page.next)


@router.get("/{number}")
def one(
    number: int, session: Reading, caller: Reader, today: Today, language: Language, response: Response
) -> dict[str, Any]:
    """Show one visit with the instruments it is for."""
    row = visit_row(session, number, caller, on=today)
    response.headers["ETag"] = etag(row.version)
    return whole_visit_json(row, instruments_of(session, number), language)


@router.post("/{number}/confirm")
def confirm(
    number: int,
    session: Transaction,
    who: Visited,
    language: Language,
    response: Response,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Say that the visit is expected."""
    visit = visit_for_update(session, number)
    require_match(if_match, visit.version)
    confirm_visit(session, visit, who=who)
    return _shown(session, number, who, language, response)


@router.post("/{number}/ask-to-move")
def ask_for_another_time(
    number: int,
    command: AskToMove,
    session: Transaction,
    who: Visited,
    settings: InstallationSettings,
    language: Language,
    response: Response,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Ask for another time, until so many working days before the visit as the office has set."""
    visit = visit_for_update(session, number)
    require_match(if_match, visit.version)
    ask_to_move(session, visit, command, who=who, notice_days=settings.move_notice_days)
    return _shown(session, number, who, language, response)


@router.post("/{number}/move")
def give_another_time(
    number: int,
    command: MoveVisit,
    sessions: OpenSessions,
    who: Coordinator,
    settings: InstallationSettings,
    language: Language,
    response: Response,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Give a visit another time or technician; answers what that costs and what cannot be kept."""
    with db.reading(sessions) as session:
        version = visit_row(session, number, who.caller, on=who.today).version
        names = kind_names(session, language)
    require_match(if_match, version)
    moved = move(sessions, number, command, settings, who=who, version=version)
    with db.reading(sessions) as session:
        shown = _shown(session, number, who, language, response)
    return {
        "visit": shown,
        "before": load_json(moved.before),
        "after": load_json(moved.after),
        "faults": faults_json(moved.faults, language, names),
    }


@router.post("/{number}/cancel")
def cancel(
    number: int,
    command: CancelVisit,
    session: Transaction,
    who: Coordinator,
    language: Language,
    response: Response,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Cancel a visit; what it was for is planned again by itself."""
    visit = visit_for_update(session, number)
    require_match(if_match, visit.version)
    cancel_visit(session, visit, command, who=who)
    return _shown(session, number, who, language, response)


def _shown(session: db.Session, number: int, who: Doer, language: str, response: Response) -> dict[str, Any]:
    row = visit_row(session, number, on=who.today)
    response.headers["ETag"] = etag(row.version)
    return visit_json(row, language)
