"""The night's work: which runs there were, and who is at it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from verifier.models.base import Model
from verifier.rules.messages import JobOutcome


class JobRun(Model):
    __tablename__ = "job_run"
    __table_args__ = (Index("job_run__job__day__ix", "job", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(40))
    # The office's day it was for, which need not be the day it ran.
    day: Mapped[date]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[JobOutcome]
    # How many things were done, how many refused and passed over.
    done: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    facts: Mapped[dict[str, Any]]


class JobLock(Model):
    """Who runs a job now, where the database has no locks of its own that outlast a transaction."""

    __tablename__ = "job_lock"

    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(60))
    expires_at: Mapped[datetime]
