"""Requests for a visit: asked by a holder, accepted, returned, given a day, or taken back."""

from dataclasses import dataclass, field
from datetime import date, time
from typing import Annotated

from annotated_types import Interval, Len

from verifier.db import Session
from verifier.errors import Conflict, Invalid
from verifier.i18n import mark
from verifier.models import Appointment, AppointmentInstrument, Holder, Visit
from verifier.operations.journal import Doer, note
from verifier.operations.visits import MakeVisit, cancel, make_visit
from verifier.queries.appointments import instruments_at, open_requests_about
from verifier.queries.holders import holder_row
from verifier.queries.staff import technician_by_id
from verifier.queries.workdays import work_calendar
from verifier.rules.access import Scope
from verifier.rules.appointments import APPOINTMENT_MOVES, AppointmentStatus, AskedBecause
from verifier.rules.visiting import VISIT_MOVES, VisitStatus

TAKEN_BACK = mark("The holder took the request back.")


class AskedForNothing(Invalid):
    message = mark("Choose the instruments the visit is for, or describe the new one.")


class InstrumentNotThere(Invalid):
    message = mark("Instrument {instrument} is not at {holder}.")


class AlreadyAsked(Conflict):
    message = mark("Request {request} about instrument {instrument} is open already.")


class WishWrong(Invalid):
    message = mark("The wished days begin with the earlier one and end today or later.")


class AppointmentMoveUnknown(Conflict):
    message = mark("The request is {status} and cannot become {wanted}.")


@dataclass(frozen=True, kw_only=True)
class AskForVisit:
    because: AskedBecause
    # None: the caller's own.
    holder_id: int | None = None
    instruments: Annotated[list[int], Len(max_length=500)] = field(default_factory=list)
    # Within which days it would suit; None: any.
    wanted_from: date | None = None
    wanted_until: date | None = None
    wish: Annotated[str, Len(max_length=500)] = ""


@dataclass(frozen=True, kw_only=True)
class AcceptRequest:
    """The next plan places it."""

    answer: Annotated[str, Len(max_length=500)] = ""


@dataclass(frozen=True, kw_only=True)
class ReturnRequest:
    reason: Annotated[str, Len(1, 500)]


@dataclass(frozen=True, kw_only=True)
class ScheduleRequest:
    """A visit of its own, outside any plan."""

    day: date
    starts: time
    minutes: Annotated[int, Interval(ge=5, le=720)]
    person_id: int
    answer: Annotated[str, Len(max_length=500)] = ""


def ask_for_visit(session: Session, command: AskForVisit, *, who: Doer, answer_days: int) -> Appointment:
    """Put a request; the office has so many working days from today.

    Raises AskedForNothing, InstrumentNotThere, AlreadyAsked, WishWrong, HolderUnknown, OutsideScope.
    """
    holder_id = _whose(command, who)
    scope = who.caller.scope if who.caller else Scope()
    holder = holder_row(session, holder_id, scope, on=who.today)
    _check(session, command, holder_id, holder.name, who)
    request = Appointment(
        holder_id=holder_id,
        because=command.because,
        wanted_from=command.wanted_from,
        wanted_until=command.wanted_until,
        wish=command.wish.strip(),
        asked_on=who.today,
        asked_at=who.now,
        asked_by=who.name,
        answer_by=work_calendar(session).by_week.plus(who.today, answer_days),
    )
    session.add(request)
    session.flush()
    its = sorted(set(command.instruments))
    session.add_all(AppointmentInstrument(appointment_id=request.id, instrument_id=one) for one in its)
    session.flush()
    note(session, who, "ask_for_visit", "appointment", request.id, holder=holder_id, instruments=its)
    return request


def _whose(command: AskForVisit, who: Doer) -> int:
    own = who.caller.scope.holder_id if who.caller else None
    holder_id = command.holder_id or own
    if holder_id is None:
        raise AskedForNothing
    return holder_id


def _check(session: Session, command: AskForVisit, holder_id: int, holder: str, who: Doer) -> None:
    is_new = command.because is AskedBecause.NEW_INSTRUMENT and command.wish.strip()
    if not command.instruments and not is_new:
        raise AskedForNothing
    first, last = command.wanted_from, command.wanted_until
    if (first and last and first > last) or (last and last < who.today):
        raise WishWrong
    missing = set(command.instruments) - instruments_at(session, holder_id, command.instruments)
    if missing:
        raise InstrumentNotThere(instrument=min(missing), holder=holder)
    for instrument, request in open_requests_about(session, command.instruments):
        raise AlreadyAsked(request=request, instrument=instrument)


def accept_request(session: Session, request: Appointment, command: AcceptRequest, *, who: Doer) -> None:
    """The office comes; the day follows with the next plan."""
    _check_sees(session, request, who)
    _answer(request, AppointmentStatus.ACCEPTED, command.answer, who)
    session.flush()
    note(session, who, "accept_request", "appointment", request.id)


def return_request(session: Session, request: Appointment, command: ReturnRequest, *, who: Doer) -> None:
    """Back to the holder, with the reason."""
    _check_sees(session, request, who)
    _answer(request, AppointmentStatus.RETURNED, command.reason, who)
    session.flush()
    note(session, who, "return_request", "appointment", request.id, reason=command.reason)


def schedule_request(
    session: Session, request: Appointment, its: list[int], command: ScheduleRequest, *, who: Doer
) -> Visit:
    """Give it a visit of its own; raises what make_visit raises."""
    _check_sees(session, request, who)
    person = technician_by_id(session, command.person_id)
    begins = command.starts.hour * 60 + command.starts.minute
    holder = session.get_one(Holder, request.holder_id)
    visit = make_visit(
        session,
        MakeVisit(
            body_id=person.body_id,
            holder_id=holder.parent_id or holder.id,
            person_id=person.id,
            day=command.day,
            starts=begins,
            ends=begins + command.minutes,
            instruments=its,
        ),
        who=who,
    )
    _answer(request, AppointmentStatus.SCHEDULED, command.answer, who)
    request.visit_id = visit.id
    session.flush()
    note(session, who, "schedule_request", "appointment", request.id, visit=visit.id)
    return visit


def take_back(session: Session, request: Appointment, *, who: Doer) -> None:
    """The holder wants it no more; a visit made for it alone is cancelled with it."""
    _check_sees(session, request, who)
    _move(request, AppointmentStatus.CANCELLED)
    visit = None if request.visit_id is None else session.get(Visit, request.visit_id, with_for_update=True)
    if visit is not None and visit.plan_id is None and VisitStatus.CANCELLED in VISIT_MOVES[visit.status]:
        cancel(visit, TAKEN_BACK, who)
    session.flush()
    note(session, who, "take_back", "appointment", request.id)


def _answer(request: Appointment, status: AppointmentStatus, answer: str, who: Doer) -> None:
    _move(request, status)
    request.answer = answer.strip()
    request.answered_at, request.answered_by = who.now, who.name


def _move(request: Appointment, status: AppointmentStatus) -> None:
    if status not in APPOINTMENT_MOVES[request.status]:
        raise AppointmentMoveUnknown(status=request.status, wanted=status)
    request.status = status


def _check_sees(session: Session, request: Appointment, who: Doer) -> None:
    """Whoever the holder lies in the scope of: itself, its market, or the office of its district."""
    if who.caller is not None:
        holder_row(session, request.holder_id, who.caller.scope, on=who.today)
