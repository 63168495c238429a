"""Databases of these tests' own, because they take them apart: an empty one, and one filled with the demo."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import inspect, text

from tests.conftest import TODAY
from tests.factories import office
from verifier import db, migrations
from verifier.operations.demo import fill_demo
from verifier.operations.facts import load_facts

# Makes an engine on a new and empty database.
NewDatabase = Callable[[str], AbstractContextManager[db.Engine]]


@pytest.fixture(scope="module")
def new_database(
    request: pytest.FixtureRequest, dialect: str, tmp_path_factory: pytest.TempPathFactory
) -> NewDatabase:
    @contextmanager
    def made(name: str) -> Iterator[db.Engine]:
        if dialect == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('migrations') / name}.db"
        else:
            server = request.getfixturevalue("postgresql_server")
            _administer(server, f"CREATE DATABASE {name}")
            url = server.format(name=name)
        engine = db.connect(url)
        yield engine
        engine.dispose()
        if dialect == "postgresql":
            _administer(server, f"DROP DATABASE {name} WITH (FORCE)")

    return made


def _administer(server: str, statement: str) -> None:
    engine = db.connect(server.format(name="postgres"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="module")
def filled(new_database: NewDatabase) -> Iterator[db.Engine]:
    """An office with a year behind it, in a database at head."""
    who = office(TODAY)
    with new_database("migrations_filled") as engine:
        migrations.upgrade(engine)
        with db.transaction(db.sessions_of(engine)) as session:
            load_facts(session, who=who, office_name="苏州市计量测试院")
            fill_demo(session, instruments=200, seed=3, who=who, progress=lambda *_: None)
        yield engine


def counts(engine: db.Engine) -> dict[str, int]:
    """How many rows each table of ours has."""
    tables = [table for table in inspect(engine).get_table_names() if table != "alembic_version"]
    with engine.connect() as connection:
        return {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables
        }
