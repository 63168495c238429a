"""The only speaker of cryptography: the keys of bodies, what they sign, and codes nobody guesses."""

import base64
import re
import secrets
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from verifier.errors import Invalid
from verifier.i18n import mark
from verifier.rules.certificates import CHECK_ALPHABET, CHECK_LENGTH
from verifier.rules.labels import (
    LabelFacts,
    LabelForged,
    LabelOfUnknownBody,
    Statement,
    payload_of,
    signed_bytes,
    statement,
)

_KEY_BYTES = 32
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
# Says what the key is for, so that the same secret gives other keys for other purposes.
_PURPOSE = b"verifier label V1 "


class NotAPublicKey(Invalid):
    message = mark("{key} is not a public key: it is 43 letters, digits, hyphens and underscores.")


def new_check_code() -> str:
    return "".join(secrets.choice(CHECK_ALPHABET) for _ in range(CHECK_LENGTH))


def _private_key(secret: bytes, body: str) -> Ed25519PrivateKey:
    derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=_PURPOSE + body.encode()).derive(secret)
    return Ed25519PrivateKey.from_private_bytes(derived)


def public_key(secret: bytes, body: str) -> str:
    """The key by which everybody can check labels of the body with this code: base64url without padding."""
    raw = _private_key(secret, body).public_key().public_bytes_raw()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def seal(secret: bytes, facts: LabelFacts) -> str:
    """The statement of a label, signed with the key of the body it names."""
    payload = payload_of(facts)
    return statement(payload, _private_key(secret, facts.body).sign(signed_bytes(payload)))


def is_good(read: Statement, key: str) -> bool:
    """Whether the owner of a public key said this; raises NotAPublicKey."""
    if _KEY.fullmatch(key) is None:
        raise NotAPublicKey(key=key)
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key + "="))
    try:
        public.verify(read.signature, signed_bytes(read.payload))
    except InvalidSignature:
        return False
    return True


def check_label(read: Statement, keys: Mapping[str, Sequence[str]]) -> None:
    """Raise LabelForged or LabelOfUnknownBody unless a key of the body, by its code, signed the label."""
    known = keys.get(read.facts.body, ())
    if not known:
        raise LabelOfUnknownBody(body=read.facts.body, number=read.facts.number)
    if not any(is_good(read, key) for key in known):
        raise LabelForged(number=read.facts.number)
