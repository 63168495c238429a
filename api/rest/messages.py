"""Messages of one's own, how one is told, and what did not arrive."""

from typing import Annotated, Any

from fastapi.responses import Response

from api.deps import Paged, Reading, Transaction, acts, needs
from api.language import Language
from api.messages import contact_json, failed_json, message_json, shown
from api.preconditions import IfMatch, etag, require_match
from api.strict import rest_router
from verifier import db
from verifier.operations.contacts import SetContact, set_contact
from verifier.operations.journal import Doer
from verifier.operations.messages import mark_read, send_again
from verifier.queries.contacts import Reader, contact_row
from verifier.queries.holders import holder_row
from verifier.queries.messages import (
    delivery_for_update,
    failed_deliveries,
    message_for_update,
    messages,
    reader_for,
)
from verifier.queries.paging import Page, page_by_number
from verifier.rules.access import Caller, Right

router = rest_router("messages")
contact_router = rest_router("contact")
holders_router = rest_router("holders")
deliveries_router = rest_router("deliveries")

Told = Annotated[Caller, needs(Right.BE_TOLD)]
Teller = Annotated[Doer, acts(Right.BE_TOLD)]
Keeper = Annotated[Doer, acts(Right.KEEP_REGISTER)]


@router.get("")
def listed(session: Reading, caller: Told, paging: Paged, language: Language) -> Page[dict[str, Any]]:
    """List one's own messages, the newest first; a holder's accounts share theirs."""
    reader = reader_for(caller)
    page = page_by_number(
        paging,
        lambda before, limit: messages(session, reader, before=before, limit=limit),
        number=lambda row: row.id,
    )
    return Page([message_json(one) for one in shown(page.items, language)], page.next)


@router.post("/{number}/read", status_code=204)
def read(number: int, session: Transaction, who: Teller) -> None:
    """Say that a message was read."""
    mark_read(message_for_update(session, number, reader_for(_caller(who))), who=who)


@contact_router.get("")
def own_contact(session: Reading, caller: Told, language: Language, response: Response) -> dict[str, Any]:
    """Show how one is told."""
    return _contact(session, reader_for(caller), language, response)


@contact_router.put("")
def set_own_contact(
    command: SetContact,
    session: Transaction,
    who: Teller,
    language: Language,
    response: Response,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Set language, addresses, channels, and whether one is reminded."""
    reader = reader_for(_caller(who))
    require_match(if_match, contact_row(session, reader, language=language).version)
    set_contact(session, reader, command, who=who)
    return _contact(session, reader, language, response)


@holders_router.get("/{number}/contact")
def contact_of_holder(
    number: int, session: Reading, who: Keeper, language: Language, response: Response
) -> dict[str, Any]:
    """Show how a holder is told."""
    holder_row(session, number, _caller(who).scope, on=who.today)
    return _contact(session, Reader(holder_id=number), language, response)


@holders_router.put("/{number}/contact")
def set_contact_of_holder(
    number: int,
    command: SetContact,
    session: Transaction,
    who: Keeper,
    language: Language,
    response: Response,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Set how a holder without an account is told."""
    holder_row(session, number, _caller(who).scope, on=who.today)
    reader = Reader(holder_id=number)
    require_match(if_match, contact_row(session, reader, language=language).version)
    set_contact(session, reader, command, who=who)
    return _contact(session, reader, language, response)


@deliveries_router.get("")
def not_arrived(session: Reading, who: Keeper, paging: Paged, language: Language) -> Page[dict[str, Any]]:
    """List what was given up, the newest first."""
    page = page_by_number(
        paging,
        lambda before, limit: failed_deliveries(
            session, _caller(who), on=who.today, before=before, limit=limit
        ),
        number=lambda row: row.id,
    )
    return Page([failed_json(row, language) for row in page.items], page.next)


@deliveries_router.post("/{number}/send-again", status_code=204)
def try_again(number: int, session: Transaction, who: Keeper) -> None:
    """Try once more what was given up, where its reader is reached today."""
    send_again(session, delivery_for_update(session, number, _caller(who), on=who.today), who=who)


def _contact(session: db.Session, reader: Reader, language: str, response: Response) -> dict[str, Any]:
    contact = contact_row(session, reader, language=language)
    response.headers["ETag"] = etag(contact.version)
    return contact_json(contact)


def _caller(who: Doer) -> Caller:
    assert who.caller is not None  # noqa: S101  acts() gives no other
    return who.caller
