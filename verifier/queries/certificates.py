"""Questions about papers: certificates, rejection notices and test records under their numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from verifier.db import Session
from verifier.errors import NotFound
from verifier.i18n import mark
from verifier.models import (
    Body,
    Certificate,
    District,
    Holder,
    Instrument,
    InstrumentKind,
    Programme,
    Revocation,
    Verification,
)
from verifier.queries.narrowing import equal, of_place, with_register
from verifier.queries.scopes import within_scope
from verifier.rules.access import OutsideScope, Scope
from verifier.rules.certificates import CertificateFacts, CertificateState, state_of
from verifier.rules.codes import instrument_code
from verifier.rules.papers import DocumentKind, Paper, paper_from_json
from verifier.rules.verdict import Outcome

# So many papers are read at a time when a whole programme is printed.
_AT_A_TIME = 200


class CertificateUnknown(NotFound):
    message = mark("There is no certificate {number}.")


@dataclass(frozen=True, kw_only=True)
class CertificateFilter:
    instrument_id: int | None = None
    verification_id: int | None = None
    holder_id: int | None = None
    district_id: int | None = None
    programme_id: int | None = None
    body_id: int | None = None
    document: DocumentKind | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    # Part of the number, of the serial or of the holder's name.
    q: str | None = None


@dataclass(frozen=True)
class CertificateRow:
    id: int
    number: str
    document: DocumentKind
    body: str
    verification_id: int
    instrument_id: int
    kind: str
    kind_name_zh: str
    kind_name_en: str
    serial: str
    holder_id: int
    holder_name: str
    district: str
    programme: str | None
    outcome: Outcome
    performed_on: date
    valid_until: date | None
    issued_on: date
    check_code: str
    superseded_at: datetime | None
    revoked_on: date | None
    revocation_reason: str | None
    # The day on which the instrument failed afterwards, which cancelled the mark.
    failed_on: date | None

    @property
    def instrument_code(self) -> str:
        return instrument_code(self.instrument_id)

    def state(self, on: date) -> CertificateState:
        return state_of(
            CertificateFacts(
                document=self.document,
                valid_until=self.valid_until,
                is_superseded=self.superseded_at is not None,
                revoked_on=self.revoked_on,
                failed_on=self.failed_on,
            ),
            on=on,
        )


def superseded_at() -> ScalarSelect[datetime]:
    """When the record that took the place of a certificate's record was entered."""
    later = aliased(Verification)
    return (
        select(later.recorded_at).where(later.supersedes_id == Certificate.verification_id).scalar_subquery()
    )


def failed_afterwards() -> ScalarSelect[date]:
    """The first day on which the instrument failed after the record of the certificate."""
    later, wrong = aliased(Verification), aliased(Verification)
    return (
        select(func.min(later.performed_on))
        .where(
            later.instrument_id == Verification.instrument_id,
            later.outcome == Outcome.FAILED,
            ~exists().where(wrong.supersedes_id == later.id),
            or_(
                later.performed_on > Verification.performed_on,
                (later.performed_on == Verification.performed_on) & (later.id > Verification.id),
            ),
        )
        .scalar_subquery()
    )


def _rows() -> Select[*tuple[Any, ...]]:
    return with_register(
        select(
            Certificate.id,
            Certificate.number,
            Certificate.document,
            Body.code,
            Certificate.verification_id,
            Instrument.id,
            InstrumentKind.key,
            InstrumentKind.name_zh,
            InstrumentKind.name_en,
            Instrument.serial,
            Holder.id,
            Holder.name,
            District.code,
            Programme.code,
            Verification.outcome,
            Verification.performed_on,
            Verification.valid_until,
            Certificate.issued_on,
            Certificate.check_code,
            superseded_at(),
            Revocation.revoked_on,
            Revocation.reason,
            failed_afterwards(),
        )
        .join(Verification, Verification.id == Certificate.verification_id)
        .join(Body, Body.id == Certificate.body_id)
        .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
    )


def _inside(scope: Scope, on: date) -> ColumnElement[bool]:
    return within_scope(scope, on=on, district=Verification.district_id, holder=Verification.holder_id)


def _conditions(wanted: CertificateFilter, on: date) -> list[ColumnElement[bool]]:
    same: dict[InstrumentedAttribute[Any], object] = {
        Verification.instrument_id: wanted.instrument_id,
        Verification.programme_id: wanted.programme_id,
        Certificate.verification_id: wanted.verification_id,
        Certificate.body_id: wanted.body_id,
        Certificate.document: wanted.document,
    }
    conditions = [*equal(same), *of_place(wanted.holder_id, wanted.district_id, on=on)]
    if wanted.issued_from is not None:
        conditions.append(Certificate.issued_on >= wanted.issued_from)
    if wanted.issued_to is not None:
        conditions.append(Certificate.issued_on <= wanted.issued_to)
    if wanted.q:
        columns = (Certificate.number, Instrument.serial, Holder.name)
        conditions.append(or_(*(column.icontains(wanted.q.strip(), autoescape=True) for column in columns)))
    return conditions


def certificates(
    session: Session,
    scope: Scope,
    wanted: CertificateFilter,
    *,
    on: date,
    before: int | None = None,
    limit: int | None = None,
) -> list[CertificateRow]:
    """The newest first, from the one issued before `before`."""
    statement = _rows().where(_inside(scope, on), *_conditions(wanted, on))
    if before is not None:
        statement = statement.where(Certificate.id < before)
    found = session.execute(statement.order_by(Certificate.id.desc()).limit(limit))
    return [CertificateRow(*row) for row in found]


def certificate_row(session: Session, number: str, scope: Scope, *, on: date) -> CertificateRow:
    """One paper; raises CertificateUnknown, or OutsideScope when it is not the caller's to see."""
    row = session.execute(
        _rows().add_columns(_inside(scope, on)).where(Certificate.number == number)
    ).one_or_none()
    if row is None:
        raise CertificateUnknown(number=number)
    *values, is_inside = row
    if not is_inside:
        raise OutsideScope(what=number)
    return CertificateRow(*values)


def count_papers(session: Session, scope: Scope, wanted: CertificateFilter, *, on: date) -> int:
    listed = _rows().where(_inside(scope, on), *_conditions(wanted, on)).subquery()
    return session.scalars(select(func.count()).select_from(listed)).one()


def papers(session: Session, scope: Scope, wanted: CertificateFilter, *, on: date) -> Iterator[Paper]:
    """The papers as they were issued, in the order of their numbers, a few hundred at a time."""
    chosen = (
        _rows()
        .where(_inside(scope, on), *_conditions(wanted, on))
        .with_only_columns(Certificate.id, maintain_column_froms=True)
    )
    statement = (
        select(Certificate.content)
        .where(Certificate.id.in_(chosen))
        .order_by(Certificate.body_id, Certificate.year, Certificate.sequence)
        .execution_options(yield_per=_AT_A_TIME)
    )
    for content in session.scalars(statement):
        yield paper_from_json(content)


def papers_by_number(session: Session, certificate_ids: Sequence[int]) -> dict[str, Paper]:
    statement = select(Certificate.number, Certificate.content).where(Certificate.id.in_(certificate_ids))
    return {number: paper_from_json(content) for number, content in session.execute(statement)}


def paper_of_verification(session: Session, verification_id: int) -> str | None:
    """The number of the paper of a record; None while none is issued."""
    statement = select(Certificate.number).where(Certificate.verification_id == verification_id)
    return session.scalars(statement).one_or_none()


def last_sequence(session: Session, body_id: int, year: int) -> int:
    statement = select(func.coalesce(func.max(Certificate.sequence), 0)).where(
        Certificate.body_id == body_id, Certificate.year == year
    )
    return session.scalars(statement).one()


def number_stands(session: Session, number: str) -> bool:
    return session.scalars(select(Certificate.id).where(Certificate.number == number)).first() is not None


def certificate_for_update(session: Session, number: str) -> tuple[Certificate, int]:
    """Load and lock, with the district it lies in; raises CertificateUnknown."""
    statement = (
        select(Certificate, Verification.district_id)
        .join(Verification, Verification.id == Certificate.verification_id)
        .where(Certificate.number == number)
        .with_for_update(of=Certificate)
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise CertificateUnknown(number=number)
    return found[0], found[1]


def revocation_of(session: Session, certificate_id: int) -> Revocation | None:
    return session.get(Revocation, certificate_id)
