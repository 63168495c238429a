"""Pages as people see them: the real application, asked by somebody signed in."""

import pytest

from tests.api.conftest import app, ask_as, client, settings  # noqa: F401  fixtures of the same application
from tests.pages.world import World, small_world
from verifier import db
from verifier.rules.access import Role


@pytest.fixture
def world(sessions, who) -> World:
    """A small programme in which everything a report counts has happened."""
    with db.transaction(sessions) as session:
        return small_world(session, who)


@pytest.fixture
def admin(ask_as):  # noqa: F811  the fixture above
    return ask_as(Role.ADMIN)


@pytest.fixture
def coordinator(ask_as):  # noqa: F811  the fixture above
    return ask_as(Role.COORDINATOR, district="320585")
