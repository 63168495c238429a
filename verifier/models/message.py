"""What people are told, on which ways, and how far it got."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from verifier.models.base import Model
from verifier.rules.messages import Channel, DeliveryStatus, MessageKind


class Contact(Model):
    """How a holder or an account wants to be told; without a row: in Verifier alone."""

    __tablename__ = "contact"
    __table_args__ = (CheckConstraint("(holder_id IS NULL) <> (account_id IS NULL)", name="whose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("holder.id"), unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), unique=True)
    language: Mapped[str] = mapped_column(String(10))
    email: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    # Beside Verifier itself.
    channels: Mapped[list[str]]
    # From then on only what the law or a promise is about.
    reminders_ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Message(Model):
    """Something to be told to one reader, once; `key` says what makes two the same."""

    __tablename__ = "message"
    __table_args__ = (CheckConstraint("holder_id IS NULL OR account_id IS NULL", name="one_reader"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[MessageKind]
    # Both None: the installation's own webhook alone.
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("holder.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    # The office's day it belongs to.
    day: Mapped[date]
    # Plain values for the template of its kind.
    facts: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class Delivery(Model):
    """A message on one way; tried again later and later until it is sent or given up."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("message_id", "channel"),
        Index("delivery__status__next_try_at__ix", "status", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    channel: Mapped[Channel]
    # Where it goes, as it was when the message was made.
    address: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[str] = mapped_column(String(10))
    status: Mapped[DeliveryStatus] = mapped_column(default=DeliveryStatus.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    last_error: Mapped[str] = mapped_column(String(300), default="")
    sent_at: Mapped[datetime | None]


class CalendarFeed(Model):
    """An unguessable address under which a calendar program reads visits."""

    __tablename__ = "calendar_feed"
    __table_args__ = (CheckConstraint("(holder_id IS NULL) <> (person_id IS NULL)", name="whose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("holder.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    # SHA-256 of the address's secret part, which is shown once and kept nowhere.
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(60))
    revoked_at: Mapped[datetime | None]
