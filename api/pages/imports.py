"""Taking in a register on a page: what would happen, what happened, and the refused rows back."""

import base64
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from api.deps import InstallationSettings, OpenSessions, Reading, Today, acts, needs
from api.forms import Form, Typed, bind, carry_out
from api.language import Language, language_of
from api.pages.showing import show
from verifier import db
from verifier.i18n import mark, say
from verifier.operations.imports import ImportRegister, RegisterImported, import_register
from verifier.operations.journal import Doer
from verifier.queries.districts import districts
from verifier.rules.access import Caller, Right

router = APIRouter(include_in_schema=False)

_FILE_MISSING = mark("Choose the file first.")
# As many as somebody reads on a page; the workbook has them all.
_FAULTS_SHOWN = 500


@router.get("/import")
def ask(
    request: Request, session: Reading, _caller: Annotated[Caller, needs(Right.KEEP_REGISTER)], today: Today
) -> Response:
    return _form(request, session, Form({"dry_run": "true"}), today)


def _form(request: Request, session: db.Session, form: Form[ImportRegister], today: Today) -> Response:
    return show(
        request, "imports/ask.html", today, status=form.status, form=form, districts=districts(session)
    )


@router.post("/import")
def take_in(
    request: Request,
    sessions: OpenSessions,
    who: Annotated[Doer, acts(Right.KEEP_REGISTER)],
    typed: Typed,
    language: Language,
    settings: InstallationSettings,
) -> Response:
    form = bind(ImportRegister, typed, language)
    file = typed.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        form.errors["file"], form.command = say(_FILE_MISSING, language), None
        content, filename = b"", ""
    else:
        content, filename = file.file.read(), file.filename
    imported = carry_out(
        sessions,
        form,
        lambda session, command: import_register(
            session, content, filename, command, who=who, minus_one_day=settings.valid_until_minus_one_day
        ),
        language,
    )
    if imported is None:
        with db.reading(sessions) as session:
            return _form(request, session, form, who.today)
    return _told(request, imported, form, filename, who)


def _told(
    request: Request, imported: RegisterImported, form: Form[ImportRegister], filename: str, who: Doer
) -> Response:
    return show(
        request,
        "imports/told.html",
        who.today,
        imported=imported,
        shown=imported.faults[:_FAULTS_SHOWN],
        command=form.command,
        filename=filename,
        workbook=_workbook(imported, request) if imported.faults else "",
    )


def _workbook(imported: RegisterImported, request: Request) -> str:
    # Nothing of an upload is kept, so the page itself carries the workbook.
    content = imported.faults_file(language_of(request))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
