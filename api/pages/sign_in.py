"""Coming in, going out, and the language of the pages."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from annotated_types import Len
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api import security
from api.deps import Now, OpenSessions, Today, Visitor
from api.forms import WHOLE, Form, Typed, bind
from api.html import local_address, page, see_other
from api.language import LANGUAGE_COOKIE, Language
from verifier import db
from verifier.i18n import LANGUAGES
from verifier.models import Account
from verifier.operations.accounts import sign_in, sign_out
from verifier.operations.journal import Doer
from verifier.queries.accounts import SignInRefused, account_by_password

router = APIRouter(include_in_schema=False)

_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, kw_only=True)
class SignIn:
    name: Annotated[str, Len(1, 60)]
    password: Annotated[str, Len(1, 200)]
    next: str = "/"


@dataclass(frozen=True)
class Door:
    """Who stands at the door, when."""

    address: str
    today: date
    now: datetime
    failed: security.FailedSignIns


def _door(request: Request, today: Today, now: Now) -> Door:
    address = request.client.host if request.client else ""
    return Door(address, today, now, request.app.state.failed_sign_ins)


AtDoor = Annotated[Door, Depends(_door)]


@router.get("/sign-in")
def ask(request: Request, _visitor: Visitor, next: str = "/") -> Response:
    return page(request, "sign_in.html", form=Form[SignIn]({"next": local_address(next)}))


@router.post("/sign-in")
def come_in(
    request: Request, sessions: OpenSessions, typed: Typed, door: AtDoor, language: Language
) -> Response:
    form = bind(SignIn, typed, language)
    form.values.pop("password", None)
    if form.command is not None:
        try:
            token = _open(sessions, form.command, door)
        except SignInRefused as refusal:
            form.errors[WHOLE] = refusal.sentence(language)
        else:
            answer = see_other(local_address(form.command.next))
            security.set_session(answer, token, request.app.state.settings)
            return answer
    return page(request, "sign_in.html", status=form.status, form=form)


def _open(sessions: db.Sessions, command: SignIn, door: Door) -> str:
    door.failed.check(door.address, command.name, now=door.now)
    account = _proven(sessions, command, door)
    door.failed.clear(door.address, command.name)
    with db.transaction(sessions) as session:
        return sign_in(session, account.id, who=Doer(account.name, door.today, door.now))


def _proven(sessions: db.Sessions, command: SignIn, door: Door) -> Account:
    # Checking a password takes long on purpose; a reading session keeps nobody waiting meanwhile.
    try:
        with db.reading(sessions) as session:
            return account_by_password(session, command.name, command.password)
    except SignInRefused:
        door.failed.note(door.address, command.name, now=door.now)
        raise


@router.post("/sign-out")
def go_out(request: Request, sessions: OpenSessions, visitor: Visitor, door: AtDoor) -> Response:
    token = request.cookies.get(security.SESSION_COOKIE)
    if visitor is not None and token is not None:
        with db.transaction(sessions) as session:
            sign_out(session, token, who=Doer(visitor.name, door.today, door.now, visitor))
    answer = see_other("/sign-in")
    security.end_session(answer)
    return answer


@router.post("/language")
def choose_language(request: Request, typed: Typed) -> Response:
    answer = see_other(local_address(str(typed.get("next", "/"))))
    chosen = str(typed.get("language", ""))
    if chosen in LANGUAGES:
        secure = request.app.state.settings.base_url.startswith("https://")
        answer.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=_YEAR, samesite="lax", httponly=True, secure=secure
        )
    return answer
