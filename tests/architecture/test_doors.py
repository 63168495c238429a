"""Every door asks for exactly one right; the few that stand open are named here."""

import inspect
from collections.abc import Iterator
from typing import cast

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

from api import deps
from api.app import create_app
from api.deps import Acts, Needs
from tests.architecture.source import ROOT
from verifier import db
from verifier.rules.access import RIGHTS, Right
from verifier.settings import Settings

# Open to everybody, and why.
OPEN = {
    "GET /healthz": "whoever watches the machine asks",
    "GET /readyz": "ditto",
    "GET /api/openapi.json": "a description, no data",
    "GET /api/docs": "ditto",
    "GET /sign-in": "nobody is signed in yet",
    "POST /sign-in": "ditto",
    "POST /sign-out": "ends what is one's own",
    "POST /language": "a cookie of the reader's own",
    "GET /c": "the public checks papers",
    "GET /c/{number}": "ditto, with the code beside the number",
    "GET /calendar/{language}/{secret}.ics": "a calendar program knows an address that cannot be guessed",
    "GET /reminders/end/{token}": "a link in a mail, signed for its reader",
    "POST /reminders/end/{token}": "ditto, pressed",
    "GET /check-label": "the public checks labels",
    "GET /check-label/keys.json": "public keys, and the names of bodies and kinds",
    "GET /check-label/worker.js": "a script, the same for everybody",
}
# Files that are the same for everybody.
MOUNTS = {"/static", "/static/swagger-ui"}


def _app_routes() -> list[object]:
    # Nothing is asked of this database: routes are only looked at.
    sessions = db.sessions_of(db.connect(f"sqlite:///{ROOT / 'not-there.db'}"))
    app = create_app(Settings(_env_file=None), sessions)
    return list(iter_route_contexts(app.routes))


def _needed(dependant: Dependant) -> Iterator[Right]:
    for inner in dependant.dependencies:
        if isinstance(inner.call, Needs | Acts):
            yield inner.call.right
        yield from _needed(inner)


def _routes() -> Iterator[tuple[str, Dependant]]:
    for context in _app_routes():
        route = cast("APIRoute", context)
        dependant: Dependant | None = getattr(context, "dependant", None)
        if dependant is not None:
            for method in sorted(route.methods or ()):
                yield f"{method} {route.path}", dependant


ROUTES = dict(_routes())
DOORS = {door: list(_needed(dependant)) for door, dependant in ROUTES.items()}


@pytest.mark.parametrize("door", sorted(DOORS))
def test_a_door_asks_for_exactly_one_right(door: str) -> None:
    assert len(set(DOORS[door])) == (0 if door in OPEN else 1)


def test_every_open_door_is_there() -> None:
    assert sorted(OPEN.keys() - DOORS.keys()) == []


def test_only_files_are_mounted() -> None:
    contexts = [cast("Mount", context) for context in _app_routes() if not hasattr(context, "dependant")]

    assert {mount.path for mount in contexts} == MOUNTS


def _sessions(dependant: Dependant) -> Iterator[Dependant]:
    for inner in dependant.dependencies:
        if inspect.isgeneratorfunction(inner.call):
            yield inner
        yield from _sessions(inner)


def test_a_session_ends_before_the_answer_leaves() -> None:
    """Otherwise the client has its 201 in hand by the time a failing commit is noticed."""
    scopes = {(one.call, one.scope) for dependant in ROUTES.values() for one in _sessions(dependant)}

    assert scopes == {(deps._reading, "function"), (deps._transaction, "function")}  # noqa: SLF001  what is meant


def test_what_only_asks_has_a_session_that_cannot_write() -> None:
    writing = [
        door
        for door, dependant in ROUTES.items()
        if door.startswith("GET ") and any(one.call is deps._transaction for one in _sessions(dependant))  # noqa: SLF001  ditto
    ]
    assert writing == []


def test_what_changes_something_asks_for_more_than_reading() -> None:
    reading = {Right.READ_FACTS, Right.READ_REGISTER, Right.READ_REPORTS}
    too_easy = [
        door
        for door, rights in DOORS.items()
        if not door.startswith("GET ") and door not in OPEN and set(rights) & reading
    ]
    assert too_easy == []


def test_every_right_is_given_to_somebody_and_asked_for_somewhere() -> None:
    asked = {right for rights in DOORS.values() for right in rights}
    given = {right for rights in RIGHTS.values() for right in rights}

    assert (asked, given) == (set(Right), set(Right))
