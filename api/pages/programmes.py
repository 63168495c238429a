"""Programmes: the list, a new one, and what becomes of it: preview, enrol, start, close."""

from dataclasses import fields
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import OpenSessions, Reading, Today, Transaction, acts, needs
from api.forms import Form, Typed, bind, carry_out
from api.html import see_other
from api.language import Language
from api.pages.showing import show
from verifier import db
from verifier.operations.enrolments import enrol
from verifier.operations.journal import Doer
from verifier.operations.programmes import CreateProgramme, close_programme, create_programme, start_programme
from verifier.queries.catalogue import kinds
from verifier.queries.districts import districts
from verifier.queries.programmes import programme_row, programmes
from verifier.rules.access import Caller, Right
from verifier.rules.entitlement import Eligibility, ProgrammeKind
from verifier.rules.holders import HolderKind
from verifier.rules.purposes import Purpose

router = APIRouter(include_in_schema=False)

Keeper = Annotated[Doer, acts(Right.KEEP_REGISTER)]

_FUNDERS = 3
_LISTS = ("holder_kinds", "instrument_kinds", "purposes")


@router.get("/programmes")
def listed(
    request: Request, session: Reading, caller: Annotated[Caller, needs(Right.READ_REPORTS)], today: Today
) -> Response:
    return show(
        request,
        "programmes/list.html",
        today,
        programmes=programmes(session, caller.scope, on=today),
    )


@router.get("/programmes/new")
def ask(
    request: Request,
    session: Reading,
    _caller: Annotated[Caller, needs(Right.KEEP_REGISTER)],
    today: Today,
) -> Response:
    typed = {"kind": ProgrammeKind.MANDATORY_FREE.value, "starts_on": today.isoformat()}
    return _form(request, session, Form(typed), today)


def _form(request: Request, session: db.Session, form: Form[CreateProgramme], today: Today) -> Response:
    return show(
        request,
        "programmes/new.html",
        today,
        status=form.status,
        form=form,
        kinds=kinds(session),
        districts=districts(session),
        programme_kinds=ProgrammeKind,
        holder_kinds=HolderKind,
        purposes=Purpose,
        funders=range(_FUNDERS),
    )


@router.post("/programmes/new")
def create(
    request: Request, sessions: OpenSessions, who: Keeper, typed: Typed, language: Language
) -> Response:
    form = _bound(typed, language)
    made = carry_out(sessions, form, lambda session, it: create_programme(session, it, who=who), language)
    if made is not None:
        return see_other(_address(made.code))
    with db.reading(sessions) as session:
        return _form(request, session, form, who.today)


def _bound(typed: Typed, language: Language) -> Form[CreateProgramme]:
    """The flat fields of the page as the command's eligibility and funders, and back with what is wrong."""
    lists = {name: [str(text) for text in typed.getlist(name)] for name in _LISTS}
    flat = {name: str(text).strip() for name, text in typed.items() if name not in _LISTS}
    rows = [
        {"name": flat.get(f"funder_{at}", ""), "share_percent": flat.get(f"share_{at}", "")}
        for at in range(_FUNDERS)
    ]
    filled = [at for at, row in enumerate(rows) if any(row.values())]
    eligibility: dict[str, Any] = {**lists, "max_capacity_kg": flat.get("max_capacity_kg") or None}
    known = {"eligibility": eligibility, "funders": [rows[at] for at in filled]}
    form = bind(CreateProgramme, typed, language, known)
    form.values = {**flat, **lists}
    form.errors = {_flat_name(path, filled): said for path, said in form.errors.items()}
    return form


def _flat_name(path: str, filled: list[int]) -> str:
    """`funders.0.share_percent` of the command is `share_2` of a page whose third row was filled first."""
    first, _, rest = path.partition(".")
    if first == "funders" and rest:
        at, _, what = rest.partition(".")
        return f"{'funder' if what == 'name' else 'share'}_{filled[int(at)]}"
    if first == "eligibility":
        return next((each.name for each in fields(Eligibility) if rest.startswith(each.name)), first)
    return first


def _address(code: str) -> str:
    return f"/programmes/{quote(code, safe='')}"


@router.post("/programmes/{code}/preview")
def preview(request: Request, code: str, session: Transaction, who: Keeper) -> Response:
    # Counting locks the programme, so that it is a POST; nothing is changed.
    counted = enrol(session, code, who=who, dry_run=True)
    programme = programme_row(session, code)
    return show(request, "programmes/preview.html", who.today, programme=programme, counted=counted)


@router.post("/programmes/{code}/enrol")
def enrol_all(code: str, session: Transaction, who: Keeper) -> Response:
    return see_other(f"{_address(code)}?enrolled={enrol(session, code, who=who).enrolled}")


@router.post("/programmes/{code}/start")
def start(code: str, session: Transaction, who: Keeper) -> Response:
    start_programme(session, code, who=who)
    return see_other(_address(code))


@router.post("/programmes/{code}/close")
def close(code: str, session: Transaction, who: Keeper) -> Response:
    close_programme(session, code, who=who)
    return see_other(_address(code))
