"""Whether a database is empty enough for the demo, or holds it."""

from sqlalchemy import exists, or_, select

from verifier.db import Session
from verifier.models import Account, Competence, Holder, Instrument, JournalEntry, Programme, Tariff
from verifier.rules.access import Role

_SAID_BY_AN_OFFICE = (Holder, Instrument, Programme, Tariff, Competence)


def is_empty(session: Session) -> bool:
    """Facts that ship and an administrator may be there; anything an office has said may not."""
    other_accounts = exists().where(Account.role != Role.ADMIN)
    rows = [exists().select_from(table) for table in _SAID_BY_AN_OFFICE]
    return not session.scalar(select(or_(other_accounts, *rows)))


def is_demo(session: Session) -> bool:
    """Whether the demo was filled in here: from then on nothing leaves this installation."""
    return bool(session.scalar(select(exists().where(JournalEntry.deed == "fill_demo"))))
