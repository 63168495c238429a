"""What the database itself promises, whoever speaks to it: history, references, names, readers, writers."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from tests.conftest import TODAY
from tests.factories import make_instrument, make_person, office
from verifier import db
from verifier.models import Model
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.rules.verdict import Outcome

HISTORY = ("verification", "journal_entry")
ON_SQLITE = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)


@pytest.fixture
def engine(database_url: str) -> Iterator[db.Engine]:
    """A database with one verification in it."""
    made = db.connect(database_url)
    with db.transaction(db.sessions_of(made)) as session:
        command = RecordVerification(
            instrument_id=make_instrument(session).id,
            performed_on=TODAY,
            outcome=Outcome.PASSED,
            technician=make_person(session).id,
        )
        record_verification(session, command, who=office(TODAY))
    yield made
    made.dispose()


def _rows(engine: db.Engine, table: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY id"))]


@pytest.mark.parametrize("table", HISTORY)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET id = id",
        "UPDATE {table} SET id = id WHERE id = (SELECT max(id) FROM {table})",
        "DELETE FROM {table}",
        "DELETE FROM {table} WHERE id = (SELECT max(id) FROM {table})",
    ],
)
def test_the_database_refuses_to_change_history(engine: db.Engine, table: str, statement: str) -> None:
    before = _rows(engine, table)
    assert before

    with pytest.raises(DatabaseError, match=f"{table} is history"), engine.begin() as connection:
        connection.execute(text(statement.format(table=table)))

    assert _rows(engine, table) == before


@pytest.mark.parametrize("table", HISTORY)
def test_history_is_not_changed_by_writing_over_it(engine: db.Engine, table: str) -> None:
    """SQLite takes a row away in silence for INSERT OR REPLACE, PostgreSQL changes one ON CONFLICT."""
    columns = ", ".join(column.name for column in Model.metadata.tables[table].columns)
    statement = {
        "sqlite": f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}",
        "postgresql": f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} "
        "ON CONFLICT (id) DO UPDATE SET id = EXCLUDED.id",
    }[engine.dialect.name]

    with pytest.raises(DatabaseError, match=f"{table} is history"), engine.begin() as connection:
        connection.execute(text(statement))


@ON_POSTGRESQL
@pytest.mark.parametrize("table", [*HISTORY, "instrument"])
def test_history_is_not_emptied(engine: db.Engine, table: str) -> None:
    """SQLite has no TRUNCATE."""
    with pytest.raises(DatabaseError, match="is history"), engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {table} CASCADE"))


@pytest.mark.parametrize("table", HISTORY)
def test_history_is_added_to(engine: db.Engine, table: str) -> None:
    names = [column.name for column in Model.metadata.tables[table].columns if column.name != "id"]
    columns = ", ".join(names)
    before = len(_rows(engine, table))

    with engine.begin() as connection:
        connection.execute(
            text(f"INSERT INTO {table} (id, {columns}) SELECT 1000 + id, {columns} FROM {table}")
        )

    assert len(_rows(engine, table)) == 2 * before


def test_an_orphan_is_refused(engine: db.Engine) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text("INSERT INTO person (name, body_id) VALUES ('王五', 999999)"))


def test_what_is_referred_to_cannot_be_deleted(engine: db.Engine) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text("DELETE FROM instrument"))


def test_only_a_pass_is_valid_until_a_day(engine: db.Engine) -> None:
    names = [column.name for column in Model.metadata.tables["verification"].columns if column.name != "id"]
    values = ", ".join("'failed'" if name == "outcome" else name for name in names)

    with pytest.raises(IntegrityError, match="only_a_pass_is_valid"), engine.begin() as connection:
        connection.execute(
            text(f"INSERT INTO verification ({', '.join(names)}) SELECT {values} FROM verification")
        )


def _names(engine: db.Engine) -> Iterator[tuple[str, str, str]]:
    """Table, name and the name it should have, as a pattern."""
    found = inspect(engine)
    for table in Model.metadata.tables:
        key = found.get_pk_constraint(table)
        yield table, str(key["name"]), f"{table}__pkey"
        for reference in found.get_foreign_keys(table):
            yield table, str(reference["name"]), _joined(table, reference["constrained_columns"], "fkey")
        for unique in found.get_unique_constraints(table):
            yield table, str(unique["name"]), _joined(table, unique["column_names"], "key")
        for check in found.get_check_constraints(table):
            yield table, str(check["name"]), rf"{table}__[a-z_]+__check"
        for index in found.get_indexes(table):
            # PostgreSQL lists the index behind a unique constraint too.
            if "duplicates_constraint" not in index:
                yield table, str(index["name"]), rf"{table}__{index['column_names'][0]}\w*__ix"


def _joined(table: str, columns: list[str], kind: str) -> str:
    return f"{table}__{'_'.join(columns)}__{kind}"


def test_everything_is_named_by_the_convention(engine: db.Engine) -> None:
    names = list(_names(engine))

    assert len(names) > 100
    assert [(name, wanted) for _, name, wanted in names if not re.fullmatch(wanted, name)] == []


def test_the_database_has_every_constraint_the_tables_declare(engine: db.Engine) -> None:
    """`alembic check` does not look at CHECK constraints and primary keys."""
    tables = Model.metadata.tables.values()
    declared = {(table.name, str(constraint.name)) for table in tables for constraint in table.constraints}
    declared |= {(table.name, str(index.name)) for table in tables for index in table.indexes}
    assert {(table, name) for table, name, _ in _names(engine)} == declared


WRITES = [
    "INSERT INTO body (code, name) VALUES ('another', '别的所')",
    "UPDATE body SET name = '别的所'",
    "DELETE FROM kind_alias",
    "CREATE TABLE another (id INTEGER)",
]


@pytest.mark.parametrize("statement", WRITES)
def test_a_reader_cannot_write_and_leaves_nothing_behind(engine: db.Engine, statement: str) -> None:
    sessions = db.sessions_of(engine)

    with (
        pytest.raises(DatabaseError, match=r"read-?only"),
        db.reading(sessions) as session,
    ):
        session.execute(text(statement))

    # The same pooled connection writes again.
    with db.transaction(sessions) as session:
        session.execute(text("UPDATE body SET name = '本所'"))
    with db.reading(sessions) as session:
        assert set(session.scalars(text("SELECT name FROM body"))) == {"本所"}


def test_a_refused_transaction_leaves_nothing(engine: db.Engine) -> None:
    sessions = db.sessions_of(engine)

    def interrupted() -> None:
        with db.transaction(sessions) as session:
            session.execute(text("UPDATE body SET name = '半途'"))
            session.execute(text("DELETE FROM district"))

    with pytest.raises(IntegrityError):
        interrupted()

    with db.reading(sessions) as session:
        assert "半途" not in set(session.scalars(text("SELECT name FROM body")))


def _pragma(connection: Connection, name: str) -> object:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


@ON_SQLITE
def test_sqlite_is_opened_as_promised(engine: db.Engine) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
        "recursive_triggers": 1,
    }
    with engine.connect() as connection:
        assert {name: _pragma(connection, name) for name in wanted} == wanted


@ON_SQLITE
def test_two_writers_come_one_after_the_other(engine: db.Engine) -> None:
    sessions = db.sessions_of(engine)
    is_writing = Event()

    def first() -> None:
        with db.transaction(sessions) as session:
            session.execute(text("UPDATE body SET name = '甲'"))
            is_writing.set()
            # Long enough for the second to begin meanwhile.
            sleep(0.5)

    def second() -> set[str]:
        is_writing.wait(10)
        with db.transaction(sessions) as session:
            seen = set(session.scalars(text("SELECT name FROM body")))
            session.execute(text("UPDATE body SET name = name || '乙'"))
            return seen

    with ThreadPoolExecutor(2) as threads:
        begun, then = threads.submit(first), threads.submit(second)
        begun.result(30)
        assert then.result(30) == {"甲"}
    with db.reading(sessions) as session:
        assert set(session.scalars(text("SELECT name FROM body"))) == {"甲乙"}


@ON_SQLITE
def test_no_writers_work_is_lost_on_another(engine: db.Engine) -> None:
    """Each reads and then writes: a lock taken only at the write would fail here, or lose an addition."""
    sessions = db.sessions_of(engine)
    with db.transaction(sessions) as session:
        session.execute(text("UPDATE body SET name = '0'"))

    def add() -> None:
        for _ in range(10):
            with db.transaction(sessions) as session:
                number = int(session.scalars(text("SELECT name FROM body")).first() or 0)
                session.execute(text("UPDATE body SET name = :name"), {"name": str(number + 1)})

    with ThreadPoolExecutor(4) as threads:
        for added in [threads.submit(add) for _ in range(4)]:
            added.result(60)
    with db.reading(sessions) as session:
        assert set(session.scalars(text("SELECT name FROM body"))) == {"40"}


@ON_SQLITE
def test_readers_and_writers_do_not_wait_for_each_other(engine: db.Engine) -> None:
    sessions = db.sessions_of(engine)
    names = text("SELECT name FROM body")
    with db.reading(sessions) as early:
        before = set(early.scalars(names))
        with db.transaction(sessions) as writing:
            writing.execute(text("UPDATE body SET name = '半途'"))
            with db.reading(sessions) as meanwhile:
                assert set(meanwhile.scalars(names)) == before
        # What was committed while it reads is not seen by who began before.
        assert set(early.scalars(names)) == before
    with db.reading(sessions) as late:
        assert set(late.scalars(names)) == {"半途"}
