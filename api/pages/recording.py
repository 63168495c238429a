"""The form that records a verification: by its readings, or where a body records no readings, by outcome."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import Response
from starlette.datastructures import FormData

from api.deps import OpenSessions, Reading
from api.forms import Form, Typed, bind, carry_out
from api.html import see_other
from api.pages.desk import Desk, RecorderDesk
from api.pages.examining import Sheet, sheet_of
from api.pages.readings import (
    DEVICE,
    DEVICE_FIELDS,
    ENVIRONMENT,
    FOUND,
    LEFT,
    SURROUNDINGS,
    TypedReadings,
    blocks,
    typed_before,
    typed_readings,
    typed_under,
)
from api.pages.showing import show
from verifier import db
from verifier.operations.requests import Answer, answer_once
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.queries.instruments import instrument_row
from verifier.queries.paging import MOST, Paging
from verifier.queries.programmes import EnrolledIn, enrolments_of
from verifier.queries.records import examination_of
from verifier.queries.staff import kept_by, technicians
from verifier.queries.standards import StandardFilter, seen_by, standards
from verifier.queries.verifications import VerificationRow, verification_row
from verifier.rules.access import Caller, Role
from verifier.rules.lifecycle import ProgrammeStatus
from verifier.rules.readings import reading_from_json
from verifier.rules.verdict import Outcome, Stage

router = APIRouter(include_in_schema=False)


@router.get("/instruments/{number}/verifications/new")
def ask(request: Request, number: int, session: Reading, desk: RecorderDesk) -> Response:
    """What the address names is chosen already; `supersedes` fills in what the wrong record said."""
    asked = {name: text for name, text in request.query_params.items() if name != "supersedes"}
    wrong = request.query_params.get("supersedes", "")
    earlier = None
    if wrong.isdecimal():
        earlier = verification_row(session, int(wrong), desk.caller.scope, on=desk.today)
    typed = _to_begin_with(session, number, earlier, desk) | asked
    if earlier is not None:
        typed |= _read_before(session, number, earlier, typed, desk)
    return _form(request, session, number, Form(typed), desk)


def _to_begin_with(
    session: db.Session, number: int, earlier: VerificationRow | None, desk: Desk
) -> dict[str, Any]:
    typed: dict[str, Any] = {
        "key": secrets.token_urlsafe(18),
        "performed_on": desk.today.isoformat(),
        "stage": Stage.SUBSEQUENT.value,
    }
    if earlier is not None:
        return typed | {
            "supersedes": str(earlier.id),
            "performed_on": earlier.performed_on.isoformat(),
            "stage": earlier.stage.value,
            "programme": earlier.programme or "",
            "adjusted": "true" if earlier.adjusted else "",
            "repaired": "true" if earlier.repaired else "",
            "standards": earlier.standards,
            "remark": earlier.remark,
            **{f"{ENVIRONMENT}.{name}": str(value) for name, value in earlier.environment.items()},
        }
    running = _running(session, number, on=desk.today)
    # The newest programme is what somebody in the field most likely works for.
    return typed | {"programme": running[0].programme if running else ""}


def _read_before(
    session: db.Session,
    number: int,
    earlier: VerificationRow,
    typed: Mapping[str, Any],
    desk: Desk,
) -> dict[str, str]:
    """The wrong record's readings, so that only what was wrong is typed again."""
    found = examination_of(session, earlier.id)
    if found is None:
        return {"mode": "outcome"}
    sheet = _sheet(session, number, typed, desk)
    left = [reading_from_json(one) for one in found.as_left]
    kept = typed_before(left, blocks(sheet.plan.items, LEFT))
    if found.as_found is None:
        return kept
    before = [reading_from_json(one) for one in found.as_found]
    return kept | {"worked_on": "1"} | typed_before(before, blocks(sheet.plan.items, FOUND))


def _running(session: db.Session, number: int, *, on: date) -> list[EnrolledIn]:
    return [
        enrolled
        for enrolled in enrolments_of(session, number)
        if enrolled.programme_status is ProgrammeStatus.RUNNING
        and (enrolled.withdrawn_on is None or enrolled.withdrawn_on > on)
    ]


def _sheet(session: db.Session, number: int, typed: Mapping[str, Any], desk: Desk) -> Sheet:
    return sheet_of(session, number, typed, desk.language, today=desk.today)


def _form(
    request: Request, session: db.Session, number: int, form: Form[RecordVerification], desk: Desk
) -> Response:
    today = desk.today
    running = _running(session, number, on=today)
    sheet = _sheet(session, number, form.values, desk)
    known = standards(
        session, seen_by(desk.caller, on=today), StandardFilter(valid_on=today), on=today, limit=MOST
    )
    return show(
        request,
        "verifications/new.html",
        today,
        status=form.status,
        form=form,
        sheet=sheet,
        instrument=instrument_row(session, number, desk.caller.scope, on=today),
        programme_options=[(each.programme, each.programme_name) for each in running],
        outcomes=Outcome,
        stages=Stage,
        technician_options=_others(session, desk.caller, on=today),
        standards=known,
        surroundings=SURROUNDINGS,
    )


def _others(session: db.Session, caller: Caller, *, on: date) -> list[tuple[int, str]]:
    """Whose verification it may be besides the caller's: a technician signs only the own ones."""
    if caller.role is Role.TECHNICIAN:
        return []
    people = technicians(session, Paging(limit=MOST), kept_by(caller, on=on)).items
    return [(person.id, f"{person.name} ({person.body})") for person in people]


@router.post("/instruments/{number}/verifications/new")
def record(
    request: Request, number: int, sessions: OpenSessions, desk: RecorderDesk, typed: Typed
) -> Response:
    """With `show` in it nothing is recorded: the form comes back with what its stage and device ask for."""
    if typed.get("show"):
        with db.reading(sessions) as session:
            return _form(request, session, number, Form(_values(typed)), desk)
    form = _bound(typed, number, desk.language)
    answered = carry_out(
        sessions,
        form,
        lambda session, command: _record_once(session, command, desk, str(typed.get("key", ""))[:200]),
        desk.language,
    )
    if answered is not None:
        return see_other(answered.location)
    with db.reading(sessions) as session:
        return _form(request, session, number, form, desk)


def _values(typed: FormData) -> dict[str, Any]:
    """What was typed, as the form shows it again."""
    values: dict[str, Any] = {name: str(text) for name, text in typed.items()}
    return values | {"standards": [str(code) for code in typed.getlist("standards")]}


def _bound(typed: FormData, number: int, language: str) -> Form[RecordVerification]:
    """Reasons are typed one a line, readings one a line of fields; what was left empty was not said."""
    values = _values(typed)
    left, found = typed_readings(values, LEFT), typed_readings(values, FOUND)
    device = typed_under(values, DEVICE, DEVICE_FIELDS)
    known: dict[str, Any] = {
        "instrument_id": number,
        "reasons": [line.strip() for line in values.get("reasons", "").splitlines() if line.strip()],
        LEFT: left.readings,
        FOUND: found.readings or None,
        DEVICE: device or None,
        ENVIRONMENT: typed_under(values, ENVIRONMENT, SURROUNDINGS),
    }
    form = bind(RecordVerification, typed, language, known)
    form.values = values
    form.errors = {_field(path, left, found): said for path, said in form.errors.items()}
    return form


def _field(path: str, left: TypedReadings, found: TypedReadings) -> str:
    """The name on the form of what a command calls `readings.3.indication`."""
    first, *steps = path.split(".")
    lines = {LEFT: left.lines, FOUND: found.lines}.get(first)
    if lines is not None and len(steps) > 1:
        return ".".join([lines[int(steps[0])], steps[1]])
    return ".".join([first, *steps[:1]]) if first in (DEVICE, ENVIRONMENT) else first


def _record_once(session: db.Session, command: RecordVerification, desk: Desk, key: str) -> Answer:
    """A form sent twice has the same key and gets the first answer again."""

    def deed() -> Answer:
        done = record_verification(session, command, who=desk.who, practice=desk.practice)
        address = f"/instruments/{done.instrument_id}?recorded={done.id}"
        return Answer(303, address, jsonable_encoder(asdict(done)))

    if not key:
        return deed()
    question = hashlib.sha256(f"record on a page {command!r}".encode()).hexdigest()
    return answer_once(
        session,
        account_id=desk.caller.account_id,
        key=key,
        question=question,
        now=desk.who.now,
        deed=deed,
    )
