"""Questions about verifications; a superseded record stays readable and no longer counts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from verifier.db import Session
from verifier.errors import NotFound
from verifier.i18n import mark
from verifier.models import (
    Body,
    District,
    Enrolment,
    Holder,
    Instrument,
    InstrumentKind,
    Person,
    Programme,
    RegulationEdition,
    Verification,
)
from verifier.queries.districts import subtree
from verifier.queries.narrowing import equal, of_place, with_register
from verifier.queries.parts import WHOLE, Part, in_part
from verifier.queries.scopes import within_scope
from verifier.rules.access import OutsideScope, Scope
from verifier.rules.codes import instrument_code
from verifier.rules.entitlement import FeeTreatment
from verifier.rules.validity import Finding
from verifier.rules.verdict import Outcome, Stage


class VerificationUnknown(NotFound):
    message = mark("There is no verification {verification}.")


@dataclass(frozen=True, kw_only=True)
class WorkOfProgramme:
    """The records a programme's report counts as actions under one district, or only those without tariff."""

    programme_id: int
    root_id: int
    part: Part = WHOLE
    without_tariff: bool = False


@dataclass(frozen=True, kw_only=True)
class VerificationFilter:
    instrument_id: int | None = None
    holder_id: int | None = None
    district_id: int | None = None
    programme_id: int | None = None
    outcome: Outcome | None = None
    performed_from: date | None = None
    performed_to: date | None = None
    # True: only records that still count; False: only superseded ones.
    counts: bool | None = None
    work_of: WorkOfProgramme | None = None


@dataclass(frozen=True)
class VerificationRow:
    id: int
    instrument_id: int
    kind: str
    kind_name_zh: str
    kind_name_en: str
    serial: str
    holder_id: int
    holder_name: str
    district: str
    programme: str | None
    performed_on: date
    stage: Stage
    as_found: Outcome
    outcome: Outcome
    reasons: list[str]
    adjusted: bool
    repaired: bool
    body: str
    verifier: str
    regulation: str | None
    tariff_fen: int | None
    fee_treatment: FeeTreatment
    fee_waived_fen: int | None
    due_on: date | None
    valid_until: date | None
    standards: list[str]
    environment: dict[str, Any]
    remark: str
    supersedes: int | None
    is_superseded: bool
    recorded_at: datetime
    recorded_by: str

    @property
    def instrument_code(self) -> str:
        return instrument_code(self.instrument_id)


def counts_still() -> ColumnElement[bool]:
    """Whether no later record took this one's place."""
    return ~_is_superseded()


def _is_superseded() -> ColumnElement[bool]:
    later = aliased(Verification)
    return exists().where(later.supersedes_id == Verification.id)


def findings(session: Session, instrument_id: int) -> list[Finding]:
    """What an instrument's records that still count found, oldest first."""
    statement = (
        select(Verification.performed_on, Verification.id, Verification.outcome, Verification.valid_until)
        .where(Verification.instrument_id == instrument_id, counts_still())
        .order_by(Verification.performed_on, Verification.id)
    )
    return [Finding(*row) for row in session.execute(statement)]


def _rows() -> Select[*tuple[Any, ...]]:
    return with_register(
        select(
            Verification.id,
            Verification.instrument_id,
            InstrumentKind.key,
            InstrumentKind.name_zh,
            InstrumentKind.name_en,
            Instrument.serial,
            Holder.id,
            Holder.name,
            District.code,
            Programme.code,
            Verification.performed_on,
            Verification.stage,
            Verification.as_found,
            Verification.outcome,
            Verification.reasons,
            Verification.adjusted,
            Verification.repaired,
            Body.name,
            Person.name,
            RegulationEdition.code,
            Verification.tariff_fen,
            Verification.fee_treatment,
            Verification.fee_waived_fen,
            Verification.due_on,
            Verification.valid_until,
            Verification.standards,
            Verification.environment,
            Verification.remark,
            Verification.supersedes_id,
            _is_superseded(),
            Verification.recorded_at,
            Verification.recorded_by,
        )
        .join(Body, Body.id == Verification.body_id)
        .join(Person, Person.id == Verification.verifier_id)
        .outerjoin(RegulationEdition, RegulationEdition.id == Verification.regulation_edition_id)
    )


def _inside(scope: Scope, on: date) -> ColumnElement[bool]:
    return within_scope(scope, on=on, district=Verification.district_id, holder=Verification.holder_id)


def verifications(
    session: Session,
    scope: Scope,
    wanted: VerificationFilter,
    *,
    on: date,
    before: int | None = None,
    limit: int | None = None,
) -> list[VerificationRow]:
    """The newest record first, from the one entered before `before`."""
    statement = _rows().where(_inside(scope, on), *_conditions(wanted, on))
    if before is not None:
        statement = statement.where(Verification.id < before)
    found = session.execute(statement.order_by(Verification.id.desc()).limit(limit))
    return [VerificationRow(*row) for row in found]


def _conditions(wanted: VerificationFilter, on: date) -> list[ColumnElement[bool]]:
    same: dict[InstrumentedAttribute[Any], object] = {
        Verification.instrument_id: wanted.instrument_id,
        Verification.programme_id: wanted.programme_id,
        Verification.outcome: wanted.outcome,
    }
    conditions = [*equal(same), *of_place(wanted.holder_id, wanted.district_id, on=on)]
    if wanted.performed_from is not None:
        conditions.append(Verification.performed_on >= wanted.performed_from)
    if wanted.performed_to is not None:
        conditions.append(Verification.performed_on <= wanted.performed_to)
    if wanted.work_of is not None:
        conditions.append(_is_work_of(wanted.work_of, on))
    if wanted.counts is not None:
        conditions.append(counts_still() if wanted.counts else _is_superseded())
    return conditions


def _is_work_of(wanted: WorkOfProgramme, on: date) -> ColumnElement[bool]:
    promised = exists().where(
        Enrolment.programme_id == wanted.programme_id,
        Enrolment.instrument_id == Verification.instrument_id,
        Enrolment.enrolled_on <= on,
        Enrolment.district_id.in_(select(subtree(wanted.root_id, on).c.id)),
        *in_part(
            wanted.part,
            lies_in_root=Enrolment.district_id == wanted.root_id,
            holder_id=Enrolment.holder_id,
            instrument_id=Enrolment.instrument_id,
        ),
    )
    done = and_(
        Verification.programme_id == wanted.programme_id,
        Verification.performed_on <= on,
        counts_still(),
        promised,
    )
    return and_(done, Verification.fee_waived_fen.is_(None)) if wanted.without_tariff else done


@dataclass(frozen=True)
class VerificationSums:
    """What the whole list adds up to."""

    records: int
    without_tariff: int
    fee_waived_fen: int


def sum_verifications(
    session: Session, scope: Scope, wanted: VerificationFilter, *, on: date
) -> VerificationSums:
    listed = _rows().where(_inside(scope, on), *_conditions(wanted, on)).subquery()
    known = func.count(listed.c.fee_waived_fen)
    fees = func.coalesce(func.sum(listed.c.fee_waived_fen), 0).cast(BigInteger)
    return VerificationSums(
        *session.execute(select(func.count(), func.count() - known, fees).select_from(listed)).one()
    )


def verification_row(session: Session, number: int, scope: Scope, *, on: date) -> VerificationRow:
    """One record; raises VerificationUnknown, or OutsideScope when it is not the caller's to see."""
    row = session.execute(
        _rows().add_columns(_inside(scope, on)).where(Verification.id == number)
    ).one_or_none()
    if row is None:
        raise VerificationUnknown(verification=number)
    *values, is_inside = row
    if not is_inside:
        raise OutsideScope(what=str(number))
    return VerificationRow(*values)
