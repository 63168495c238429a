"""The unguessable end of the address under which somebody ends reminders without signing in."""

import base64
import hashlib
import hmac

# Says what the code is for, so that the same secret gives other codes for other purposes.
_PURPOSE = b"verifier unsubscribe V1 "
_BYTES = 16


def unsubscribe_token(secret: bytes, contact_id: int) -> str:
    return f"{contact_id}.{_code(secret, contact_id)}"


def contact_named(secret: bytes, token: str) -> int | None:
    """The number of the contact the token was made for; None: it was not made here."""
    number, _, code = token.partition(".")
    if not (number.isascii() and number.isdecimal() and len(number) < 10 and code.isascii()):
        return None
    return int(number) if hmac.compare_digest(code, _code(secret, int(number))) else None


def _code(secret: bytes, contact_id: int) -> str:
    digest = hmac.digest(secret, _PURPOSE + str(contact_id).encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:_BYTES]).decode().rstrip("=")
