"""Verifications: history that is added to, never changed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
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


class Examination(Model):
    """The original record (原始记录): what was read, and how each item was judged on the day.

    Never judged again with newer rules: `rules_id` names the very rules.
    """

    __tablename__ = "examination"

    verification_id: Mapped[int] = mapped_column(ForeignKey("verification.id"), primary_key=True)
    rules_id: Mapped[int] = mapped_column(ForeignKey("regulation_rules.id"), index=True)
    # rules/device.Device: class, ranges, intervals, unit shown.
    device: Mapped[dict[str, Any]]
    # rules/readings.Reading, one each; as found is None where nothing was worked on.
    as_found: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    as_left: Mapped[list[dict[str, Any]]]
    # rules/verdict.Judgement.
    judged_as_found: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    judged_as_left: Mapped[dict[str, Any]]


class VerificationStandard(Model):
    """A reference standard a verification was made with, by the calibration that held on the day."""

    __tablename__ = "verification_standard"
    __table_args__ = (UniqueConstraint("verification_id", "calibration_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    verification_id: Mapped[int] = mapped_column(ForeignKey("verification.id"))
    calibration_id: Mapped[int] = mapped_column(ForeignKey("standard_calibration.id"), index=True)


class Repair(Model):
    """What was done to an instrument after it failed, before it is verified again."""

    __tablename__ = "repair"

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"), index=True)
    repaired_on: Mapped[date]
    repairer: Mapped[str] = mapped_column(String(120))
    work: Mapped[str] = mapped_column(String(500))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(60))
