"""Questions about the addresses calendar programs read."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, and_, func, select

from verifier.db import Session
from verifier.errors import NotFound
from verifier.i18n import mark
from verifier.models import CalendarFeed, Holder, Person


class FeedUnknown(NotFound):
    message = mark("There is no such calendar address, or it was taken back.")


@dataclass(frozen=True)
class FeedRow:
    id: int
    made_at: datetime
    made_by: str


@dataclass(frozen=True)
class OpenFeed:
    """Whose visits are read at an address, and their name."""

    holder_id: int | None
    person_id: int | None
    name: str


def digest_of(secret: str) -> str:
    """What is kept of an address's secret part."""
    return sha256(secret.encode()).hexdigest()


def _own(holder_id: int | None, person_id: int | None) -> ColumnElement[bool]:
    whose = CalendarFeed.holder_id == holder_id if holder_id else CalendarFeed.person_id == person_id
    return and_(whose, CalendarFeed.revoked_at.is_(None))


def feeds_of(session: Session, holder_id: int | None, person_id: int | None) -> list[FeedRow]:
    """Those in use, the oldest first."""
    statement = select(CalendarFeed.id, CalendarFeed.made_at, CalendarFeed.made_by)
    found = session.execute(statement.where(_own(holder_id, person_id)).order_by(CalendarFeed.id))
    return [FeedRow(*row) for row in found]


def count_feeds(session: Session, holder_id: int | None, person_id: int | None) -> int:
    return session.scalars(select(func.count(CalendarFeed.id)).where(_own(holder_id, person_id))).one()


def feed_for_update(session: Session, number: int) -> CalendarFeed:
    """Load and lock; raises FeedUnknown."""
    feed = session.get(CalendarFeed, number, with_for_update=True)
    if feed is None:
        raise FeedUnknown(feed=number)
    return feed


def open_feed(session: Session, secret: str) -> OpenFeed:
    """Raises FeedUnknown, the same whether it never was or was taken back."""
    statement = (
        select(CalendarFeed.holder_id, CalendarFeed.person_id, func.coalesce(Holder.name, Person.name))
        .outerjoin(Holder, Holder.id == CalendarFeed.holder_id)
        .outerjoin(Person, Person.id == CalendarFeed.person_id)
        .where(CalendarFeed.digest == digest_of(secret), CalendarFeed.revoked_at.is_(None))
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise FeedUnknown
    return OpenFeed(*found)
