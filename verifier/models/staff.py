"""Verification bodies, the people who verify, and what they may verify."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from verifier.models.base import Model
from verifier.rules.numbering import DEFAULT_PATTERN


class Body(Model):
    """A statutory verification body (法定计量检定机构) or an authorised one."""

    __tablename__ = "body"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    # None: the installation's own office, which serves every district it keeps.
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    # What rules/numbering reads; the numbers of certificates follow it.
    certificate_pattern: Mapped[str] = mapped_column(
        String(80), default=DEFAULT_PATTERN, server_default=DEFAULT_PATTERN
    )
    # Verifications of earlier days wait for no paper here; None: every one gets its paper.
    papers_from: Mapped[date | None]
    # Printed on certificates (JJF 1069: the body's authorisation and where to reach it).
    authorisation_no: Mapped[str] = mapped_column(String(80), default="", server_default=text("''"))
    address: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    phone: Mapped[str] = mapped_column(String(40), default="", server_default=text("''"))
    postcode: Mapped[str] = mapped_column(String(20), default="", server_default=text("''"))
    email: Mapped[str] = mapped_column(String(120), default="", server_default=text("''"))


class BodyKey(Model):
    """A public key whose labels the body stands for; the private half is derived from SECRET_KEY."""

    __tablename__ = "body_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    # Ed25519, 32 bytes in base64url without padding.
    public_key: Mapped[str] = mapped_column(String(43), unique=True)
    made_at: Mapped[datetime]


class BodyScope(Model):
    """A kind the body is authorised for; a body without any has not recorded its scope yet."""

    __tablename__ = "body_scope"

    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("instrument_kind.id"), primary_key=True, index=True)


class Person(Model):
    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    # May sign as approver (授权签字人) for the own body.
    is_approver: Mapped[bool] = mapped_column(default=False, server_default=false())


class Competence(Model):
    """A person's recorded right to verify one kind, valid for a period."""

    __tablename__ = "competence"
    __table_args__ = (UniqueConstraint("person_id", "kind_id", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("instrument_kind.id"), index=True)
    # The regulation it is for, with or without the year: "JJG 539", "JJG 539-2016"; empty: any of the kind.
    regulation: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    certificate_no: Mapped[str] = mapped_column(String(60), default="")
    valid_from: Mapped[date]
    valid_until: Mapped[date]
