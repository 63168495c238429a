"""Verifications: history that is added to, never changed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from verifier.models.base import Model
from verifier.rules.entitlement import FeeTreatment
from verifier.rules.verdict import Outcome, Stage


class Verification(Model):
    """A legal record; the database refuses UPDATE and DELETE by trigger."""

    __tablename__ = "verification"
    __table_args__ = (
        CheckConstraint("valid_until IS NULL OR outcome = 'passed'", name="only_a_pass_is_valid"),
        CheckConstraint("fee_waived_fen >= 0", name="fee_not_negative"),
        Index("verification__instrument_id__performed_on__ix", "instrument_id", "performed_on"),
        Index("verification__programme_id__performed_on__ix", "programme_id", "performed_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    # Where and whose it was on that day.
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"), index=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), index=True)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    performed_on: Mapped[date]
    stage: Mapped[Stage]
    as_found: Mapped[Outcome]
    outcome: Mapped[Outcome]
    reasons: Mapped[list[str]]
    adjusted: Mapped[bool]
    repaired: Mapped[bool]
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    verifier_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    # Frozen on the day: the edition that governed and what it would have cost.
    regulation_edition_id: Mapped[int | None] = mapped_column(ForeignKey("regulation_edition.id"))
    tariff_id: Mapped[int | None] = mapped_column(ForeignKey("tariff.id"))
    tariff_fen: Mapped[int | None]
    fee_treatment: Mapped[FeeTreatment]
    # None where the tariff is unknown, which is never 0.
    fee_waived_fen: Mapped[int | None]
    # Until when the verification before this one held; None if there was none.
    due_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    standards: Mapped[list[str]]
    environment: Mapped[dict[str, Any]]
    remark: Mapped[str] = mapped_column(String(500), default="")
    # A wrong record is not changed; a later one takes its place.
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("verification.id"), unique=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(60))
