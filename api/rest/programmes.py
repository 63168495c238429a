"""Programmes: plan, enrol by rule, freeze, close, and how far they are."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response

from api.completion import Asked, completion_report, report_json
from api.deps import InstallationSettings, Paged, Reading, Today, Transaction, acts, needs
from api.idempotency import Created, Once
from api.language import Language
from api.strict import rest_router
from verifier.operations.enrolments import Enrolled, enrol
from verifier.operations.journal import Doer
from verifier.operations.programmes import CreateProgramme, close_programme, create_programme, start_programme
from verifier.queries.completion import By
from verifier.queries.paging import Page, page_in
from verifier.queries.programmes import ProgrammeRow, programme_row, programmes
from verifier.rules.access import Caller, OutsideScope, Right

router = rest_router("programmes")


@dataclass(frozen=True)
class EnrolByRule:
    # Only count.
    dry_run: bool = False


@router.get("")
def plans(
    session: Reading,
    caller: Annotated[Caller, needs(Right.READ_REGISTER)],
    paging: Paged,
    today: Today,
) -> Page[ProgrammeRow]:
    """List the programmes that touch the caller's scope, the newest first."""
    return page_in(programmes(session, caller.scope, on=today), paging, key=lambda row: row.id)


@router.get("/{code}")
def plan(
    code: str, session: Reading, caller: Annotated[Caller, needs(Right.READ_REGISTER)], today: Today
) -> ProgrammeRow:
    """Show one programme that touches the caller's scope."""
    found = programme_row(session, code)
    if found not in programmes(session, caller.scope, on=today):
        raise OutsideScope(what=code)
    return found


@router.post("", status_code=201, response_model=ProgrammeRow)
def add(
    command: CreateProgramme,
    session: Transaction,
    who: Annotated[Doer, acts(Right.KEEP_REGISTER)],
    answers: Once,
) -> Response:
    """Create a programme."""

    def deed() -> Created[ProgrammeRow]:
        created = create_programme(session, command, who=who)
        return Created(programme_row(session, created.code), f"{router.prefix}/{created.code}")

    return answers.once(session, command, deed)


@router.post("/{code}/enrolments")
def enrol_by_rule(
    code: str,
    session: Transaction,
    who: Annotated[Doer, acts(Right.KEEP_REGISTER)],
    command: EnrolByRule | None = None,
) -> Enrolled:
    """Enrol all that is eligible, or only count it."""
    return enrol(session, code, who=who, dry_run=command is not None and command.dry_run)


@router.post("/{code}/start")
def start(code: str, session: Transaction, who: Annotated[Doer, acts(Right.KEEP_REGISTER)]) -> ProgrammeRow:
    """Start a programme: its base is frozen as a named list with a digest."""
    start_programme(session, code, who=who)
    session.flush()
    return programme_row(session, code)


@router.post("/{code}/close")
def close(code: str, session: Transaction, who: Annotated[Doer, acts(Right.KEEP_REGISTER)]) -> ProgrammeRow:
    """Close a programme: it takes no more verifications."""
    close_programme(session, code, who=who)
    session.flush()
    return programme_row(session, code)


@router.get("/{code}/completion")
def completion(
    code: str,
    session: Reading,
    caller: Annotated[Caller, needs(Right.READ_REPORTS)],
    settings: InstallationSettings,
    language: Language,
    today: Today,
    district: Annotated[str | None, Query(description="Code of a district; its subtree")] = None,
    by: Annotated[By, Query(description="What the rows are")] = By.DISTRICT,
    on: Annotated[date | None, Query(description="As of this day; absent: today")] = None,
) -> dict[str, Any]:
    """Report completion, per district, holder kind or purpose."""
    asked = Asked(programme=code, district=district, on=on or today, by=by, rounding=settings.rounding)
    return report_json(completion_report(session, asked, caller.scope), language)
