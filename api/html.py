"""Answers for people: a page, or the way to the next one."""

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.language import language_of
from verifier.rendering import render


def page(request: Request, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """Print a template in the reader's language; `caller` and `path` are always there."""
    caller = getattr(request.state, "caller", None)
    text = render(template, language_of(request), caller=caller, path=request.url.path, **context)
    return HTMLResponse(text, status)


def see_other(address: str) -> RedirectResponse:
    """Where a form that was carried out leads."""
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def local_address(wanted: str) -> str:
    """The address if it is one of this installation's pages, else the front page."""
    is_local = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if is_local else "/"
