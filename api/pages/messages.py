"""Messages of one's own, how one is told, and the way out of reminders that needs no sign-in."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import InstallationSettings, Now, OpenSessions, Reading, Today, Transaction, acts, needs
from api.forms import Form, Typed, bind, carry_out
from api.html import page, see_other
from api.language import Language
from api.messages import contact_json, shown
from api.pages.showing import Listing, listing, show
from verifier import db
from verifier.operations.contacts import SetContact, end_reminders, set_contact
from verifier.operations.journal import Doer
from verifier.operations.messages import mark_read
from verifier.queries.contacts import ContactUnknown, contact_row
from verifier.queries.messages import count_unread, message_for_update, messages, reader_for
from verifier.rules.access import Caller, Right
from verifier.rules.messages import Channel
from verifier.rules.unsubscribing import contact_named
from verifier.secret_key import secret_key

router = APIRouter(include_in_schema=False)

Told = Annotated[Caller, needs(Right.BE_TOLD)]
Teller = Annotated[Doer, acts(Right.BE_TOLD)]
# Whoever holds a link to end reminders is taken for the reader.
_BY_LINK = "link in a mail"


@router.get("/messages")
def listed(
    request: Request,
    session: Reading,
    caller: Told,
    today: Today,
    language: Language,
    before: int | None = None,
) -> Response:
    reader = reader_for(caller)
    rows = listing(request, "before", lambda limit: messages(session, reader, before=before, limit=limit))
    return show(
        request,
        "messages/list.html",
        today,
        listing=Listing(shown(rows.rows, language), rows.following),
        unread=count_unread(session, reader),
    )


@router.post("/messages/{number}/read")
def read(number: int, session: Transaction, who: Teller) -> Response:
    mark_read(message_for_update(session, number, reader_for(_caller(who))), who=who)
    return see_other("/messages")


@router.get("/contact")
def ask(request: Request, session: Reading, caller: Told, today: Today, language: Language) -> Response:
    contact = contact_json(contact_row(session, reader_for(caller), language=language))
    contact["reminders"] = "true" if contact["reminders"] else ""
    return _contact(request, today, Form(contact))


def _contact(request: Request, today: Today, form: Form[SetContact]) -> Response:
    return show(
        request,
        "messages/contact.html",
        today,
        status=form.status,
        form=form,
        channels=[Channel.EMAIL, Channel.SMS],
    )


@router.post("/contact")
def change(
    request: Request, sessions: OpenSessions, who: Teller, typed: Typed, language: Language
) -> Response:
    # A box that is not ticked is not sent.
    unticked = {} if "reminders" in typed else {"reminders": False}
    form = bind(SetContact, typed, language, unticked)
    reader = reader_for(_caller(who))
    if carry_out(sessions, form, lambda session, it: set_contact(session, reader, it, who=who), language):
        return see_other("/contact")
    return _contact(request, who.today, form)


def _caller(who: Doer) -> Caller:
    assert who.caller is not None  # noqa: S101  acts() gives no other
    return who.caller


@router.get("/reminders/end/{token}")
def about_to_end(request: Request, token: str, settings: InstallationSettings) -> Response:
    """Changes nothing yet: mail programs open links by themselves."""
    if contact_named(secret_key(settings), token) is None:
        raise ContactUnknown
    return page(request, "messages/end.html", is_done=False)


@router.post("/reminders/end/{token}")
def end(
    request: Request,
    token: str,
    sessions: OpenSessions,
    settings: InstallationSettings,
    at: Now,
    today: Today,
) -> Response:
    """From a page's button, or a mail program's one click (RFC 8058)."""
    with db.transaction(sessions) as session:
        named = contact_named(secret_key(settings), token)
        end_reminders(session, named, who=Doer(name=_BY_LINK, today=today, now=at))
    return page(request, "messages/end.html", is_done=True)
