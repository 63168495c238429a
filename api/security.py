"""What keeps strangers out of a browser's session: cookie, origin, headers, and patience with guesses."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import ClassVar
from urllib.parse import urlsplit

from fastapi import Request, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import AtTheDoor
from verifier.errors import NotAllowed
from verifier.i18n import mark
from verifier.operations.accounts import SESSION_DAYS
from verifier.settings import Settings

SESSION_COOKIE = "verifier_session"
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class FromAnotherSite(NotAllowed):
    message = mark("This request comes from another site; nothing was changed.")


class TooManyAttempts(AtTheDoor, NotAllowed):
    status = 429
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "600"}
    message = mark("Too many failed attempts to sign in; try again in ten minutes.")


class TooManyCheckCodes(AtTheDoor, NotAllowed):
    status = 429
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "600"}
    message = mark("Too many wrong check codes; try again in ten minutes.")


def set_session(response: Response, token: str, settings: Settings) -> None:
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=SESSION_DAYS * 24 * 3600,
        httponly=True,
        samesite="lax",
        secure=settings.base_url.startswith("https://"),
    )


def end_session(response: Response) -> None:
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")


def refuse_other_sites(request: Request) -> None:
    """Refuse what another site's page makes a browser send; the way of Go's CrossOriginProtection.

    Programs send neither header and pass: nothing of theirs rides on a cookie.
    """
    if request.method in _SAFE_METHODS:
        return
    origin = request.headers.get("origin", "")
    settings: Settings = request.app.state.settings
    if origin and origin == _origin(settings.base_url):
        return
    said = request.headers.get("sec-fetch-site", "")
    if said:
        if said not in ("same-origin", "none"):
            raise FromAnotherSite
    elif origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise FromAnotherSite


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


class SecurityHeaders:
    """Puts the headers on every answer, and keeps personal data out of shared computers' caches."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        caching = "no-cache" if scope["path"].startswith("/static/") else "no-store"

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", caching)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class BodyLimit:
    """Refuses a body that is too large while it is read, so that the refusal is told like every other."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        read = 0

        async def receive_within_limit() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.most or (announced.isdecimal() and int(announced) > self.most):
                raise HTTPException(413)
            return message

        await self.app(scope, receive_within_limit, send)


_WINDOW = timedelta(minutes=10)
_PER_ADDRESS = 50
_REMEMBERED = 10_000


@dataclass
class Patience:
    """Counts wrong guesses of the last minutes, per address and per name at that address.

    Never per name alone: a stranger elsewhere must not be able to lock somebody out.
    """

    per_name: ClassVar[int]
    _failures: dict[tuple[str, ...], deque[datetime]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def is_over(self, address: str, name: str, *, now: datetime) -> bool:
        """Whether this address has to wait."""
        limits = (((address, name), self.per_name), ((address,), _PER_ADDRESS))
        with self._lock:
            return any(self._recent(key, now) >= most for key, most in limits)

    def note(self, address: str, name: str, *, now: datetime) -> None:
        with self._lock:
            if len(self._failures) >= _REMEMBERED:
                self._forget(now)
            for key in ((address, name), (address,)):
                self._failures.setdefault(key, deque(maxlen=_PER_ADDRESS)).append(now)

    def clear(self, address: str, name: str) -> None:
        """The right one was given after all."""
        with self._lock:
            self._failures.pop((address, name), None)

    def _recent(self, key: tuple[str, ...], now: datetime) -> int:
        times: Iterable[datetime] = self._failures.get(key, ())
        return sum(1 for at in times if now - at < _WINDOW)

    def _forget(self, now: datetime) -> None:
        """Keep memory bounded: drop what is over, and if that is not enough, the oldest half."""
        self._failures = {key: times for key, times in self._failures.items() if now - times[-1] < _WINDOW}
        for key in list(self._failures)[: max(0, len(self._failures) - _REMEMBERED // 2)]:
            del self._failures[key]


class FailedSignIns(Patience):
    """Wrong passwords, by the name of the account."""

    per_name = 5

    def check(self, address: str, name: str, *, now: datetime) -> None:
        """Raise TooManyAttempts when this address has to wait."""
        if self.is_over(address, name, now=now):
            raise TooManyAttempts


class FailedChecks(Patience):
    """Wrong check codes, by the number of the paper."""

    per_name = 10

    def check(self, address: str, number: str, *, now: datetime) -> None:
        """Raise TooManyCheckCodes when this address has to wait."""
        if self.is_over(address, number, now=now):
            raise TooManyCheckCodes
