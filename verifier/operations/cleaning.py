"""What is taken away after its time; history, and whatever was sent outside, is kept."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Delete, delete, exists, or_, select

from verifier.db import Session
from verifier.models import AnsweredRequest, Delivery, JobRun, Message, SignIn
from verifier.operations.journal import Doer
from verifier.rules.messages import Channel

_ANSWERS = timedelta(days=30)
_SIGN_INS = timedelta(days=30)
_MESSAGES = timedelta(days=365)
_RUNS = timedelta(days=365)


def forget_answers(session: Session, *, who: Doer) -> int:
    """A phone does not repeat itself after a month."""
    return _taken(session, delete(AnsweredRequest).where(AnsweredRequest.answered_at < who.now - _ANSWERS))


def forget_sign_ins(session: Session, *, who: Doer) -> int:
    before = who.now - _SIGN_INS
    return _taken(session, delete(SignIn).where(or_(SignIn.ended_at < before, SignIn.expires_at < before)))


def forget_messages(session: Session, *, who: Doer) -> int:
    """Read more than a year ago, and in Verifier alone: what went outside stays with its deliveries."""
    went_outside = exists().where(Delivery.message_id == Message.id, Delivery.channel != Channel.IN_APP)
    old: ColumnElement[bool] = Message.read_at < who.now - _MESSAGES
    numbers = list(session.scalars(select(Message.id).where(old, ~went_outside)))
    _taken(session, delete(Delivery).where(Delivery.message_id.in_(numbers)))
    return _taken(session, delete(Message).where(Message.id.in_(numbers)))


def forget_runs(session: Session, *, who: Doer) -> int:
    return _taken(session, delete(JobRun).where(JobRun.started_at < who.now - _RUNS))


def _taken(session: Session, statement: Delete) -> int:
    found: Any = session.execute(statement)
    return int(found.rowcount)


CLEANERS: Mapping[str, Callable[..., int]] = {
    "answered_requests": forget_answers,
    "sign_ins": forget_sign_ins,
    "messages": forget_messages,
    "job_runs": forget_runs,
}
