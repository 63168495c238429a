"""Questions about the journal: who did what, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from verifier.db import Session
from verifier.models import JournalEntry
from verifier.queries.paging import Page, Paging, page_of


@dataclass(frozen=True)
class JournalFilter:
    """None: not filtered by it."""

    who: str | None = None
    deed: str | None = None
    subject: str | None = None
    subject_id: int | None = None


@dataclass(frozen=True)
class JournalRow:
    id: int
    at: datetime
    who: str
    deed: str
    subject: str
    subject_id: int
    facts: dict[str, Any]


def journal(session: Session, filter: JournalFilter, paging: Paging) -> Page[JournalRow]:
    statement = select(
        JournalEntry.id,
        JournalEntry.at,
        JournalEntry.who,
        JournalEntry.deed,
        JournalEntry.subject,
        JournalEntry.subject_id,
        JournalEntry.facts,
    )
    wanted = {
        JournalEntry.who: filter.who,
        JournalEntry.deed: filter.deed,
        JournalEntry.subject: filter.subject,
        JournalEntry.subject_id: filter.subject_id,
    }
    for column, value in wanted.items():
        if value is not None:
            statement = statement.where(column == value)
    return page_of(session, statement, paging, by=[JournalEntry.id], row=JournalRow, newest_first=True)
