"""Plans of visits, the visits they become, and what holders ask for."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from verifier.models.base import Model
from verifier.rules.appointments import AppointmentStatus, AskedBecause
from verifier.rules.visiting import PlanStatus, VisitStatus


class VisitPlan(Model):
    """Rounds proposed for a body and some days; once published its visits stand on their own."""

    __tablename__ = "visit_plan"
    __table_args__ = (
        CheckConstraint("first_on <= last_on", name="period"),
        Index("visit_plan__body_id__first_on__ix", "body_id", "first_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    # Whose sites it is for; None: all the body serves.
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    first_on: Mapped[date]
    last_on: Mapped[date]
    status: Mapped[PlanStatus] = mapped_column(default=PlanStatus.DRAFT)
    # The plan it was made to follow and is compared with.
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("visit_plan.id"), index=True)
    # As scheduler/plan_values.Plan has them.
    demand: Mapped[str] = mapped_column(String(64))
    travel_source: Mapped[str] = mapped_column(String(40))
    was_counted: Mapped[bool]
    seed: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(60))
    published_at: Mapped[datetime | None]
    published_by: Mapped[str] = mapped_column(String(60), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class PlanRound(Model):
    """One technician's day of a plan; minutes since midnight."""

    __tablename__ = "plan_round"
    __table_args__ = (UniqueConstraint("plan_id", "day", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("visit_plan.id"))
    day: Mapped[date]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    # The shift, and what the round makes of it.
    starts: Mapped[int]
    ends: Mapped[int]
    overtime_allowed: Mapped[int]
    leaves: Mapped[int]
    returns: Mapped[int]
    travel_minutes: Mapped[int]
    # Ids of the kits in the car.
    kits: Mapped[list[int]] = mapped_column(JSON)


class PlanStop(Model):
    """One visit a plan makes, or leaves out with a reason."""

    __tablename__ = "plan_stop"
    __table_args__ = (
        CheckConstraint("(round_id IS NULL) = (starts IS NULL)", name="planned_has_time"),
        CheckConstraint("(round_id IS NULL) = (reason IS NOT NULL)", name="left_out_has_reason"),
        Index("plan_stop__plan_id__holder_id__ix", "plan_id", "holder_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("visit_plan.id"))
    # The site: a clinic, or a market with its stalls.
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"), index=True)
    # 0, or 1, 2, 3 … for the parts of a site too big for one day.
    part: Mapped[int] = mapped_column(default=0)
    instruments: Mapped[list[int]] = mapped_column(JSON)
    service_minutes: Mapped[int]
    prize: Mapped[int]
    is_mandatory: Mapped[bool]
    # The first last valid day among its instruments; None where none was ever verified.
    due_on: Mapped[date | None]
    is_pinned: Mapped[bool] = mapped_column(default=False, server_default=false())
    round_id: Mapped[int | None] = mapped_column(ForeignKey("plan_round.id"), index=True)
    position: Mapped[int | None]
    arrives: Mapped[int | None]
    starts: Mapped[int | None]
    ends: Mapped[int | None]
    # scheduler/plan_values.Reason with its marked sentence and facts.
    reason: Mapped[str | None] = mapped_column(String(40))
    sentence: Mapped[str] = mapped_column(String(300), default="")
    facts: Mapped[dict[str, Any]]


class Visit(Model):
    """One visit somebody was told about."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint("starts < ends", name="times"),
        Index("visit__body_id__day__ix", "body_id", "day"),
        Index("visit__holder_id__day__ix", "holder_id", "day"),
        Index("visit__person_id__day__ix", "person_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("visit_plan.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date]
    # Minutes since midnight at the office.
    starts: Mapped[int]
    ends: Mapped[int]
    status: Mapped[VisitStatus] = mapped_column(default=VisitStatus.ANNOUNCED)
    announced_at: Mapped[datetime]
    # What the holder asked for, or why it was cancelled.
    remark: Mapped[str] = mapped_column(String(300), default="")
    # RFC 5545: the identity in calendars, and how often time or state changed since.
    uid: Mapped[str] = mapped_column(String(60), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class VisitInstrument(Model):
    """An instrument a visit is for."""

    __tablename__ = "visit_instrument"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"), primary_key=True, index=True)


class Appointment(Model):
    """A holder's request for a visit."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("wanted_from <= wanted_until", name="wish"),
        Index("appointment__holder_id__status__ix", "holder_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"))
    because: Mapped[AskedBecause]
    status: Mapped[AppointmentStatus] = mapped_column(default=AppointmentStatus.REQUESTED)
    wanted_from: Mapped[date | None]
    wanted_until: Mapped[date | None]
    wish: Mapped[str] = mapped_column(String(500), default="")
    asked_on: Mapped[date]
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(60))
    # The last working day within the office's promise.
    answer_by: Mapped[date]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(String(60), default="")
    # Why it was returned, or what the office adds.
    answer: Mapped[str] = mapped_column(String(500), default="")
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class AppointmentInstrument(Model):
    __tablename__ = "appointment_instrument"

    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"), primary_key=True, index=True)
