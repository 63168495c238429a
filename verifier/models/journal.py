"""Who did what, to what, when: one entry per deed, never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from verifier.models.base import Model


class JournalEntry(Model):
    __tablename__ = "journal_entry"
    __table_args__ = (Index("journal_entry__subject__ix", "subject", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(60))
    deed: Mapped[str] = mapped_column(String(60))
    # Table and key of what the deed was done to.
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    facts: Mapped[dict[str, Any]]
