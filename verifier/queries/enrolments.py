"""Questions about enrolments: what is promised to whom, since when, and what was taken off again."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from verifier.db import Session
from verifier.models import District, Enrolment, Holder, Instrument, Programme
from verifier.queries.scopes import within_scope
from verifier.rules.access import Scope
from verifier.rules.codes import instrument_code
from verifier.rules.lifecycle import WithdrawalReason


@dataclass(frozen=True)
class EnrolmentRow:
    id: int
    programme: str
    instrument_id: int
    serial: str
    holder_id: int
    holder_name: str
    district: str
    enrolled_on: date
    is_in_frozen_base: bool
    added_reason: str
    withdrawn_on: date | None
    withdrawal_reason: WithdrawalReason | None

    @property
    def instrument_code(self) -> str:
        return instrument_code(self.instrument_id)


@dataclass(frozen=True, kw_only=True)
class EnrolmentFilter:
    # A programme's code.
    programme: str | None = None
    instrument_id: int | None = None


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Enrolment.id,
            Programme.code,
            Instrument.id,
            Instrument.serial,
            Holder.id,
            Holder.name,
            District.code,
            Enrolment.enrolled_on,
            Enrolment.is_in_frozen_base,
            Enrolment.added_reason,
            Enrolment.withdrawn_on,
            Enrolment.withdrawal_reason,
        )
        .join(Programme, Programme.id == Enrolment.programme_id)
        .join(Instrument, Instrument.id == Enrolment.instrument_id)
        .join(Holder, Holder.id == Enrolment.holder_id)
        .join(District, District.id == Enrolment.district_id)
    )


def enrolments(
    session: Session,
    scope: Scope,
    wanted: EnrolmentFilter,
    *,
    on: date,
    after: int | None = None,
    limit: int | None = None,
) -> list[EnrolmentRow]:
    """In the order of their numbers, from the one after `after`."""
    statement = _rows().where(
        within_scope(scope, on=on, district=Enrolment.district_id, holder=Enrolment.holder_id)
    )
    if wanted.programme is not None:
        statement = statement.where(Programme.code == wanted.programme)
    if wanted.instrument_id is not None:
        statement = statement.where(Enrolment.instrument_id == wanted.instrument_id)
    if after is not None:
        statement = statement.where(Enrolment.id > after)
    return [EnrolmentRow(*row) for row in session.execute(statement.order_by(Enrolment.id).limit(limit))]


def enrolment_row(session: Session, number: int) -> EnrolmentRow:
    """One enrolment that is known to be there."""
    return EnrolmentRow(*session.execute(_rows().where(Enrolment.id == number)).one())
