"""Questions of the night: which visits and answers their holders have not heard of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from verifier.db import Session
from verifier.models import Appointment, Body, Holder, Message, Person, Visit, VisitInstrument
from verifier.rules.appointments import WAITING, AppointmentStatus
from verifier.rules.messages import MessageKind
from verifier.rules.visiting import OPEN_VISITS, VisitStatus


@dataclass(frozen=True)
class StaleRequest:
    id: int
    holder: str
    district_id: int
    asked_on: date
    # The last day of the office's promise.
    answer_by: date


VISIT_KINDS = (MessageKind.VISIT_ANNOUNCED, MessageKind.VISIT_MOVED, MessageKind.VISIT_CANCELLED)


@dataclass(frozen=True)
class VisitToTell:
    uid: str
    sequence: int
    status: VisitStatus
    holder_id: int
    holder: str
    address: str
    day: date
    # Minutes since midnight.
    starts: int
    ends: int
    remark: str
    technician: str
    body: str
    phone: str
    instruments: int
    # When the holder asked for it, and what the office answered; None: it did not.
    asked_on: date | None
    answer: str | None


@dataclass(frozen=True)
class LastTold:
    """What the newest message said of a visit."""

    kind: MessageKind
    day: str
    starts: int
    ends: int


@dataclass(frozen=True)
class AnswerToTell:
    id: int
    status: AppointmentStatus
    holder_id: int
    holder: str
    asked_on: date
    answer: str
    answered_at: datetime


def visits_to_tell(session: Session, *, on: date) -> list[VisitToTell]:
    """Open and cancelled visits of that day and later, told or not."""
    count = (
        select(func.count()).where(VisitInstrument.visit_id == Visit.id).correlate(Visit).scalar_subquery()
    )
    asked = (
        select(func.min(Appointment.id)).where(Appointment.visit_id == Visit.id).correlate(Visit)
    ).scalar_subquery()
    statement: Select[*tuple[Any, ...]] = (
        select(
            Visit.uid,
            Visit.sequence,
            Visit.status,
            Visit.holder_id,
            Holder.name,
            Holder.address,
            Visit.day,
            Visit.starts,
            Visit.ends,
            Visit.remark,
            Person.name,
            Body.name,
            Body.phone,
            count,
            Appointment.asked_on,
            Appointment.answer,
        )
        .join(Holder, Holder.id == Visit.holder_id)
        .join(Person, Person.id == Visit.person_id)
        .join(Body, Body.id == Visit.body_id)
        .outerjoin(Appointment, Appointment.id == asked)
        .where(Visit.day >= on, or_(Visit.status.in_(OPEN_VISITS), Visit.status == VisitStatus.CANCELLED))
        .order_by(Visit.day, Visit.starts, Visit.id)
    )
    return [VisitToTell(*row) for row in session.execute(statement)]


def last_told(session: Session, *, on: date) -> dict[str, LastTold]:
    """By uid, what holders of visits of that day and later were told last."""
    holders = select(Visit.holder_id).where(Visit.day >= on)
    statement = (
        select(Message.kind, Message.facts)
        .where(Message.kind.in_(VISIT_KINDS), Message.holder_id.in_(holders))
        .order_by(Message.id)
    )
    return {
        facts["uid"]: LastTold(kind, facts["day"], facts["starts"], facts["ends"])
        for kind, facts in session.execute(statement)
    }


def answers_to_tell(session: Session, *, since: datetime) -> list[AnswerToTell]:
    """Requests accepted or returned since then; one that has its visit is told with the visit."""
    told: Iterable[AppointmentStatus] = (AppointmentStatus.ACCEPTED, AppointmentStatus.RETURNED)
    statement: Select[*tuple[Any, ...]] = (
        select(
            Appointment.id,
            Appointment.status,
            Appointment.holder_id,
            Holder.name,
            Appointment.asked_on,
            Appointment.answer,
            Appointment.answered_at,
        )
        .join(Holder, Holder.id == Appointment.holder_id)
        .where(Appointment.status.in_(told), Appointment.answered_at >= since)
        .order_by(Appointment.answered_at, Appointment.id)
    )
    return [AnswerToTell(*row) for row in session.execute(statement)]


def stale(session: Session, *, on: date) -> list[StaleRequest]:
    """Requests nobody answered within the office's promise, the oldest first."""
    statement = (
        select(Appointment.id, Holder.name, Holder.district_id, Appointment.asked_on, Appointment.answer_by)
        .join(Holder, Holder.id == Appointment.holder_id)
        .where(Appointment.status.in_(WAITING), Appointment.answer_by < on)
        .order_by(Appointment.answer_by, Appointment.id)
    )
    return [StaleRequest(*row) for row in session.execute(statement)]
