"""Requests that were answered before: the same answer, and nothing done twice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from verifier.db import Session
from verifier.errors import Conflict
from verifier.i18n import mark
from verifier.models import AnsweredRequest


class IdempotencyKeyReused(Conflict):
    message = mark("The Idempotency-Key {key} was already used for another request.")


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: Mapping[str, Any]
    is_repeated: bool = False


def answer_once(
    session: Session, *, account_id: int, key: str, question: str, now: datetime, deed: Callable[[], Answer]
) -> Answer:
    """Claim the key, do the deed, remember the answer: all in the caller's transaction.

    Whoever comes second with the same key waits at the unique constraint until the first has committed,
    and gets its answer; if the first was refused, the second does the deed.
    """
    claimed = AnsweredRequest(
        account_id=account_id, key=key, question_digest=question, status=0, answer={}, answered_at=now
    )
    try:
        with session.begin_nested():
            session.add(claimed)
    except IntegrityError:
        return _earlier_answer(session, account_id=account_id, key=key, question=question)
    answered = deed()
    claimed.status, claimed.location = answered.status, answered.location
    claimed.answer = dict(answered.body)
    return answered


def _earlier_answer(session: Session, *, account_id: int, key: str, question: str) -> Answer:
    statement = select(AnsweredRequest).where(
        AnsweredRequest.account_id == account_id, AnsweredRequest.key == key
    )
    earlier = session.scalars(statement).one()
    if earlier.question_digest != question:
        raise IdempotencyKeyReused(key=key)
    return Answer(earlier.status, earlier.location, earlier.answer, is_repeated=True)
