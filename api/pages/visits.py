"""Visits: the list, one with what it is for, the answers of who is visited, and what the office changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import InstallationSettings, OpenSessions, Reading, Today, acts, needs
from api.forms import WHOLE, Form, Nothing, Typed, bind, carry_out
from api.html import see_other
from api.language import Language
from api.pages.labels import Chip, Labels
from api.pages.showing import ROWS, asked, paged, show
from api.planning import clock, kind_names, load_figures
from api.visits import VisitsAsked, narrowed
from scheduler.visit_moving import Moved, move
from verifier import db
from verifier.errors import NotAllowed, VerifierError
from verifier.models import Visit
from verifier.operations.journal import Doer
from verifier.operations.visits import (
    AskToMove,
    CancelVisit,
    MoveVisit,
    ask_to_move,
    cancel_visit,
    confirm_visit,
)
from verifier.queries.paging import MOST, Paging
from verifier.queries.staff import kept_by, technicians
from verifier.queries.visits import (
    VisitRow,
    count_visits,
    instruments_of,
    visit_for_update,
    visit_row,
    visits,
)
from verifier.rules.access import RIGHTS, Caller, Right
from verifier.rules.visiting import VisitStatus
from verifier.settings import Settings

router = APIRouter(include_in_schema=False)

C = TypeVar("C")

Reader = Annotated[Caller, needs(Right.READ_REGISTER)]
Visited = Annotated[Doer, acts(Right.ASK_FOR_VISIT)]
Coordinator = Annotated[Doer, acts(Right.PLAN)]

_CHIPS = {
    VisitStatus.ANNOUNCED: ("blue", "ring"),
    VisitStatus.CONFIRMED: ("good", "tick"),
    VisitStatus.MOVE_ASKED: ("warn", "diamond"),
    VisitStatus.DONE: ("good", "disc"),
    VisitStatus.PARTLY_DONE: ("warn", "bar"),
    VisitStatus.MISSED: ("bad", "triangle"),
    VisitStatus.CANCELLED: ("grey", "cross"),
}


def visit_chip(labels: Labels, visit: VisitRow) -> Chip:
    return Chip(labels.name(visit.status), *_CHIPS[visit.status])


@dataclass(frozen=True, kw_only=True)
class VisitsListed(VisitsAsked):
    after: str | None = None


@router.get("/visits")
def listed(request: Request, session: Reading, caller: Reader, today: Today) -> Response:
    form = asked(VisitsListed, request)
    # What is over is asked for by a day.
    wanted = form.command or VisitsListed()
    if wanted == VisitsListed(after=wanted.after):
        wanted = VisitsListed(after=wanted.after, first_on=today)
    which = narrowed(session, wanted, caller)
    paging = Paging(limit=ROWS, after=wanted.after)
    page = visits(session, caller.scope, which, paging, on=today)
    return show(
        request,
        "visits/list.html",
        today,
        status=form.status,
        form=form,
        listing=paged(request, page),
        count=count_visits(session, caller.scope, which, on=today),
        is_from_today=wanted.first_on == today,
        statuses=VisitStatus,
        visit_chip=visit_chip,
        clock=clock,
    )


@dataclass(frozen=True)
class _Desk:
    """What the page of one visit is printed from."""

    request: Request
    number: int
    caller: Caller
    today: date
    notice_days: int


@router.get("/visits/{number}")
def one(
    request: Request,
    number: int,
    session: Reading,
    caller: Reader,
    settings: InstallationSettings,
    today: Today,
) -> Response:
    desk = _Desk(request, number, caller, today, settings.move_notice_days)
    return _one(session, desk, Form())


def _one(session: db.Session, desk: _Desk, form: Form[Any]) -> Response:
    visit = visit_row(session, desk.number, desk.caller, on=desk.today)
    plans = Right.PLAN in RIGHTS[desk.caller.role]
    kept = kept_by(desk.caller, on=desk.today)
    people = technicians(session, Paging(limit=MOST), kept).items if plans else []
    usual = {"day": visit.day.isoformat(), "starts": clock(visit.starts), "person_id": visit.person_id}
    form.values = {**usual, **form.values}
    return show(
        desk.request,
        "visits/one.html",
        desk.today,
        status=form.status,
        form=form,
        visit=visit,
        instruments=instruments_of(session, desk.number),
        visit_chip=visit_chip,
        notice_days=desk.notice_days,
        person_options=[(each.id, each.name) for each in people],
        is_coming=visit.is_open and visit.day >= desk.today,
        clock=clock,
    )


def _answered(
    sessions: db.Sessions,
    desk: _Desk,
    form: Form[C],
    deed: Callable[[db.Session, Visit, C], None],
    tongue: str,
) -> Response:
    """Carry out what a form asks of a visit; the visit again, with what is wrong if something is."""

    def done(session: db.Session, command: C) -> bool:
        deed(session, visit_for_update(session, desk.number), command)
        return True

    if carry_out(sessions, form, done, tongue):
        return see_other(f"/visits/{desk.number}")
    with db.reading(sessions) as session:
        return _one(session, desk, form)


def _desk(request: Request, number: int, who: Doer, settings: Settings) -> _Desk:
    assert who.caller is not None  # noqa: S101  acts() gives no other
    return _Desk(request, number, who.caller, who.today, settings.move_notice_days)


@router.post("/visits/{number}/confirm")
def confirm(
    request: Request,
    number: int,
    sessions: OpenSessions,
    who: Visited,
    settings: InstallationSettings,
    language: Language,
) -> Response:
    form = Form(command=Nothing())
    return _answered(
        sessions,
        _desk(request, number, who, settings),
        form,
        lambda session, visit, _: confirm_visit(session, visit, who=who),
        language,
    )


@router.post("/visits/{number}/ask-to-move")
def ask_for_another_time(
    request: Request,
    number: int,
    sessions: OpenSessions,
    who: Visited,
    settings: InstallationSettings,
    typed: Typed,
    language: Language,
) -> Response:
    return _answered(
        sessions,
        _desk(request, number, who, settings),
        bind(AskToMove, typed, language),
        lambda session, visit, it: ask_to_move(
            session, visit, it, who=who, notice_days=settings.move_notice_days
        ),
        language,
    )


@router.post("/visits/{number}/cancel")
def cancel(
    request: Request,
    number: int,
    sessions: OpenSessions,
    who: Coordinator,
    settings: InstallationSettings,
    typed: Typed,
    language: Language,
) -> Response:
    return _answered(
        sessions,
        _desk(request, number, who, settings),
        bind(CancelVisit, typed, language),
        lambda session, visit, it: cancel_visit(session, visit, it, who=who),
        language,
    )


@router.post("/visits/{number}/move")
def give_another_time(
    request: Request,
    number: int,
    sessions: OpenSessions,
    who: Coordinator,
    settings: InstallationSettings,
    typed: Typed,
    language: Language,
) -> Response:
    desk = _desk(request, number, who, settings)
    form = bind(MoveVisit, typed, language)
    with db.reading(sessions) as session:
        version = visit_row(session, number, who.caller, on=who.today).version
    if form.command is not None:
        try:
            moved = move(sessions, number, form.command, settings, who=who, version=version)
        except NotAllowed:
            raise
        except VerifierError as refusal:
            form.errors[WHOLE] = refusal.sentence(language)
        else:
            return _moved(sessions, desk, moved, language)
    with db.reading(sessions) as session:
        return _one(session, desk, form)


def _moved(sessions: db.Sessions, desk: _Desk, moved: Moved, language: str) -> Response:
    """What the move costs, and what cannot be kept now; nothing to say is nothing shown."""
    if not moved.faults and moved.before == moved.after:
        return see_other(f"/visits/{desk.number}")
    with db.reading(sessions) as session:
        return show(
            desk.request,
            "visits/moved.html",
            desk.today,
            visit=visit_row(session, desk.number, desk.caller, on=desk.today),
            figures=load_figures(moved.before, moved.after, language),
            found_faults=moved.faults,
            kinds=kind_names(session, language),
            clock=clock,
        )
