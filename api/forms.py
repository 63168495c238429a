"""HTML forms make the same commands as JSON does; a wrong one comes back with what was typed."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Generic, TypeVar, get_origin, get_type_hints

from fastapi import Depends, Request
from pydantic import ValidationError
from starlette.datastructures import FormData

from api.adapters import adapter
from api.wording import fault_of
from verifier import db
from verifier.errors import NotAllowed, VerifierError

C = TypeVar("C")
T = TypeVar("T")


@dataclass(frozen=True)
class Nothing:
    """What a form says that is a button alone: `Form(command=Nothing())`."""


# The error that belongs to no field in particular.
WHOLE = ""


async def _typed(request: Request) -> AsyncIterator[FormData]:
    # Reading a body is the one thing Starlette offers only as a coroutine.
    async with request.form() as typed:
        yield typed


# What was typed into a form; `typed: Typed` in a page's POST.
Typed = Annotated[FormData, Depends(_typed)]


@dataclass
class Form(Generic[C]):
    """What a template prints: what was typed, what is wrong with it; `command` is None while anything is."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    command: C | None = None

    @property
    def status(self) -> int:
        return 422 if self.errors else 200


def _lists(kind: type) -> frozenset[str]:
    """The fields that take several values of the same name."""
    return frozenset(
        name
        for name, hint in get_type_hints(kind).items()
        if (get_origin(hint) or hint) in (list, tuple, set)
    )


def _value(typed: FormData, name: str, *, is_list: bool) -> list[str] | str:
    texts = [text for text in typed.getlist(name) if isinstance(text, str)]
    return [text for text in texts if text] if is_list else (texts or [""])[-1]


def bind(kind: type[C], typed: FormData, language: str, known: Mapping[str, object] | None = None) -> Form[C]:
    """Make a command from what was typed; an empty field is one that was left out.

    `known` are fields the page itself fills in, from its address for example.
    """
    lists = _lists(kind)
    values = {
        each.name: _value(typed, each.name, is_list=each.name in lists)
        for each in fields(kind)  # type: ignore[arg-type]  # commands are dataclasses
        if each.name in typed
    }
    given = {name: value for name, value in values.items() if value not in ("", [])}
    try:
        command: C = adapter(kind).validate_python({**given, **(known or {})})
    except ValidationError as error:
        faults = [fault_of(fault, language) for fault in error.errors()]
        return Form(values, {fault.field: fault.message for fault in faults})
    return Form(values, {}, command)


def carry_out(
    sessions: db.Sessions, form: Form[C], deed: Callable[[db.Session, C], T], language: str
) -> T | None:
    """Do the form's command in its own transaction; None: it was wrong or refused, and the form says why.

    A page that shows a refusal itself must not share the request's Transaction: that would commit what the
    deed had half done.
    """
    if form.command is None:
        return None
    try:
        with db.transaction(sessions) as session:
            return deed(session, form.command)
    except NotAllowed:
        # Nothing to correct in the form: a page of its own says so.
        raise
    except VerifierError as refusal:
        form.errors[WHOLE] = refusal.sentence(language)
        return None
