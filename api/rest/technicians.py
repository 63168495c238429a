"""The people who verify, and what they may verify."""

from typing import Annotated

from fastapi import Response

from api.deps import Paged, Reading, Today, Transaction, acts, needs
from api.idempotency import Created, Once
from api.strict import rest_router
from verifier.operations.journal import Doer
from verifier.operations.staff import (
    AddCompetence,
    AddTechnician,
    NameApprover,
    add_competence,
    add_technician,
    name_approver,
)
from verifier.queries.paging import Page
from verifier.queries.staff import TechnicianRow, kept_by, technician_row, technicians
from verifier.rules.access import Caller, Right

router = rest_router("technicians")

Keeper = Annotated[Doer, acts(Right.KEEP_REGISTER)]


@router.get("")
def people(
    session: Reading, paging: Paged, today: Today, caller: Annotated[Caller, needs(Right.KEEP_REGISTER)]
) -> Page[TechnicianRow]:
    """List the technicians of the bodies whose staff the caller keeps."""
    return technicians(session, paging, kept_by(caller, on=today))


@router.get("/{technician_id}")
def technician(
    technician_id: int,
    session: Reading,
    today: Today,
    caller: Annotated[Caller, needs(Right.KEEP_REGISTER)],
) -> TechnicianRow:
    """Show one technician with the competences."""
    return technician_row(session, technician_id, kept_by(caller, on=today))


@router.post("", status_code=201, response_model=TechnicianRow)
def add(command: AddTechnician, session: Transaction, who: Keeper, answers: Once) -> Response:
    """Add a technician."""

    def deed() -> Created[TechnicianRow]:
        person = add_technician(session, command, who=who)
        return Created(technician_row(session, person.id), f"{router.prefix}/{person.id}")

    return answers.once(session, command, deed)


@router.post("/{technician_id}/competences", status_code=201, response_model=TechnicianRow)
def certify(
    technician_id: int, command: AddCompetence, session: Transaction, who: Keeper, answers: Once
) -> Response:
    """Record that a technician may verify a kind for a period; answers the technician."""

    def deed() -> Created[TechnicianRow]:
        add_competence(session, technician_id, command, who=who)
        row = technician_row(session, technician_id)
        return Created(row, f"{router.prefix}/{technician_id}")

    return answers.once(session, command, deed)


@router.put("/{technician_id}/approver")
def approve(technician_id: int, command: NameApprover, session: Transaction, who: Keeper) -> TechnicianRow:
    """Say whether a technician may sign as approver for the own body."""
    name_approver(session, technician_id, command, who=who)
    return technician_row(session, technician_id)
