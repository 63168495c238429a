"""Signatures: which records wait for whom, and what a checker or approver decides."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import Response

from api.deps import InstallationPractice, Paged, Reading, Today, Transaction, acts, needs
from api.idempotency import Created, Once
from api.language import Language
from api.strict import rest_router
from verifier.i18n import say
from verifier.operations.certificates import Issued
from verifier.operations.journal import Doer
from verifier.operations.signatures import SignRecord, sign_record
from verifier.queries.districts import district_by_code
from verifier.queries.paging import Page, page_by_number
from verifier.queries.programmes import programme_row
from verifier.queries.signatures import WaitingFilter, WaitingRow, queue_of, waiting
from verifier.rules.access import Caller, Right
from verifier.rules.signing import Decision, SigningRole
from verifier.rules.verdict import Outcome

router = rest_router("signatures")


@dataclass(frozen=True, kw_only=True)
class Sign(SignRecord):
    """The same, with the record it is for."""

    verification_id: int


@dataclass(frozen=True)
class SignedJson:
    verification_id: int
    role: SigningRole | None
    decision: Decision
    next: SigningRole | None
    certificate: Issued | None
    # What the signature stands without, in the caller's language.
    warnings: list[str]


def _filter(
    session: Reading,
    turn: SigningRole | None = None,
    district: Annotated[str | None, Query(description="Code of a district; its subtree")] = None,
    programme: str | None = None,
    performed_on: date | None = None,
    outcome: Outcome | None = None,
) -> WaitingFilter:
    return WaitingFilter(
        turn=turn,
        district_id=None if district is None else district_by_code(session, district).id,
        programme_id=None if programme is None else programme_row(session, programme).id,
        performed_on=performed_on,
        outcome=outcome,
    )


@router.get("")
def queue(
    session: Reading,
    caller: Annotated[Caller, needs(Right.RECORD)],
    wanted: Annotated[WaitingFilter, Depends(_filter)],
    paging: Paged,
    practice: InstallationPractice,
    today: Today,
) -> Page[WaitingRow]:
    """List the records of the caller's body whose paper waits, but not the own ones, the oldest first."""
    own = queue_of(session, caller, signatures=practice.signatures)

    def fetch(after: int | None, limit: int) -> list[WaitingRow]:
        return waiting(session, own, wanted, on=today, after=after, limit=limit)

    return page_by_number(paging, fetch, number=lambda row: row.id)


@router.post("", status_code=201, response_model=SignedJson)
def sign(
    command: Sign,
    session: Transaction,
    who: Annotated[Doer, acts(Right.RECORD)],
    answers: Once,
    practice: InstallationPractice,
    language: Language,
) -> Response:
    """Sign a record or return it with a reason; the last signature issues the paper."""

    def deed() -> Created[SignedJson]:
        done = sign_record(session, command.verification_id, command, who=who, practice=practice)
        said = SignedJson(
            verification_id=done.verification_id,
            role=done.role,
            decision=done.decision,
            next=done.next,
            certificate=done.certificate,
            warnings=[say(warning, language) for warning in done.warnings],
        )
        return Created(said, f"/api/v1/verifications/{done.verification_id}")

    return answers.once(session, command, deed)
