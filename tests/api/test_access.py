"""Who gets in where: every route and page × every role and scope. The table is walk.py."""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import text

from api import deps
from api.app import create_app
from tests.api.conftest import NOW
from tests.api.walk import API, CALLERS, ROWS, Row, fill_world
from tests.factories import office
from verifier import db
from verifier.operations.accounts import AddAccount, add_account, issue_token
from verifier.settings import Settings

KEPT_OUT = (401, 403, 404)


@dataclass(frozen=True)
class World:
    client: TestClient
    things: Mapping[str, object]
    tokens: Mapping[str, str]

    def ask(self, row: Row, caller: str) -> Response:
        """Send the row's request as this caller."""
        names = {**self.things, "caller": caller}
        path = row.path.replace(":path}", "}").format_map(_filled(row.at, names))
        token = self.tokens.get(caller)
        headers = {**row.headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        return self.client.request(
            row.method,
            path,
            params=_filled(row.query, names),
            headers=headers,
            json=_filled(row.json, names),
            data=_filled(row.form, names),
            files=None if row.file is None else {"file": ("walk.csv", row.file)},
        )


def _filled(value: Any, names: Mapping[str, object]) -> Any:
    """Put the world's things where a row names them; a text that is only a name becomes the thing itself."""
    if isinstance(value, Mapping):
        return {key: _filled(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, names) for inner in value]
    if not isinstance(value, str):
        return value
    whole = re.fullmatch(r"<([^<>]+)>", value)
    if whole:
        return names[whole[1]]
    return re.sub(r"<([^<>]+)>", lambda found: str(names[found[1]]), value)


def _administer(server: str, statement: str) -> None:
    engine = db.connect(server.format(name="postgres"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="module")
def walk_url(
    request: pytest.FixtureRequest, dialect: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """One database for the whole walk."""
    if dialect == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        yield f"sqlite:///{shutil.copy(template, tmp_path_factory.mktemp('walk') / 'walk.db')}"
        return
    server: str = request.getfixturevalue("postgresql_server")
    _administer(server, f"CREATE DATABASE walk TEMPLATE {request.getfixturevalue('postgresql_template')}")
    yield server.format(name="walk")
    _administer(server, "DROP DATABASE walk WITH (FORCE)")


@pytest.fixture(scope="module")
def world(walk_url: str) -> Iterator[World]:
    engine = db.connect(walk_url)
    sessions = db.sessions_of(engine)
    today = date(2026, 5, 1)
    tokens: dict[str, str] = {}
    with db.transaction(sessions) as session:
        things = fill_world(session, today)
        for name, (role, scope) in CALLERS.items():
            command = AddAccount(name=name, role=role, **_filled(scope, things))
            tokens[name] = issue_token(
                session, add_account(session, command, who=office(today)), office(today)
            )
    app = create_app(Settings(_env_file=None), sessions)
    app.dependency_overrides[deps.now] = lambda: NOW
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield World(client, things, tokens)
    engine.dispose()


def _routes() -> list[tuple[str, str, Any]]:
    app: FastAPI = create_app(Settings(_env_file=None))
    return [
        (method, route.path or "", route)
        for route in iter_route_contexts(app.routes)
        for method in sorted(route.methods or ())
        if method != "HEAD"
    ]


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    registered = {f"{method} {path}" for method, path, _ in _routes()}
    rows = {f"{row.method} {row.path}" for row in ROWS}

    assert sorted(registered - rows) == []
    assert sorted(rows - registered) == []


def _rights(dependant: Dependant) -> Iterator[object]:
    for inner in dependant.dependencies:
        if isinstance(inner.call, deps.Needs | deps.Acts):
            yield inner.call.right
        yield from _rights(inner)


def test_every_route_of_the_api_asks_for_exactly_one_right() -> None:
    asked = {
        f"{method} {path}": len(list(_rights(route.original_route.dependant)))
        for method, path, route in _routes()
        if path.startswith(API) and isinstance(route.original_route, APIRoute)
    }

    assert {route: count for route, count in asked.items() if count != 1} == {}


def _is_kept_out(row: Row, caller: str, answer: Response) -> bool:
    """Whether the caller was kept out, in the way that is right for a caller and a route of this kind."""
    assert answer.status_code < 500, answer.text
    if caller != "nobody":
        return answer.status_code in KEPT_OUT
    if row.path.startswith("/api/"):
        return answer.status_code == 401
    return answer.headers.get("location", "").startswith("/sign-in") and row.path != "/sign-out"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path}")
def test_who_gets_in(world: World, row: Row) -> None:
    got_in = set()
    for caller in ["nobody", *CALLERS]:
        answer = world.ask(row, caller)
        if not _is_kept_out(row, caller, answer):
            assert answer.status_code not in KEPT_OUT, answer.text
            assert "RequestInvalid" not in answer.text, answer.text
            got_in.add(caller)

    assert got_in == row.gets_in
