"""The real application on a real database, asked by a real client."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import cache

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import deps
from api.app import create_app, put_on
from tests.factories import office
from verifier import db
from verifier.operations.accounts import AddAccount, add_account, issue_token
from verifier.rules.access import Role
from verifier.settings import Settings

# Four in the afternoon in the office.
NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)

Ask = Callable[..., TestClient]


@pytest.fixture(autouse=True)
def secret_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no test leaves a key file behind."""
    monkeypatch.setenv("VERIFIER_SECRET_KEY", "0123456789abcdef" * 4)


@pytest.fixture
def settings() -> Settings:
    return Settings(base_url="http://testserver", _env_file=None)


@cache
def _built(settings: Settings) -> FastAPI:
    """FastAPI looks at every route when it is first asked for: once for all tests with the same settings."""
    return create_app(settings, db.sessions_of(db.connect("sqlite://")))


@pytest.fixture
def app(sessions: db.Sessions, settings: Settings) -> FastAPI:
    made = _built(settings)
    put_on(made, settings, sessions)
    made.dependency_overrides = {deps.now: lambda: NOW}
    return made


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Nobody signed in; a bug is answered, not raised, as in the office."""
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def ask_as(app: FastAPI, sessions: db.Sessions, today: date) -> Iterator[Ask]:
    """`ask_as(Role.ADMIN)`, `ask_as(Role.OFFICIAL, district="320585")`: a client with its token."""
    opened: list[TestClient] = []

    def ask(role: Role, **scope: object) -> TestClient:
        command = AddAccount(name=f"{role.value}-{len(opened)}", role=role, **scope)  # type: ignore[arg-type]  # as given
        with db.transaction(sessions) as session:
            account = add_account(session, command, who=office(today))
            token = issue_token(session, account, office(today))
        asked = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
        asked.headers["Authorization"] = f"Bearer {token}"
        opened.append(asked)
        return asked

    yield ask
    for asked in opened:
        asked.close()


@pytest.fixture
def admin(ask_as: Ask) -> TestClient:
    return ask_as(Role.ADMIN)
