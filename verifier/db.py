"""Engines, sessions and the only commit; every difference between the two databases stands here."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, DataError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from verifier.errors import Conflict
from verifier.i18n import mark

__all__ = [
    "DatabaseUnreachable",
    "Engine",
    "Session",
    "Sessions",
    "StaleRow",
    "Unavailable",
    "Unstorable",
    "add_once",
    "at_the_end",
    "check_reachable",
    "connect",
    "reading",
    "sessions_of",
    "transaction",
    "undecoded",
]

Sessions = sessionmaker[Session]
# A row with a version was changed by somebody else since it was read.
StaleRow = StaleDataError
# The database is gone, locked, or its disk is full.
Unavailable = OperationalError
# What no column can hold: a number beyond 64 bits, a text with a NUL.
Unstorable = (DataError, OverflowError)

_READING = "verifier_reading"
_AT_THE_END = "verifier_at_the_end"


class DatabaseUnreachable(Conflict):
    message = mark("The database {database} cannot be used: {why}.")


def connect(url: str) -> Engine:
    """An engine for `sqlite:///file` or `postgresql+psycopg://…`."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": 30})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:  # noqa: ANN401  SQLAlchemy's own type
    # The driver's implicit transactions leak savepoints; BEGIN is ours, below.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")
    # Without it INSERT OR REPLACE takes a row of history away and its trigger is not asked.
    connection.execute("PRAGMA recursive_triggers=ON")


def _begin_sqlite(connection: Connection) -> None:
    only_reading = bool(connection.get_execution_options().get(_READING))
    connection.exec_driver_sql(f"PRAGMA query_only={int(only_reading)}")
    # A writer takes its lock at once: a reader that turns writer half-way would fail with "locked".
    connection.exec_driver_sql("BEGIN" if only_reading else "BEGIN IMMEDIATE")


def check_reachable(engine: Engine) -> None:
    """Raises DatabaseUnreachable with the database's own first sentence, never with a password."""
    try:
        with engine.connect():
            return
    except DatabaseError as error:
        why = str(error.orig).strip().splitlines()[0].rstrip(".")
        raise DatabaseUnreachable(database=engine.url.render_as_string(), why=why) from None


def sessions_of(engine: Engine) -> Sessions:
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def transaction(sessions: Sessions) -> Iterator[Session]:
    """Commit what the block did, all of it or nothing.

    The only place in the project that commits. What was asked for with `at_the_end` is done before.
    """
    with sessions.begin() as session:
        yield session
        for deed in session.info.pop(_AT_THE_END, {}).values():
            deed(session)


def at_the_end(session: Session, name: str, deed: Callable[[Session], None]) -> None:
    """Have something done once, last before the commit, however often it is asked for under this name.

    For what takes a lock that others wait for: taken last it is held shortest, and nobody who holds it
    waits for anybody else.
    """
    session.info.setdefault(_AT_THE_END, {})[name] = deed


@contextmanager
def reading(sessions: Sessions) -> Iterator[Session]:
    """Ask without being able to change anything; the database sees to it."""
    with sessions() as session:
        connection = session.connection(execution_options={_READING: True})
        if connection.dialect.name == "postgresql":
            session.execute(text("SET TRANSACTION READ ONLY"))
        yield session


def alone(session: Session, deed: str) -> None:
    """Let nobody else do the same deed until this transaction ends.

    On SQLite a writing transaction is alone from its beginning.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:deed))"), {"deed": deed})


def add_once(
    session: Session, table: type[DeclarativeBase], row: Mapping[str, Any], *, by: str
) -> int | None:
    """Insert a row unless one with the same `by` is there; its id, or None. Who comes second waits."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(**row).on_conflict_do_nothing(index_elements=[by])
    number: int | None = session.scalar(statement.returning(table.__table__.c.id))
    return number


@contextmanager
def undecoded(session: Session) -> Iterator[None]:
    """Read texts whose bytes are no UTF-8 instead of failing; PostgreSQL lets none in."""
    driver = session.connection().connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    driver.text_factory = _as_far_as_possible
    try:
        yield
    finally:
        driver.text_factory = str


def _as_far_as_possible(stored: bytes) -> str:
    return stored.decode(errors="surrogateescape")
