"""Writing a plan of visits down as a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import insert

from verifier.db import Session
from verifier.models import PlanRound, PlanStop, VisitPlan
from verifier.operations.journal import Doer, note


@dataclass(frozen=True, kw_only=True)
class DraftStop:
    """A visit of a round, or one left out: then without times and with a reason, its sentence and facts."""

    holder_id: int
    part: int
    instruments: tuple[int, ...]
    service_minutes: int
    prize: int
    is_mandatory: bool
    due_on: date | None
    is_pinned: bool = False
    arrives: int | None = None
    starts: int | None = None
    ends: int | None = None
    reason: str | None = None
    sentence: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DraftRound:
    """One technician's day; minutes since midnight; `stops` in their order."""

    person_id: int
    day: date
    starts: int
    ends: int
    overtime_allowed: int
    leaves: int
    returns: int
    travel_minutes: int
    kits: tuple[int, ...]
    stops: tuple[DraftStop, ...]


@dataclass(frozen=True, kw_only=True)
class SavePlan:
    body_id: int
    district_id: int | None
    first_on: date
    last_on: date
    previous_id: int | None
    demand: str
    travel_source: str
    was_counted: bool
    seed: int
    rounds: Sequence[DraftRound]
    left_out: Sequence[DraftStop]


def save_plan(session: Session, command: SavePlan, *, who: Doer) -> VisitPlan:
    """Save a draft; nobody is told of anything before it is published."""
    plan = VisitPlan(
        body_id=command.body_id,
        district_id=command.district_id,
        first_on=command.first_on,
        last_on=command.last_on,
        previous_id=command.previous_id,
        demand=command.demand,
        travel_source=command.travel_source,
        was_counted=command.was_counted,
        seed=command.seed,
        made_at=who.now,
        made_by=who.name,
    )
    session.add(plan)
    session.flush()
    rows = [_row(plan.id, stop, None, None) for stop in command.left_out]
    for one in command.rounds:
        kept = _round(plan.id, one)
        session.add(kept)
        session.flush()
        rows += [_row(plan.id, stop, kept.id, place) for place, stop in enumerate(one.stops, start=1)]
    if rows:
        session.execute(insert(PlanStop), rows)
    visits = sum(len(one.stops) for one in command.rounds)
    note(session, who, "save_plan", "visit_plan", plan.id, visits=visits, left_out=len(command.left_out))
    return plan


def _round(plan_id: int, one: DraftRound) -> PlanRound:
    return PlanRound(
        plan_id=plan_id,
        day=one.day,
        person_id=one.person_id,
        starts=one.starts,
        ends=one.ends,
        overtime_allowed=one.overtime_allowed,
        leaves=one.leaves,
        returns=one.returns,
        travel_minutes=one.travel_minutes,
        kits=list(one.kits),
    )


def _row(plan_id: int, stop: DraftStop, round_id: int | None, position: int | None) -> dict[str, object]:
    return {
        "plan_id": plan_id,
        "round_id": round_id,
        "position": position,
        "holder_id": stop.holder_id,
        "part": stop.part,
        "instruments": list(stop.instruments),
        "service_minutes": stop.service_minutes,
        "prize": stop.prize,
        "is_mandatory": stop.is_mandatory,
        "due_on": stop.due_on,
        "is_pinned": stop.is_pinned,
        "arrives": stop.arrives,
        "starts": stop.starts,
        "ends": stop.ends,
        "reason": stop.reason,
        "sentence": stop.sentence,
        "facts": dict(stop.facts),
    }
