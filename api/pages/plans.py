"""Plans of visits: which there are, one with its rounds, what it changes; published or discarded."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import OpenSessions, Reading, Today, acts, needs
from api.forms import Form, Nothing, carry_out
from api.html import see_other
from api.language import Language
from api.pages.showing import listing, show
from api.planning import clock, kind_names, load_figures, reason_told, reason_word
from scheduler.drafts import read_draft
from scheduler.plan_editing import load_of
from scheduler.publishing import publish
from scheduler.travel import TravelSource
from verifier import db
from verifier.i18n import say
from verifier.operations.journal import Doer
from verifier.operations.publishing import discard_plan
from verifier.queries.plan_comparison import Change, compare_plans
from verifier.queries.plans import plan_row, plans
from verifier.rules.access import Caller, Right
from verifier.rules.visiting import PlanStatus

router = APIRouter(include_in_schema=False)

Planner = Annotated[Caller, needs(Right.PLAN)]
Coordinator = Annotated[Doer, acts(Right.PLAN)]


@router.get("/plans")
def listed(
    request: Request, session: Reading, caller: Planner, today: Today, before: int | None = None
) -> Response:
    rows = listing(
        request, "before", lambda limit: plans(session, caller, on=today, before=before, limit=limit)
    )
    return show(request, "plans/list.html", today, listing=rows)


@router.get("/plans/{number}")
def one(
    request: Request, number: int, session: Reading, caller: Planner, today: Today, language: Language
) -> Response:
    plan_row(session, number, caller, on=today)
    return _one(request, session, number, Form(), today, language)


def _one(
    request: Request, session: db.Session, number: int, form: Form[Nothing], today: Today, language: str
) -> Response:
    draft = read_draft(session, number, on=today)
    kinds = kind_names(session, language)
    left_out = [
        (stop, reason_word(stop, language), reason_told(stop, language, kinds)) for stop in draft.left_out
    ]
    return show(
        request,
        "plans/one.html",
        today,
        status=form.status,
        form=form,
        plan=draft.plan,
        source=TravelSource.of(draft.plan.travel_source),
        rounds=[one for one in draft.rounds if one.stops],
        left_out=left_out,
        found_faults=draft.faults() if draft.plan.status is PlanStatus.DRAFT else (),
        kinds=kinds,
        clock=clock,
    )


@router.post("/plans/{number}/publish")
def make_public(
    request: Request, number: int, sessions: OpenSessions, who: Coordinator, language: Language
) -> Response:
    form = Form(command=Nothing())
    done = carry_out(sessions, form, lambda session, _: publish(session, number, who=who), language)
    if done is not None:
        return see_other(f"/visits?plan={number}")
    with db.reading(sessions) as session:
        plan_row(session, number, who.caller, on=who.today)
        return _one(request, session, number, form, who.today, language)


@router.post("/plans/{number}/discard")
def discard(
    request: Request, number: int, sessions: OpenSessions, who: Coordinator, language: Language
) -> Response:
    form = Form(command=Nothing())
    done = carry_out(sessions, form, lambda session, _: discard_plan(session, number, who=who), language)
    if done is not None:
        return see_other("/plans")
    with db.reading(sessions) as session:
        plan_row(session, number, who.caller, on=who.today)
        return _one(request, session, number, form, who.today, language)


@router.get("/plans/{number}/comparison")
def comparison(
    request: Request, number: int, session: Reading, caller: Planner, today: Today, language: Language
) -> Response:
    plan_row(session, number, caller, on=today)
    compared = compare_plans(session, number, on=today)
    kinds = kind_names(session, language)
    changes = [
        (row, reason_told(row.left_out, language, kinds) if row.left_out else "")
        for row in compared.changes
        if row.change is not Change.KEPT
    ]
    before = None if compared.previous is None else load_of(compared.previous)
    return show(
        request,
        "plans/comparison.html",
        today,
        plan=compared.plan,
        previous=compared.previous,
        figures=load_figures(before, load_of(compared.plan), language) if before else [],
        counts=[(say(change.word, language), compared.count(change)) for change in Change],
        changes=changes,
        clock=clock,
    )
