"""Deliveries: claimed for a while, then sent, tried again later, or given up."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from verifier.db import Session
from verifier.models import Account, Contact, Delivery, Holder, Message
from verifier.rules.backoff import next_look, next_try
from verifier.rules.messages import Channel, DeliveryStatus, MessageKind

# Who claimed one and has not come back by then is gone, and it is taken again.
LEASE = timedelta(minutes=10)
_LONGEST_ERROR = 300


@dataclass(frozen=True)
class Claimed:
    """A delivery that is this process's to make, with all that is needed for it."""

    id: int
    channel: Channel
    address: str
    language: str
    # This one included.
    attempts: int
    key: str
    kind: MessageKind
    day: date
    facts: dict[str, Any]
    made_at: datetime
    holder_id: int | None
    account_id: int | None
    # The reader's name; None: nobody in particular.
    reader: str | None
    # Whose reminders can be ended; None: nothing was set.
    contact_id: int | None


def claim_delivery(session: Session, *, at: datetime) -> Claimed | None:
    """Take the one that waits longest, so that nobody else takes it for a while; None: nothing waits."""
    delivery = session.scalars(
        select(Delivery)
        .where(Delivery.status == DeliveryStatus.WAITING, Delivery.next_try_at <= at)
        .order_by(Delivery.next_try_at, Delivery.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if delivery is None:
        return None
    delivery.attempts += 1
    delivery.next_try_at = at + LEASE
    session.flush()
    return Claimed(*session.execute(_claimed(delivery.id)).one())


def _claimed(number: int) -> Select[*tuple[Any, ...]]:
    whose = or_(
        and_(Contact.holder_id.is_not(None), Contact.holder_id == Message.holder_id),
        and_(Contact.account_id.is_not(None), Contact.account_id == Message.account_id),
    )
    names = (
        select(Holder.name).where(Holder.id == Message.holder_id).correlate(Message).scalar_subquery(),
        select(Account.name).where(Account.id == Message.account_id).correlate(Message).scalar_subquery(),
    )
    return (
        select(
            Delivery.id,
            Delivery.channel,
            Delivery.address,
            Delivery.language,
            Delivery.attempts,
            Message.key,
            Message.kind,
            Message.day,
            Message.facts,
            Message.made_at,
            Message.holder_id,
            Message.account_id,
            func.coalesce(*names),
            Contact.id,
        )
        .join(Message, Message.id == Delivery.message_id)
        .outerjoin(Contact, whose)
        .where(Delivery.id == number)
    )


def settle_sent(session: Session, claimed: Claimed, *, at: datetime) -> None:
    """It arrived; who was late and had it taken over by another changes nothing."""
    delivery = _mine(session, claimed)
    if delivery is not None:
        delivery.status, delivery.sent_at, delivery.last_error = DeliveryStatus.SENT, at, ""
        session.flush()


def settle_refused(session: Session, claimed: Claimed, why: str, *, at: datetime) -> None:
    """It did not arrive: tried again later and later, then given up with the last error kept."""
    _put_off(session, claimed, why, next_try(claimed.attempts, at=at))


def settle_unset(session: Session, claimed: Claimed, why: str, *, at: datetime) -> None:
    """There is no such way yet: that is no attempt; looked at again until it is no longer news."""
    _put_off(session, claimed, why, next_look(claimed.made_at, at=at), attempts=claimed.attempts - 1)


def _put_off(
    session: Session, claimed: Claimed, why: str, again: datetime | None, *, attempts: int | None = None
) -> None:
    delivery = _mine(session, claimed)
    if delivery is None:
        return
    delivery.last_error = why[:_LONGEST_ERROR]
    delivery.attempts = claimed.attempts if attempts is None else attempts
    if again is None:
        delivery.status = DeliveryStatus.FAILED
    else:
        delivery.next_try_at = again
    session.flush()


def _mine(session: Session, claimed: Claimed) -> Delivery | None:
    found = session.get(Delivery, claimed.id, with_for_update=True, populate_existing=True)
    is_mine = found is not None and (found.status, found.attempts) == (
        DeliveryStatus.WAITING,
        claimed.attempts,
    )
    return found if is_mine else None
