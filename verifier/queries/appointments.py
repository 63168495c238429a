"""Questions about holders' requests for visits, with the office's clock."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from verifier.db import Session
from verifier.errors import NotFound
from verifier.i18n import mark
from verifier.models import (
    Appointment,
    AppointmentInstrument,
    District,
    Holder,
    Instrument,
    InstrumentKind,
    Visit,
)
from verifier.queries.scopes import within_scope
from verifier.rules.access import Caller, OutsideScope, Scope
from verifier.rules.appointments import OPEN_APPOINTMENTS, WAITING, AppointmentStatus, AskedBecause
from verifier.rules.codes import instrument_code


class AppointmentUnknown(NotFound):
    message = mark("There is no request {request}.")


@dataclass(frozen=True, kw_only=True)
class AppointmentFilter:
    """Every condition left out is no condition."""

    status: AppointmentStatus | None = None
    holder_id: int | None = None


@dataclass(frozen=True)
class AppointmentRow:
    """A request; `answer_by` is the last day of the office's promise."""

    id: int
    holder_id: int
    holder: str
    district: str
    because: AskedBecause
    status: AppointmentStatus
    wanted_from: date | None
    wanted_until: date | None
    wish: str
    asked_on: date
    asked_by: str
    answer_by: date
    answered_at: datetime | None
    answered_by: str
    answer: str
    visit_id: int | None
    visit_day: date | None
    version: int

    @property
    def is_waiting(self) -> bool:
        """The office's clock is running."""
        return self.status in WAITING


@dataclass(frozen=True)
class AskedInstrument:
    id: int
    kind_name_zh: str
    kind_name_en: str
    serial: str

    @property
    def code(self) -> str:
        return instrument_code(self.id)


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Appointment.id,
            Appointment.holder_id,
            Holder.name,
            District.code,
            Appointment.because,
            Appointment.status,
            Appointment.wanted_from,
            Appointment.wanted_until,
            Appointment.wish,
            Appointment.asked_on,
            Appointment.asked_by,
            Appointment.answer_by,
            Appointment.answered_at,
            Appointment.answered_by,
            Appointment.answer,
            Appointment.visit_id,
            Visit.day,
            Appointment.version,
        )
        .join(Holder, Holder.id == Appointment.holder_id)
        .join(District, District.id == Holder.district_id)
        .outerjoin(Visit, Visit.id == Appointment.visit_id)
    )


def _inside(scope: Scope, on: date) -> ColumnElement[bool]:
    return within_scope(scope, on=on, district=Holder.district_id, holder=Appointment.holder_id)


def appointments(
    session: Session,
    scope: Scope,
    wanted: AppointmentFilter,
    *,
    on: date,
    before: int | None = None,
    limit: int | None = None,
) -> list[AppointmentRow]:
    """The newest first."""
    statement = _rows().where(_inside(scope, on))
    if wanted.status is not None:
        statement = statement.where(Appointment.status == wanted.status)
    if wanted.holder_id is not None:
        statement = statement.where(Appointment.holder_id == wanted.holder_id)
    if before is not None:
        statement = statement.where(Appointment.id < before)
    found = session.execute(statement.order_by(Appointment.id.desc()).limit(limit))
    return [AppointmentRow(*row) for row in found]


def count_waiting(session: Session, scope: Scope, *, on: date, late: bool = False) -> int:
    """Requests the office owes an answer or a day; `late`: past its promise alone."""
    wanted = and_(Appointment.status.in_(WAITING), _inside(scope, on))
    statement = select(func.count(Appointment.id)).join(Holder, Holder.id == Appointment.holder_id)
    if late:
        wanted = and_(wanted, Appointment.answer_by < on)
    return session.scalars(statement.where(wanted)).one()


def appointment_row(
    session: Session, number: int, caller: Caller | None = None, *, on: date
) -> AppointmentRow:
    """One request; raises AppointmentUnknown, or OutsideScope when it is not the caller's to see."""
    statement = _rows().where(Appointment.id == number)
    found = session.execute(statement).one_or_none()
    if found is None:
        raise AppointmentUnknown(request=number)
    if caller is not None:
        inside = session.execute(statement.where(_inside(caller.scope, on))).one_or_none()
        if inside is None:
            raise OutsideScope(what=number)
    return AppointmentRow(*found)


def asked_instruments(session: Session, numbers: Iterable[int]) -> dict[int, list[AskedInstrument]]:
    """By request, what it is about; one statement."""
    statement: Select[*tuple[Any, ...]] = (
        select(
            AppointmentInstrument.appointment_id,
            Instrument.id,
            InstrumentKind.name_zh,
            InstrumentKind.name_en,
            Instrument.serial,
        )
        .join(Instrument, Instrument.id == AppointmentInstrument.instrument_id)
        .join(InstrumentKind, InstrumentKind.id == Instrument.kind_id)
        .where(AppointmentInstrument.appointment_id.in_(list(numbers)))
        .order_by(Instrument.id)
    )
    found: dict[int, list[AskedInstrument]] = defaultdict(list)
    for number, *row in session.execute(statement):
        found[number].append(AskedInstrument(*row))
    return found


def appointment_for_update(session: Session, number: int) -> Appointment:
    """Load and lock; raises AppointmentUnknown."""
    found = session.get(Appointment, number, with_for_update=True, populate_existing=True)
    if found is None:
        raise AppointmentUnknown(request=number)
    return found


def open_requests_about(session: Session, instruments: Iterable[int]) -> list[tuple[int, int]]:
    """Instruments of these that an open request is about, each with its number."""
    statement = (
        select(AppointmentInstrument.instrument_id, Appointment.id)
        .join(Appointment, Appointment.id == AppointmentInstrument.appointment_id)
        .where(
            AppointmentInstrument.instrument_id.in_(list(instruments)),
            Appointment.status.in_(OPEN_APPOINTMENTS),
        )
        .order_by(AppointmentInstrument.instrument_id)
    )
    return [(instrument, request) for instrument, request in session.execute(statement)]


def instruments_at(session: Session, holder_id: int, numbers: Iterable[int]) -> set[int]:
    """Those of these instruments that are the holder's or stand at its stalls."""
    site = func.coalesce(Holder.parent_id, Holder.id)
    statement = (
        select(Instrument.id)
        .join(Holder, Holder.id == Instrument.holder_id)
        .where(Instrument.id.in_(list(numbers)), (Holder.id == holder_id) | (site == holder_id))
    )
    return set(session.scalars(statement))
