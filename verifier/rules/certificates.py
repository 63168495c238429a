"""What a paper is worth on a day: genuine, expired, superseded or revoked; and the code that opens it."""

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from verifier.i18n import Worded, mark
from verifier.rules.papers import DocumentKind

# Digits and letters of which none looks like another: no I, L, O or U (Crockford's base 32).
CHECK_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# Each of them 5 bits, so 50 bits beside the number.
CHECK_LENGTH = 10
_LOOK_ALIKES = str.maketrans("OIL", "011")


class CertificateState(Worded):
    GENUINE = "genuine", mark("genuine")
    EXPIRED = "expired", mark("expired")
    SUPERSEDED = "superseded", mark("superseded")
    REVOKED = "revoked", mark("revoked")


@dataclass(frozen=True, kw_only=True)
class CertificateFacts:
    """What decides about a paper; `failed_on` is when the instrument failed next, which cancels its mark."""

    document: DocumentKind
    valid_until: date | None = None
    is_superseded: bool = False
    # Where it is known since when.
    superseded_on: date | None = None
    revoked_on: date | None = None
    failed_on: date | None = None


@dataclass(frozen=True)
class CertificateStanding:
    """`since` is the first day of the state; None while genuine, and where the day is not known."""

    state: CertificateState
    since: date | None = None


def standing_of(facts: CertificateFacts, *, on: date) -> CertificateStanding:
    """The worth of a paper on a day; of several reasons against it the gravest is told.

    A revocation says that the body no longer stands for the paper, whatever else is true. A superseded
    record was wrong from the beginning. Then whichever came first: the instrument failed and its mark was
    cancelled (Measures on mandatory verification of working instruments, 1987, art. 9), or its time was
    over. A rejection notice and a test record tell of one day: a later failure takes nothing from them.
    """
    if facts.revoked_on is not None and facts.revoked_on <= on:
        return CertificateStanding(CertificateState.REVOKED, facts.revoked_on)
    if facts.is_superseded:
        return CertificateStanding(CertificateState.SUPERSEDED, facts.superseded_on)
    cancelled_on = facts.failed_on if facts.document is DocumentKind.CERTIFICATE else None
    expired_on = None if facts.valid_until is None else facts.valid_until + timedelta(days=1)
    ends = [
        (since, state)
        for since, state in (
            (cancelled_on, CertificateState.REVOKED),
            (expired_on, CertificateState.EXPIRED),
        )
        if since is not None and since <= on
    ]
    if not ends:
        return CertificateStanding(CertificateState.GENUINE)
    since, state = min(ends, key=lambda end: end[0])
    return CertificateStanding(state, since)


def state_of(facts: CertificateFacts, *, on: date) -> CertificateState:
    return standing_of(facts, on=on).state


def check_code(typed: str) -> str:
    """A check code as it is kept, however it was typed: small letters, O for 0, I for 1, blanks, hyphens."""
    plain = unicodedata.normalize("NFKC", typed).upper().translate(_LOOK_ALIKES)
    return "".join(sign for sign in plain if sign.isalnum())
