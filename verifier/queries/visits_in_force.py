"""What publishing and closing ask of visits: which stand, what they are for, and what was verified of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, func, or_, select

from verifier.db import Session
from verifier.models import Holder, Verification, Visit, VisitInstrument, VisitPlan
from verifier.queries.districts import subtree
from verifier.queries.verifications import counts_still
from verifier.rules.visiting import OPEN_VISITS, PlanStatus, VisitStatus

# So long a record entered late still completes what looked missed.
LATE_RECORDS = timedelta(days=60)


@dataclass(frozen=True)
class Ended:
    """A visit whose day is over: how many instruments it was for, and how many of them were verified."""

    visit: Visit
    expected: int
    verified: int


def open_visits_for_update(session: Session, body_id: int, *, since: date) -> list[Visit]:
    """Of a body from a day on, locked, in the order of their numbers."""
    statement = (
        select(Visit)
        .where(Visit.body_id == body_id, Visit.status.in_(OPEN_VISITS), Visit.day >= since)
        .order_by(Visit.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def instruments_by_visit(session: Session, visit_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    statement = select(VisitInstrument.visit_id, VisitInstrument.instrument_id).where(
        VisitInstrument.visit_id.in_(list(visit_ids))
    )
    found: dict[int, set[int]] = defaultdict(set)
    for visit_id, instrument_id in session.execute(statement):
        found[visit_id].add(instrument_id)
    return {visit_id: frozenset(its) for visit_id, its in found.items()}


def holders_within(session: Session, holder_ids: Iterable[int], district_id: int, *, on: date) -> set[int]:
    """Those of these holders that lie in the district's subtree."""
    inside = select(subtree(district_id, on).c.id)
    statement = select(Holder.id).where(Holder.id.in_(list(holder_ids)), Holder.district_id.in_(inside))
    return set(session.scalars(statement))


def plans_replaced_by(session: Session, plan: VisitPlan, *, on: date) -> list[VisitPlan]:
    """Published plans of the same body for the same days, and for no more than the same district."""
    statement = select(VisitPlan).where(
        VisitPlan.id != plan.id,
        VisitPlan.body_id == plan.body_id,
        VisitPlan.status == PlanStatus.PUBLISHED,
        VisitPlan.first_on <= plan.last_on,
        VisitPlan.last_on >= plan.first_on,
    )
    if plan.district_id is not None:
        statement = statement.where(VisitPlan.district_id.in_(select(subtree(plan.district_id, on).c.id)))
    return list(session.scalars(statement.order_by(VisitPlan.id).with_for_update()))


def visits_to_end(session: Session, *, on: date) -> list[Ended]:
    """Open visits of days before `on`, and those of the last weeks a record entered late may complete.

    While a visit is open, what was verified on its day or since counts; once it was closed, its day alone.
    """
    counts = or_(
        Verification.performed_on == Visit.day,
        and_(Visit.status.in_(OPEN_VISITS), Verification.performed_on.between(Visit.day, on)),
    )
    incomplete = and_(
        Visit.status.in_((VisitStatus.MISSED, VisitStatus.PARTLY_DONE)), Visit.day >= on - LATE_RECORDS
    )
    numbers = (
        select(
            Visit.id,
            func.count(VisitInstrument.instrument_id.distinct()),
            func.count(Verification.instrument_id.distinct()),
        )
        .outerjoin(VisitInstrument, VisitInstrument.visit_id == Visit.id)
        .outerjoin(
            Verification,
            and_(Verification.instrument_id == VisitInstrument.instrument_id, counts, counts_still()),
        )
        .where(Visit.day < on, or_(Visit.status.in_(OPEN_VISITS), incomplete))
        .group_by(Visit.id)
    )
    counted = {visit_id: (expected, verified) for visit_id, expected, verified in session.execute(numbers)}
    locked = select(Visit).where(Visit.id.in_(counted)).order_by(Visit.id).with_for_update()
    return [Ended(visit, *counted[visit.id]) for visit in session.scalars(locked)]
