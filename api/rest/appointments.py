"""Requests for visits: asked, accepted, returned, given a day, taken back."""

from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response

from api.appointments import appointment_json, clock_of
from api.deps import InstallationSettings, Paged, Reading, Today, Transaction, acts, needs
from api.idempotency import Created, Once
from api.language import Language
from api.preconditions import IfMatch, etag, require_match
from api.strict import rest_router
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
)
from verifier.queries.paging import Page, page_by_number
from verifier.queries.workdays import work_calendar
from verifier.rules.access import Caller, Right
from verifier.rules.appointments import AppointmentStatus

router = rest_router("appointments")

Reader = Annotated[Caller, needs(Right.READ_REGISTER)]
Asker = Annotated[Doer, acts(Right.ASK_FOR_VISIT)]
Coordinator = Annotated[Doer, acts(Right.PLAN)]


@router.get("")
def listed(
    session: Reading,
    caller: Reader,
    paging: Paged,
    today: Today,
    language: Language,
    status: AppointmentStatus | None = None,
    holder: Annotated[int | None, Query(description="A holder's number")] = None,
) -> Page[dict[str, Any]]:
    """List requests in the caller's scope, the newest first, each with the office's clock."""
    wanted = AppointmentFilter(status=status, holder_id=holder)
    page = page_by_number(
        paging,
        lambda before, limit: appointments(
            session, caller.scope, wanted, on=today, before=before, limit=limit
        ),
        number=lambda row: row.id,
    )
    return Page(_told(session, page.items, today, language), page.next)


def _told(
    session: db.Session, rows: list[AppointmentRow], today: Today, language: str
) -> list[dict[str, Any]]:
    its = asked_instruments(session, [row.id for row in rows])
    calendar = work_calendar(session)
    return [
        appointment_json(row, its.get(row.id, ()), clock_of(row, calendar, on=today), language)
        for row in rows
    ]


@router.get("/{number}")
def one(
    number: int, session: Reading, caller: Reader, today: Today, language: Language, response: Response
) -> dict[str, Any]:
    """Show one request."""
    row = appointment_row(session, number, caller, on=today)
    response.headers["ETag"] = etag(row.version)
    return _told(session, [row], today, language)[0]


@router.post("", status_code=201, response_model=dict[str, Any])
def ask(
    command: AskForVisit,
    session: Transaction,
    who: Asker,
    settings: InstallationSettings,
    language: Language,
    answers: Once,
) -> Response:
    """Ask for a visit; `holder_id` is needed of a coordinator who asks for somebody."""

    def deed() -> Created[dict[str, Any]]:
        asked = ask_for_visit(session, command, who=who, answer_days=settings.answer_days)
        row = appointment_row(session, asked.id, on=who.today)
        return Created(_told(session, [row], who.today, language)[0], f"{router.prefix}/{asked.id}")

    return answers.once(session, command, deed)


@router.post("/{number}/accept")
def accept(
    number: int,
    command: AcceptRequest,
    session: Transaction,
    who: Coordinator,
    language: Language,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Accept a request; the next plan gives it its day."""
    accept_request(session, _wanted(session, number, if_match), command, who=who)
    return _shown(session, number, who, language)


@router.post("/{number}/return")
def give_back(
    number: int,
    command: ReturnRequest,
    session: Transaction,
    who: Coordinator,
    language: Language,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Return a request with a reason."""
    return_request(session, _wanted(session, number, if_match), command, who=who)
    return _shown(session, number, who, language)


@router.post("/{number}/schedule")
def schedule(
    number: int,
    command: ScheduleRequest,
    session: Transaction,
    who: Coordinator,
    language: Language,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Give a request a visit of its own."""
    request = _wanted(session, number, if_match)
    its = [one.id for one in asked_instruments(session, [number]).get(number, ())]
    schedule_request(session, request, its, command, who=who)
    return _shown(session, number, who, language)


@router.post("/{number}/cancel")
def cancel(
    number: int, session: Transaction, who: Asker, language: Language, if_match: IfMatch = None
) -> dict[str, Any]:
    """Take a request back."""
    take_back(session, _wanted(session, number, if_match), who=who)
    return _shown(session, number, who, language)


def _wanted(session: db.Session, number: int, if_match: str | None) -> Appointment:
    request = appointment_for_update(session, number)
    require_match(if_match, request.version)
    return request


def _shown(session: db.Session, number: int, who: Doer, language: str) -> dict[str, Any]:
    return _told(session, [appointment_row(session, number, on=who.today)], who.today, language)[0]
