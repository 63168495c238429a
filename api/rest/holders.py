"""Holders: clinics, markets and the stalls under them."""

from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import Response

from api.deps import Paged, Reading, Today, Transaction, acts, needs
from api.idempotency import Created, Once
from api.preconditions import IfMatch, etag, require_match
from api.strict import rest_router
from verifier.operations.holders import ChangeContact, RegisterHolder, change_contact, register_holder
from verifier.operations.journal import Doer
from verifier.queries.districts import district_by_code
from verifier.queries.holders import (
    HolderFilter,
    HolderRow,
    HoldersOfProgramme,
    holder_for_update,
    holder_row,
    holders,
)
from verifier.queries.paging import Page, page_by_number
from verifier.queries.programmes import programme_row
from verifier.rules.access import Caller, Right, Scope
from verifier.rules.holders import HolderKind

router = rest_router("holders")


def _filter(
    session: Reading,
    district: Annotated[str | None, Query(description="Code of a district; its subtree")] = None,
    kind: HolderKind | None = None,
    market: Annotated[int | None, Query(description="Number of the market whose stalls are meant")] = None,
    programme: Annotated[str | None, Query(description="With something in this programme's base")] = None,
    completed: Annotated[bool | None, Query(description="All of their base verified, or not")] = None,
    q: Annotated[str | None, Query(max_length=80, description="Name, pinyin initials, credit code")] = None,
) -> HolderFilter:
    root_id = None if district is None else district_by_code(session, district).id
    of_programme = None
    if programme is not None:
        found = programme_row(session, programme)
        of_programme = HoldersOfProgramme(
            programme_id=found.id, root_id=root_id or found.district_id, completed=completed
        )
    return HolderFilter(
        district_id=root_id if of_programme is None else None,
        kind=kind,
        market_id=market,
        of_programme=of_programme,
        q=q,
    )


@router.get("")
def list_holders(
    session: Reading,
    caller: Annotated[Caller, needs(Right.READ_REGISTER)],
    wanted: Annotated[HolderFilter, Depends(_filter)],
    paging: Paged,
    today: Today,
) -> Page[HolderRow]:
    """List the holders in the caller's scope."""

    def fetch(after: int | None, limit: int) -> list[HolderRow]:
        return holders(session, caller.scope, wanted, on=today, after=after, limit=limit)

    return page_by_number(paging, fetch, number=lambda row: row.id)


@router.get("/{number}")
def holder(
    number: int,
    session: Reading,
    caller: Annotated[Caller, needs(Right.READ_REGISTER)],
    today: Today,
    response: Response,
) -> HolderRow:
    """Show one holder."""
    row = holder_row(session, number, caller.scope, on=today)
    response.headers["ETag"] = etag(row.version)
    return row


@router.post("", status_code=201, response_model=HolderRow)
def add(
    command: RegisterHolder,
    session: Transaction,
    who: Annotated[Doer, acts(Right.KEEP_REGISTER)],
    answers: Once,
) -> Response:
    """Register one holder."""

    def deed() -> Created[HolderRow]:
        added = register_holder(session, command, who=who)
        row = holder_row(session, added.id, Scope(), on=who.today)
        return Created(row, f"{router.prefix}/{added.id}")

    return answers.once(session, command, deed)


@router.patch("/{number}")
def change(
    number: int,
    command: ChangeContact,
    session: Transaction,
    who: Annotated[Doer, acts(Right.KEEP_REGISTER)],
    response: Response,
    if_match: IfMatch = None,
) -> HolderRow:
    """Change where and through whom a holder is reached."""
    found = holder_for_update(session, number)
    require_match(if_match, found.version)
    change_contact(session, found, command, who=who)
    response.headers["ETag"] = etag(found.version)
    return holder_row(session, number, Scope(), on=who.today)
