"""Calendars: addresses of one's own, made and taken back, and what calendar programs read there."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.calendar_feeds import address_of, calendar_at
from api.calendars import MEDIA_TYPE
from api.deps import InstallationSettings, OpenSessions, Reading, Today, Transaction, acts, needs
from api.forms import Form, Nothing, carry_out
from api.html import see_other
from api.language import Language
from api.pages.showing import show
from verifier import db
from verifier.i18n import LANGUAGES
from verifier.operations.calendar_feeds import make_feed, reader_of, revoke_feed
from verifier.operations.journal import Doer
from verifier.queries.calendar_feeds import FeedUnknown, feeds_of
from verifier.rules.access import Caller, Right

router = APIRouter(include_in_schema=False)

Told = Annotated[Caller, needs(Right.BE_TOLD)]
Teller = Annotated[Doer, acts(Right.BE_TOLD)]


@router.get("/calendar")
def mine(request: Request, session: Reading, caller: Told, today: Today) -> Response:
    return _mine(request, session, caller, today, Form())


def _mine(
    request: Request,
    session: db.Session,
    caller: Caller,
    today: Today,
    form: Form[Nothing],
    address: str = "",
) -> Response:
    reader = reader_of(caller)
    return show(
        request,
        "calendar.html",
        today,
        status=form.status,
        form=form,
        feeds=feeds_of(session, reader.holder_id, reader.person_id),
        made=address,
    )


@router.post("/calendar")
def make(
    request: Request, sessions: OpenSessions, who: Teller, settings: InstallationSettings, language: Language
) -> Response:
    """The one page that answers a form with 200: the address is shown this once."""
    caller = _caller(who)
    form = Form(command=Nothing())
    reader = reader_of(caller)
    secret = carry_out(sessions, form, lambda session, _: make_feed(session, reader, who=who), language)
    address = "" if secret is None else address_of(secret, settings, language)
    with db.reading(sessions) as session:
        return _mine(request, session, caller, who.today, form, address)


@router.post("/calendar/{number}/revoke")
def revoke(number: int, session: Transaction, who: Teller) -> Response:
    revoke_feed(session, number, reader_of(_caller(who)), who=who)
    return see_other("/calendar")


def _caller(who: Doer) -> Caller:
    assert who.caller is not None  # noqa: S101  acts() gives no other
    return who.caller


@router.get("/calendar/{language}/{secret}.ics")
def read(
    language: str, secret: str, session: Reading, settings: InstallationSettings, today: Today
) -> Response:
    """What a calendar program reads; it has no other way to say who it is."""
    if language not in LANGUAGES:
        raise FeedUnknown
    return Response(calendar_at(session, secret, settings, language, on=today), media_type=MEDIA_TYPE)
