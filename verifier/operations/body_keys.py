"""The public keys by which the labels of bodies can be checked for as long as they stick."""

from collections.abc import Collection

from sqlalchemy import select

from verifier.db import Session, alone
from verifier.models import Body, BodyKey
from verifier.operations.chain import enchain
from verifier.operations.journal import Doer, note
from verifier.queries.body_keys import has_key
from verifier.queries.staff import body_by_code
from verifier.sealing import public_key


def keep_key(session: Session, body: Body, secret: bytes, *, who: Doer) -> None:
    """Write the body's public key down unless it stands already; another secret adds another key.

    Needs a session that may write only when the key is new. Whoever issues papers asks for it, so that labels
    can be printed later while only reading.
    """
    key = public_key(secret, body.code)
    if has_key(session, key):
        return
    alone(session, f"keep the key of body {body.id}")
    if has_key(session, key):
        return
    kept = BodyKey(body_id=body.id, public_key=key, made_at=who.now)
    session.add(kept)
    enchain(session, kept, body.id)
    note(session, who, "keep_body_key", "body", body.id, public_key=key)
    session.flush()


def bodies_without_key(session: Session, secret: bytes) -> list[str]:
    """The codes of the bodies whose key under this secret is not written down yet."""
    codes = session.scalars(select(Body.code).order_by(Body.code))
    return [code for code in codes if not has_key(session, public_key(secret, code))]


def keep_keys(session: Session, codes: Collection[str], secret: bytes, *, who: Doer) -> None:
    """The same for the bodies with these codes: whoever prints labels again asks for it first."""
    for code in sorted(codes):
        keep_key(session, body_by_code(session, code), secret, who=who)
