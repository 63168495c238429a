"""Changing a draft: one technician's day with its map, one visit, and what a change does."""

from dataclasses import astuple, dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.deps import InstallationSettings, OpenSessions, Reading, Today, acts, needs
from api.forms import WHOLE, Form, Typed, bind
from api.html import see_other
from api.language import Language
from api.pages.showing import show
from api.planning import clock, kind_names, load_figures, reason_told
from api.route_sheets import map_of
from scheduler.drafts import Draft, read_draft
from scheduler.plan_editing import Consequences, EditDeed, EditPlan, Load, edit_plan, load_of
from verifier import db
from verifier.errors import NotAllowed, VerifierError
from verifier.operations.journal import Doer
from verifier.queries.plans import RoundRow, plan_row
from verifier.rules.access import Caller, Right
from verifier.rules.visiting import PlanStatus

router = APIRouter(include_in_schema=False)

Planner = Annotated[Caller, needs(Right.PLAN)]
Coordinator = Annotated[Doer, acts(Right.PLAN)]
# What the plan cost before a change: visits, left out, travel and overtime minutes.
Was = Annotated[str | None, Query(pattern=r"^\d{1,7}(\.\d{1,7}){3}$")]


@dataclass(frozen=True)
class _Desk:
    """What each page here is printed from."""

    request: Request
    session: db.Session
    today: date
    language: str
    draft: Draft


def _desk(
    request: Request, session: db.Session, number: int, caller: Caller | None, today: date, language: str
) -> _Desk:
    plan_row(session, number, caller, on=today)
    return _Desk(request, session, today, language, read_draft(session, number, on=today))


@router.get("/plans/{number}/rounds/{round_number}")
def one_round(
    request: Request,
    number: int,
    round_number: int,
    session: Reading,
    caller: Planner,
    today: Today,
    language: Language,
    was: Was = None,
) -> Response:
    return _round(_desk(request, session, number, caller, today, language), round_number, Form(), was)


def _round(desk: _Desk, round_number: int | None, form: Form[EditPlan], was: str | None = None) -> Response:
    draft = desk.draft
    found = draft.round(round_number)
    others = [one for one in draft.rounds if one.day == found.day and one.id != found.id]
    before = None if was is None else Load(*map(int, was.split(".")))
    return show(
        desk.request,
        "plans/round.html",
        desk.today,
        status=form.status,
        form=form,
        plan=draft.plan,
        round=found,
        is_draft=draft.plan.status is PlanStatus.DRAFT,
        swappable=[(one.id, one.person) for one in others],
        drawn=map_of(draft.places(found.stops), desk.language) if found.stops else None,
        found_faults=[fault for fault in draft.faults() if fault.round_id == found.id],
        figures=load_figures(before, load_of(draft.plan), desk.language) if before else [],
        kinds=kind_names(desk.session, desk.language),
        clock=clock,
    )


@router.get("/plans/{number}/stops/{stop_number}")
def one_stop(
    request: Request,
    number: int,
    stop_number: int,
    session: Reading,
    caller: Planner,
    today: Today,
    language: Language,
) -> Response:
    return _stop(_desk(request, session, number, caller, today, language), stop_number, Form())


def _stop(desk: _Desk, stop_number: int | None, form: Form[EditPlan]) -> Response:
    draft = desk.draft
    stop = draft.stop(stop_number)
    form.values.setdefault("round_id", stop.round_id)
    why = reason_told(stop, desk.language, kind_names(desk.session, desk.language)) if stop.reason else ""
    return show(
        desk.request,
        "plans/stop.html",
        desk.today,
        status=form.status,
        form=form,
        plan=draft.plan,
        stop=stop,
        round=None if stop.round_id is None else draft.round(stop.round_id),
        why=why,
        round_options=[(one.id, _called(one)) for one in draft.rounds],
        clock=clock,
    )


def _called(one: RoundRow) -> str:
    return (
        f"{one.day.isoformat()} · {one.person} ({len(one.stops)}; {clock(one.leaves)}–{clock(one.returns)})"
    )


@router.post("/plans/{number}/edits")
def edit(
    request: Request,
    number: int,
    sessions: OpenSessions,
    who: Coordinator,
    settings: InstallationSettings,
    typed: Typed,
    language: Language,
) -> Response:
    form = bind(EditPlan, typed, language)
    with db.reading(sessions) as session:
        plan_row(session, number, who.caller, on=who.today)
    if form.command is not None:
        try:
            done = edit_plan(sessions, number, form.command, settings, who=who)
        except NotAllowed:
            raise
        except VerifierError as refusal:
            form.errors[WHOLE] = refusal.sentence(language)
        else:
            return see_other(_leads_to(number, done))
    with db.reading(sessions) as session:
        desk = _desk(request, session, number, who.caller, who.today, language)
        if form.values.get("deed") == EditDeed.SWAP.value:
            return _round(desk, _number(form, "round_id"), form)
        return _stop(desk, _number(form, "stop_id"), form)


def _leads_to(number: int, done: Consequences) -> str:
    """Where the change is seen; the figures before it go along in the address."""
    if done.round_id is None:
        return f"/plans/{number}"
    was = ".".join(str(figure) for figure in astuple(done.before))
    return f"/plans/{number}/rounds/{done.round_id}?was={was}"


def _number(form: Form[EditPlan], name: str) -> int | None:
    typed = str(form.values.get(name) or "")
    return int(typed) if typed.isdecimal() else None
