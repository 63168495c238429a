"""How somebody wants to be told: language, address, ways, and whether to be reminded at all."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Len

from verifier.db import Session
from verifier.errors import Invalid
from verifier.i18n import mark
from verifier.models import Contact
from verifier.operations.journal import Doer, note
from verifier.queries.contacts import Reader, contact_for_update, contact_of
from verifier.rules.messages import Channel

# What every mail server takes; no blanks, brackets or line ends, which would reach into its headers.
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{4,30}")


class EmailMalformed(Invalid):
    message = mark("{email} is no e-mail address.")


class PhoneMalformed(Invalid):
    message = mark("{phone} is no telephone number.")


class ChannelWithoutAddress(Invalid):
    message = mark("To be told by {channel}, say where: the address or the number is missing.")


@dataclass(frozen=True, kw_only=True)
class SetContact:
    language: Literal["zh_CN", "en"] = "zh_CN"
    email: Annotated[str, Len(max_length=200)] = ""
    phone: Annotated[str, Len(max_length=40)] = ""
    # Beside Verifier itself, where everything can be read.
    channels: tuple[Literal[Channel.EMAIL, Channel.SMS], ...] = ()
    # Without them only what the law or a promise is about is told on these ways.
    reminders: bool = True


def set_contact(session: Session, reader: Reader, command: SetContact, *, who: Doer) -> Contact:
    """Raises EmailMalformed, PhoneMalformed or ChannelWithoutAddress."""
    email, phone = command.email.strip(), command.phone.strip()
    _check(command, email, phone)
    contact = contact_of(session, reader)
    if contact is None:
        contact = Contact(holder_id=reader.holder_id, account_id=reader.account_id)
        session.add(contact)
    contact.language = command.language
    contact.email, contact.phone = email, phone
    contact.channels = [channel.value for channel in dict.fromkeys(command.channels)]
    if command.reminders:
        contact.reminders_ended_at = None
    elif contact.reminders_ended_at is None:
        contact.reminders_ended_at = who.now
    session.flush()
    _note(session, contact, who)
    return contact


def _check(command: SetContact, email: str, phone: str) -> None:
    if email and _EMAIL.fullmatch(email) is None:
        raise EmailMalformed(email=email)
    if phone and _PHONE.fullmatch(phone) is None:
        raise PhoneMalformed(phone=phone)
    addresses = {Channel.EMAIL: email, Channel.SMS: phone}
    for channel in command.channels:
        if not addresses[channel]:
            raise ChannelWithoutAddress(channel=channel)


def end_reminders(session: Session, contact_id: int | None, *, who: Doer) -> Contact:
    """Once is enough; raises ContactUnknown. What the law or a promise is about is told all the same."""
    contact = contact_for_update(session, contact_id)
    if contact.reminders_ended_at is None:
        contact.reminders_ended_at = who.now
        session.flush()
        _note(session, contact, who)
    return contact


def _note(session: Session, contact: Contact, who: Doer) -> None:
    """Without the addresses: the history is never erased."""
    note(
        session,
        who,
        "set_contact",
        "contact",
        contact.id,
        holder_id=contact.holder_id,
        account_id=contact.account_id,
        language=contact.language,
        channels=contact.channels,
        reminders=contact.reminders_ended_at is None,
    )
