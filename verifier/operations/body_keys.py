"""Labels of a body, and the public keys by which they can be checked for as long as they stick."""

from verifier.db import Session, alone
from verifier.models import Body, BodyKey
from verifier.operations.journal import Doer, note
from verifier.queries.body_keys import has_key
from verifier.rules.labels import LabelFacts
from verifier.sealing import public_key, seal


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
    session.add(BodyKey(body_id=body.id, public_key=key, made_at=who.now))
    note(session, who, "keep_body_key", "body", body.id, public_key=key)
    session.flush()


def label_statement(session: Session, body: Body, facts: LabelFacts, secret: bytes, *, who: Doer) -> str:
    """The signed statement for the code of a label; its key can be asked for from then on."""
    keep_key(session, body, secret, who=who)
    return seal(secret, facts)
