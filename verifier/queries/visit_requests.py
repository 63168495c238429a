"""Requests that hang on visits: those waiting for one, and those that have theirs."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import and_, select

from verifier.db import Session
from verifier.models import Appointment, AppointmentInstrument, Verification, Visit
from verifier.queries.verifications import counts_still
from verifier.rules.appointments import AppointmentStatus


def accepted_for_update(
    session: Session, instrument_ids: Iterable[int]
) -> list[tuple[Appointment, tuple[int, ...]]]:
    """Accepted requests about any of these instruments, locked, with all they are about."""
    wanted = list(instrument_ids)
    about = select(AppointmentInstrument.appointment_id).where(
        AppointmentInstrument.instrument_id.in_(wanted)
    )
    statement = select(Appointment).where(
        Appointment.status == AppointmentStatus.ACCEPTED, Appointment.id.in_(about)
    )
    found = list(session.scalars(statement.order_by(Appointment.id).with_for_update()))
    its = defaultdict(list)
    of_request = (
        select(AppointmentInstrument.appointment_id, AppointmentInstrument.instrument_id)
        .where(AppointmentInstrument.appointment_id.in_([request.id for request in found]))
        .order_by(AppointmentInstrument.instrument_id)
    )
    for request_id, instrument_id in session.execute(of_request):
        its[request_id].append(instrument_id)
    return [(request, tuple(its[request.id])) for request in found]


def scheduled_for_update(session: Session, visit_ids: Iterable[int]) -> list[Appointment]:
    """Requests that have one of these visits, locked."""
    statement = select(Appointment).where(
        Appointment.status == AppointmentStatus.SCHEDULED, Appointment.visit_id.in_(list(visit_ids))
    )
    return list(session.scalars(statement.order_by(Appointment.id).with_for_update()))


def unverified_of(session: Session, request_ids: Iterable[int]) -> set[int]:
    """Those of these requests with an instrument that was not verified since the day of their visit."""
    statement = (
        select(Appointment.id)
        .join(Visit, Visit.id == Appointment.visit_id)
        .join(AppointmentInstrument, AppointmentInstrument.appointment_id == Appointment.id)
        .outerjoin(
            Verification,
            and_(
                Verification.instrument_id == AppointmentInstrument.instrument_id,
                Verification.performed_on >= Visit.day,
                counts_still(),
            ),
        )
        .where(Appointment.id.in_(list(request_ids)), Verification.id.is_(None))
    )
    return set(session.scalars(statement))
