"""What a plan changes against the one before it: what stays, moves, is new, or falls out."""

from dataclasses import dataclass
from datetime import date

from verifier.db import Session
from verifier.i18n import Worded, mark
from verifier.queries.plans import PlanRow, StopRow, left_out_of, plan_row, rounds_of
from verifier.rules.matching import Called, matched


class Change(Worded):
    KEPT = "kept", mark("as before")
    MOVED = "moved", mark("moved")
    NEW = "new", mark("new")
    DROPPED = "dropped", mark("no longer planned")


@dataclass(frozen=True)
class Slot:
    """When a visit is, and who comes; minutes since midnight."""

    day: date
    person_id: int
    person: str
    starts: int
    ends: int


@dataclass(frozen=True)
class ChangeRow:
    change: Change
    holder_id: int
    holder: str
    # 0, or 1, 2, 3 … for the parts of a site too big for one day.
    part: int
    was: Slot | None
    now: Slot | None
    # Why it is left out now, where the new plan knows of it at all.
    left_out: StopRow | None = None


@dataclass(frozen=True)
class PlanComparison:
    """Two plans with their figures; without one before, everything is new."""

    plan: PlanRow
    previous: PlanRow | None
    # By day and time, what falls out last.
    changes: tuple[ChangeRow, ...]

    def count(self, change: Change) -> int:
        return sum(row.change is change for row in self.changes)


def compare_plans(session: Session, number: int, *, on: date) -> PlanComparison:
    """A plan against the one it was made to follow; the same number of statements however big they are."""
    plan = plan_row(session, number, on=on)
    if plan.previous_id is None:
        changes = _changes(_visited(session, number), [], [])
        return PlanComparison(plan, None, tuple(changes))
    previous = plan_row(session, plan.previous_id, on=on)
    new, old = _visited(session, number), _visited(session, previous.id)
    return PlanComparison(plan, previous, tuple(_changes(new, old, left_out_of(session, number))))


def _visited(session: Session, plan_id: int) -> list[tuple[StopRow, Slot]]:
    return [
        (stop, Slot(one.day, one.person_id, one.person, stop.starts, stop.ends))
        for one in rounds_of(session, plan_id)
        for stop in one.stops
        if stop.starts is not None and stop.ends is not None
    ]


def _called(stop: StopRow) -> Called:
    return Called(stop.holder_id, frozenset(stop.instruments))


def _changes(
    new: list[tuple[StopRow, Slot]], old: list[tuple[StopRow, Slot]], left_out: list[StopRow]
) -> list[ChangeRow]:
    before = matched([_called(stop) for stop, _ in new], [_called(stop) for stop, _ in old])
    rows = [
        _row(stop, now, old[before[at]][1] if at in before else None) for at, (stop, now) in enumerate(new)
    ]
    gone = [pair for at, pair in enumerate(old) if at not in before.values()]
    outside = matched([_called(stop) for stop, _ in gone], [_called(stop) for stop in left_out])
    rows += [
        ChangeRow(
            Change.DROPPED,
            stop.holder_id,
            stop.holder,
            stop.part,
            was,
            None,
            left_out[outside[at]] if at in outside else None,
        )
        for at, (stop, was) in enumerate(gone)
    ]
    return sorted(rows, key=_order)


def _row(stop: StopRow, now: Slot, was: Slot | None) -> ChangeRow:
    change = Change.NEW if was is None else Change.KEPT if was == now else Change.MOVED
    return ChangeRow(change, stop.holder_id, stop.holder, stop.part, was, now)


def _order(row: ChangeRow) -> tuple[bool, date, int, int]:
    slot = row.now or row.was
    assert slot is not None  # noqa: S101  every change has one of them
    return row.now is None, slot.day, slot.starts, slot.person_id
