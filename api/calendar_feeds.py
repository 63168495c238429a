"""Addresses of calendars as every door gives them, and what is read there."""

from datetime import date, timedelta

from api.calendars import calendar_of
from verifier.db import Session
from verifier.queries.calendar_feeds import open_feed
from verifier.queries.visits import VisitFilter, all_visits
from verifier.rules.access import Scope
from verifier.settings import Settings

# What is over stays so long, for who looks back.
_BEHIND = timedelta(days=90)


def address_of(secret: str, settings: Settings, language: str) -> str:
    """Where a calendar program reads."""
    return f"{settings.base_url.rstrip('/')}/calendar/{language}/{secret}.ics"


def calendar_at(session: Session, secret: str, settings: Settings, language: str, *, on: date) -> bytes:
    """The calendar behind an address; raises FeedUnknown."""
    feed = open_feed(session, secret)
    wanted = VisitFilter(person_id=feed.person_id, first_on=on - _BEHIND)
    found = all_visits(session, Scope(holder_id=feed.holder_id), wanted, on=on)
    return calendar_of(found, feed.name, settings, language)
