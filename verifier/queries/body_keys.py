"""Which public keys a verification body signed its labels with, old ones included."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from verifier.db import Session
from verifier.models import Body, BodyKey


@dataclass(frozen=True)
class BodyKeyRow:
    # Ed25519, base64url without padding.
    public_key: str
    made_at: datetime


def has_key(session: Session, public_key: str) -> bool:
    return session.scalars(select(BodyKey.id).where(BodyKey.public_key == public_key)).first() is not None


def keys_of_body(session: Session, body_id: int) -> list[BodyKeyRow]:
    """Every key of a body, the newest first."""
    statement = (
        select(BodyKey.public_key, BodyKey.made_at)
        .where(BodyKey.body_id == body_id)
        .order_by(BodyKey.id.desc())
    )
    return [BodyKeyRow(*row) for row in session.execute(statement)]


def keys_by_body(session: Session) -> Mapping[str, Sequence[str]]:
    """Every key of every body, by the body's code: what a label is checked against."""
    statement = (
        select(Body.code, BodyKey.public_key)
        .join(BodyKey, BodyKey.body_id == Body.id)
        .order_by(Body.id, BodyKey.id.desc())
    )
    found: dict[str, list[str]] = defaultdict(list)
    for code, key in session.execute(statement):
        found[code].append(key)
    return found


def names_of_bodies_with_keys(session: Session) -> Mapping[str, str]:
    """The name of every body that has signed labels, by its code."""
    statement = select(Body.code, Body.name).where(Body.id.in_(select(BodyKey.body_id))).order_by(Body.id)
    return {code: name for code, name in session.execute(statement)}  # noqa: C416  rows are not pairs to mypy
