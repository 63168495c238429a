"""Certificates, rejection notices and test records: the list, one, the files, and taking one back."""

from dataclasses import dataclass, fields
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import OpenSessions, Reading, Today, needs
from api.forms import Form, Typed, bind, carry_out
from api.html import see_other
from api.pages.desk import Desk, KeeperDesk, ReaderDesk
from api.pages.showing import asked, listing, show
from api.papers import Printer, pdf, zip_file
from api.printing import PapersAsked, check_sheet, labels_asked, narrowed, paper_of, papers_asked
from verifier import db
from verifier.operations.certificates import RevokeCertificate, revoke_certificate
from verifier.queries.certificates import certificate_row, certificates, count_papers
from verifier.queries.holders import holder_row
from verifier.queries.programmes import programmes
from verifier.rules.access import Caller, Right, Role
from verifier.rules.labels import check_address
from verifier.rules.papers import LABEL_SHEETS, DocumentKind

router = APIRouter(include_in_schema=False)

Reader = Annotated[Caller, needs(Right.READ_REGISTER)]
_SHEET = next(iter(LABEL_SHEETS))


@dataclass(frozen=True, kw_only=True)
class CertificatesAsked(PapersAsked):
    """What the address says."""

    before: int | None = None


@dataclass(frozen=True, kw_only=True)
class LabelsAsked(PapersAsked):
    """The same, and what the labels are printed on."""

    sheet: str = _SHEET
    skip: int = 0


@router.get("/certificates")
def listed(request: Request, session: Reading, caller: Reader, today: Today) -> Response:
    form = asked(CertificatesAsked, request)
    wanted = form.command or CertificatesAsked()
    conditions = narrowed(session, wanted)
    rows = listing(
        request,
        "before",
        lambda limit: certificates(
            session, caller.scope, conditions, on=today, before=wanted.before, limit=limit
        ),
    )
    known = () if caller.role is Role.HOLDER else programmes(session, caller.scope, on=today)
    return show(
        request,
        "certificates/list.html",
        today,
        status=form.status,
        form=form,
        listing=rows,
        count=count_papers(session, caller.scope, conditions, on=today),
        holder=None if wanted.holder is None else holder_row(session, wanted.holder, caller.scope, on=today),
        documents=DocumentKind,
        programme_options=[(programme.code, programme.name) for programme in known],
        same=_same(wanted),
        sheets=list(LABEL_SHEETS),
    )


def _same(wanted: PapersAsked) -> str:
    """The conditions again, for the files of the same papers."""
    said = {field.name: getattr(wanted, field.name) for field in fields(PapersAsked)}
    return urlencode({name: value for name, value in said.items() if value is not None})


def _list_says_why(request: Request) -> Response:
    """A file of all papers is not what somebody meant who mistyped a condition."""
    return see_other(f"/certificates?{request.url.query}")


@router.get("/certificates/papers.pdf")
def in_one_file(
    request: Request, sessions: OpenSessions, caller: Reader, today: Today, printer: Printer
) -> Response:
    wanted = asked(PapersAsked, request).command
    if wanted is None:
        return _list_says_why(request)
    found = papers_asked(sessions, caller.scope, wanted, on=today)
    return pdf(printer.papers(found), f"certificates {today}")


@router.get("/certificates/papers.zip")
def one_file_each(
    request: Request, sessions: OpenSessions, caller: Reader, today: Today, printer: Printer
) -> Response:
    wanted = asked(PapersAsked, request).command
    if wanted is None:
        return _list_says_why(request)
    found = papers_asked(sessions, caller.scope, wanted, on=today)
    return zip_file(printer.zipped(found), f"certificates {today}")


@router.get("/certificates/labels.pdf")
def stickers(
    request: Request,
    sessions: OpenSessions,
    desk: ReaderDesk,
    printer: Printer,
) -> Response:
    wanted = asked(LabelsAsked, request).command
    if wanted is None:
        return _list_says_why(request)
    sheet = check_sheet(wanted.sheet)
    found = labels_asked(sessions, desk.caller.scope, wanted, who=desk.who, practice=desk.practice)
    return pdf(printer.labels(found, sheet, wanted.skip), f"labels {desk.who.today}")


@router.get("/certificates/{number}")
def one(request: Request, number: str, session: Reading, desk: ReaderDesk) -> Response:
    return _one(request, session, number, Form(), desk)


def _one(
    request: Request, session: db.Session, number: str, form: Form[RevokeCertificate], desk: Desk
) -> Response:
    row = certificate_row(session, number, desk.caller.scope, on=desk.today)
    return show(
        request,
        "certificates/one.html",
        desk.today,
        status=form.status,
        form=form,
        paper=row,
        state=row.state(desk.today),
        check_url=check_address(desk.practice.base_url, row.number, row.check_code),
        sheets=list(LABEL_SHEETS),
    )


@router.get("/certificates/{number}/paper.pdf")
def printed(number: str, sessions: OpenSessions, caller: Reader, today: Today, printer: Printer) -> Response:
    return pdf(printer.papers([paper_of(sessions, number, caller.scope, on=today)]), number)


@router.post("/certificates/{number}/revoke")
def revoke(request: Request, number: str, sessions: OpenSessions, desk: KeeperDesk, typed: Typed) -> Response:
    """Take a paper back; whoever checks it reads why."""

    def deed(session: db.Session, command: RevokeCertificate) -> bool:
        revoke_certificate(session, number, command, who=desk.who)
        return True

    form = bind(RevokeCertificate, typed, desk.language)
    if carry_out(sessions, form, deed, desk.language):
        return see_other(f"/certificates/{quote(number, safe='')}")
    with db.reading(sessions) as session:
        return _one(request, session, number, form, desk)
