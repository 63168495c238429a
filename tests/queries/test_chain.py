"""Whoever changes, removes or puts in a record by hand is found, and the record is named."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Column, event, text

from tests.queries.chained import changed_by_a_byte, disarm, fill, put_in
from verifier import db
from verifier.models import Model
from verifier.queries.chain import Break, Broken, Head, Walked, holds, walk
from verifier.queries.history import BODY_OF, NAMES, StoredRows
from verifier.rules.chain import START, Link, NotedHead, link_digest, noted_head

TABLES = list(BODY_OF)
COLUMNS = [column for table in TABLES for column in Model.metadata.tables[table].columns]
ON_SQLITE = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
Found = Callable[[], tuple[Broken, ...]]


@pytest.fixture(scope="module")
def world(
    request: pytest.FixtureRequest, dialect: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[db.Sessions]:
    """One filled database for the whole module; what a test does to it, it takes back."""
    if dialect == "sqlite":
        path = tmp_path_factory.mktemp("chain") / "chain.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        engine = db.connect(f"sqlite:///{path}")
    else:
        server, template = map(request.getfixturevalue, ("postgresql_server", "postgresql_template"))
        administering = db.connect(server.format(name="postgres"))
        with administering.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"CREATE DATABASE chain TEMPLATE {template}"))
        administering.dispose()
        engine = db.connect(server.format(name="chain"))
    sessions = db.sessions_of(engine)
    with db.transaction(sessions) as session:
        fill(session)
    yield sessions
    engine.dispose()


@pytest.fixture
def session(world: db.Sessions) -> Iterator[db.Session]:
    with world() as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def found(session: db.Session) -> Found:
    return lambda: walk(session).broken


def newest(session: db.Session, table: str) -> tuple[int, int]:
    """Key and position of the table's newest record."""
    statement = text(
        "SELECT subject_id, position FROM chain_link WHERE subject = :table ORDER BY position DESC LIMIT 1"
    )
    number, position = session.execute(statement, {"table": table}).one()
    return number, position


def change(session: db.Session, table: str, number: int, change: str) -> None:
    disarm(session, table)
    key = next(iter(Model.metadata.tables[table].primary_key)).name
    session.execute(text(f"UPDATE {table} SET {change} WHERE {key} = {number}"))


def tie(session: db.Session, body: int, position: int, subject: str, number: int, record_digest: str) -> str:
    """Somebody who knows how links are made writes one."""
    before = session.scalar(
        text(f"SELECT digest FROM chain_link WHERE body_id = {body} AND position = {position - 1}")
    )
    digest = link_digest(str(before or START), Link(body, position, subject, number, record_digest))
    session.execute(
        text(
            "INSERT INTO chain_link (body_id, position, subject, subject_id, record_digest, digest) "
            f"VALUES ({body}, {position}, '{subject}', {number}, '{record_digest}', '{digest}')"
        )
    )
    return digest


def test_a_history_nobody_touched_is_whole(session: db.Session) -> None:
    links = session.scalar(text("SELECT count(*) FROM chain_link"))
    digest = session.scalar(text(f"SELECT digest FROM chain_link WHERE position = {links}"))
    assert walk(session) == Walked((Head("office", links, digest),), ())


def test_every_table_the_database_protects_is_covered(session: db.Session, dialect: str) -> None:
    asked = {
        "sqlite": "SELECT tbl_name FROM sqlite_master WHERE name LIKE '%_is_history_update'",
        "postgresql": "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%_is_history'",
    }[dialect]
    protected = set(session.execute(text(asked)).scalars())
    assert protected == {*BODY_OF, "chain_link"}
    assert set(NAMES) == set(BODY_OF)


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_one_byte_changed_in_any_column_is_found_and_named(
    session: db.Session, found: Found, dialect: str, column: Column[Any]
) -> None:
    table = column.table.name
    number, position = newest(session, table)
    change(session, table, number, f"{column.name} = {changed_by_a_byte(column, dialect)}")

    in_chain = Broken("office", Break.CHANGED, position, table, number)
    if column.primary_key:
        in_chain = Broken("office", Break.REMOVED, position, table, number)
        other = session.scalar(text(f"SELECT max({column.name}) FROM {table}"))
        assert found() == (in_chain, Broken("office", Break.PUT_IN, None, table, other))
    else:
        assert found() == (in_chain,)


@pytest.mark.parametrize("column", [column for column in COLUMNS if column.nullable], ids=str)
def test_an_emptied_column_is_found_and_named(session: db.Session, found: Found, column: Column[Any]) -> None:
    table = column.table.name
    number, position = newest(session, table)
    change(session, table, number, f"{column.name} = NULL")

    assert found() == (Broken("office", Break.CHANGED, position, table, number),)


@pytest.mark.parametrize("table", TABLES)
def test_a_record_taken_out_is_found_and_named(session: db.Session, found: Found, table: str) -> None:
    number, position = newest(session, table)
    disarm(session, table)
    key = next(iter(Model.metadata.tables[table].primary_key)).name
    session.execute(text(f"DELETE FROM {table} WHERE {key} = {number}"))

    assert found() == (Broken("office", Break.REMOVED, position, table, number),)


@pytest.mark.parametrize("table", TABLES)
def test_a_record_put_in_is_found_and_named(session: db.Session, found: Found, table: str) -> None:
    disarm(session, table)
    put_in(session, table, 900_001)
    put_in(session, table, 900_000)

    assert found() == (Broken("office", Break.PUT_IN, None, table, 900_000),)


def test_a_record_put_in_belongs_to_the_body_it_says(session: db.Session, found: Found) -> None:
    disarm(session, "body_key")
    put_in(session, "body_key", 900_000)
    session.execute(text("INSERT INTO body (code, name) VALUES ('another', '另一所')"))
    session.execute(
        text("UPDATE body_key SET body_id = (SELECT id FROM body WHERE code = 'another') WHERE id = 900000")
    )
    assert found() == (Broken("another", Break.PUT_IN, None, "body_key", 900_000),)


def test_of_two_records_that_changed_places_the_first_is_named(session: db.Session, found: Found) -> None:
    number, _ = newest(session, "repair")
    earlier = session.scalar(text(f"SELECT max(id) FROM repair WHERE id < {number}"))
    disarm(session, "repair")
    for one, other in ((number, -1), (earlier, number), (-1, earlier)):
        session.execute(text(f"UPDATE repair SET id = {other} WHERE id = {one}"))

    (broken,) = found()
    assert (broken.kind, broken.subject, broken.subject_id) == (Break.CHANGED, "repair", earlier)


@pytest.mark.parametrize(
    "by_hand",
    [
        "digest = substr(digest, 1, 63) || 'x'",
        "record_digest = substr(record_digest, 1, 63) || 'x'",
        "subject_id = subject_id + 1000",
        "subject = 'another'",
    ],
)
def test_a_changed_link_is_found_and_named(session: db.Session, found: Found, by_hand: str) -> None:
    _, position = newest(session, "repair")
    disarm(session, "chain_link")
    session.execute(text(f"UPDATE chain_link SET {by_hand} WHERE position = {position}"))

    named = session.execute(
        text(f"SELECT subject, subject_id FROM chain_link WHERE position = {position}")
    ).one()
    assert found()[0] == Broken("office", Break.LINK_CHANGED, position, *named)


@pytest.mark.parametrize("by_hand", ["position = 900000", "body_id = 900000"])
def test_a_link_put_elsewhere_is_missed_where_it_was(session: db.Session, found: Found, by_hand: str) -> None:
    _, position = newest(session, "repair")
    disarm(session, "chain_link")
    session.execute(text(f"UPDATE chain_link SET {by_hand} WHERE position = {position}"))

    assert found() == (Broken("office", Break.LINK_MISSING, position),)


def test_a_link_before_the_first_is_found(session: db.Session, found: Found) -> None:
    disarm(session, "chain_link")
    session.execute(text("UPDATE chain_link SET position = -1 WHERE position = 1"))

    assert found() == (Broken("office", Break.LINK_MISSING, 1),)


def test_a_link_taken_out_is_found_and_its_record_named(session: db.Session, found: Found) -> None:
    number, position = newest(session, "repair")
    disarm(session, "chain_link")
    session.execute(text(f"DELETE FROM chain_link WHERE position = {position}"))

    assert found() == (
        Broken("office", Break.LINK_MISSING, position),
        Broken("office", Break.PUT_IN, None, "repair", number),
    )


def last(session: db.Session) -> tuple[int, int, str]:
    """Body, position and digest of the newest record of all, an entry of the journal."""
    statement = text("SELECT body_id, position, digest FROM chain_link ORDER BY position DESC LIMIT 1")
    body, position, digest = session.execute(statement).one()
    return body, position, digest


def cut(session: db.Session) -> int:
    """Take the newest record of all out with its link; answers where it stood."""
    number, position = newest(session, "journal_entry")
    assert position == last(session)[1]
    for table in ("journal_entry", "chain_link"):
        disarm(session, table)
    session.execute(text(f"DELETE FROM journal_entry WHERE id = {number}"))
    session.execute(text(f"DELETE FROM chain_link WHERE position = {position}"))
    return position


def test_the_last_record_taken_out_with_its_link_is_missed(session: db.Session, found: Found) -> None:
    assert found() == ()
    position = cut(session)

    assert found() == (Broken("office", Break.LINK_MISSING, position),)


def test_who_turns_the_head_back_too_is_found_by_a_head_that_was_noted(session: db.Session) -> None:
    (head,) = walk(session).heads
    noted = noted_head(head.noted)
    assert holds(session, noted)
    cut(session)
    _, position, digest = last(session)
    session.execute(text(f"UPDATE chain_head SET position = {position}, digest = '{digest}'"))

    assert walk(session).broken == ()
    assert not holds(session, noted)
    assert holds(session, NotedHead("office", position, digest))
    assert not holds(session, NotedHead("office", position, "0" * 16))
    assert not holds(session, NotedHead("another", position, digest))


@pytest.mark.parametrize(
    ("turned", "kind", "behind"),
    [
        ("DELETE FROM chain_head", Break.HEAD_CHANGED, 0),
        ("UPDATE chain_head SET digest = substr(digest, 1, 63) || 'x'", Break.HEAD_CHANGED, 0),
        ("UPDATE chain_head SET position = position - 1", Break.HEAD_CHANGED, 0),
        ("UPDATE chain_head SET position = position + 1", Break.LINK_MISSING, 1),
    ],
)
def test_a_changed_head_is_found(
    session: db.Session, found: Found, turned: str, kind: Break, behind: int
) -> None:
    _, position, _ = last(session)
    session.execute(text(turned))

    assert found() == (Broken("office", kind, position + behind),)


def test_a_history_without_a_single_link_is_missed_from_its_beginning(
    session: db.Session, found: Found
) -> None:
    disarm(session, "chain_link")
    session.execute(text("DELETE FROM chain_link"))

    broken = found()
    assert broken[0] == Broken("office", Break.LINK_MISSING, 1)
    assert [beside.kind for beside in broken[1:]] == [Break.PUT_IN]


def test_a_record_put_in_with_a_good_link_of_its_own_is_found_by_the_next(
    session: db.Session, found: Found
) -> None:
    """Somebody knows how links are made, and pushes the later ones back."""
    body, length, _ = last(session)
    _, position = newest(session, "repair")
    disarm(session, "chain_link")
    disarm(session, "repair")
    put_in(session, "repair", 900_000)
    for after in range(length, position - 1, -1):
        session.execute(text(f"UPDATE chain_link SET position = {after + 1} WHERE position = {after}"))
    rows = StoredRows(session, "repair")
    values = session.execute(text("SELECT * FROM repair WHERE id = 900000")).one()
    tie(session, body, position, "repair", 900_000, rows.digest(values))

    pushed = newest(session, "repair")
    assert found()[0] == Broken("office", Break.LINK_CHANGED, position + 1, "repair", pushed[0])


def test_a_link_to_something_that_is_no_history_is_found(session: db.Session, found: Found) -> None:
    body, position, _ = last(session)
    digest = tie(session, body, position + 1, "instrument", 1, "0" * 64)
    session.execute(text(f"UPDATE chain_head SET position = {position + 1}, digest = '{digest}'"))

    assert found() == (Broken("office", Break.LINK_CHANGED, position + 1, "instrument", 1),)


def test_only_the_first_break_of_a_history_is_named(session: db.Session, found: Found) -> None:
    places = {}
    for table in ("repair", "signature"):
        places[table] = number, position = newest(session, table)
        change(session, table, number, "id = id + 1000")
    number, position = places["repair"]
    assert position < places["signature"][1]
    assert found() == (
        Broken("office", Break.REMOVED, position, "repair", number),
        Broken("office", Break.PUT_IN, None, "repair", number + 1000),
    )


@ON_SQLITE
@pytest.mark.parametrize(
    ("table", "alike"),
    [
        ("verification", "adjusted = 2"),
        ("verification", "performed_on = performed_on || ' '"),
        ("verification", "recorded_at = substr(recorded_at, 1, 26) || '0'"),
        ("verification", 'environment = \'{"a": 1, "a": 1}\''),
        ("verification", "outcome = 'PASSED'"),
        ("verification", "remark = CAST(remark AS BLOB)"),
        ("verification", "remark = CAST(x'ff' AS TEXT)"),
        ("verification", "instrument_id = instrument_id + 0.5"),
        ("verification", "performed_on = 'some day'"),
        ("verification", "performed_on = 20"),
        ("verification", "reasons = 'no json'"),
        ("verification", "reasons = CAST(x'ff' AS TEXT)"),
        ("verification", "tariff_fen = x'00'"),
        ("examination", "as_found = 'null'"),
        ("standard_calibration", "error_percent = '+' || error_percent"),
        ("standard_calibration", "error_percent = 'much'"),
        ("journal_entry", "facts = replace(hex(zeroblob(5000)), '00', '[')"),
    ],
)
def test_what_only_reads_alike_or_not_at_all_is_found(
    session: db.Session, found: Found, table: str, alike: str
) -> None:
    """SQLite keeps in any column whatever somebody puts there."""
    number, position = newest(session, table)
    change(session, table, number, alike)

    assert found() == (Broken("office", Break.CHANGED, position, table, number),)
    # The connection reads texts as always afterwards.
    assert session.connection().connection.driver_connection.text_factory is str  # type: ignore[union-attr]


@ON_SQLITE
@pytest.mark.parametrize(
    "damage", ["position = 'x'", "position = x'00'", "digest = x'00'", "subject = x'00'"]
)
def test_a_link_of_rubbish_is_found(session: db.Session, found: Found, damage: str) -> None:
    disarm(session, "chain_link")
    session.execute(text(f"UPDATE chain_link SET {damage} WHERE position = 3"))

    assert (found()[0].position, found()[0].kind in (Break.LINK_MISSING, Break.LINK_CHANGED)) == (3, True)


def test_walking_asks_the_same_however_long_the_history_is(session: db.Session) -> None:
    sent: list[str] = []
    listening = session.connection()
    event.listen(listening, "before_cursor_execute", lambda *said: sent.append(said[2]))

    walk(session)

    assert len(sent) == 2 * len(BODY_OF) + 2


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (
            Broken("office", Break.CHANGED, 5, "verification", 7),
            "office: record 5 of the history, verification 7, was changed.",
        ),
        (
            Broken("office", Break.REMOVED, 5, "examination", 7),
            "office: record 5 of the history, readings of verification 7, was removed.",
        ),
        (
            Broken("office", Break.PUT_IN, None, "journal_entry", 7),
            "office: journal entry 7 was put in; no link of the history holds it.",
        ),
        (
            Broken("office", Break.LINK_CHANGED, 5, "instrument", 7),
            (
                "office: record 5 of the history, instrument 7, does not follow from the one before; "
                "the link of one of the two was changed or put in."
            ),
        ),
        (
            Broken("office", Break.LINK_MISSING, 5),
            (
                "office: the history has no record 5 where it should stand; "
                "it was removed together with its link."
            ),
        ),
        (
            Broken("office", Break.HEAD_CHANGED, 5),
            "office: the head of the history does not fit its last record, 5.",
        ),
    ],
)
def test_a_break_is_one_sentence(broken: Broken, sentence: str) -> None:
    assert broken.sentence("en") == sentence
