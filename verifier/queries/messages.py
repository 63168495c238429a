"""Questions about messages: what somebody was told, and what of it did not arrive."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true

from verifier.db import Session
from verifier.errors import NotFound
from verifier.i18n import mark
from verifier.models import Account, Delivery, Holder, Message
from verifier.queries.contacts import Reader
from verifier.queries.scopes import within_scope
from verifier.rules.access import Caller, Role
from verifier.rules.messages import Channel, DeliveryStatus, MessageKind
from verifier.rules.reminding import Told


class MessageUnknown(NotFound):
    message = mark("There is no message {message_number}, or it is somebody else's.")


class DeliveryUnknown(NotFound):
    message = mark("There is no delivery {delivery}, or it is not yours to see.")


@dataclass(frozen=True)
class MessageRow:
    id: int
    kind: MessageKind
    day: date
    # Plain values for the words of its kind.
    facts: Mapping[str, Any]
    made_at: datetime
    # None: not read yet.
    read_at: datetime | None


@dataclass(frozen=True)
class FailedDelivery:
    """A message that did not arrive on one way, and why it was given up."""

    id: int
    kind: MessageKind
    day: date
    channel: Channel
    address: str
    attempts: int
    last_error: str
    # None: whoever the webhook leads to.
    holder_id: int | None
    reader: str | None


# One thing that ends, told to one reader: its number and its last day.
Ending = tuple[int, date]


def reader_for(caller: Caller) -> Reader:
    """Who is told what concerns the caller: a holder's accounts share what the holder is told."""
    if caller.role is Role.HOLDER:
        return Reader(holder_id=caller.scope.holder_id)
    return Reader(account_id=caller.account_id)


def reader_of(session: Session, message_id: int) -> Reader:
    statement = select(Message.holder_id, Message.account_id).where(Message.id == message_id)
    holder_id, account_id = session.execute(statement).one()
    return Reader(holder_id=holder_id, account_id=account_id)


def _told_to(reader: Reader) -> ColumnElement[bool]:
    if reader.holder_id is not None:
        return Message.holder_id == reader.holder_id
    return Message.account_id == reader.account_id


def messages(
    session: Session, reader: Reader, *, before: int | None = None, limit: int | None = None
) -> list[MessageRow]:
    """The newest first; `before` is the last one already seen."""
    columns = (Message.id, Message.kind, Message.day, Message.facts, Message.made_at, Message.read_at)
    statement = select(*columns).where(_told_to(reader))
    if before is not None:
        statement = statement.where(Message.id < before)
    found = session.execute(statement.order_by(Message.id.desc()).limit(limit))
    return [MessageRow(*row) for row in found]


def count_unread(session: Session, reader: Reader) -> int:
    statement = select(func.count(Message.id)).where(_told_to(reader), Message.read_at.is_(None))
    return session.scalars(statement).one()


def message_for_update(session: Session, number: int, reader: Reader) -> Message:
    """Load and lock; raises MessageUnknown, also where it is somebody else's."""
    statement = select(Message).where(Message.id == number, _told_to(reader)).with_for_update()
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise MessageUnknown(message_number=number)
    return found


def known_keys(session: Session, keys: Collection[str]) -> set[str]:
    """Those of the keys a message has."""
    return set(session.scalars(select(Message.key).where(Message.key.in_(keys)))) if keys else set()


def told_since(
    session: Session, kinds: Collection[MessageKind], *, since: date
) -> dict[Reader, dict[Ending, list[Told]]]:
    """Which steps of what ends were told to whom, for that day or a later one."""
    statement = select(Message.holder_id, Message.account_id, Message.day, Message.facts).where(
        Message.kind.in_(kinds), Message.day >= since
    )
    told: dict[Reader, dict[Ending, list[Told]]] = defaultdict(lambda: defaultdict(list))
    for holder_id, account_id, day, facts in session.execute(statement):
        of_reader = told[Reader(holder_id=holder_id, account_id=account_id)]
        for each in facts["ending"]:
            ending = (each["id"], date.fromisoformat(each["ends_on"]))
            of_reader[ending].append(Told(each["step"], day))
    return told


def failed_deliveries(
    session: Session,
    caller: Caller,
    *,
    on: date,
    before: int | None = None,
    limit: int | None = None,
) -> list[FailedDelivery]:
    """What was given up, the newest first: to whom the caller looks after, and to the caller."""
    statement = _failed(caller, on)
    if before is not None:
        statement = statement.where(Delivery.id < before)
    found = session.execute(statement.order_by(Delivery.id.desc()).limit(limit))
    return [FailedDelivery(*row) for row in found]


def _failed(caller: Caller, on: date) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Delivery.id,
            Message.kind,
            Message.day,
            Delivery.channel,
            Delivery.address,
            Delivery.attempts,
            Delivery.last_error,
            Message.holder_id,
            func.coalesce(Holder.name, Account.name),
        )
        .join(Message, Message.id == Delivery.message_id)
        .outerjoin(Holder, Holder.id == Message.holder_id)
        .outerjoin(Account, Account.id == Message.account_id)
        .where(Delivery.status == DeliveryStatus.FAILED, _looked_after(caller, on))
    )


def _looked_after(caller: Caller, on: date) -> ColumnElement[bool]:
    if caller.scope.is_everything:
        return true()
    inside = within_scope(caller.scope, on=on, district=Holder.district_id, holder=Holder.id)
    return or_(Message.account_id == caller.account_id, inside)


def delivery_for_update(session: Session, number: int, caller: Caller, *, on: date) -> Delivery:
    """Load and lock; raises DeliveryUnknown, also where it is not the caller's to see."""
    statement = (
        select(Delivery)
        .join(Message, Message.id == Delivery.message_id)
        .outerjoin(Holder, Holder.id == Message.holder_id)
        .where(Delivery.id == number, _looked_after(caller, on))
        .with_for_update(of=Delivery)
    )
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise DeliveryUnknown(delivery=number)
    return found
