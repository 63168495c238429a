"""Questions about signatures: who signed what, and which records wait for whom."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, null, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, aliased

from verifier.db import Session
from verifier.models import (
    Body,
    Certificate,
    District,
    Examination,
    Holder,
    Instrument,
    InstrumentKind,
    Person,
    Programme,
    Signature,
    Verification,
)
from verifier.queries.narrowing import equal, of_place, with_register
from verifier.queries.staff import office_body
from verifier.queries.verifications import VerificationUnknown, counts_still
from verifier.rules.access import Caller, Role
from verifier.rules.codes import instrument_code
from verifier.rules.signing import Decision, SigningRole, roles_needed
from verifier.rules.verdict import Outcome


@dataclass(frozen=True)
class SignatureRow:
    role: SigningRole
    decision: Decision
    person_id: int
    person: str
    reason: str
    signed_at: datetime


@dataclass(frozen=True, kw_only=True)
class WaitingFilter:
    # Whose turn it is; None: anybody's.
    turn: SigningRole | None = None
    district_id: int | None = None
    programme_id: int | None = None
    performed_on: date | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True)
class WaitingRow:
    """A record whose paper waits for a signature; `turn` is None when all have signed."""

    id: int
    instrument_id: int
    kind: str
    kind_name_zh: str
    kind_name_en: str
    serial: str
    holder_id: int
    holder_name: str
    district: str
    district_name: str
    programme: str | None
    performed_on: date
    outcome: Outcome
    reasons: list[str]
    verifier: str
    is_measured: bool
    adjusted: bool
    repaired: bool
    turn: SigningRole | None

    @property
    def instrument_code(self) -> str:
        return instrument_code(self.instrument_id)


def verification_for_update(session: Session, number: int) -> Verification:
    """Load and lock, so that two people do not sign at once; raises VerificationUnknown."""
    record = session.get(Verification, number, with_for_update=True)
    if record is None:
        raise VerificationUnknown(verification=number)
    return record


def is_superseded(session: Session, number: int) -> bool:
    statement = select(Verification.id).where(Verification.supersedes_id == number)
    return session.scalars(statement).first() is not None


def signatures_of(session: Session, number: int) -> list[SignatureRow]:
    """In the order in which they were given, without the verifier's, which is the record itself."""
    statement = (
        select(
            Signature.role,
            Signature.decision,
            Signature.person_id,
            Person.name,
            Signature.reason,
            Signature.signed_at,
        )
        .join(Person, Person.id == Signature.person_id)
        .where(Signature.verification_id == number)
        .order_by(Signature.id)
    )
    return [SignatureRow(*row) for row in session.execute(statement)]


def _has(role: SigningRole) -> ColumnElement[bool]:
    return exists().where(Signature.verification_id == Verification.id, Signature.role == role)


def _turn(signatures: int) -> ColumnElement[SigningRole | None]:
    """Whose turn it is, in SQL; the verifier has signed by recording."""
    others = roles_needed(signatures)[1:]
    if not others:
        return type_coerce(null(), Signature.role.type)
    return type_coerce(case(*((~_has(role), role.value) for role in others)), Signature.role.type)


def _waits() -> ColumnElement[bool]:
    issued = exists().where(Certificate.verification_id == Verification.id)
    return and_(~issued, ~_is_returned(), counts_still())


def _is_of_this_time() -> ColumnElement[bool]:
    """What was verified before the body issued papers here had its paper elsewhere."""
    return ~exists().where(Body.id == Verification.body_id, Body.papers_from > Verification.performed_on)


def _is_returned() -> ColumnElement[bool]:
    return exists().where(
        Signature.verification_id == Verification.id, Signature.decision == Decision.RETURNED
    )


def may_sign(person_id: int) -> ColumnElement[bool]:
    """Nobody signs a record twice, and nobody the own one."""
    signer = aliased(Signature)
    signed = exists().where(signer.verification_id == Verification.id, signer.person_id == person_id)
    return and_(Verification.verifier_id != person_id, ~signed)


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Whose queue: of a body with so many signatures; with a person, what that person may sign."""

    body_id: int
    signatures: int
    person_id: int | None = None
    # Once a body has named approvers, nobody else approves.
    may_approve: bool = True


def _narrowed(queue: Queue, wanted: WaitingFilter, on: date) -> list[ColumnElement[bool]]:
    conditions = [Verification.body_id == queue.body_id, _waits(), _is_of_this_time()]
    if queue.person_id is not None:
        conditions.append(may_sign(queue.person_id))
    if not queue.may_approve:
        conditions.append(_turn(queue.signatures).is_distinct_from(SigningRole.APPROVER))
    if wanted.turn is not None:
        conditions.append(_turn(queue.signatures) == wanted.turn)
    same: dict[InstrumentedAttribute[Any], object] = {
        Verification.programme_id: wanted.programme_id,
        Verification.performed_on: wanted.performed_on,
        Verification.outcome: wanted.outcome,
    }
    return [*conditions, *equal(same), *of_place(None, wanted.district_id, on=on)]


def _rows(signatures: int) -> Select[*tuple[Any, ...]]:
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
            District.name_zh,
            Programme.code,
            Verification.performed_on,
            Verification.outcome,
            Verification.reasons,
            Person.name,
            exists().where(Examination.verification_id == Verification.id),
            Verification.adjusted,
            Verification.repaired,
            _turn(signatures),
        ).join(Person, Person.id == Verification.verifier_id)
    )


def waiting(
    session: Session,
    queue: Queue,
    wanted: WaitingFilter,
    *,
    on: date,
    after: int | None = None,
    limit: int | None = None,
) -> list[WaitingRow]:
    """The records whose paper waits for a signature, the oldest first."""
    statement = _rows(queue.signatures).where(*_narrowed(queue, wanted, on))
    if after is not None:
        statement = statement.where(Verification.id > after)
    found = session.execute(statement.order_by(Verification.id).limit(limit))
    return [WaitingRow(*row) for row in found]


def count_waiting(session: Session, queue: Queue, wanted: WaitingFilter, *, on: date) -> int:
    statement = select(func.count()).select_from(Verification).where(*_narrowed(queue, wanted, on))
    return session.scalars(statement).one()


def queue_of(session: Session, caller: Caller, *, signatures: int) -> Queue:
    """The queue of the caller's body, which is the installation's own office where an account has none."""
    body_id = caller.body_id if caller.body_id is not None else office_body(session).id
    return Queue(
        body_id=body_id,
        signatures=signatures,
        person_id=caller.person_id,
        may_approve=_may_approve(session, caller),
    )


def _may_approve(session: Session, caller: Caller) -> bool:
    """Technicians sign for themselves alone; who keeps the register may enter an approver's signature."""
    if caller.role is not Role.TECHNICIAN or caller.person_id is None:
        return True
    colleague = aliased(Person)
    others = exists().where(colleague.body_id == Person.body_id, colleague.is_approver)
    statement = select(or_(Person.is_approver, ~others)).where(Person.id == caller.person_id)
    return session.scalars(statement).one()


def has_approvers(session: Session, body_id: int) -> bool:
    """A body that has named no approver yet is not checked for one."""
    statement = select(Person.id).where(Person.body_id == body_id, Person.is_approver)
    return session.scalars(statement).first() is not None


def returned_to(session: Session, person_id: int) -> list[int]:
    """The verifier's own records that a checker or approver returned and nothing superseded yet."""
    statement = (
        select(Verification.id)
        .where(
            Verification.verifier_id == person_id,
            counts_still(),
            _is_returned(),
        )
        .order_by(Verification.id)
    )
    return list(session.scalars(statement))
