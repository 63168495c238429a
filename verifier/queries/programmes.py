"""Questions about programmes and the lists of what they promise."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, or_, select

from verifier.db import Session
from verifier.errors import NotFound
from verifier.i18n import mark
from verifier.models import (
    District,
    Enrolment,
    Funder,
    Holder,
    Instrument,
    InstrumentKind,
    Programme,
)
from verifier.queries.districts import subtree
from verifier.rules.access import Scope
from verifier.rules.entitlement import Candidate, Eligibility, ProgrammeKind
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import ProgrammeStatus, WithdrawalReason
from verifier.rules.purposes import Purpose


class ProgrammeUnknown(NotFound):
    message = mark("There is no programme {programme}.")


class EnrolmentUnknown(NotFound):
    message = mark("There is no enrolment {enrolment}.")


@dataclass(frozen=True)
class ProgrammeRow:
    id: int
    code: str
    name: str
    kind: ProgrammeKind
    status: ProgrammeStatus
    starts_on: date
    ends_on: date
    district_id: int
    district_code: str
    district_name: str
    frozen_on: date | None
    base_count: int | None
    base_digest: str | None


@dataclass(frozen=True)
class FunderRow:
    name: str
    share_percent: int


@dataclass(frozen=True)
class EnrolmentCandidate:
    """An instrument of the programme's district, with what the rule looks at."""

    instrument_id: int
    holder_id: int
    district_id: int
    is_enrolled: bool
    candidate: Candidate


_ROW: tuple[Any, ...] = (
    Programme.id,
    Programme.code,
    Programme.name,
    Programme.kind,
    Programme.status,
    Programme.starts_on,
    Programme.ends_on,
    Programme.district_id,
    District.code,
    District.name_zh,
    Programme.frozen_on,
    Programme.base_count,
    Programme.base_digest,
)


def programmes(session: Session, scope: Scope, *, on: date) -> list[ProgrammeRow]:
    """Programmes that lie in the scope or cover it, the newest first."""
    statement = (
        select(*_ROW)
        .join(District, District.id == Programme.district_id)
        .order_by(Programme.starts_on.desc(), Programme.code)
    )
    district_id = scope.district_id
    if scope.holder_id is not None:
        district_id = session.scalar(select(Holder.district_id).where(Holder.id == scope.holder_id))
    if district_id is not None:
        below = select(subtree(district_id, on).c.id)
        above = _path(session, district_id)
        statement = statement.where(or_(Programme.district_id.in_(below), Programme.district_id.in_(above)))
    return [ProgrammeRow(*row) for row in session.execute(statement)]


def _path(session: Session, district_id: int) -> list[int]:
    """The district and all above it."""
    step = select(District.id, District.parent_id).where(District.id == district_id).cte(recursive=True)
    step = step.union_all(select(District.id, District.parent_id).join(step, District.id == step.c.parent_id))
    return list(session.scalars(select(step.c.id)))


def programme_row(session: Session, code: str) -> ProgrammeRow:
    """Raises ProgrammeUnknown."""
    statement = (
        select(*_ROW).join(District, District.id == Programme.district_id).where(Programme.code == code)
    )
    row = session.execute(statement).one_or_none()
    if row is None:
        raise ProgrammeUnknown(programme=code)
    return ProgrammeRow(*row)


def programme_for_update(session: Session, code: str) -> Programme:
    """Load and lock; raises ProgrammeUnknown."""
    return _programme(session, code, shared=False)


def programme_for_share(session: Session, code: str) -> Programme:
    """Load so that nobody closes it meanwhile; raises ProgrammeUnknown."""
    return _programme(session, code, shared=True)


def _programme(session: Session, code: str, *, shared: bool) -> Programme:
    statement = select(Programme).where(Programme.code == code).with_for_update(read=shared)
    programme = session.scalars(statement).one_or_none()
    if programme is None:
        raise ProgrammeUnknown(programme=code)
    return programme


def programme_exists(session: Session, code: str) -> bool:
    return session.scalar(select(Programme.id).where(Programme.code == code)) is not None


def funders(session: Session, programme_id: int) -> list[FunderRow]:
    statement = (
        select(Funder.name, Funder.share_percent)
        .where(Funder.programme_id == programme_id)
        .order_by(Funder.id)
    )
    return [FunderRow(*row) for row in session.execute(statement)]


def eligibility_of(programme: Programme) -> Eligibility:
    stored = programme.eligibility
    capacity = stored.get("max_capacity_kg")
    return Eligibility(
        holder_kinds=tuple(HolderKind(kind) for kind in stored.get("holder_kinds", ())),
        instrument_kinds=tuple(stored.get("instrument_kinds", ())),
        purposes=tuple(Purpose(purpose) for purpose in stored.get("purposes", ())),
        max_capacity_kg=None if capacity is None else Decimal(capacity),
    )


def enrolment_of(session: Session, programme_id: int, instrument_id: int) -> Enrolment | None:
    statement = select(Enrolment).where(
        Enrolment.programme_id == programme_id, Enrolment.instrument_id == instrument_id
    )
    return session.scalars(statement).one_or_none()


@dataclass(frozen=True)
class EnrolledIn:
    """A programme that lists an instrument, or did."""

    enrolment_id: int
    programme: str
    programme_name: str
    programme_status: ProgrammeStatus
    starts_on: date
    ends_on: date
    enrolled_on: date
    withdrawn_on: date | None
    withdrawal_reason: WithdrawalReason | None


def enrolments_of(session: Session, instrument_id: int) -> list[EnrolledIn]:
    """Every programme that ever listed the instrument, the newest first."""
    statement = (
        select(
            Enrolment.id,
            Programme.code,
            Programme.name,
            Programme.status,
            Programme.starts_on,
            Programme.ends_on,
            Enrolment.enrolled_on,
            Enrolment.withdrawn_on,
            Enrolment.withdrawal_reason,
        )
        .join(Programme, Programme.id == Enrolment.programme_id)
        .where(Enrolment.instrument_id == instrument_id)
        .order_by(Programme.starts_on.desc(), Programme.code)
    )
    return [EnrolledIn(*row) for row in session.execute(statement)]


def enrolment_for_update(session: Session, enrolment_id: int) -> Enrolment:
    """Load and lock; raises EnrolmentUnknown."""
    enrolment = session.get(Enrolment, enrolment_id, with_for_update=True)
    if enrolment is None:
        raise EnrolmentUnknown(enrolment=enrolment_id)
    return enrolment


def running_programme_ids() -> Select[int]:
    """For a condition: the programmes whose lists may still change."""
    return select(Programme.id).where(Programme.status != ProgrammeStatus.CLOSED)


def candidates(session: Session, programme: Programme, *, on: date) -> list[EnrolmentCandidate]:
    """Every instrument used in the programme's district, in the order of their numbers."""
    enrolled = (Enrolment.instrument_id == Instrument.id) & (Enrolment.programme_id == programme.id)
    statement: Select[*tuple[Any, ...]] = (
        select(
            Instrument.id,
            Instrument.holder_id,
            Instrument.district_id,
            Enrolment.id.is_not(None),
            Instrument.status,
            Holder.kind,
            InstrumentKind.key,
            InstrumentKind.mandate,
            Instrument.purpose,
            Instrument.max_capacity_g,
        )
        .join(Holder, Holder.id == Instrument.holder_id)
        .join(InstrumentKind, InstrumentKind.id == Instrument.kind_id)
        .outerjoin(Enrolment, enrolled)
        .where(Instrument.district_id.in_(select(subtree(programme.district_id, on).c.id)))
        .order_by(Instrument.id)
    )
    return [
        EnrolmentCandidate(instrument, holder, district, is_enrolled, Candidate(*of_rule))
        for instrument, holder, district, is_enrolled, *of_rule in session.execute(statement)
    ]


def base_lines(session: Session, programme_id: int) -> list[str]:
    """The frozen list: one line an instrument, made of what is never changed, as it is digested."""
    statement = (
        select(
            Instrument.id, InstrumentKind.key, Instrument.manufacturer, Instrument.serial, Enrolment.holder_id
        )
        .join(Enrolment, Enrolment.instrument_id == Instrument.id)
        .join(InstrumentKind, InstrumentKind.id == Instrument.kind_id)
        .where(Enrolment.programme_id == programme_id, Enrolment.is_in_frozen_base.is_(True))
        .order_by(Instrument.id)
    )
    return ["\t".join(str(value) for value in row) for row in session.execute(statement)]
