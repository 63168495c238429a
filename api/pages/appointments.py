"""Requests for visits: the list with the office's clock, one, a new one, and the office's answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.appointments import clock_of, clock_told
from api.deps import InstallationSettings, OpenSessions, Reading, Today, acts, needs
from api.forms import Form, Nothing, Typed, bind, carry_out
from api.html import see_other
from api.language import Language
from api.pages.labels import Chip, Labels
from api.pages.showing import asked, listing, show
from verifier import db
from verifier.models import Appointment
from verifier.operations.appointments import (
    AcceptRequest,
    AskForVisit,
    ReturnRequest,
    ScheduleRequest,
    accept_request,
    ask_for_visit,
    return_request,
    schedule_request,
    take_back,
)
from verifier.operations.journal import Doer
from verifier.queries.appointments import (
    AppointmentFilter,
    AppointmentRow,
    appointment_for_update,
    appointment_row,
    appointments,
    asked_instruments,
    count_waiting,
)
from verifier.queries.holders import holder_row
from verifier.queries.instruments import InstrumentFilter, instruments
from verifier.queries.paging import MOST, Paging
from verifier.queries.staff import kept_by, technicians
from verifier.queries.workdays import work_calendar
from verifier.rules.access import RIGHTS, Caller, Right, Scope
from verifier.rules.appointments import APPOINTMENT_MOVES, AppointmentStatus, AskedBecause

router = APIRouter(include_in_schema=False)

C = TypeVar("C")

Reader = Annotated[Caller, needs(Right.READ_REGISTER)]
Asking = Annotated[Caller, needs(Right.ASK_FOR_VISIT)]
Asker = Annotated[Doer, acts(Right.ASK_FOR_VISIT)]
Coordinator = Annotated[Doer, acts(Right.PLAN)]

_CHIPS = {
    AppointmentStatus.REQUESTED: ("blue", "ring"),
    AppointmentStatus.ACCEPTED: ("warn", "diamond"),
    AppointmentStatus.RETURNED: ("bad", "triangle"),
    AppointmentStatus.SCHEDULED: ("good", "tick"),
    AppointmentStatus.DONE: ("good", "disc"),
    AppointmentStatus.CANCELLED: ("grey", "cross"),
}


def request_chip(labels: Labels, request: AppointmentRow) -> Chip:
    return Chip(labels.name(request.status), *_CHIPS[request.status])


@dataclass(frozen=True, kw_only=True)
class RequestsAsked:
    """What the address says."""

    status: AppointmentStatus | None = None
    holder: int | None = None
    before: int | None = None


@router.get("/appointments")
def listed(request: Request, session: Reading, caller: Reader, today: Today, language: Language) -> Response:
    form = asked(RequestsAsked, request)
    said = form.command or RequestsAsked()
    wanted = AppointmentFilter(status=said.status, holder_id=said.holder)
    rows = listing(
        request,
        "before",
        lambda limit: appointments(session, caller.scope, wanted, on=today, before=said.before, limit=limit),
    )
    calendar = work_calendar(session)
    clocks = {row.id: clock_of(row, calendar, on=today) for row in rows.rows}
    return show(
        request,
        "appointments/list.html",
        today,
        status=form.status,
        form=form,
        listing=rows,
        clocks=clocks,
        told={row.id: clock_told(row, clocks[row.id], language) for row in rows.rows},
        waiting=count_waiting(session, caller.scope, on=today),
        late=count_waiting(session, caller.scope, on=today, late=True),
        statuses=AppointmentStatus,
        request_chip=request_chip,
    )


@router.get("/appointments/new")
def new(
    request: Request, session: Reading, caller: Asking, today: Today, holder: int | None = None
) -> Response:
    form: Form[AskForVisit] = Form({"holder_id": holder, "because": AskedBecause.DUE.value})
    return _new(request, session, caller, today, form)


def _new(
    request: Request, session: db.Session, caller: Caller, today: date, form: Form[AskForVisit]
) -> Response:
    typed = str(form.values.get("holder_id") or "")
    number = int(typed) if typed.isdecimal() else caller.scope.holder_id
    holder = None if number is None else holder_row(session, number, caller.scope, on=today)
    scope = Scope(holder_id=number)
    found = [] if holder is None else instruments(session, scope, InstrumentFilter(), on=today, limit=MOST)
    return show(
        request,
        "appointments/new.html",
        today,
        status=form.status,
        form=form,
        holder=holder,
        instruments=[row for row in found if row.status.value in ("in_use", "suspended")],
        reasons=AskedBecause,
    )


@router.post("/appointments/new")
def ask(
    request: Request,
    sessions: OpenSessions,
    who: Asker,
    settings: InstallationSettings,
    typed: Typed,
    language: Language,
) -> Response:
    form = bind(AskForVisit, typed, language)
    made = carry_out(
        sessions,
        form,
        lambda session, it: ask_for_visit(session, it, who=who, answer_days=settings.answer_days).id,
        language,
    )
    if made is not None:
        return see_other(f"/appointments/{made}")
    with db.reading(sessions) as session:
        return _new(request, session, _caller(who), who.today, form)


@router.get("/appointments/{number}")
def one(
    request: Request, number: int, session: Reading, caller: Reader, today: Today, language: Language
) -> Response:
    return _one(request, session, number, caller, today, language, Form())


def _one(
    request: Request,
    session: db.Session,
    number: int,
    caller: Caller,
    today: date,
    language: str,
    form: Form[Any],
) -> Response:
    row = appointment_row(session, number, caller, on=today)
    clock = clock_of(row, work_calendar(session), on=today)
    plans = Right.PLAN in RIGHTS[caller.role]
    people = technicians(session, Paging(limit=MOST), kept_by(caller, on=today)).items if plans else []
    form.values.setdefault("day", (row.wanted_from or today).isoformat())
    form.values.setdefault("minutes", "30")
    return show(
        request,
        "appointments/one.html",
        today,
        status=form.status,
        form=form,
        row=row,
        instruments=asked_instruments(session, [number]).get(number, ()),
        clock=clock,
        told=clock_told(row, clock, language),
        moves={status.value for status in APPOINTMENT_MOVES[row.status]},
        person_options=[(each.id, each.name) for each in people],
        request_chip=request_chip,
    )


def _answered(
    request: Request,
    sessions: db.Sessions,
    number: int,
    who: Doer,
    form: Form[C],
    deed: Callable[[db.Session, Appointment, C], object],
    language: str,
) -> Response:
    """Carry out what a form asks of a request; the request again, with what is wrong if something is."""

    def done(session: db.Session, command: C) -> bool:
        deed(session, appointment_for_update(session, number), command)
        return True

    if carry_out(sessions, form, done, language):
        return see_other(f"/appointments/{number}")
    with db.reading(sessions) as session:
        return _one(request, session, number, _caller(who), who.today, language, form)


@router.post("/appointments/{number}/accept")
def accept(
    request: Request, number: int, sessions: OpenSessions, who: Coordinator, typed: Typed, language: Language
) -> Response:
    form = bind(AcceptRequest, typed, language)
    return _answered(
        request,
        sessions,
        number,
        who,
        form,
        lambda session, row, it: accept_request(session, row, it, who=who),
        language,
    )


@router.post("/appointments/{number}/return")
def give_back(
    request: Request, number: int, sessions: OpenSessions, who: Coordinator, typed: Typed, language: Language
) -> Response:
    form = bind(ReturnRequest, typed, language)
    return _answered(
        request,
        sessions,
        number,
        who,
        form,
        lambda session, row, it: return_request(session, row, it, who=who),
        language,
    )


@router.post("/appointments/{number}/schedule")
def schedule(
    request: Request, number: int, sessions: OpenSessions, who: Coordinator, typed: Typed, language: Language
) -> Response:
    form = bind(ScheduleRequest, typed, language)

    def deed(session: db.Session, row: Appointment, command: ScheduleRequest) -> object:
        its = [one.id for one in asked_instruments(session, [number]).get(number, ())]
        return schedule_request(session, row, its, command, who=who)

    return _answered(request, sessions, number, who, form, deed, language)


@router.post("/appointments/{number}/cancel")
def cancel(request: Request, number: int, sessions: OpenSessions, who: Asker, language: Language) -> Response:
    form = Form(command=Nothing())
    return _answered(
        request,
        sessions,
        number,
        who,
        form,
        lambda session, row, _: take_back(session, row, who=who),
        language,
    )


def _caller(who: Doer) -> Caller:
    assert who.caller is not None  # noqa: S101  acts() gives no other
    return who.caller
