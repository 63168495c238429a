"""Noting who did what, to what, when; in the same transaction as the deed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from verifier.db import Session
from verifier.models import JournalEntry
from verifier.operations.chain import enchain
from verifier.rules.access import Caller


@dataclass(frozen=True)
class Doer:
    """Who acts, and when: the office's day and the instant."""

    name: str
    today: date
    now: datetime
    caller: Caller | None = None


def note(session: Session, who: Doer, deed: str, subject: str, subject_id: int, **facts: object) -> None:
    """Add one entry to the history of the doer's body; `facts` are plain JSON values."""
    plain: Mapping[str, object] = {name: _plain(value) for name, value in facts.items()}
    entry = JournalEntry(
        at=who.now, who=who.name, deed=deed, subject=subject, subject_id=subject_id, facts=dict(plain)
    )
    session.add(entry)
    enchain(session, entry, who.caller.body_id if who.caller else None)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
