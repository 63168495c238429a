"""Addresses under which calendar programs read visits: made, and taken back."""

import secrets
from dataclasses import dataclass

from verifier.db import Session
from verifier.errors import Conflict, NotAllowed
from verifier.i18n import mark
from verifier.models import CalendarFeed
from verifier.operations.journal import Doer, note
from verifier.queries.calendar_feeds import FeedUnknown, count_feeds, digest_of, feed_for_update
from verifier.rules.access import Caller

# So many programs of one reader: phone, desk, and some to spare.
MOST_FEEDS = 10


class NoCalendar(NotAllowed):
    message = mark("The account {account} has no visits of its own: it is no holder's and no technician's.")


class TooManyFeeds(Conflict):
    message = mark("There are {most} calendar addresses already; take one back that is not used any more.")


@dataclass(frozen=True)
class Reader:
    """Whose visits a calendar has."""

    holder_id: int | None
    person_id: int | None


def reader_of(caller: Caller) -> Reader:
    """A holder's places or a technician's own rounds; raises NoCalendar."""
    reader = Reader(caller.scope.holder_id, None if caller.scope.holder_id else caller.person_id)
    if reader == Reader(None, None):
        raise NoCalendar(account=caller.name)
    return reader


def make_feed(session: Session, reader: Reader, *, who: Doer) -> str:
    """The secret part of the new address, told this once and kept nowhere; raises TooManyFeeds."""
    if count_feeds(session, reader.holder_id, reader.person_id) >= MOST_FEEDS:
        raise TooManyFeeds(most=MOST_FEEDS)
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed(
        holder_id=reader.holder_id,
        person_id=reader.person_id,
        digest=digest_of(secret),
        made_at=who.now,
        made_by=who.name,
    )
    session.add(feed)
    session.flush()
    note(session, who, "make_calendar_feed", "calendar_feed", feed.id)
    return secret


def revoke_feed(session: Session, number: int, reader: Reader, *, who: Doer) -> None:
    """From now on nothing is read there; raises FeedUnknown where it is not the reader's own."""
    feed = feed_for_update(session, number)
    if (feed.holder_id, feed.person_id) != (reader.holder_id, reader.person_id):
        raise FeedUnknown(feed=number)
    if feed.revoked_at is None:
        feed.revoked_at = who.now
        session.flush()
        note(session, who, "revoke_calendar_feed", "calendar_feed", number)
