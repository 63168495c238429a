"""Messages: each posted once, with a delivery on every way its reader chose."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from verifier import db
from verifier.db import Session
from verifier.errors import Conflict
from verifier.i18n import LANGUAGES, mark
from verifier.models import Contact, Delivery, Message
from verifier.operations.journal import Doer, note
from verifier.queries.contacts import Reader, contact_of
from verifier.queries.messages import reader_of
from verifier.rules.messages import LEGAL, Channel, DeliveryStatus, MessageKind


class DeliveryNotFailed(Conflict):
    message = mark("This delivery is {status}; only one that was given up is sent again.")


@dataclass(frozen=True)
class Post:
    """Something to tell one reader, or without any the webhook alone; `facts` are plain JSON values."""

    # What makes two the same.
    key: str
    kind: MessageKind
    # The office's day it belongs to.
    day: date
    facts: Mapping[str, object]
    holder_id: int | None = None
    account_id: int | None = None


def post(session: Session, said: Post, *, who: Doer, webhook: bool = False) -> bool:
    """Put a message into the outbox; False: one with this key is there, whoever put it in.

    `webhook`: the installation has one, which hears everything.
    """
    number = db.add_once(
        session,
        Message,
        {
            "key": said.key,
            "kind": said.kind,
            "holder_id": said.holder_id,
            "account_id": said.account_id,
            "day": said.day,
            "facts": dict(said.facts),
            "made_at": who.now,
        },
        by="key",
    )
    if number is None:
        return False
    reader = Reader(holder_id=said.holder_id, account_id=said.account_id)
    contact = contact_of(session, reader)
    ways = dict(_ways(said, contact, webhook=webhook))
    language = contact.language if contact else LANGUAGES[0]
    session.add_all(_delivery(number, way, address, language, who) for way, address in ways.items())
    session.flush()
    return True


def _ways(said: Post, contact: Contact | None, *, webhook: bool) -> Iterator[tuple[Channel, str]]:
    if said.holder_id is not None or said.account_id is not None:
        yield Channel.IN_APP, ""
    if contact is not None and (said.kind in LEGAL or contact.reminders_ended_at is None):
        for channel in Channel:
            if channel.value in contact.channels:
                yield channel, address_on(channel, contact)
    if webhook:
        yield Channel.WEBHOOK, ""


def address_on(channel: Channel, contact: Contact) -> str:
    return {Channel.EMAIL: contact.email, Channel.SMS: contact.phone}.get(channel, "")


def _delivery(message_id: int, channel: Channel, address: str, language: str, who: Doer) -> Delivery:
    is_there = channel is Channel.IN_APP
    return Delivery(
        message_id=message_id,
        channel=channel,
        address=address,
        language=language,
        status=DeliveryStatus.SENT if is_there else DeliveryStatus.WAITING,
        next_try_at=who.now,
        sent_at=who.now if is_there else None,
    )


def mark_read(message: Message, *, who: Doer) -> None:
    """The first time counts."""
    if message.read_at is None:
        message.read_at = who.now


def send_again(session: Session, delivery: Delivery, *, who: Doer) -> None:
    """Try once more what was given up, where its reader is reached today; raises DeliveryNotFailed."""
    if delivery.status is not DeliveryStatus.FAILED:
        raise DeliveryNotFailed(status=delivery.status)
    contact = contact_of(session, reader_of(session, delivery.message_id))
    if contact is not None:
        delivery.address = address_on(delivery.channel, contact) or delivery.address
    delivery.status = DeliveryStatus.WAITING
    delivery.attempts, delivery.last_error = 0, ""
    delivery.next_try_at = who.now
    session.flush()
    note(session, who, "send_again", "delivery", delivery.id, message_id=delivery.message_id)
