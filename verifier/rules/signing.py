"""Who signs a record before its paper is issued: verifier, checker, approver."""

from enum import StrEnum

from verifier.i18n import Worded, mark


class SigningRole(Worded):
    """In the order in which they sign; the verifier signs by recording."""

    VERIFIER = "verifier", mark("verifier")
    CHECKER = "checker", mark("checker")
    APPROVER = "approver", mark("approver")


class Decision(StrEnum):
    SIGNED = "signed"
    # Something is wrong: no paper follows, the record has to be superseded.
    RETURNED = "returned"


ROLES = tuple(SigningRole)


def roles_needed(signatures: int) -> tuple[SigningRole, ...]:
    """Who signs where a body needs one, two or three signatures (`CERTIFICATE_SIGNATURES`)."""
    if not 1 <= signatures <= len(ROLES):
        raise ValueError(f"a certificate has one to three signatures, not {signatures}")
    return ROLES[:signatures]


def next_role(signatures: int, signed: frozenset[SigningRole]) -> SigningRole | None:
    """Whose turn it is; None when all have signed."""
    return next((role for role in roles_needed(signatures) if role not in signed), None)
