"""Reference standards: the list, one with its calibrations and what was made with it, a new one."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import OpenSessions, Reading, Today, Transaction, acts, needs
from api.forms import Form, Typed, bind, carry_out
from api.html import see_other
from api.language import Language
from api.pages.labels import DUE_CHIPS, Chip, Labels
from api.pages.showing import asked, listing, show
from scheduler.due import DueState, due_state
from verifier import db
from verifier.operations.calibrations import (
    AddCalibration,
    AddStandard,
    RetireStandard,
    add_calibration,
    add_standard,
    retire_standard,
)
from verifier.operations.journal import Doer
from verifier.queries.paging import MOST, Paging
from verifier.queries.staff import OFFICE, bodies, kept_by
from verifier.queries.standards import (
    CalibrationRow,
    StandardFilter,
    StandardRow,
    calibrated,
    calibrations_of,
    count_standards,
    seen_by,
    standard_for_update,
    standard_row,
    standards,
)
from verifier.queries.traceability import count_verdicts_made_with, verdicts_made_with
from verifier.rules.access import RIGHTS, Caller, Right
from verifier.rules.traceability import UNITS, WEIGHT_CLASSES, Quantity, StandardState, in_doubt, quantity_of
from verifier.rules.verdict import Outcome

router = APIRouter(include_in_schema=False)

Reader = Annotated[Caller, needs(Right.READ_REGISTER)]
Keeper = Annotated[Doer, acts(Right.KEEP_REGISTER)]

_CHIPS = {
    StandardState.VALID: ("good", "disc"),
    StandardState.UNCALIBRATED: ("grey", "ring"),
    StandardState.FAILED: ("bad", "cross"),
    StandardState.EXPIRED: ("bad", "triangle"),
    StandardState.RETIRED: ("grey", "cross"),
}


@dataclass(frozen=True, kw_only=True)
class StandardsAsked:
    """What the address says."""

    q: str | None = None
    expiring_before: date | None = None
    after: int | None = None


@router.get("/standards")
def listed(request: Request, session: Reading, caller: Reader, today: Today) -> Response:
    form = asked(StandardsAsked, request)
    wanted = form.command or StandardsAsked()
    narrowed = StandardFilter(q=wanted.q, expiring_before=wanted.expiring_before)
    where = seen_by(caller, on=today)
    rows = listing(
        request,
        "after",
        lambda limit: standards(session, where, narrowed, on=today, after=wanted.after, limit=limit),
    )
    return show(
        request,
        "standards/list.html",
        today,
        status=form.status,
        form=form,
        listing=rows,
        count=count_standards(session, where, narrowed, on=today),
        standard_chip=_chip,
    )


def _chip(labels: Labels, standard: StandardRow) -> Chip:
    """Whether a standard may be used today, and whether that soon ends."""
    newest = standard.calibration
    if standard.state is StandardState.VALID and newest is not None:
        due = due_state(newest.calibrated_on, newest.valid_until, on=labels.on)
        if due is DueState.DUE_SOON:
            word, tone, shape = DUE_CHIPS[due]
            return Chip(labels.say(word), tone, shape)
    return Chip(labels.name(standard.state), *_CHIPS[standard.state])


@router.get("/standards/new")
def ask(
    request: Request, session: Reading, today: Today, caller: Annotated[Caller, needs(Right.KEEP_REGISTER)]
) -> Response:
    return _form(request, session, Form({"body": OFFICE}), caller, today)


def _form(
    request: Request, session: db.Session, form: Form[AddStandard], caller: Caller, today: date
) -> Response:
    kept = bodies(session, Paging(limit=MOST), kept_by(caller, on=today)).items
    return show(
        request,
        "standards/new.html",
        today,
        status=form.status,
        form=form,
        body_options=[(body.code, body.name) for body in kept],
        unit_options=[(unit, unit) for unit in UNITS],
    )


@router.post("/standards/new")
def add(request: Request, sessions: OpenSessions, who: Keeper, typed: Typed, language: Language) -> Response:
    form = bind(AddStandard, typed, language)
    made = carry_out(sessions, form, lambda session, it: add_standard(session, it, who=who), language)
    if made is not None:
        return see_other(f"/standards/{made.id}")
    with db.reading(sessions) as session:
        return _form(request, session, form, _caller(who), who.today)


def _caller(who: Doer) -> Caller:
    assert who.caller is not None  # noqa: S101  acts() gives no other
    return who.caller


@dataclass(frozen=True, kw_only=True)
class VerdictsAsked:
    """From which of the verdicts made with it on."""

    after: int | None = None


@router.get("/standards/{number}")
def one(request: Request, number: int, session: Reading, caller: Reader, today: Today) -> Response:
    typed = {"outcome": Outcome.PASSED.value, "calibrated_on": today.isoformat()}
    return _one(request, session, number, Form(typed), caller, today)


def _one(
    request: Request,
    session: db.Session,
    number: int,
    form: Form[AddCalibration],
    caller: Caller,
    today: date,
) -> Response:
    standard = standard_row(session, number, on=today, where=seen_by(caller, on=today))
    calibrations = calibrations_of(session, number)
    keeps = Right.KEEP_REGISTER in RIGHTS[caller.role]
    return show(
        request,
        "standards/one.html",
        today,
        status=form.status,
        form=form,
        standard=standard,
        standard_chip=_chip,
        calibrations=calibrations,
        outcomes=Outcome,
        weight_options=_weight_options(standard),
        **(_made_with(request, session, number, calibrations) if keeps else {}),
    )


def _weight_options(standard: StandardRow) -> list[tuple[str, str]]:
    is_mass = quantity_of(standard.unit) is Quantity.MASS
    return [(of_class, of_class) for of_class in WEIGHT_CLASSES] if is_mass else []


def _made_with(
    request: Request, session: db.Session, number: int, calibrations: list[CalibrationRow]
) -> dict[str, object]:
    """The verdicts its newest failure puts in doubt, or all of them; for who keeps the register only."""
    form: Form[VerdictsAsked] = asked(VerdictsAsked, request)
    after = form.command.after if form.command else None
    doubt = in_doubt([calibrated(each) for each in calibrations])
    since, until = (doubt.since, doubt.until) if doubt else (None, None)
    rows = listing(
        request,
        "after",
        lambda limit: verdicts_made_with(session, number, since=since, until=until, after=after, limit=limit),
    )
    count = count_verdicts_made_with(session, number, since=since, until=until)
    return {"doubt": doubt, "listing": rows, "count": count}


@router.post("/standards/{number}/calibrations")
def calibrate(
    request: Request, number: int, sessions: OpenSessions, who: Keeper, typed: Typed, language: Language
) -> Response:
    form = bind(AddCalibration, typed, language)
    made = carry_out(
        sessions,
        form,
        lambda session, it: add_calibration(session, standard_for_update(session, number), it, who=who),
        language,
    )
    if made is not None:
        return see_other(f"/standards/{number}")
    with db.reading(sessions) as session:
        return _one(request, session, number, form, _caller(who), who.today)


@router.post("/standards/{number}/retire")
def retire(number: int, session: Transaction, who: Keeper) -> Response:
    retire_standard(session, standard_for_update(session, number), RetireStandard(), who=who)
    return see_other(f"/standards/{number}")
