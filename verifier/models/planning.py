"""What planning needs to know beyond the register: days, hours, minutes, cars and kits of standards."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from verifier.models.base import Model


class OfficeDay(Model):
    """A day on which the office works though the calendar says otherwise, or does not."""

    __tablename__ = "office_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool]
    note: Mapped[str] = mapped_column(String(120), default="")


class WorkNorm(Model):
    """What verifying one kind takes, and how early its turn comes; without a row the usual holds."""

    __tablename__ = "work_norm"
    __table_args__ = (CheckConstraint("minutes > 0 AND setup_minutes >= 0 AND lead_days >= 0", name="sane"),)

    kind_id: Mapped[int] = mapped_column(ForeignKey("instrument_kind.id"), primary_key=True)
    # Once a visit, then for each instrument.
    setup_minutes: Mapped[int]
    minutes: Mapped[int]
    # Working days before the last valid day from which a visit is sensible.
    lead_days: Mapped[int]


class OpeningHours(Model):
    """When a site can be visited, in minutes since midnight; without any row the usual of its kind holds."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        UniqueConstraint("holder_id", "weekday", "opens"),
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        CheckConstraint("0 <= opens AND opens < closes AND closes <= 1440", name="hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"))
    # As ISO 8601 counts: Monday is the first.
    weekday: Mapped[int]
    opens: Mapped[int]
    closes: Mapped[int]


class WorkingHours(Model):
    """When a technician works, in minutes since midnight; without any row the office's usual holds."""

    __tablename__ = "working_hours"
    __table_args__ = (
        UniqueConstraint("person_id", "weekday"),
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        CheckConstraint("0 <= starts AND starts < ends AND ends <= 1440", name="hours"),
        CheckConstraint("overtime_minutes >= 0", name="overtime"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    weekday: Mapped[int]
    starts: Mapped[int]
    ends: Mapped[int]
    # At most this much longer, at a price.
    overtime_minutes: Mapped[int] = mapped_column(default=0)


class Absence(Model):
    __tablename__ = "absence"
    __table_args__ = (CheckConstraint("first_on <= last_on", name="period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    first_on: Mapped[date]
    last_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(120), default="")


class Vehicle(Model):
    """A car of a body; a body without any has not recorded them, and everybody drives."""

    __tablename__ = "vehicle"
    __table_args__ = (UniqueConstraint("body_id", "plate"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    plate: Mapped[str] = mapped_column(String(20))
    # Who drives it; None: out of use.
    driver_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)


class Kit(Model):
    """A set of reference standards that travels together; a body without any is not held to them."""

    __tablename__ = "kit"
    __table_args__ = (UniqueConstraint("body_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    name: Mapped[str] = mapped_column(String(60))
    # Always in this car; None: where the plan needs it.
    vehicle_id: Mapped[int | None] = mapped_column(ForeignKey("vehicle.id"), index=True)


class KitKind(Model):
    """A kind of instrument that can be verified with the kit."""

    __tablename__ = "kit_kind"

    kit_id: Mapped[int] = mapped_column(ForeignKey("kit.id"), primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("instrument_kind.id"), primary_key=True, index=True)


class KitStandard(Model):
    __tablename__ = "kit_standard"

    kit_id: Mapped[int] = mapped_column(ForeignKey("kit.id"), primary_key=True)
    standard_id: Mapped[int] = mapped_column(ForeignKey("standard.id"), primary_key=True, index=True)
