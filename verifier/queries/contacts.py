"""Questions about how holders and accounts want to be told."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from verifier.db import Session
from verifier.errors import NotFound
from verifier.i18n import mark
from verifier.models import Contact
from verifier.rules.messages import Channel


class ContactUnknown(NotFound):
    message = mark("This address for ending reminders was not made here, or its last part is missing.")


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who is told: a holder or an account."""

    holder_id: int | None = None
    account_id: int | None = None


@dataclass(frozen=True)
class ContactRow:
    language: str
    email: str
    phone: str
    # Beside Verifier itself.
    channels: tuple[Channel, ...]
    # None: reminders are wanted.
    reminders_ended_at: datetime | None
    # 0 before anything was set.
    version: int


def contact_of(session: Session, reader: Reader) -> Contact | None:
    """What the reader set; None: nothing yet."""
    if reader.holder_id is None and reader.account_id is None:
        return None
    if reader.holder_id is not None:
        return session.scalars(select(Contact).where(Contact.holder_id == reader.holder_id)).one_or_none()
    return session.scalars(select(Contact).where(Contact.account_id == reader.account_id)).one_or_none()


def contact_row(session: Session, reader: Reader, *, language: str) -> ContactRow:
    """What the reader set, or what holds without: Verifier alone, in this language."""
    found = contact_of(session, reader)
    if found is None:
        return ContactRow(language, "", "", (), None, 0)
    channels = tuple(channel for channel in Channel if channel.value in found.channels)
    return ContactRow(
        found.language, found.email, found.phone, channels, found.reminders_ended_at, found.version
    )


def contact_for_update(session: Session, contact_id: int | None) -> Contact:
    """Load and lock; raises ContactUnknown."""
    contact = None if contact_id is None else session.get(Contact, contact_id, with_for_update=True)
    if contact is None:
        raise ContactUnknown
    return contact
