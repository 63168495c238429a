"""Plans of visits: drafts and what was published."""

from typing import Annotated, Any

from api.deps import Paged, Reading, Today, needs
from api.language import Language
from api.planning import figures_json, kind_names, plan_json
from api.strict import rest_router
from verifier.queries.paging import Page, page_by_number
from verifier.queries.plans import left_out_of, plan_row, plans, rounds_of
from verifier.rules.access import Caller, Right

router = rest_router("plans")

Planner = Annotated[Caller, needs(Right.PLAN)]


@router.get("")
def listed(
    session: Reading, caller: Planner, paging: Paged, today: Today, language: Language
) -> Page[dict[str, Any]]:
    """List the plans of the bodies in the caller's scope, the newest first."""
    page = page_by_number(
        paging,
        lambda before, limit: plans(session, caller, on=today, before=before, limit=limit),
        number=lambda row: row.id,
    )
    return Page([figures_json(row, language) for row in page.items], page.next)


@router.get("/{number}")
def one(number: int, session: Reading, caller: Planner, today: Today, language: Language) -> dict[str, Any]:
    """Show one plan: its rounds with their visits in order, and why the rest is left out."""
    plan = plan_row(session, number, caller, on=today)
    rounds, left_out = rounds_of(session, number), left_out_of(session, number)
    return plan_json(plan, rounds, left_out, language, kind_names(session, language))
