"""Issuing and revoking papers: the number, the frozen content and the check code in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from annotated_types import Len

from verifier.db import Session, alone
from verifier.errors import Conflict, Invalid
from verifier.i18n import mark
from verifier.models import Certificate, Revocation
from verifier.operations.body_keys import keep_key
from verifier.operations.chain import enchain
from verifier.operations.journal import Doer, note
from verifier.operations.papers import Issuance, paper_of
from verifier.operations.territory import check_place
from verifier.queries.certificates import (
    certificate_for_update,
    last_sequence,
    number_stands,
    revocation_of,
)
from verifier.queries.papers import RecordOnPaper
from verifier.rules.issuing import document_of
from verifier.rules.numbering import discipline, number
from verifier.rules.papers import DocumentKind, paper_json
from verifier.rules.practice import Practice
from verifier.rules.signing import SigningRole
from verifier.sealing import new_check_code


class NumberTaken(Conflict):
    message = mark(
        "The number {number} is another body's already; "
        "change the pattern of {body} so that it names the body."
    )


class RevokedAlready(Conflict):
    message = mark("{number} was revoked on {revoked_on} already: {reason}.")


class RevocationReasonMissing(Invalid):
    message = mark("Say why {number} is revoked; whoever checks it will read it.")


@dataclass(frozen=True)
class Issued:
    id: int
    number: str
    document: DocumentKind
    check_code: str
    issued_on: date


@dataclass(frozen=True, kw_only=True)
class RevokeCertificate:
    reason: Annotated[str, Len(1, 500)]


def issue(
    session: Session,
    told: RecordOnPaper,
    names: Mapping[SigningRole, str],
    *,
    who: Doer,
    practice: Practice,
) -> Issued:
    """Give the paper of a fully signed record its number: the next of its body and year, without a gap.

    Nobody else numbers for the body until this transaction ends, and what is rolled back gives its number
    back; so the numbers of a year are 1, 2, 3 … however many issue at once.
    """
    record, body = told.record, told.body
    alone(session, f"number certificates of body {body.id}")
    year = who.today.year
    sequence = last_sequence(session, body.id, year) + 1
    numbered = number(
        body.certificate_pattern,
        body=body.code,
        discipline=discipline(told.kind.key),
        issued_on=who.today,
        sequence=sequence,
    )
    if number_stands(session, numbered):
        raise NumberTaken(number=numbered, body=body.name)
    document = document_of(
        record.outcome,
        record.stage,
        regulation=told.edition.code if told.edition else None,
        is_tested_only=told.rules is not None and told.rules.document.get("document") == "test_record",
    )
    code = new_check_code()
    issued = Issuance(
        document=document,
        number=numbered,
        check_code=code,
        names=names,
        issued_on=who.today,
        base_url=practice.base_url,
    )
    certificate = Certificate(
        number=numbered,
        body_id=body.id,
        year=year,
        sequence=sequence,
        document=document,
        verification_id=record.id,
        check_code=code,
        issued_on=who.today,
        issued_at=who.now,
        issued_by=who.name,
        content=paper_json(paper_of(session, told, issued)),
    )
    session.add(certificate)
    session.flush()
    enchain(session, certificate, body.id)
    if practice.secret:
        keep_key(session, body, practice.secret, who=who)
    note(
        session,
        who,
        "issue_certificate",
        "certificate",
        certificate.id,
        number=numbered,
        verification=record.id,
        document=document.value,
    )
    return Issued(certificate.id, numbered, document, code, who.today)


def revoke_certificate(session: Session, numbered: str, command: RevokeCertificate, *, who: Doer) -> None:
    """Take a paper back; it stays readable and says so. The record stays: superseding it is another deed."""
    certificate, district_id = certificate_for_update(session, numbered)
    check_place(session, district_id, numbered, who)
    if not command.reason.strip():
        raise RevocationReasonMissing(number=numbered)
    earlier = revocation_of(session, certificate.id)
    if earlier is not None:
        raise RevokedAlready(number=numbered, revoked_on=earlier.revoked_on, reason=earlier.reason)
    revocation = Revocation(
        certificate_id=certificate.id,
        revoked_on=who.today,
        reason=command.reason.strip(),
        revoked_at=who.now,
        revoked_by=who.name,
    )
    session.add(revocation)
    session.flush()
    enchain(session, revocation, certificate.body_id)
    note(session, who, "revoke_certificate", "certificate", certificate.id, number=numbered)
