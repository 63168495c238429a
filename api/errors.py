"""What a refusal looks like from outside: RFC 9457 for programs, a page for people."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, cast
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from api.language import language_of
from api.wording import FieldFault, fault_of
from verifier import db
from verifier.errors import Conflict, Invalid, NotAllowed, NotEntitled, NotFound, VerifierError
from verifier.i18n import mark, say
from verifier.rendering import render

logger = logging.getLogger(__name__)

STATUS: dict[type, int] = {NotFound: 404, NotAllowed: 403, Invalid: 422, Conflict: 409, NotEntitled: 409}
MEDIA_TYPE = "application/problem+json"
SIGN_IN_PATH = "/sign-in"
_FOR_PROGRAMS = ("/api/", "/healthz", "/readyz", "/metrics")

_TITLES = {
    400: mark("The request cannot be read"),
    401: mark("Sign in first"),
    403: mark("Not allowed"),
    404: mark("Not found"),
    405: mark("Not possible here"),
    409: mark("Not possible now"),
    412: mark("Changed in between"),
    413: mark("Too large"),
    422: mark("Something is not right yet"),
    428: mark("Say which version you change"),
    429: mark("Too often"),
    500: mark("Something is broken here"),
    503: mark("Not available at the moment"),
}


class AtTheDoor:
    """Beside a refusal's kind: it is about HTTP itself and says its own status and headers."""

    status: ClassVar[int]
    headers: ClassVar[Mapping[str, str]] = {}


class NotSignedIn(AtTheDoor, NotAllowed):
    status = 401
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": 'Bearer realm="verifier"'}
    message = mark("Sign in, or send a valid token.")


class RequestInvalid(Invalid):
    message = mark("The request is not understood; each field says why.")


class RequestUnreadable(AtTheDoor, Invalid):
    status = 400
    message = mark("The request cannot be read.")


class ValueNotStorable(Invalid):
    message = mark("The request contains a number or a text that cannot be stored.")


class NoSuchAddress(NotFound):
    message = mark("There is nothing at {path}.")


class MethodNotPossible(AtTheDoor, Invalid):
    status = 405
    message = mark("{method} is not possible at {path}.")


class RequestTooLarge(AtTheDoor, Invalid):
    status = 413
    message = mark("The request is larger than this installation accepts.")


class SomebodyWasFaster(AtTheDoor, Conflict):
    status = 412
    message = mark("Somebody else changed this in between; read it again and decide anew.")


class DatabaseUnavailable(AtTheDoor, Conflict):
    status = 503
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "5"}
    message = mark("The database does not answer or cannot write; nothing was changed. Try again.")


class Broken(AtTheDoor, Conflict):
    status = 500
    message = mark(
        "This is a fault of the program, not yours; nothing was changed. It was written to the log."
    )


def status_of(error: VerifierError) -> int:
    if isinstance(error, AtTheDoor):
        return error.status
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def is_for_programs(request: Request) -> bool:
    return request.url.path.startswith(_FOR_PROGRAMS)


def problem(error: VerifierError, language: str, faults: Sequence[FieldFault] = ()) -> dict[str, Any]:
    """The body of an `application/problem+json` answer."""
    status = status_of(error)
    told: dict[str, Any] = {
        "type": f"urn:verifier:problem:{error.code}",
        "title": _title(status, language),
        "status": status,
        "detail": error.sentence(language),
        "code": error.code,
        "facts": jsonable_encoder(dict(error.facts)),
    }
    if faults:
        told["errors"] = jsonable_encoder(faults)
    return told


def _title(status: int, language: str) -> str:
    return say(_TITLES[status], language) if status in _TITLES else HTTPStatus(status).phrase


def answer(
    request: Request,
    error: VerifierError,
    *,
    faults: Sequence[FieldFault] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Tell a refusal to a program or to a person."""
    language = language_of(request)
    status = status_of(error)
    sent = {**(error.headers if isinstance(error, AtTheDoor) else {}), **(headers or {})}
    if is_for_programs(request):
        return JSONResponse(problem(error, language, faults), status, headers=sent, media_type=MEDIA_TYPE)
    if isinstance(error, NotSignedIn):
        return RedirectResponse(_sign_in_address(request), HTTPStatus.SEE_OTHER)
    page = render(
        "error.html",
        language,
        caller=getattr(request.state, "caller", None),
        path=request.url.path,
        status=status,
        heading=_title(status, language),
        sentence=error.sentence(language),
        faults=faults,
    )
    return HTMLResponse(page, status, headers=sent)


def _sign_in_address(request: Request) -> str:
    if request.method != "GET" or request.url.path == "/":
        return SIGN_IN_PATH
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"{SIGN_IN_PATH}?next={quote(wanted, safe='/')}"


def _refused(request: Request, error: Exception) -> Response:
    return answer(request, cast("VerifierError", error))


def _invalid(request: Request, error: Exception) -> Response:
    found = cast("RequestValidationError", error).errors()
    language = language_of(request)
    return answer(request, RequestInvalid(), faults=[fault_of(fault, language) for fault in found])


def _http(request: Request, error: Exception) -> Response:
    """What Starlette itself refuses: no such route, no such method, a body nobody can read."""
    found = cast("HTTPException", error)
    path, method = request.url.path, request.method
    refusal: VerifierError = {
        404: NoSuchAddress(path=path),
        405: MethodNotPossible(method=method, path=path),
        413: RequestTooLarge(),
    }.get(found.status_code, RequestUnreadable())
    return answer(request, refusal, headers=found.headers)


def _stale(request: Request, _error: Exception) -> Response:
    return answer(request, SomebodyWasFaster())


def _unstorable(request: Request, error: Exception) -> Response:
    logger.warning("%s %s: not storable", request.method, request.url.path, exc_info=error)
    return answer(request, ValueNotStorable())


def _unavailable(request: Request, error: Exception) -> Response:
    logger.error("%s %s: the database failed", request.method, request.url.path, exc_info=error)
    return answer(request, DatabaseUnavailable())


def install(app: FastAPI, headers: Mapping[str, str]) -> None:
    """Every way a request can fail; `headers` go with a bug, which is answered outside all middleware."""

    def broken(request: Request, error: Exception) -> Response:
        logger.error("%s %s: a bug", request.method, request.url.path, exc_info=error)
        return answer(request, Broken(), headers=headers)

    app.add_exception_handler(VerifierError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(db.StaleRow, _stale)
    app.add_exception_handler(db.Unavailable, _unavailable)
    for kind in db.Unstorable:
        app.add_exception_handler(kind, _unstorable)
    app.add_exception_handler(Exception, broken)
