"""Enrolments: the named list of a programme."""

from typing import Annotated

from fastapi import Query
from fastapi.responses import Response

from api.deps import Paged, Reading, Today, Transaction, acts, needs
from api.idempotency import Created, Once
from api.strict import rest_router
from verifier.operations.enrolments import AddEnrolment, WithdrawEnrolment, add_enrolment, withdraw_enrolment
from verifier.operations.journal import Doer
from verifier.queries.enrolments import EnrolmentFilter, EnrolmentRow, enrolment_row, enrolments
from verifier.queries.paging import Page, page_by_number
from verifier.queries.programmes import programme_row
from verifier.rules.access import Caller, Right

router = rest_router("enrolments")


@router.get("")
def promised(
    session: Reading,
    caller: Annotated[Caller, needs(Right.READ_REGISTER)],
    paging: Paged,
    today: Today,
    programme: Annotated[str | None, Query(description="A programme's code")] = None,
    instrument: Annotated[int | None, Query(description="An instrument's number")] = None,
) -> Page[EnrolmentRow]:
    """List what is promised in the caller's scope, with what was withdrawn."""

    if programme is not None:
        programme_row(session, programme)

    def fetch(after: int | None, limit: int) -> list[EnrolmentRow]:
        return enrolments(
            session,
            caller.scope,
            EnrolmentFilter(programme=programme, instrument_id=instrument),
            on=today,
            after=after,
            limit=limit,
        )

    return page_by_number(paging, fetch, number=lambda row: row.id)


@router.post("", status_code=201, response_model=EnrolmentRow)
def add(
    command: AddEnrolment,
    session: Transaction,
    who: Annotated[Doer, acts(Right.KEEP_REGISTER)],
    answers: Once,
) -> Response:
    """Add a named instrument, found later or of a voluntary kind; a withdrawn one comes back."""

    def deed() -> Created[EnrolmentRow]:
        added = add_enrolment(session, command, who=who)
        return Created(enrolment_row(session, added.id), f"{router.prefix}?instrument={added.instrument_id}")

    return answers.once(session, command, deed)


@router.post("/{number}/withdraw")
def withdraw(
    number: int,
    command: WithdrawEnrolment,
    session: Transaction,
    who: Annotated[Doer, acts(Right.KEEP_REGISTER)],
) -> EnrolmentRow:
    """Take an instrument off the list, with the day and the reason."""
    withdraw_enrolment(session, number, command, who=who)
    session.flush()
    return enrolment_row(session, number)
