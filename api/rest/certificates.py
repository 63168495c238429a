"""Certificates, rejection notices and test records: found, printed, revoked."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import Response

from api.deps import (
    InstallationPractice,
    Now,
    OpenSessions,
    Paged,
    Reading,
    Today,
    Transaction,
    acts,
    doer,
    needs,
)
from api.papers import Printer, pdf, zip_file
from api.printing import PapersAsked, check_sheet, labels_asked, narrowed, paper_of, papers_asked
from api.strict import rest_router
from verifier.operations.certificates import RevokeCertificate, revoke_certificate
from verifier.operations.journal import Doer
from verifier.queries.certificates import CertificateRow, certificate_row, certificates
from verifier.queries.paging import Page, page_by_number
from verifier.rules.access import Caller, Right
from verifier.rules.certificates import CertificateState
from verifier.rules.papers import LABEL_SHEETS, DocumentKind

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


class BulkFormat(StrEnum):
    PDF = "pdf"
    ZIP = "zip"


Reader = Annotated[Caller, needs(Right.READ_REGISTER)]
Asked = Annotated[PapersAsked, Depends()]


@router.get("")
def issued(
    session: Reading, caller: Reader, asked: Asked, paging: Paged, today: Today
) -> Page[CertificateJson]:
    """List the papers in the caller's scope, the newest first."""
    wanted = narrowed(session, asked)

    def fetch(before: int | None, limit: int) -> list[CertificateRow]:
        return certificates(session, caller.scope, wanted, on=today, before=before, limit=limit)

    page = page_by_number(paging, fetch, number=lambda row: row.id)
    return Page([certificate_json(row, on=today) for row in page.items], page.next)


@router.get("/bulk", response_class=Response)
def bulk(
    sessions: OpenSessions,
    caller: Reader,
    asked: Asked,
    today: Today,
    printer: Printer,
    format: BulkFormat = BulkFormat.PDF,
) -> Response:
    """Print many papers: in one PDF, or as a ZIP with a PDF each."""
    found = papers_asked(sessions, caller.scope, asked, on=today)
    if format is BulkFormat.ZIP:
        return zip_file(printer.zipped(found), f"certificates {today}")
    return pdf(printer.papers(found), f"certificates {today}")


@router.get("/labels", response_class=Response)
def stickers(
    sessions: OpenSessions,
    caller: Reader,
    asked: Asked,
    at: Now,
    today: Today,
    printer: Printer,
    practice: InstallationPractice,
    sheet: Annotated[str, Query(description=f"One of {', '.join(LABEL_SHEETS)}")] = "a4-24",
    skip: Annotated[int, Query(ge=0, description="Stickers of the first sheet that are used up")] = 0,
) -> Response:
    """Print the labels of the certificates that are genuine today."""
    chosen = check_sheet(sheet)
    found = labels_asked(sessions, caller.scope, asked, who=doer(caller, at, today), practice=practice)
    return pdf(printer.labels(found, chosen, skip), f"labels {today}")


@router.get("/{number}")
def one(number: str, session: Reading, caller: Reader, today: Today) -> CertificateJson:
    """Show one paper and what it is worth today."""
    return certificate_json(certificate_row(session, number, caller.scope, on=today), on=today)


@router.get("/{number}/pdf", response_class=Response)
def printed(number: str, sessions: OpenSessions, caller: Reader, today: Today, printer: Printer) -> Response:
    """The paper as it was issued, as PDF/A."""
    return pdf(printer.papers([paper_of(sessions, number, caller.scope, on=today)]), number)


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
