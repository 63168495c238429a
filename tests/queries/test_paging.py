"""Pages lead through a list once, whatever it is ordered by and whatever comes in between."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from verifier import db
from verifier.models import JournalEntry
from verifier.operations.journal import Doer, note
from verifier.queries.paging import AfterUnknown, Page, Paging, page_in, page_of


def fill(session: db.Session, who: Doer) -> None:
    for minute in (0, 0, 1, 1, 1, 2):
        doer = Doer(who.name, who.today, who.now + timedelta(minutes=minute))
        note(session, doer, "test", "paging", minute)
    session.flush()


def page(session: db.Session, paging: Paging, *, newest_first: bool = False) -> Page[int]:
    statement = select(JournalEntry.id).where(JournalEntry.deed == "test")
    by = [JournalEntry.at, JournalEntry.id]
    return page_of(session, statement, paging, by=by, row=int, newest_first=newest_first)


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7])
def test_pages_by_day_and_number_lead_through_all_once(
    session: db.Session, who: Doer, limit: int, *, newest_first: bool
) -> None:
    fill(session, who)
    whole = page(session, Paging(500), newest_first=newest_first).items
    found, after = [], None
    while True:
        part = page(session, Paging(limit, after), newest_first=newest_first)
        found += part.items
        after = part.next
        if after is None:
            break

    assert found == whole == sorted(whole, reverse=newest_first)
    assert len(whole) == 6


def test_what_comes_in_between_moves_no_page(session: db.Session, who: Doer) -> None:
    fill(session, who)
    first = page(session, Paging(3), newest_first=True)
    note(session, who, "test", "paging", 9)
    session.flush()
    second = page(session, Paging(3, first.next), newest_first=True)

    assert not set(first.items) & set(second.items)


@pytest.mark.parametrize("after", ["", "WzEsMV0", "WyJ4IiwxXQ", "WyIyMDI2LTA1LTAxIl0"])
def test_a_page_that_nobody_gave_is_refused(session: db.Session, after: str) -> None:
    with pytest.raises(AfterUnknown):
        page(session, Paging(3, after))


def test_a_short_list_is_cut_in_memory() -> None:
    rows = ["c", "a", "b"]
    first = page_in(rows, Paging(2), key=str)

    assert first.items == ["c", "a"]
    assert page_in(rows, Paging(2, first.next), key=str) == Page(["b"], None)
    assert page_in([], Paging(2), key=str) == Page([], None)
    with pytest.raises(AfterUnknown):
        page_in(rows, Paging(2, "WyJ6Il0"), key=str)
