"""What a route may ask for: a session, who is calling, the day, the paging."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request
from fastapi.params import Depends as Dependency

from api.errors import NotSignedIn
from api.security import SESSION_COOKIE
from verifier import clock, db
from verifier.operations.journal import Doer
from verifier.queries.accounts import caller_by_session, caller_by_token
from verifier.queries.paging import LIMIT, MOST, Paging
from verifier.rules.access import Caller, Right
from verifier.rules.practice import Practice
from verifier.secret_key import secret_key
from verifier.settings import Settings


def now() -> datetime:
    return clock.now()


Now = Annotated[datetime, Depends(now)]


def settings_of(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


InstallationSettings = Annotated[Settings, Depends(settings_of)]


def practice_of(settings: InstallationSettings) -> Practice:
    """How this installation works, as rules and deeds need to know it."""
    return Practice(
        minus_one_day=settings.valid_until_minus_one_day,
        signatures=settings.certificate_signatures,
        base_url=settings.base_url,
        secret=secret_key(settings),
    )


InstallationPractice = Annotated[Practice, Depends(practice_of)]


def today(at: Now, settings: InstallationSettings) -> date:
    """The office's day of the same instant."""
    return at.astimezone(ZoneInfo(settings.time_zone)).date()


Today = Annotated[date, Depends(today)]


def sessions_of(request: Request) -> db.Sessions:
    """For pages that end a transaction before they answer; routes use Reading and Transaction."""
    sessions: db.Sessions = request.app.state.sessions
    return sessions


OpenSessions = Annotated[db.Sessions, Depends(sessions_of)]


def caller_of(request: Request, sessions: OpenSessions, at: Now) -> Caller | None:
    """Who is calling: by token, or by the browser's session; None: nobody.

    Asks in a session of its own that is closed again before the route's opens: two at a time for one
    request would let a full pool wait for itself.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    cookie = request.cookies.get(SESSION_COOKIE)
    found: Caller | None = None
    if scheme.lower() == "bearer":
        with db.reading(sessions) as session:
            found = caller_by_token(session, token.strip())
        if found is None:
            raise NotSignedIn
    elif cookie:
        with db.reading(sessions) as session:
            found = caller_by_session(session, cookie, now=at)
    request.state.caller = found
    return found


# Who is calling, or None; for pages that anybody may see.
Visitor = Annotated[Caller | None, Depends(caller_of)]


def _reading(sessions: OpenSessions, _visitor: Visitor) -> Iterator[db.Session]:
    with db.reading(sessions) as session:
        yield session


def _transaction(sessions: OpenSessions, _visitor: Visitor) -> Iterator[db.Session]:
    with db.transaction(sessions) as session:
        yield session


# Cannot change anything, however hard it tries.
Reading = Annotated[db.Session, Depends(_reading, scope="function")]
# Commits before the answer leaves. With FastAPI's default scope the client has its 201 in hand by the time
# a failing commit is noticed.
Transaction = Annotated[db.Session, Depends(_transaction, scope="function")]


@dataclass(frozen=True)
class Needs:
    """Lets in whose role has the right, and nobody else."""

    right: Right

    def __call__(self, visitor: Visitor) -> Caller:
        return _entitled(visitor, self.right)


@dataclass(frozen=True)
class Acts:
    """The same, as the one who does something on this day."""

    right: Right

    def __call__(self, visitor: Visitor, at: Now, day: Today) -> Doer:
        return doer(_entitled(visitor, self.right), at, day)


def _entitled(visitor: Caller | None, right: Right) -> Caller:
    if visitor is None:
        raise NotSignedIn
    visitor.require(right)
    return visitor


def doer(caller: Caller, at: datetime, day: date) -> Doer:
    return Doer(name=caller.name, today=day, now=at, caller=caller)


@cache
def needs(right: Right) -> Dependency:
    """`caller: Annotated[Caller, needs(Right.READ_FACTS)]`; every route asks for exactly one."""
    return Dependency(Needs(right))


@cache
def acts(right: Right) -> Dependency:
    """`who: Annotated[Doer, acts(Right.RECORD)]`; every route that changes something asks for exactly one."""
    return Dependency(Acts(right))


def _paging(
    limit: Annotated[int, Query(ge=1, le=MOST)] = LIMIT,
    after: Annotated[str | None, Query(max_length=1000)] = None,
) -> Paging:
    return Paging(limit, after)


Paged = Annotated[Paging, Depends(_paging)]
