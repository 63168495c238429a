"""What every page needs to print itself, and lists asked for in an address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from api.forms import Form, bind
from api.html import page
from api.language import language_of
from api.pages.labels import Labels
from verifier import db
from verifier.queries.paging import Page
from verifier.queries.scopes import is_within
from verifier.rules.access import RIGHTS, Caller, Scope
from verifier.settings import Settings

ROWS = 50

C = TypeVar("C")


class Numbered(Protocol):
    @property
    def id(self) -> int: ...


R = TypeVar("R", bound=Numbered)


@dataclass(frozen=True)
class Listing(Generic[R]):
    """One page of a longer list; `following` is the address of the next one, or None."""

    rows: Sequence[R]
    following: str | None


def show(
    request: Request, template: str, today: date, *, status: int = 200, **context: object
) -> HTMLResponse:
    """Print a page for somebody signed in: with labels, rights, and its own address, filters included."""
    caller: Caller = request.state.caller
    return page(
        request,
        template,
        status=status,
        labels=labels_of(request, today),
        address=_address(request),
        rights=RIGHTS[caller.role],
        **context,
    )


def labels_of(request: Request, today: date) -> Labels:
    settings: Settings = request.app.state.settings
    return Labels(language_of(request), today, settings.rounding)


def _address(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def asked(kind: type[C], request: Request) -> Form[C]:
    """The filters of a list out of its address; an empty one is one that was left out."""
    typed = FormData([*request.query_params.multi_items()])
    return bind(kind, typed, language_of(request))


def listing(request: Request, after: str, found: Callable[[int], list[R]]) -> Listing[R]:
    """Ask for one row more than is shown, to know whether there are more."""
    rows = found(ROWS + 1)
    shown = rows[:ROWS]
    following = None if len(rows) == len(shown) else _changed(request, {after: str(shown[-1].id)})
    return Listing(shown, following)


def paged(request: Request, page: Page[R]) -> Listing[R]:
    """One page of a list that is ordered by more than its numbers."""
    following = None if page.next is None else _changed(request, {"after": page.next})
    return Listing(page.items, following)


def _changed(request: Request, changes: Mapping[str, str]) -> str:
    kept = {name: text for name, text in request.query_params.items() if text and name not in changes}
    return f"{request.url.path}?{urlencode({**kept, **changes})}"


def scope_behind(session: db.Session, caller: Caller, root_id: int, *, on: date) -> Scope:
    """What bounds the list behind a figure.

    Whoever may read the report of a district sees all that was promised there, also what has moved away
    since; otherwise the list could not hold what the figure counts.
    """
    own = caller.scope.district_id
    if own is not None and is_within(session, root_id, own, on=on):
        return Scope()
    return caller.scope
