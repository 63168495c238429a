"""Instruments: the list behind every figure, and one instrument with its history."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import Reading, Today, needs
from api.forms import Form
from api.pages.behind import Behind, behind
from api.pages.labels import Labels
from api.pages.showing import asked, labels_of, listing, show
from verifier import db
from verifier.queries.catalogue import kinds
from verifier.queries.districts import DistrictRow, district_by_code
from verifier.queries.holders import holder_row
from verifier.queries.instruments import (
    Figure,
    InstrumentFilter,
    OfProgramme,
    count_instruments,
    instrument_row,
    instruments,
)
from verifier.queries.parts import Part
from verifier.queries.programmes import enrolments_of, programmes
from verifier.queries.verifications import VerificationFilter, verifications
from verifier.rules.access import Caller, Right, Role
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import InstrumentStatus
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
def one(request: Request, number: int, session: Reading, caller: Reader, today: Today) -> Response:
    instrument = instrument_row(session, number, caller.scope, on=today)
    history = verifications(session, caller.scope, VerificationFilter(instrument_id=number), on=today)
    form: Form[JustRecorded] = asked(JustRecorded, request)
    told = form.command.recorded if form.command else None
    return show(
        request,
        "instruments/one.html",
        today,
        instrument=instrument,
        holder=holder_row(session, instrument.holder_id, caller.scope, on=today),
        history=history,
        recorded=next((record for record in history if record.id == told), None),
        enrolments=enrolments_of(session, number),
    )
