"""The office's calendar of working days."""

from sqlalchemy import select

from verifier.db import Session
from verifier.models import OfficeDay
from verifier.rules.workdays import WorkCalendar


def work_calendar(session: Session) -> WorkCalendar:
    """The public calendar with the office's own days before it."""
    statement = select(OfficeDay.day, OfficeDay.is_working)
    rows = session.execute(statement).all()
    return WorkCalendar({row.day: row.is_working for row in rows})
