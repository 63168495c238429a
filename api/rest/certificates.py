"""Certificates, rejection notices and test records: found, printed, revoked."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import Response

from api.deps import Paged, Reading, Today, Transaction, acts, needs
from api.papers import Printer, pdf
from api.strict import rest_router
from verifier.operations.certificates import RevokeCertificate, revoke_certificate
from verifier.operations.journal import Doer
from verifier.queries.certificates import (
    CertificateFilter,
    CertificateRow,
    certificate_row,
    certificates,
    papers,
)
from verifier.queries.districts import district_by_code
from verifier.queries.paging import Page, page_by_number
from verifier.queries.programmes import programme_row
from verifier.rules.access import Caller, Right
from verifier.rules.certificates import CertificateState
from verifier.rules.papers import DocumentKind

router = rest_router("certificates")


@dataclass(frozen=True)
class CertificateJson:
    number: str
    document: DocumentKind
    # As it is on the day of the request.
    state: CertificateState
    verification_id: int
    instrument_id: int
    instrument_code: str
    kind: str
    serial: str
    holder_id: int
    holder_name: str
    district: str
    programme: str | None
    body: str
    performed_on: date
    valid_until: date | None
    issued_on: date
    check_code: str
    revoked_on: date | None
    revocation_reason: str | None


def certificate_json(row: CertificateRow, *, on: date) -> CertificateJson:
    return CertificateJson(
        number=row.number,
        document=row.document,
        state=row.state(on),
        verification_id=row.verification_id,
        instrument_id=row.instrument_id,
        instrument_code=row.instrument_code,
        kind=row.kind,
        serial=row.serial,
        holder_id=row.holder_id,
        holder_name=row.holder_name,
        district=row.district,
        programme=row.programme,
        body=row.body,
        performed_on=row.performed_on,
        valid_until=row.valid_until,
        issued_on=row.issued_on,
        check_code=row.check_code,
        revoked_on=row.revoked_on,
        revocation_reason=row.revocation_reason,
    )


def _filter(
    session: Reading,
    instrument: int | None = None,
    verification: int | None = None,
    holder: int | None = None,
    district: Annotated[str | None, Query(description="Code of a district; its subtree")] = None,
    programme: str | None = None,
    document: DocumentKind | None = None,
    issued_from: date | None = None,
    issued_to: date | None = None,
    q: Annotated[str | None, Query(max_length=100, description="Part of number, serial or holder")] = None,
) -> CertificateFilter:
    return CertificateFilter(
        instrument_id=instrument,
        verification_id=verification,
        holder_id=holder,
        district_id=None if district is None else district_by_code(session, district).id,
        programme_id=None if programme is None else programme_row(session, programme).id,
        document=document,
        issued_from=issued_from,
        issued_to=issued_to,
        q=q,
    )


Reader = Annotated[Caller, needs(Right.READ_REGISTER)]
Wanted = Annotated[CertificateFilter, Depends(_filter)]


@router.get("")
def issued(
    session: Reading, caller: Reader, wanted: Wanted, paging: Paged, today: Today
) -> Page[CertificateJson]:
    """List the papers in the caller's scope, the newest first."""

    def fetch(before: int | None, limit: int) -> list[CertificateRow]:
        return certificates(session, caller.scope, wanted, on=today, before=before, limit=limit)

    page = page_by_number(paging, fetch, number=lambda row: row.id)
    return Page([certificate_json(row, on=today) for row in page.items], page.next)


@router.get("/{number}")
def one(number: str, session: Reading, caller: Reader, today: Today) -> CertificateJson:
    """Show one paper and what it is worth today."""
    return certificate_json(certificate_row(session, number, caller.scope, on=today), on=today)


@router.get("/{number}/pdf", response_class=Response)
def printed(number: str, session: Reading, caller: Reader, today: Today, printer: Printer) -> Response:
    """The paper as it was issued, as PDF/A."""
    row = certificate_row(session, number, caller.scope, on=today)
    wanted = CertificateFilter(verification_id=row.verification_id)
    found = list(papers(session, caller.scope, wanted, on=today))
    return pdf(printer.papers(found), row.number)


@router.post("/{number}/revoke")
def revoke(
    number: str,
    command: RevokeCertificate,
    session: Transaction,
    who: Annotated[Doer, acts(Right.KEEP_REGISTER)],
) -> CertificateJson:
    """Take a paper back; whoever checks it reads why."""
    revoke_certificate(session, number, command, who=who)
    assert who.caller is not None  # noqa: S101  acts() gives no other
    return certificate_json(certificate_row(session, number, who.caller.scope, on=who.today), on=who.today)
