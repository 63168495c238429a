"""Instruments: the list behind every figure, and one instrument with its history."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import OpenSessions, Reading, Today, needs
from api.forms import Form, Typed, bind, carry_out
from api.html import see_other
from api.pages.behind import Behind, behind
from api.pages.desk import Desk, ReaderDesk, RecorderDesk
from api.pages.labels import Labels
from api.pages.showing import asked, labels_of, listing, show
from verifier import db
from verifier.operations.repairs import RecordRepair, record_repair
from verifier.queries.catalogue import kinds
from verifier.queries.certificates import CertificateFilter, certificates
from verifier.queries.districts import DistrictRow, district_by_code
from verifier.queries.holders import holder_row
from verifier.queries.instruments import (
    Figure,
    InstrumentFilter,
    OfProgramme,
    count_instruments,
    instrument_for_update,
    instrument_row,
    instruments,
)
from verifier.queries.parts import Part
from verifier.queries.programmes import enrolments_of, programmes
from verifier.queries.repairs import aftermath, repairs_of
from verifier.queries.verifications import VerificationFilter, verifications
from verifier.rules.access import Caller, Right, Role
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import InstrumentStatus, Step
from verifier.rules.purposes import Purpose

router = APIRouter(include_in_schema=False)

# What the page shows only on demand.
_CONDITIONS = ("kind", "status", "holder_kind", "purpose", "due_before")

Reader = Annotated[Caller, needs(Right.READ_REGISTER)]


@dataclass(frozen=True, kw_only=True)
class InstrumentsAsked:
    """What the address says; with a programme, the list is what one figure of its report counts."""

    q: str | None = None
    district: str | None = None
    kind: str | None = None
    status: InstrumentStatus | None = None
    holder: int | None = None
    holder_kind: HolderKind | None = None
    purpose: Purpose | Literal["unknown"] | None = None
    due_before: date | None = None
    programme: str | None = None
    figure: Figure = Figure.BASE
    directly: bool = False
    on: date | None = None
    after: int | None = None


@router.get("/instruments")
def listed(request: Request, session: Reading, caller: Reader, today: Today) -> Response:
    form = asked(InstrumentsAsked, request)
    wanted = form.command or InstrumentsAsked()
    on = wanted.on or today
    district = None if wanted.district is None else district_by_code(session, wanted.district)
    of = behind(session, caller, wanted.programme, district, on=on)
    narrowed = _filter(wanted, district, of)
    rows = listing(
        request,
        "after",
        lambda limit: instruments(session, of.scope, narrowed, on=on, after=wanted.after, limit=limit),
    )
    return show(
        request,
        "instruments/list.html",
        today,
        status=form.status,
        form=form,
        listing=rows,
        count=count_instruments(session, of.scope, narrowed, on=on),
        district=district,
        programme=of.programme,
        holder=None if wanted.holder is None else holder_row(session, wanted.holder, caller.scope, on=on),
        figure=wanted.figure,
        asked=wanted,
        narrowed=any(form.values.get(name) for name in _CONDITIONS),
        on=on,
        **_choices(session, caller, labels_of(request, today)),
    )


def _filter(wanted: InstrumentsAsked, district: DistrictRow | None, of: Behind) -> InstrumentFilter:
    if of.programme is None:
        return InstrumentFilter(
            q=wanted.q,
            district_id=district.id if district else None,
            kind=wanted.kind,
            status=wanted.status,
            holder_id=wanted.holder,
            holder_kind=wanted.holder_kind,
            purpose=wanted.purpose,
            due_before=wanted.due_before,
        )
    part = Part(directly=wanted.directly, holder_kind=wanted.holder_kind, purpose=wanted.purpose)
    return InstrumentFilter(
        q=wanted.q,
        kind=wanted.kind,
        status=wanted.status,
        holder_id=wanted.holder,
        due_before=wanted.due_before,
        of_programme=OfProgramme(
            programme_id=of.programme.id, root_id=of.root_id, figure=wanted.figure, part=part
        ),
    )


def _choices(session: db.Session, caller: Caller, labels: Labels) -> dict[str, object]:
    """What the filters offer."""
    known = () if caller.role is Role.HOLDER else programmes(session, caller.scope, on=labels.on)
    return {
        "kind_options": [(kind.key, labels.proper(kind)) for kind in kinds(session)],
        "programme_options": [(programme.code, programme.name) for programme in known],
        "figures": Figure,
        "statuses": InstrumentStatus,
        "holder_kinds": HolderKind,
        "purposes": Purpose,
    }


@dataclass(frozen=True, kw_only=True)
class JustRecorded:
    """The record that was just made, to be told once."""

    recorded: int | None = None


@router.get("/instruments/{number}")
def one(request: Request, number: int, session: Reading, desk: ReaderDesk) -> Response:
    return _one(request, session, number, Form({"repaired_on": desk.today.isoformat()}), desk)


def _one(
    request: Request, session: db.Session, number: int, repairing: Form[RecordRepair], desk: Desk
) -> Response:
    today, scope = desk.today, desk.caller.scope
    instrument = instrument_row(session, number, scope, on=today)
    history = verifications(session, scope, VerificationFilter(instrument_id=number), on=today)
    form: Form[JustRecorded] = asked(JustRecorded, request)
    told = form.command.recorded if form.command else None
    papers = certificates(session, scope, CertificateFilter(instrument_id=number), on=today)
    return show(
        request,
        "instruments/one.html",
        today,
        status=repairing.status,
        instrument=instrument,
        holder=holder_row(session, instrument.holder_id, scope, on=today),
        history=history,
        recorded=next((record for record in history if record.id == told), None),
        paper_of={paper.verification_id: paper.number for paper in papers},
        states={paper.number: paper.state(today) for paper in papers},
        aftermath=aftermath(session, number, instrument.status),
        repairs=repairs_of(session, number),
        repairing=repairing,
        steps=Step,
        enrolments=enrolments_of(session, number),
    )


@router.post("/instruments/{number}/repairs")
def repair(
    request: Request, number: int, sessions: OpenSessions, desk: RecorderDesk, typed: Typed
) -> Response:
    """Record a repair after a failure; a refusal is shown beside the form."""

    def deed(session: db.Session, command: RecordRepair) -> bool:
        record_repair(session, instrument_for_update(session, number), command, who=desk.who)
        return True

    form = bind(RecordRepair, typed, desk.language)
    if carry_out(sessions, form, deed, desk.language):
        return see_other(f"/instruments/{number}")
    with db.reading(sessions) as session:
        return _one(request, session, number, form, desk)
