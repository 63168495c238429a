"""Verifications: the list behind actions and fees, and the form that records one."""

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import Response

from api.deps import InstallationSettings, Now, OpenSessions, Reading, Today, doer, needs
from api.forms import Form, Typed, bind, carry_out
from api.html import see_other
from api.language import Language
from api.pages.behind import Behind, behind
from api.pages.showing import asked, listing, show
from verifier import db
from verifier.operations.journal import Doer
from verifier.operations.requests import Answer, answer_once
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.queries.districts import DistrictRow, district_by_code
from verifier.queries.instruments import instrument_row
from verifier.queries.paging import MOST, Paging
from verifier.queries.parts import Part
from verifier.queries.programmes import EnrolledIn, enrolments_of
from verifier.queries.staff import kept_by, technicians
from verifier.queries.verifications import (
    VerificationFilter,
    WorkOfProgramme,
    sum_verifications,
    verifications,
)
from verifier.rules.access import Caller, Right, Role
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import ProgrammeStatus
from verifier.rules.purposes import Purpose
from verifier.rules.verdict import Outcome, Stage

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, kw_only=True)
class VerificationsAsked:
    """What the address says; with a programme, the list is what its report counts as actions."""

    district: str | None = None
    outcome: Outcome | None = None
    performed_from: date | None = None
    performed_to: date | None = None
    programme: str | None = None
    without_tariff: bool = False
    holder_kind: HolderKind | None = None
    purpose: Purpose | Literal["unknown"] | None = None
    directly: bool = False
    on: date | None = None
    before: int | None = None


@router.get("/verifications")
def listed(
    request: Request, session: Reading, caller: Annotated[Caller, needs(Right.READ_REGISTER)], today: Today
) -> Response:
    form = asked(VerificationsAsked, request)
    wanted = form.command or VerificationsAsked()
    on = wanted.on or today
    district = None if wanted.district is None else district_by_code(session, wanted.district)
    of = behind(session, caller, wanted.programme, district, on=on)
    narrowed = _filter(wanted, district, of)
    rows = listing(
        request,
        "before",
        lambda limit: verifications(session, of.scope, narrowed, on=on, before=wanted.before, limit=limit),
    )
    return show(
        request,
        "verifications/list.html",
        today,
        status=form.status,
        form=form,
        listing=rows,
        sums=sum_verifications(session, of.scope, narrowed, on=on),
        district=district,
        programme=of.programme,
        asked=wanted,
        on=on,
        outcomes=Outcome,
    )


def _filter(wanted: VerificationsAsked, district: DistrictRow | None, of: Behind) -> VerificationFilter:
    of_district = district.id if district and of.programme is None else None
    part = Part(directly=wanted.directly, holder_kind=wanted.holder_kind, purpose=wanted.purpose)
    return VerificationFilter(
        district_id=of_district,
        outcome=wanted.outcome,
        performed_from=wanted.performed_from,
        performed_to=wanted.performed_to,
        work_of=None
        if of.programme is None
        else WorkOfProgramme(
            programme_id=of.programme.id,
            root_id=of.root_id,
            part=part,
            without_tariff=wanted.without_tariff,
        ),
    )


Recorder = Annotated[Caller, needs(Right.RECORD)]


@dataclass(frozen=True)
class Desk:
    """Where a record is made: by whom, and how this installation counts."""

    caller: Caller
    who: Doer
    minus_one_day: bool


def _desk(caller: Recorder, at: Now, today: Today, settings: InstallationSettings) -> Desk:
    return Desk(caller, doer(caller, at, today), settings.valid_until_minus_one_day)


AtDesk = Annotated[Desk, Depends(_desk)]


@router.get("/instruments/{number}/verifications/new")
def ask(
    request: Request, number: int, session: Reading, desk: AtDesk, programme: str | None = None
) -> Response:
    running = _running(session, number, on=desk.who.today)
    # The newest programme is what somebody in the field most likely works for.
    chosen = programme or (running[0].programme if running else "")
    typed = {
        "key": secrets.token_urlsafe(18),
        "performed_on": desk.who.today.isoformat(),
        "programme": chosen,
        "stage": Stage.SUBSEQUENT.value,
    }
    return _form(request, session, number, Form(typed), desk)


def _running(session: db.Session, number: int, *, on: date) -> list[EnrolledIn]:
    return [
        enrolled
        for enrolled in enrolments_of(session, number)
        if enrolled.programme_status is ProgrammeStatus.RUNNING
        and (enrolled.withdrawn_on is None or enrolled.withdrawn_on > on)
    ]


def _form(
    request: Request, session: db.Session, number: int, form: Form[RecordVerification], desk: Desk
) -> Response:
    today = desk.who.today
    running = _running(session, number, on=today)
    return show(
        request,
        "verifications/new.html",
        today,
        status=form.status,
        form=form,
        instrument=instrument_row(session, number, desk.caller.scope, on=today),
        programme_options=[(each.programme, each.programme_name) for each in running],
        outcomes=Outcome,
        stages=Stage,
        technician_options=_others(session, desk.caller, on=today),
    )


def _others(session: db.Session, caller: Caller, *, on: date) -> list[tuple[int, str]]:
    """Whose verification it may be besides the caller's: a technician signs only the own ones."""
    if caller.role is Role.TECHNICIAN:
        return []
    people = technicians(session, Paging(limit=MOST), kept_by(caller, on=on)).items
    return [(person.id, f"{person.name} ({person.body})") for person in people]


@router.post("/instruments/{number}/verifications/new")
def record(
    request: Request, number: int, sessions: OpenSessions, desk: AtDesk, typed: Typed, language: Language
) -> Response:
    form = _bound(typed, number, language)
    answered = carry_out(
        sessions,
        form,
        lambda session, command: _record_once(session, command, desk, str(typed.get("key", ""))[:200]),
        language,
    )
    if answered is not None:
        return see_other(answered.location)
    with db.reading(sessions) as session:
        return _form(request, session, number, form, desk)


def _bound(typed: Typed, number: int, language: Language) -> Form[RecordVerification]:
    """Reasons are typed one a line."""
    reasons = [line.strip() for line in str(typed.get("reasons", "")).splitlines() if line.strip()]
    known: dict[str, Any] = {"instrument_id": number, "reasons": reasons}
    form = bind(RecordVerification, typed, language, known)
    form.values = {name: str(text) for name, text in typed.items()}
    form.errors = {path.partition(".")[0]: said for path, said in form.errors.items()}
    return form


def _record_once(session: db.Session, command: RecordVerification, desk: Desk, key: str) -> Answer:
    """A form sent twice has the same key and gets the first answer again."""

    def deed() -> Answer:
        done = record_verification(session, command, who=desk.who, minus_one_day=desk.minus_one_day)
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
