"""Verification bodies, the people who verify, and what they may verify."""

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from verifier.models.base import Model


class Body(Model):
    """A statutory verification body (法定计量检定机构) or an authorised one."""

    __tablename__ = "body"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    # None: the installation's own office, which serves every district it keeps.
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)


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


class Competence(Model):
    """A person's recorded right to verify one kind, valid for a period."""

    __tablename__ = "competence"
    __table_args__ = (UniqueConstraint("person_id", "kind_id", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("instrument_kind.id"), index=True)
    certificate_no: Mapped[str] = mapped_column(String(60), default="")
    valid_from: Mapped[date]
    valid_until: Mapped[date]
