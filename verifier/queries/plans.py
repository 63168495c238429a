"""Questions about plans of visits: figures, rounds in their order, and what is left out."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from verifier.db import Session
from verifier.errors import NotFound
from verifier.i18n import mark
from verifier.models import Body, District, Holder, Person, PlanRound, PlanStop, VisitPlan
from verifier.queries.staff import kept_by
from verifier.rules.access import Caller, OutsideScope
from verifier.rules.visiting import PlanStatus


class PlanUnknown(NotFound):
    message = mark("There is no plan {plan}.")


@dataclass(frozen=True)
class PlanRow:
    """A plan with its figures; minutes."""

    id: int
    body_id: int
    body: str
    body_name: str
    # Code of the district it is for; None: all the body serves.
    district: str | None
    first_on: date
    last_on: date
    status: PlanStatus
    previous_id: int | None
    travel_source: str
    was_counted: bool
    seed: int
    made_at: datetime
    made_by: str
    published_at: datetime | None
    published_by: str
    version: int
    visits: int
    left_out: int
    travel_minutes: int
    overtime_minutes: int
    # Technician-days on which somebody goes out.
    days_used: int


@dataclass(frozen=True)
class StopRow:
    """A visit of a plan; left out: without round and times, with a reason."""

    id: int
    holder_id: int
    holder: str
    part: int
    instruments: list[int]
    service_minutes: int
    prize: int
    is_mandatory: bool
    due_on: date | None
    is_pinned: bool
    round_id: int | None
    position: int | None
    arrives: int | None
    starts: int | None
    ends: int | None
    reason: str | None
    sentence: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class RoundRow:
    id: int
    day: date
    person_id: int
    person: str
    starts: int
    ends: int
    overtime_allowed: int
    leaves: int
    returns: int
    travel_minutes: int
    kits: list[int]
    stops: tuple[StopRow, ...] = field(kw_only=True)

    @property
    def overtime(self) -> int:
        return max(0, self.returns - self.ends)


def _plans() -> Select[*tuple[Any, ...]]:
    over = PlanRound.returns - PlanRound.ends
    worked = (
        select(
            PlanRound.plan_id,
            func.sum(PlanRound.travel_minutes).label("travel"),
            func.sum(over).filter(over > 0).label("overtime"),
            func.count().filter(PlanRound.travel_minutes > 0).label("days"),
        )
        .group_by(PlanRound.plan_id)
        .subquery()
    )
    stops = (
        select(
            PlanStop.plan_id,
            func.count(PlanStop.round_id).label("visits"),
            func.count().filter(PlanStop.round_id.is_(None)).label("left_out"),
        )
        .group_by(PlanStop.plan_id)
        .subquery()
    )
    nought = func.coalesce
    return (
        select(
            VisitPlan.id,
            VisitPlan.body_id,
            Body.code,
            Body.name,
            District.code,
            VisitPlan.first_on,
            VisitPlan.last_on,
            VisitPlan.status,
            VisitPlan.previous_id,
            VisitPlan.travel_source,
            VisitPlan.was_counted,
            VisitPlan.seed,
            VisitPlan.made_at,
            VisitPlan.made_by,
            VisitPlan.published_at,
            VisitPlan.published_by,
            VisitPlan.version,
            nought(stops.c.visits, 0),
            nought(stops.c.left_out, 0),
            nought(worked.c.travel, 0),
            nought(worked.c.overtime, 0),
            nought(worked.c.days, 0),
        )
        .join(Body, Body.id == VisitPlan.body_id)
        .outerjoin(District, District.id == VisitPlan.district_id)
        .outerjoin(worked, worked.c.plan_id == VisitPlan.id)
        .outerjoin(stops, stops.c.plan_id == VisitPlan.id)
    )


def plans(
    session: Session, caller: Caller, *, on: date, before: int | None = None, limit: int | None = None
) -> list[PlanRow]:
    """The newest first, of the bodies whose staff the caller keeps."""
    statement = _plans().where(kept_by(caller, on=on))
    if before is not None:
        statement = statement.where(VisitPlan.id < before)
    found = session.execute(statement.order_by(VisitPlan.id.desc()).limit(limit))
    return [PlanRow(*row) for row in found]


def plan_row(session: Session, number: int, caller: Caller | None = None, *, on: date) -> PlanRow:
    """One plan; raises PlanUnknown, or OutsideScope when it is not the caller's to see."""
    statement = _plans().where(VisitPlan.id == number)
    found = session.execute(statement).one_or_none()
    if found is None:
        raise PlanUnknown(plan=number)
    if caller is not None and session.execute(statement.where(kept_by(caller, on=on))).one_or_none() is None:
        raise OutsideScope(what=number)
    return PlanRow(*found)


def plan_for_update(session: Session, number: int) -> VisitPlan:
    """Load and lock; raises PlanUnknown."""
    plan = session.get(VisitPlan, number, with_for_update=True, populate_existing=True)
    if plan is None:
        raise PlanUnknown(plan=number)
    return plan


def _stops(plan_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            PlanStop.id,
            PlanStop.holder_id,
            Holder.name,
            PlanStop.part,
            PlanStop.instruments,
            PlanStop.service_minutes,
            PlanStop.prize,
            PlanStop.is_mandatory,
            PlanStop.due_on,
            PlanStop.is_pinned,
            PlanStop.round_id,
            PlanStop.position,
            PlanStop.arrives,
            PlanStop.starts,
            PlanStop.ends,
            PlanStop.reason,
            PlanStop.sentence,
            PlanStop.facts,
        )
        .join(Holder, Holder.id == PlanStop.holder_id)
        .where(PlanStop.plan_id == plan_id)
    )


def rounds_of(session: Session, plan_id: int) -> list[RoundRow]:
    """Every technician's day of a plan, by day and name, with its visits in their order; two statements."""
    stops: dict[int, list[StopRow]] = defaultdict(list)
    visited = _stops(plan_id).where(PlanStop.round_id.is_not(None)).order_by(PlanStop.position)
    for row in session.execute(visited):
        stop = StopRow(*row)
        if stop.round_id is not None:
            stops[stop.round_id].append(stop)
    statement = (
        select(
            PlanRound.id,
            PlanRound.day,
            PlanRound.person_id,
            Person.name,
            PlanRound.starts,
            PlanRound.ends,
            PlanRound.overtime_allowed,
            PlanRound.leaves,
            PlanRound.returns,
            PlanRound.travel_minutes,
            PlanRound.kits,
        )
        .join(Person, Person.id == PlanRound.person_id)
        .where(PlanRound.plan_id == plan_id)
        .order_by(PlanRound.day, Person.name, PlanRound.id)
    )
    return [RoundRow(*row, stops=tuple(stops[row[0]])) for row in session.execute(statement)]


def left_out_of(session: Session, plan_id: int) -> list[StopRow]:
    """What a plan leaves out, the most valuable first."""
    statement = _stops(plan_id).where(PlanStop.round_id.is_(None))
    found = session.execute(statement.order_by(PlanStop.prize.desc(), PlanStop.id))
    return [StopRow(*row) for row in found]


def last_published(session: Session, body_id: int, first_on: date, last_on: date) -> int | None:
    """The plan in force for a body that touches these days, if there is one."""
    statement = (
        select(VisitPlan.id)
        .where(
            VisitPlan.body_id == body_id,
            VisitPlan.status == PlanStatus.PUBLISHED,
            VisitPlan.first_on <= last_on,
            VisitPlan.last_on >= first_on,
        )
        .order_by(VisitPlan.id.desc())
    )
    return session.scalars(statement).first()
