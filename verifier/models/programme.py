"""Programmes of free verification and the named list of what they promise."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from verifier.models.base import Model
from verifier.rules.entitlement import ProgrammeKind
from verifier.rules.lifecycle import ProgrammeStatus, WithdrawalReason


class Programme(Model):
    __tablename__ = "programme"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[ProgrammeKind]
    status: Mapped[ProgrammeStatus] = mapped_column(default=ProgrammeStatus.DRAFT)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), index=True)
    # rules/entitlement.Eligibility as JSON; checked when the programme is created.
    eligibility: Mapped[dict[str, Any]]
    # The frozen base: day, how many, and the digest of the named list.
    frozen_on: Mapped[date | None]
    base_count: Mapped[int | None]
    base_digest: Mapped[str | None] = mapped_column(String(64))


class Funder(Model):
    __tablename__ = "funder"
    __table_args__ = (UniqueConstraint("programme_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    name: Mapped[str] = mapped_column(String(120))
    share_percent: Mapped[int]


class Enrolment(Model):
    """One instrument promised to one programme, where it was when it was promised."""

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("programme_id", "instrument_id"),
        Index("enrolment__instrument_id__ix", "instrument_id"),
        CheckConstraint(
            "(withdrawn_on IS NULL) = (withdrawal_reason IS NULL)", name="withdrawal_has_day_and_reason"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"), index=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), index=True)
    # From this day it is in the base.
    enrolled_on: Mapped[date]
    # True for the list frozen at the start, false for what was found later.
    is_in_frozen_base: Mapped[bool]
    added_reason: Mapped[str] = mapped_column(String(200), default="")
    # From this day it is no longer in the base.
    withdrawn_on: Mapped[date | None]
    withdrawal_reason: Mapped[WithdrawalReason | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
