"""Reference standards and their calibrations: what readings are traced to."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from verifier.models.base import Model
from verifier.rules.verdict import Outcome


class Standard(Model):
    """A reference standard (计量标准器) of a body."""

    __tablename__ = "standard"
    __table_args__ = (UniqueConstraint("body_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    # What is written on it and typed in the field.
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    model: Mapped[str] = mapped_column(String(80), default="")
    serial: Mapped[str] = mapped_column(String(80), default="")
    measuring_range: Mapped[str] = mapped_column(String(80), default="")
    # Unit of what it realises; another unit of the same quantity is converted exactly.
    unit: Mapped[str] = mapped_column(String(20))
    # No longer used from this day.
    retired_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class StandardCalibration(Model):
    """One calibration of a standard: until when it holds and how good it is; history, never changed.

    How good: a class of weights (JJG 99), or the largest of a constant and a share of the value.
    """

    __tablename__ = "standard_calibration"
    __table_args__ = (
        Index("standard_calibration__standard_id__ix", "standard_id", "calibrated_on"),
        CheckConstraint("(outcome = 'passed') = (valid_until IS NOT NULL)", name="only_a_pass_is_valid"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    standard_id: Mapped[int] = mapped_column(ForeignKey("standard.id"))
    certificate_no: Mapped[str] = mapped_column(String(80))
    calibrated_by: Mapped[str] = mapped_column(String(120), default="")
    calibrated_on: Mapped[date]
    outcome: Mapped[Outcome]
    # Last day; None for one that failed.
    valid_until: Mapped[date | None]
    weight_class: Mapped[str] = mapped_column(String(8), default="")
    # Error or expanded uncertainty, in the standard's unit and in percent of the value realised.
    error_absolute: Mapped[Decimal | None]
    error_percent: Mapped[Decimal | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(60))
