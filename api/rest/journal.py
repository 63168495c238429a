"""The journal: who did what, to what, when."""

from typing import Annotated

from fastapi import Depends

from api.deps import Paged, Reading, needs
from api.strict import rest_router
from verifier.queries.journal import JournalFilter, JournalRow, journal
from verifier.queries.paging import Page
from verifier.rules.access import Right

router = rest_router("journal")


def _filter(
    who: str | None = None, deed: str | None = None, subject: str | None = None, subject_id: int | None = None
) -> JournalFilter:
    return JournalFilter(who=who, deed=deed, subject=subject, subject_id=subject_id)


@router.get("", dependencies=[needs(Right.KEEP_INSTALLATION)])
def entries(
    session: Reading, filter: Annotated[JournalFilter, Depends(_filter)], paging: Paged
) -> Page[JournalRow]:
    """List the journal, newest first."""
    return journal(session, filter, paging)
