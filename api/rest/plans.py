"""Plans of visits: drafts and what was published."""

from typing import Annotated, Any

from fastapi.responses import Response

from api.deps import InstallationSettings, OpenSessions, Paged, Reading, Today, Transaction, acts, needs
from api.language import Language
from api.planning import comparison_json, faults_json, figures_json, kind_names, load_json, plan_json
from api.preconditions import IfMatch, etag, require_match
from api.strict import rest_router
from scheduler.drafts import read_draft
from scheduler.plan_editing import EditPlan, edit_plan
from scheduler.publishing import publish
from verifier import db
from verifier.operations.journal import Doer
from verifier.operations.publishing import Published, discard_plan
from verifier.queries.paging import Page, page_by_number
from verifier.queries.plan_comparison import compare_plans
from verifier.queries.plans import left_out_of, plan_row, plans, rounds_of
from verifier.rules.access import Caller, Right

router = rest_router("plans")

Planner = Annotated[Caller, needs(Right.PLAN)]
Coordinator = Annotated[Doer, acts(Right.PLAN)]


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
def one(
    number: int, session: Reading, caller: Planner, today: Today, language: Language, response: Response
) -> dict[str, Any]:
    """Show one plan: its rounds with their visits in order, and why the rest is left out."""
    plan = plan_row(session, number, caller, on=today)
    rounds, left_out = rounds_of(session, number), left_out_of(session, number)
    response.headers["ETag"] = etag(plan.version)
    return plan_json(plan, rounds, left_out, language, kind_names(session, language))


@router.get("/{number}/faults")
def faults(
    number: int, session: Reading, caller: Planner, today: Today, language: Language
) -> list[dict[str, Any]]:
    """List what cannot be kept in a plan as it stands, by day and technician."""
    plan_row(session, number, caller, on=today)
    found = read_draft(session, number, on=today).faults()
    return faults_json(found, language, kind_names(session, language))


@router.get("/{number}/comparison")
def comparison(
    number: int, session: Reading, caller: Planner, today: Today, language: Language
) -> dict[str, Any]:
    """Show what a plan changes against the one in force when it was made."""
    plan_row(session, number, caller, on=today)
    return comparison_json(compare_plans(session, number, on=today), language)


@router.post("/{number}/edits")
def edit(
    number: int,
    command: EditPlan,
    sessions: OpenSessions,
    who: Coordinator,
    settings: InstallationSettings,
    language: Language,
    response: Response,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Change a draft: move a visit, leave it out, pin or unpin it, swap two rounds; answers what follows."""
    with db.reading(sessions) as session:
        require_match(if_match, plan_row(session, number, who.caller, on=who.today).version)
        names = kind_names(session, language)
    done = edit_plan(sessions, number, command, settings, who=who)
    response.headers["ETag"] = etag(done.version)
    return {
        "before": load_json(done.before),
        "after": load_json(done.after),
        "faults": faults_json(done.faults, language, names),
        "version": done.version,
    }


@router.post("/{number}/publish")
def make_public(number: int, session: Transaction, who: Coordinator, if_match: IfMatch = None) -> Published:
    """Publish a draft: its visits are announced, and visits announced before follow it."""
    require_match(if_match, plan_row(session, number, who.caller, on=who.today).version)
    return publish(session, number, who=who)


@router.post("/{number}/discard")
def discard(
    number: int, session: Transaction, who: Coordinator, language: Language, if_match: IfMatch = None
) -> dict[str, Any]:
    """Discard a draft nobody wants."""
    require_match(if_match, plan_row(session, number, who.caller, on=who.today).version)
    discard_plan(session, number, who=who)
    return figures_json(plan_row(session, number, on=who.today), language)
