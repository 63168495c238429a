"""Messages and contacts as every door shows them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from scheduler.notices import Notice, worded
from verifier.i18n import say
from verifier.queries.contacts import ContactRow
from verifier.queries.messages import FailedDelivery, MessageRow
from verifier.rules.messages import MessageKind


@dataclass(frozen=True)
class Shown:
    """A message in the reader's words."""

    id: int
    kind: MessageKind
    day: date
    made_at: datetime
    is_read: bool
    notice: Notice


def shown(rows: Sequence[MessageRow], language: str) -> list[Shown]:
    """As this installation's own pages print them: addresses lead to themselves."""
    return [
        Shown(
            row.id,
            row.kind,
            row.day,
            row.made_at,
            row.read_at is not None,
            worded(row.kind, row.facts, language, at=""),
        )
        for row in rows
    ]


def message_json(message: Shown) -> dict[str, Any]:
    return {
        "id": message.id,
        "kind": message.kind.value,
        "day": message.day.isoformat(),
        "made_at": message.made_at.isoformat(),
        "is_read": message.is_read,
        "subject": message.notice.subject,
        "text": message.notice.text,
    }


def contact_json(contact: ContactRow) -> dict[str, Any]:
    """What can be set, as it is set."""
    return {
        "language": contact.language,
        "email": contact.email,
        "phone": contact.phone,
        "channels": [channel.value for channel in contact.channels],
        "reminders": contact.reminders_ended_at is None,
        "version": contact.version,
    }


def failed_json(delivery: FailedDelivery, language: str) -> dict[str, Any]:
    return asdict(delivery) | {"kind_told": say(delivery.kind.word, language)}
