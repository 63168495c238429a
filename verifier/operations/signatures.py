"""Signing records: checker and approver look at what the verifier recorded, and the paper follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from annotated_types import Len
from sqlalchemy.exc import IntegrityError

from verifier.db import Session
from verifier.errors import Conflict, Invalid, NotAllowed
from verifier.i18n import mark
from verifier.models import Person, Signature, Verification
from verifier.operations.admission import VerifierNotCompetent, check_acting_place, person_acting
from verifier.operations.certificates import Issued, issue
from verifier.operations.chain import enchain
from verifier.operations.journal import Doer, note
from verifier.queries.certificates import paper_of_verification
from verifier.queries.competences import authorisation
from verifier.queries.papers import RecordOnPaper, record_on_paper
from verifier.queries.signatures import (
    SignatureRow,
    has_approvers,
    is_superseded,
    signatures_of,
    verification_for_update,
)
from verifier.rules.practice import USUAL, Practice
from verifier.rules.signing import Decision, SigningRole, next_role


class RecordSuperseded(Conflict):
    message = mark("Record {verification} was superseded; sign the record that took its place.")


class PaperIssued(Conflict):
    message = mark("The paper of record {verification} was issued already, as {number}.")


class RecordReturned(Conflict):
    message = mark("Record {verification} was returned by {person}: {reason}. It has to be superseded first.")


class SignedAlready(NotAllowed):
    message = mark("{person} has signed record {verification} already as {role}; another person has to sign.")


class SignerOfAnotherBody(NotAllowed):
    message = mark("Record {verification} is of {body}; {person} signs for another body.")


class NotAnApprover(NotAllowed):
    message = mark("{person} is not named as an approver of {body}.")


class ReturnReasonMissing(Invalid):
    message = mark("Say why the record is returned, so that the verifier can put it right.")


class ReasonWithoutReturn(Invalid):
    message = mark("A reason belongs to a record that is returned; this one is signed.")


class SigningTurnOver(Conflict):
    message = mark("Record {verification} waits for another signature than that of the {role}.")


COMPETENCES_NOT_RECORDED = mark("The body has recorded no competences yet, so the checker's was not checked.")
APPROVERS_NOT_RECORDED = mark("The body has named no approvers yet, so the approver was not checked.")


@dataclass(frozen=True, kw_only=True)
class SignRecord:
    """What a checker or approver decides on a record."""

    decision: Decision = Decision.SIGNED
    reason: Annotated[str, Len(max_length=500)] = ""
    # Which signature it is meant to be; None: whichever is next.
    role: SigningRole | None = None
    # Whose signature it is; None: the caller's own.
    technician: int | None = None


@dataclass(frozen=True)
class Signed:
    verification_id: int
    role: SigningRole | None
    decision: Decision
    # Who signs next; None: nobody, the paper is issued or the record was returned.
    next: SigningRole | None
    certificate: Issued | None
    warnings: tuple[str, ...]


def sign_record(
    session: Session, number: int, command: SignRecord, *, who: Doer, practice: Practice = USUAL
) -> Signed:
    """Sign or return a record; the last signature issues the paper in the same transaction."""
    _check_reason(command)
    person = person_acting(session, command.technician, who)
    record = verification_for_update(session, number)
    told = record_on_paper(session, number)
    check_acting_place(session, record.district_id, str(number), who)
    given = signatures_of(session, number)
    _check_open(session, record, given)
    _check_signer(told, given, person)
    role = next_role(practice.signatures, frozenset({SigningRole.VERIFIER, *(one.role for one in given)}))
    if command.role not in (None, role):
        raise SigningTurnOver(verification=number, role=command.role)
    warnings: Sequence[str] = () if role is None else _check_right(session, told, role, person)
    if role is not None:
        _store(session, record, role, command, person, who)
    if command.decision is Decision.RETURNED:
        return Signed(number, role, command.decision, None, None, tuple(warnings))
    names = {one.role: one.person for one in given} | ({} if role is None else {role: person.name})
    following = next_role(practice.signatures, frozenset({SigningRole.VERIFIER, *names}))
    issued = issue(session, told, names, who=who, practice=practice) if following is None else None
    return Signed(number, role, command.decision, following, issued, tuple(warnings))


def _check_reason(command: SignRecord) -> None:
    is_returned = command.decision is Decision.RETURNED
    if is_returned and not command.reason.strip():
        raise ReturnReasonMissing
    if not is_returned and command.reason.strip():
        raise ReasonWithoutReturn


def _check_open(session: Session, record: Verification, given: list[SignatureRow]) -> None:
    if is_superseded(session, record.id):
        raise RecordSuperseded(verification=record.id)
    issued = paper_of_verification(session, record.id)
    if issued is not None:
        raise PaperIssued(verification=record.id, number=issued)
    for one in given:
        if one.decision is Decision.RETURNED:
            raise RecordReturned(verification=record.id, person=one.person, reason=one.reason)


def _check_signer(told: RecordOnPaper, given: list[SignatureRow], person: Person) -> None:
    record = told.record
    if person.body_id != record.body_id:
        raise SignerOfAnotherBody(verification=record.id, body=told.body.name, person=person.name)
    signed = {one.person_id: one.role for one in given} | {record.verifier_id: SigningRole.VERIFIER}
    if person.id in signed:
        raise SignedAlready(verification=record.id, person=person.name, role=signed[person.id])


def _check_right(session: Session, told: RecordOnPaper, role: SigningRole, person: Person) -> Sequence[str]:
    if role is SigningRole.APPROVER:
        if person.is_approver:
            return []
        if has_approvers(session, person.body_id):
            raise NotAnApprover(person=person.name, body=told.body.name)
        return [APPROVERS_NOT_RECORDED]
    return _check_competence(session, told, person, on=told.record.performed_on)


def _check_competence(session: Session, told: RecordOnPaper, person: Person, *, on: date) -> list[str]:
    """A checker judges the work of a verifier and needs the same competence."""
    edition = told.edition.code if told.edition else None
    found = authorisation(session, person, told.kind.id, on=on, regulation=edition)
    if not found.competences_recorded:
        return [COMPETENCES_NOT_RECORDED]
    if not found.is_competent:
        raise VerifierNotCompetent(person=person.name, performed_on=on)
    return []


def _store(
    session: Session, record: Verification, role: SigningRole, command: SignRecord, person: Person, who: Doer
) -> None:
    signature = Signature(
        verification_id=record.id,
        role=role,
        decision=command.decision,
        person_id=person.id,
        reason=command.reason.strip(),
        signed_at=who.now,
        signed_by=who.name,
    )
    session.add(signature)
    try:
        session.flush()
    except IntegrityError:
        # Somebody else signed in the same role since we looked.
        raise SigningTurnOver(verification=record.id, role=role) from None
    enchain(session, signature, record.body_id)
    deed = "sign_record" if command.decision is Decision.SIGNED else "return_record"
    note(session, who, deed, "verification", record.id, role=role.value, person=person.id)
