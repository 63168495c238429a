"""A phone that repeats itself makes one record: the answer to an `Idempotency-Key` is given again."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import quote

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse, Response

from api.adapters import adapter
from api.deps import Now, Visitor
from api.errors import NotSignedIn
from verifier import db
from verifier.operations.requests import Answer, answer_once

T = TypeVar("T")


@dataclass(frozen=True)
class Created(Generic[T]):
    """What a creating route answers: the thing, and where it is from now on."""

    thing: T
    location: str
    status: int = 201


@dataclass(frozen=True)
class Answers:
    """One request's key, if it brought one."""

    key: str | None
    account_id: int
    address: str
    now: datetime

    def once(self, session: db.Session, command: object, deed: Callable[[], Created[Any]]) -> Response:
        """Do the deed and answer it, or give again what was answered to the same key.

        `session` is the route's Transaction: the answer is stored with the deed or not at all, so a refusal
        is never stored. The same key for another command is refused.
        """
        if self.key is None:
            return _response(_answer(deed()))
        answered = answer_once(
            session,
            account_id=self.account_id,
            key=self.key,
            question=self._digest(command),
            now=self.now,
            deed=lambda: _answer(deed()),
        )
        return _response(answered)

    def _digest(self, command: object) -> str:
        plain = adapter(type(command)).dump_python(command, mode="json")
        question = json.dumps([self.address, plain], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(question.encode()).hexdigest()


def _answer(created: Created[Any]) -> Answer:
    body = adapter(type(created.thing)).dump_python(created.thing, mode="json")
    return Answer(created.status, created.location, body)


def _response(answered: Answer) -> Response:
    # Codes may be Chinese, headers may not.
    headers = {"Location": quote(answered.location, safe="/?=&")}
    if answered.is_repeated:
        headers["Idempotency-Replayed"] = "true"
    return JSONResponse(answered.body, answered.status, headers=headers)


def _answers(
    request: Request,
    visitor: Visitor,
    now: Now,
    idempotency_key: Annotated[str | None, Header(pattern=r"^[\x21-\x7e]{1,200}$")] = None,
) -> Answers:
    if visitor is None:
        raise NotSignedIn
    address = f"{request.method} {request.url.path}?{request.url.query}"
    return Answers(idempotency_key, visitor.account_id, address, now)


# `answers: Once` in a creating route, then `return answers.once(session, command, deed)`.
Once = Annotated[Answers, Depends(_answers)]
