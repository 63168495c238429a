"""What is recorded is tied into the history of its body when the transaction ends."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from threading import Barrier, Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from tests.conftest import TODAY
from tests.factories import make_instrument, make_person, office, office_body
from verifier import db
from verifier.models import Body, BodyKey, ChainHead, ChainLink, JournalEntry
from verifier.operations.chain import link_existing, stored_as
from verifier.operations.journal import Doer, note
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.queries.chain import walk
from verifier.queries.history import StoredRows, unlinked
from verifier.queries.staff import BodyUnknown, body_for_update
from verifier.rules.access import Caller, Role, Scope
from verifier.rules.verdict import Outcome

ON_POSTGRESQL = pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
WHO = office(TODAY)


@pytest.fixture
def own(database_url: str) -> Iterator[db.Sessions]:
    """A database of the test's own, for threads; its history is whole and begins with the facts that ship."""
    engine = db.connect(database_url)
    sessions = db.sessions_of(engine)
    with db.transaction(sessions) as session:
        link_existing(session)
    yield sessions
    engine.dispose()


def length(session: db.Session, code: str = "office") -> int:
    statement = select(ChainHead.position).join(Body, Body.id == ChainHead.body_id).where(Body.code == code)
    return session.scalar(statement) or 0


def history(session: db.Session) -> list[tuple[str, str, int]]:
    """Body, deed and position of the entries that a test made, in the order of the links."""
    statement = (
        select(Body.code, JournalEntry.deed, ChainLink.position)
        .join(Body, Body.id == ChainLink.body_id)
        .join(JournalEntry, JournalEntry.id == ChainLink.subject_id)
        .where(ChainLink.subject == "journal_entry", JournalEntry.deed != "load_facts")
        .order_by(Body.code, ChainLink.position)
    )
    return [(code, deed, position) for code, deed, position in session.execute(statement)]


def add_body(session: db.Session, code: str) -> Body:
    body = Body(code=code, name=code)
    session.add(body)
    session.flush()
    return body


def of_body(body_id: int) -> Doer:
    caller = Caller(1, "wang", Role.TECHNICIAN, Scope(), body_id=body_id, person_id=None)
    return replace(WHO, caller=caller)


def test_the_history_of_a_new_office_is_whole(session: db.Session) -> None:
    assert walk(session).broken == ()
    assert length(session) > 0


def test_a_deed_is_tied_into_the_history_of_the_doers_body(own: db.Sessions) -> None:
    with db.transaction(own) as session:
        begun = length(session)
        another = add_body(session, "another")
        note(session, of_body(another.id), "one", "body", 1)
        note(session, WHO, "two", "body", 1)
        note(session, of_body(another.id), "three", "body", 1)
        # Nobody waits for a head before the end.
        assert history(session) == []
    with db.reading(own) as session:
        assert history(session) == [
            ("another", "one", 1),
            ("another", "three", 2),
            ("office", "two", begun + 1),
        ]
        assert walk(session).broken == ()


def test_records_stand_in_the_order_in_which_they_were_handed_over(own: db.Sessions) -> None:
    with db.transaction(own) as session:
        begun = length(session)
        office_id = office_body(session).id
        note(session, WHO, "one", "body", 1)
        # The office by its number is the same office.
        note(session, of_body(office_id), "two", "body", 1)
        note(session, WHO, "three", "body", 1)
    with db.reading(own) as session:
        wanted = [("office", deed, begun + place) for place, deed in enumerate(("one", "two", "three"), 1)]
        assert history(session) == wanted


def _note_and_fail(session: db.Session) -> None:
    note(session, WHO, "lost", "body", 1)
    session.flush()
    raise ZeroDivisionError


def test_what_is_rolled_back_leaves_no_link(own: db.Sessions) -> None:
    with pytest.raises(ZeroDivisionError), db.transaction(own) as session:
        _note_and_fail(session)
    with db.transaction(own) as session:
        begun = length(session)
        note(session, WHO, "before", "body", 1)
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            _note_and_fail(session)
        note(session, WHO, "after", "body", 1)
    with db.transaction(own) as session, pytest.raises(ZeroDivisionError), session.begin_nested():
        _note_and_fail(session)
    with db.reading(own) as session:
        assert history(session) == [("office", "before", begun + 1), ("office", "after", begun + 2)]
        assert walk(session).broken == ()


@pytest.mark.parametrize("notes", [1, 5])
def test_tying_costs_four_statements_however_many_records(
    sessions: db.Sessions, statements: list[str], notes: int
) -> None:
    with db.transaction(sessions) as session:
        note(session, WHO, "first", "body", 1)
    with db.transaction(sessions) as session:
        for _ in range(notes):
            note(session, WHO, "one", "body", 1)
        session.flush()
        statements.clear()
    assert [statement.split()[0] for statement in statements] == ["SELECT", "SELECT", "INSERT", "UPDATE"]


def test_a_transaction_without_history_costs_nothing(sessions: db.Sessions, statements: list[str]) -> None:
    with db.transaction(sessions) as session, session.begin_nested() as inner:
        note(session, WHO, "lost", "body", 1)
        inner.rollback()
    assert statements == []


def test_without_an_office_there_is_no_history_to_tie_into(own: db.Sessions) -> None:
    with db.transaction(own) as session:
        office_body(session).code = "renamed"
    with pytest.raises(BodyUnknown), db.transaction(own) as session:
        note(session, WHO, "one", "body", 1)


def test_a_wrong_record_and_the_one_in_its_place_both_stay(own: db.Sessions) -> None:
    with db.transaction(own) as session:
        command = RecordVerification(
            instrument_id=make_instrument(session).id,
            performed_on=TODAY,
            outcome=Outcome.PASSED,
            technician=make_person(session).id,
        )
        wrong = record_verification(session, command, who=WHO)
    with db.transaction(own) as session:
        right = record_verification(session, replace(command, supersedes=wrong.id), who=WHO)
    with db.reading(own) as session:
        tied = select(ChainLink.subject_id).where(ChainLink.subject == "verification").order_by(ChainLink.id)
        assert session.scalars(tied).all() == [wrong.id, right.id]
        assert walk(session).broken == ()


def test_two_at_once_keep_one_unbroken_history_even_where_it_begins(own: db.Sessions) -> None:
    with db.transaction(own) as session:
        bodies = [add_body(session, code).id for code in ("one", "other")]
    starting = Barrier(4)

    def work(turned: bool) -> None:  # noqa: FBT001  which of two orders
        starting.wait(30)
        for _ in range(5):
            with db.transaction(own) as session:
                for body_id in reversed(bodies) if turned else bodies:
                    note(session, of_body(body_id), "deed", "body", body_id)

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(work, turned) for turned in (True, False, True, False)]:
            done.result(120)
    with db.reading(own) as session:
        assert (length(session, "one"), length(session, "other")) == (20, 20)
        assert walk(session).broken == ()


@ON_POSTGRESQL
def test_who_holds_a_body_and_who_ties_into_its_history_do_not_deadlock(own: db.Sessions) -> None:
    is_held, may_end = Event(), Event()

    def keeper() -> None:
        with db.transaction(own) as session:
            body_for_update(session, "office")
            is_held.set()
            may_end.wait(30)
            note(session, WHO, "keeper", "body", 1)

    def other() -> None:
        is_held.wait(30)
        with db.transaction(own) as session:
            note(session, WHO, "other", "body", 1)
            threads.submit(may_end.wait, 0.5).add_done_callback(lambda _: may_end.set())

    with ThreadPoolExecutor(3) as threads:
        for done in [threads.submit(keeper), threads.submit(other)]:
            done.result(60)
    with db.reading(own) as session:
        assert [deed for _, deed, _ in history(session)] == ["keeper", "other"]


def test_what_stood_before_is_tied_once_and_with_what_was_just_done(own: db.Sessions) -> None:
    entry = {"at": WHO.now, "who": "office", "deed": "bulk", "subject": "body", "subject_id": 1, "facts": {}}
    with db.transaction(own) as session:
        begun = length(session)
        another = add_body(session, "another")
        session.execute(insert(JournalEntry), [entry] * 2001)
        note(session, of_body(another.id), "one", "body", 1)
        link_existing(session)
        assert length(session) == begun + 2001
        note(session, WHO, "two", "body", 1)
    with db.transaction(own) as session:
        link_existing(session)
    with db.reading(own) as session:
        assert (length(session), length(session, "another")) == (begun + 2002, 1)
        assert walk(session).broken == ()


def test_what_stood_before_belongs_to_the_body_it_says(own: db.Sessions) -> None:
    with db.transaction(own) as session:
        another = add_body(session, "another")
        columns = {"body_id": another.id, "public_key": "k" * 43, "made_at": WHO.now}
        session.execute(insert(BodyKey), [columns])
        link_existing(session)
        assert length(session, "another") == 1


FACTS = st.dictionaries(
    st.text(max_size=8),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=FACTS, at=st.datetimes(timezones=st.timezones()))
def test_a_record_has_the_same_digest_before_and_after_the_database(
    session: db.Session, facts: dict[str, object], at: datetime
) -> None:
    entry = JournalEntry(at=at, who="王", deed="deed", subject="body", subject_id=1, facts=facts)
    with session.begin_nested() as undone:
        session.add(entry)
        session.flush()
        rows = StoredRows(session, "journal_entry")
        stored = {found.id: found.digest for _, found in unlinked(session, rows, after=None, most=99)}
        assert stored[entry.id] == stored_as(entry).digest
        undone.rollback()
