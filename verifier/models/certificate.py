"""What follows a verification: signatures, the numbered paper, and its revocation. History, never changed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from verifier.models.base import Model
from verifier.rules.papers import DocumentKind
from verifier.rules.signing import Decision, SigningRole


class Signature(Model):
    """What a checker or an approver decided on a record; the verifier signs by recording."""

    __tablename__ = "signature"
    __table_args__ = (UniqueConstraint("verification_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    verification_id: Mapped[int] = mapped_column(ForeignKey("verification.id"))
    role: Mapped[SigningRole]
    decision: Mapped[Decision]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    # Why it was returned; empty when it was signed.
    reason: Mapped[str] = mapped_column(String(500), default="")
    signed_at: Mapped[datetime]
    signed_by: Mapped[str] = mapped_column(String(60))


class Certificate(Model):
    """A certificate, rejection notice or test record under its number; numbers have no gap within a year."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("body_id", "year", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(100), unique=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    year: Mapped[int]
    sequence: Mapped[int]
    document: Mapped[DocumentKind]
    verification_id: Mapped[int] = mapped_column(ForeignKey("verification.id"), unique=True)
    # Asked for beside the number, so that nobody reads certificates by counting.
    check_code: Mapped[str] = mapped_column(String(16))
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by: Mapped[str] = mapped_column(String(60))
    # rules/papers.Paper as it was issued; printed again years later it is the same paper.
    content: Mapped[dict[str, Any]]


class Revocation(Model):
    """A certificate taken back; it stays readable and says so."""

    __tablename__ = "revocation"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    revoked_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    revoked_at: Mapped[datetime]
    revoked_by: Mapped[str] = mapped_column(String(60))
