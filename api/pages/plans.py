"""Plans of visits: which there are, and one with its rounds and what is left out."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import Reading, Today, needs
from api.language import Language
from api.pages.showing import listing, show
from api.planning import clock, kind_names, reason_told, reason_word
from scheduler.travel import TravelSource
from verifier.queries.plans import left_out_of, plan_row, plans, rounds_of
from verifier.rules.access import Caller, Right

router = APIRouter(include_in_schema=False)

Planner = Annotated[Caller, needs(Right.PLAN)]


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
    plan = plan_row(session, number, caller, on=today)
    kinds = kind_names(session, language)
    left_out = [
        (stop, reason_word(stop, language), reason_told(stop, language, kinds))
        for stop in left_out_of(session, number)
    ]
    return show(
        request,
        "plans/one.html",
        today,
        plan=plan,
        source=TravelSource.of(plan.travel_source),
        rounds=[one for one in rounds_of(session, number) if one.stops],
        left_out=left_out,
        clock=clock,
    )
