"""Publishing a plan: its visits are announced, and what was announced before follows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import delete, insert

from verifier.db import Session
from verifier.errors import Conflict
from verifier.i18n import mark
from verifier.models import Visit, VisitInstrument, VisitPlan
from verifier.operations.journal import Doer, note
from verifier.operations.staff import check_keeper
from verifier.operations.visit_requests import give_back_requests, place_requests
from verifier.operations.visits import MakeVisit, alone_with_visits, announced, cancel, change_status
from verifier.queries.plans import left_out_of, plan_for_update, rounds_of
from verifier.queries.staff import body_by_id
from verifier.queries.visits_in_force import (
    holders_within,
    instruments_by_visit,
    open_visits_for_update,
    plans_replaced_by,
)
from verifier.rules.matching import Called, matched
from verifier.rules.visiting import PLAN_MOVES, PlanStatus, VisitStatus

PUT_OFF = mark("We cannot come on this day after all and will announce another.")
NOTHING_LEFT = mark("Nothing is left to verify, so nobody needs to come.")


class PlanNotDraft(Conflict):
    message = mark("Plan {plan} is {status}, no draft any more.")


class PlanIsOver(Conflict):
    message = mark("The last day of plan {plan} was {last_on}; plan again from today on.")


@dataclass(frozen=True)
class Published:
    """How many visits became what."""

    plan_id: int
    announced: int
    moved: int
    kept: int
    cancelled: int


@dataclass(frozen=True)
class _Standing:
    """The open visits of the body, and what each is for."""

    visits: Sequence[Visit]
    instruments: Mapping[int, frozenset[int]]

    def called(self) -> list[Called]:
        return [Called(visit.holder_id, self.instruments.get(visit.id, frozenset())) for visit in self.visits]


@dataclass
class _Changes:
    """What publishing does, gathered before it is written."""

    new: list[MakeVisit] = field(default_factory=list)
    moved: list[Visit] = field(default_factory=list)
    kept: list[Visit] = field(default_factory=list)
    # Instruments by visit that stands: those the plan has, and all it is for, where that changes.
    found: dict[int, frozenset[int]] = field(default_factory=dict)
    meant: dict[int, frozenset[int]] = field(default_factory=dict)


def publish_plan(session: Session, number: int, *, who: Doer) -> Published:
    """Make a draft the plan in force; two at once for one body come one after the other.

    Visits that stand and are planned for another time are moved and announced again, those at the same time
    stay as they are, and those the plan has no more are cancelled. What was made outside any plan is moved
    where the plan has it and never cancelled. Whether the plan can be kept is asked before, by the scheduler.
    """
    plan = plan_for_update(session, number)
    check_keeper(session, body_by_id(session, plan.body_id), who)
    alone_with_visits(session, plan.body_id)
    _move(plan, PlanStatus.PUBLISHED)
    if plan.last_on < who.today:
        raise PlanIsOver(plan=number, last_on=plan.last_on)
    plan.published_at, plan.published_by = who.now, who.name
    for earlier in plans_replaced_by(session, plan, on=who.today):
        _move(earlier, PlanStatus.REPLACED)
    standing = _standing(session, plan, who)
    wanted = _wanted(session, plan, since=who.today)
    found = matched([_called(one) for one in wanted], standing.called())
    changes = _changes(plan, wanted, standing, found, who)
    gone = [
        visit
        for at, visit in enumerate(standing.visits)
        if at not in found.values()
        and visit.plan_id is not None
        and plan.first_on <= visit.day <= plan.last_on
    ]
    return _write(session, plan, changes, _within(session, plan, gone, who), who)


def discard_plan(session: Session, number: int, *, who: Doer) -> VisitPlan:
    """A draft nobody wants; it stays to be looked at."""
    plan = plan_for_update(session, number)
    check_keeper(session, body_by_id(session, plan.body_id), who)
    _move(plan, PlanStatus.DISCARDED)
    session.flush()
    note(session, who, "discard_plan", "visit_plan", number)
    return plan


def _move(plan: VisitPlan, status: PlanStatus) -> None:
    if status not in PLAN_MOVES[plan.status]:
        raise PlanNotDraft(plan=plan.id, status=plan.status)
    plan.status = status


def _standing(session: Session, plan: VisitPlan, who: Doer) -> _Standing:
    visits = open_visits_for_update(session, plan.body_id, since=who.today)
    return _Standing(visits, instruments_by_visit(session, [visit.id for visit in visits]))


def _wanted(session: Session, plan: VisitPlan, *, since: date) -> list[MakeVisit]:
    """The visits of a plan whose day is still to come."""
    return [
        MakeVisit(
            body_id=plan.body_id,
            holder_id=stop.holder_id,
            person_id=one.person_id,
            day=one.day,
            starts=stop.starts,
            ends=stop.ends,
            instruments=frozenset(stop.instruments),
            plan_id=plan.id,
        )
        for one in rounds_of(session, plan.id)
        for stop in one.stops
        if one.day >= since and stop.starts is not None and stop.ends is not None
    ]


def _called(one: MakeVisit) -> Called:
    return Called(one.holder_id, frozenset(one.instruments))


def _changes(
    plan: VisitPlan, wanted: Sequence[MakeVisit], standing: _Standing, found: Mapping[int, int], who: Doer
) -> _Changes:
    changes = _Changes()
    for at, one in enumerate(wanted):
        if at not in found:
            changes.new.append(one)
            continue
        visit = standing.visits[found[at]]
        changes.found[visit.id] = frozenset(one.instruments)
        # Moved to a day of its own since the plan was made: there it stays.
        if plan.first_on <= visit.day <= plan.last_on:
            _change(visit, one, changes, who)
            changes.meant |= _meant(visit, one, standing)
        else:
            changes.kept.append(visit)
    return changes


def _change(visit: Visit, one: MakeVisit, changes: _Changes, who: Doer) -> None:
    is_moved = (visit.day, visit.starts, visit.ends) != (one.day, one.starts, one.ends)
    if is_moved:
        change_status(visit, VisitStatus.ANNOUNCED, who)
        visit.day, visit.starts, visit.ends = one.day, one.starts, one.ends
        visit.person_id, visit.plan_id = one.person_id, one.plan_id
        visit.announced_at, visit.remark = who.now, ""
    elif visit.person_id != one.person_id:
        # Somebody else comes at the time that was confirmed: calendars hear of it, nothing else changes.
        change_status(visit, visit.status, who)
        visit.person_id = one.person_id
    (changes.moved if is_moved else changes.kept).append(visit)


def _meant(visit: Visit, one: MakeVisit, standing: _Standing) -> dict[int, frozenset[int]]:
    before = standing.instruments.get(visit.id, frozenset())
    meant = frozenset(one.instruments)
    # What a holder asked for need not be due.
    if visit.plan_id is None:
        meant |= before
    return {} if meant == before else {visit.id: meant}


def _within(session: Session, plan: VisitPlan, visits: list[Visit], who: Doer) -> list[Visit]:
    """Those a plan for a part of the territory speaks of."""
    if plan.district_id is None or not visits:
        return visits
    holders = [visit.holder_id for visit in visits]
    inside = holders_within(session, holders, plan.district_id, on=who.today)
    return [visit for visit in visits if visit.holder_id in inside]


def _write(session: Session, plan: VisitPlan, changes: _Changes, gone: list[Visit], who: Doer) -> Published:
    _cancel(session, plan, gone, who)
    made = [announced(one, who) for one in changes.new]
    session.add_all(made)
    session.flush()
    its = {visit.id: frozenset(one.instruments) for visit, one in zip(made, changes.new, strict=True)}
    _rewrite(session, its | changes.meant)
    give_back_requests(session, [visit.id for visit in gone])
    place_requests(session, its | changes.found)
    published = Published(plan.id, len(made), len(changes.moved), len(changes.kept), len(gone))
    facts = {"announced": len(made), "moved": published.moved, "cancelled": published.cancelled}
    note(session, who, "publish_plan", "visit_plan", plan.id, kept=published.kept, **facts)
    return published


def _cancel(session: Session, plan: VisitPlan, gone: Sequence[Visit], who: Doer) -> None:
    put_off = {one for stop in left_out_of(session, plan.id) for one in stop.instruments}
    its = instruments_by_visit(session, [visit.id for visit in gone])
    for visit in gone:
        cancel(visit, PUT_OFF if its.get(visit.id, frozenset()) & put_off else NOTHING_LEFT, who)


def _rewrite(session: Session, meant: Mapping[int, frozenset[int]]) -> None:
    """What visits are for, as it is from now on."""
    session.execute(delete(VisitInstrument).where(VisitInstrument.visit_id.in_(list(meant))))
    rows = [{"visit_id": visit_id, "instrument_id": one} for visit_id, its in meant.items() for one in its]
    if rows:
        session.execute(insert(VisitInstrument), rows)
