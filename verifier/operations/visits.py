"""Visits: made, confirmed, moved, cancelled, and closed when their day is over."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated
from uuid import uuid4

from annotated_types import Interval, Len

from verifier import db
from verifier.db import Session
from verifier.errors import Conflict, Invalid
from verifier.i18n import mark
from verifier.models import Visit, VisitInstrument
from verifier.operations.journal import Doer, note
from verifier.operations.staff import check_keeper
from verifier.operations.visit_requests import end_requests, give_back_requests
from verifier.queries.staff import body_by_id, technician_by_id
from verifier.queries.visits import is_own_site
from verifier.queries.visits_in_force import visits_to_end
from verifier.queries.workdays import work_calendar
from verifier.rules.access import OutsideScope, Role
from verifier.rules.visiting import VISIT_MOVES, VisitStatus, ended_as

_DAY = 24 * 60


class VisitNotOpen(Conflict):
    message = mark("The visit of {day} is {status}.")


class VisitIsOver(Conflict):
    message = mark("The visit was on {day}; its day is over.")


class VisitDayPast(Invalid):
    message = mark("{day} is over; a visit needs a day from {today} on.")


class VisitTimesWrong(Invalid):
    message = mark("A visit begins before it ends, both on the same day.")


class TooLateToMove(Conflict):
    message = mark("Another time could be asked for until {last_on}; please call {body}.")


@dataclass(frozen=True, kw_only=True)
class MakeVisit:
    """Minutes since midnight at the office."""

    body_id: int
    holder_id: int
    person_id: int
    day: date
    starts: int
    ends: int
    instruments: Collection[int] = ()
    plan_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class AskToMove:
    # When it would suit, in the holder's words.
    wanted: Annotated[str, Len(1, 300)]


@dataclass(frozen=True, kw_only=True)
class MoveVisit:
    """What is left out stays as it is; who comes may be of another body."""

    day: date
    starts: time
    minutes: Annotated[int, Interval(ge=5, le=720)] | None = None
    person_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class CancelVisit:
    reason: Annotated[str, Len(1, 300)]


def alone_with_visits(session: Session, body_id: int) -> None:
    """Let nobody else make or publish visits of the body until this transaction ends."""
    db.alone(session, f"visits of body {body_id}")


def make_visit(session: Session, command: MakeVisit, *, who: Doer) -> Visit:
    """A visit outside any plan, to be told to its holder."""
    check_keeper(session, body_by_id(session, command.body_id), who)
    alone_with_visits(session, command.body_id)
    technician_by_id(session, command.person_id)
    if command.day < who.today:
        raise VisitDayPast(day=command.day, today=who.today)
    visit = announced(command, who)
    _check_times(visit)
    session.add(visit)
    session.flush()
    session.add_all(VisitInstrument(visit_id=visit.id, instrument_id=one) for one in set(command.instruments))
    session.flush()
    note(session, who, "make_visit", "visit", visit.id, holder=visit.holder_id, day=visit.day)
    return visit


def announced(command: MakeVisit, who: Doer) -> Visit:
    """The row of a visit nobody was told about yet."""
    return Visit(
        body_id=command.body_id,
        holder_id=command.holder_id,
        plan_id=command.plan_id,
        person_id=command.person_id,
        day=command.day,
        starts=command.starts,
        ends=command.ends,
        announced_at=who.now,
        uid=str(uuid4()),
        changed_at=who.now,
    )


def _check_times(visit: Visit) -> None:
    if not 0 <= visit.starts < visit.ends <= _DAY:
        raise VisitTimesWrong


def confirm_visit(session: Session, visit: Visit, *, who: Doer) -> None:
    """The holder expects us; said twice is said once. `visit` comes locked, from visit_for_update."""
    _check_whose(session, visit, who)
    _check_coming(visit, who)
    if visit.status is VisitStatus.CONFIRMED:
        return
    change_status(visit, VisitStatus.CONFIRMED, who)
    visit.remark = ""
    session.flush()
    note(session, who, "confirm_visit", "visit", visit.id)


def ask_to_move(session: Session, visit: Visit, command: AskToMove, *, who: Doer, notice_days: int) -> None:
    """Another time is wanted; the visit stands until the office moves it.

    Possible until so many working days before it.
    """
    _check_whose(session, visit, who)
    _check_coming(visit, who)
    calendar = work_calendar(session).by_week
    last_on = calendar.plus(visit.day, -notice_days) if notice_days else visit.day
    if who.today > last_on:
        body = body_by_id(session, visit.body_id)
        raise TooLateToMove(last_on=last_on, body=f"{body.name} {body.phone}".strip())
    change_status(visit, VisitStatus.MOVE_ASKED, who)
    visit.remark = command.wanted
    session.flush()
    note(session, who, "ask_to_move", "visit", visit.id, wanted=command.wanted)


def move_visit(session: Session, visit: Visit, command: MoveVisit, *, who: Doer) -> None:
    """Give a visit another time or technician; its holder is told again and may confirm again."""
    check_keeper(session, body_by_id(session, visit.body_id), who)
    _check_coming(visit, who)
    if command.day < who.today:
        raise VisitDayPast(day=command.day, today=who.today)
    person_id = command.person_id or visit.person_id
    technician_by_id(session, person_id)
    before = {"day": visit.day.isoformat(), "starts": visit.starts, "person": visit.person_id}
    minutes = command.minutes or visit.ends - visit.starts
    change_status(visit, VisitStatus.ANNOUNCED, who)
    visit.day, visit.person_id, visit.remark = command.day, person_id, ""
    visit.starts = command.starts.hour * 60 + command.starts.minute
    visit.ends = visit.starts + minutes
    visit.announced_at = who.now
    _check_times(visit)
    session.flush()
    note(session, who, "move_visit", "visit", visit.id, day=visit.day, starts=visit.starts, before=before)


def cancel_visit(session: Session, visit: Visit, command: CancelVisit, *, who: Doer) -> None:
    """Nobody comes; what it was for wants a visit again, and so do the requests it was made for."""
    check_keeper(session, body_by_id(session, visit.body_id), who)
    _check_coming(visit, who)
    cancel(visit, command.reason, who)
    session.flush()
    give_back_requests(session, [visit.id])
    note(session, who, "cancel_visit", "visit", visit.id, reason=command.reason)


def cancel(visit: Visit, reason: str, who: Doer) -> None:
    change_status(visit, VisitStatus.CANCELLED, who)
    visit.remark = reason


def end_visits(session: Session, *, who: Doer) -> int:
    """Close the visits of days gone by as what they came to; how many changed.

    Counted is what was verified on the visit's day or since. A visit closed as missed or partly done is made
    better by records of its day that are entered later. What was not verified is wanted again by itself: no
    open visit is for it any more.
    """
    changed: dict[int, VisitStatus] = {}
    for ended in visits_to_end(session, on=who.today):
        status = ended_as(ended.expected, ended.verified)
        if status in VISIT_MOVES[ended.visit.status]:
            change_status(ended.visit, status, who)
            changed[ended.visit.id] = status
    session.flush()
    end_requests(session, changed)
    for visit_id, status in changed.items():
        note(session, who, "end_visit", "visit", visit_id, status=status.value)
    return len(changed)


def change_status(visit: Visit, status: VisitStatus, who: Doer) -> None:
    """Raises VisitNotOpen where there is no way from the one to the other."""
    if status not in VISIT_MOVES[visit.status]:
        raise VisitNotOpen(day=visit.day, status=visit.status)
    visit.status = status
    visit.sequence += 1
    visit.changed_at = who.now


def _check_coming(visit: Visit, who: Doer) -> None:
    if VisitStatus.CANCELLED not in VISIT_MOVES[visit.status]:
        raise VisitNotOpen(day=visit.day, status=visit.status)
    if visit.day < who.today:
        raise VisitIsOver(day=visit.day)


def _check_whose(session: Session, visit: Visit, who: Doer) -> None:
    """A holder answers for the own site and the stalls in it, a coordinator for the body's visits."""
    if who.caller is None:
        return
    if who.caller.role is not Role.HOLDER:
        check_keeper(session, body_by_id(session, visit.body_id), who)
    elif not is_own_site(session, visit.holder_id, who.caller.scope.holder_id):
        raise OutsideScope(what=visit.id)
