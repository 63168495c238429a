"""One filled demo for everything that is asked of it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.conftest import TODAY
from tests.factories import office
from verifier import db
from verifier.operations.demo import DemoFilled, fill_demo

SIZE, SEED = 3000, 7
WHO = office(TODAY)


def fill(session: db.Session, size: int = SIZE, seed: int = SEED, **more: Any) -> DemoFilled:
    asked: dict[str, Any] = {"instruments": size, "seed": seed, "who": WHO, "progress": lambda *_: None}
    return fill_demo(session, **(asked | more))


@dataclass
class Demo:
    sessions: db.Sessions
    filled: DemoFilled


@pytest.fixture(scope="session")
def demo(
    request: pytest.FixtureRequest, dialect: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demo]:
    """One filled database for the whole run; what a test writes into it, it takes back."""
    if dialect == "sqlite":
        engine = db.connect(f"sqlite:///{copy_of_template(request, tmp_path_factory.mktemp('demo'))}")
    else:
        template = request.getfixturevalue("postgresql_template")
        server = request.getfixturevalue("postgresql_server")
        _administer(server, f"CREATE DATABASE demo TEMPLATE {template}")
        engine = db.connect(server.format(name="demo"))
    sessions = db.sessions_of(engine)
    with db.transaction(sessions) as session:
        filled = fill(session)
    yield Demo(sessions, filled)
    engine.dispose()


def copy_of_template(request: pytest.FixtureRequest, folder: Path) -> Path:
    path = folder / "demo.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return path


def _administer(server: str, statement: str) -> None:
    engine = db.connect(server.format(name="postgres"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def filled(demo: Demo) -> Iterator[db.Session]:
    """A session on the filled database; nothing of it is kept."""
    with demo.sessions() as session:
        yield session
        session.rollback()
