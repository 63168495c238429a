"""Who can be sent on a day, in which car, with which standards."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select

from verifier.db import Session
from verifier.models import (
    Absence,
    Competence,
    InstrumentKind,
    Kit,
    KitKind,
    KitStandard,
    Person,
    Standard,
    StandardCalibration,
    Vehicle,
    WorkingHours,
)


@dataclass(frozen=True)
class Turn:
    """Hours on a day of the week, Monday being 1, in minutes since midnight."""

    weekday: int
    starts: int
    ends: int
    overtime: int


@dataclass(frozen=True)
class Right:
    """A kind somebody may verify, and in which days."""

    kind: str
    valid_from: date
    valid_until: date


@dataclass(frozen=True)
class Technician:
    """A person with what was recorded; empty `turns`: the office's usual hours."""

    id: int
    name: str
    turns: tuple[Turn, ...]
    absences: tuple[tuple[date, date], ...]
    rights: tuple[Right, ...]
    drives: bool

    def is_away(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.absences)

    def kinds(self, day: date) -> frozenset[str]:
        return frozenset(right.kind for right in self.rights if right.valid_from <= day <= right.valid_until)


@dataclass(frozen=True)
class KitRow:
    """A set of standards: the kinds it serves, until when all in it are valid, and whose car it stays in."""

    id: int
    name: str
    kinds: frozenset[str]
    # None: nothing in it runs out.
    last_on: date | None
    driver_id: int | None


def technicians_of(session: Session, body_ids: list[int]) -> list[Technician]:
    """The people of these bodies; five statements however many they are."""
    people = session.execute(
        select(Person.id, Person.name).where(Person.body_id.in_(body_ids)).order_by(Person.id)
    ).all()
    ids = [person_id for person_id, _ in people]
    turns, absences, rights = _turns(session, ids), _absences(session, ids), _rights(session, ids)
    drivers = session.execute(select(Vehicle.driver_id).where(Vehicle.body_id.in_(body_ids))).scalars().all()
    return [
        Technician(
            person_id,
            name,
            tuple(turns[person_id]),
            tuple(absences[person_id]),
            tuple(rights[person_id]),
            # A body that has recorded no cars sends everybody.
            drives=not drivers or person_id in drivers,
        )
        for person_id, name in people
    ]


def _turns(session: Session, ids: list[int]) -> dict[int, list[Turn]]:
    found: dict[int, list[Turn]] = defaultdict(list)
    statement = select(
        WorkingHours.person_id,
        WorkingHours.weekday,
        WorkingHours.starts,
        WorkingHours.ends,
        WorkingHours.overtime_minutes,
    ).where(WorkingHours.person_id.in_(ids))
    for person_id, *turn in session.execute(statement):
        found[person_id].append(Turn(*turn))
    return found


def _absences(session: Session, ids: list[int]) -> dict[int, list[tuple[date, date]]]:
    found: dict[int, list[tuple[date, date]]] = defaultdict(list)
    statement = select(Absence.person_id, Absence.first_on, Absence.last_on).where(Absence.person_id.in_(ids))
    for person_id, first, last in session.execute(statement):
        found[person_id].append((first, last))
    return found


def _rights(session: Session, ids: list[int]) -> dict[int, list[Right]]:
    found: dict[int, list[Right]] = defaultdict(list)
    statement = (
        select(Competence.person_id, InstrumentKind.key, Competence.valid_from, Competence.valid_until)
        .join(InstrumentKind, InstrumentKind.id == Competence.kind_id)
        .where(Competence.person_id.in_(ids))
        .order_by(Competence.id)
    )
    for person_id, kind, valid_from, valid_until in session.execute(statement):
        found[person_id].append(Right(kind, valid_from, valid_until))
    return found


def kits_of(session: Session, body_ids: list[int], *, on: date) -> list[KitRow]:
    """Kits with the first day on which a standard in them runs out, as calibrated by `on`; two statements."""
    serves: dict[int, set[str]] = defaultdict(set)
    kinds = (
        select(KitKind.kit_id, InstrumentKind.key)
        .join(InstrumentKind, InstrumentKind.id == KitKind.kind_id)
        .join(Kit, Kit.id == KitKind.kit_id)
        .where(Kit.body_id.in_(body_ids))
    )
    for kit_id, key in session.execute(kinds):
        serves[kit_id].add(key)
    # A calibration is never taken back by an earlier one: the newest counts, a failed one has no last day.
    newest = (
        select(func.max(StandardCalibration.id))
        .where(StandardCalibration.standard_id == Standard.id, StandardCalibration.calibrated_on <= on)
        .correlate(Standard)
        .scalar_subquery()
    )
    statement = (
        select(Kit.id, Kit.name, Vehicle.driver_id, Standard.id, StandardCalibration.valid_until)
        .outerjoin(Vehicle, Vehicle.id == Kit.vehicle_id)
        .outerjoin(KitStandard, KitStandard.kit_id == Kit.id)
        .outerjoin(Standard, Standard.id == KitStandard.standard_id)
        .outerjoin(
            StandardCalibration,
            and_(StandardCalibration.standard_id == Standard.id, StandardCalibration.id == newest),
        )
        .where(Kit.body_id.in_(body_ids))
        .order_by(Kit.id)
    )
    rows: dict[tuple[int, str, int | None], list[date]] = defaultdict(list)
    for kit_id, name, driver_id, standard_id, valid_until in session.execute(statement):
        ends = rows[kit_id, name, driver_id]
        if standard_id is not None:
            # Never calibrated, or failed: it was never valid.
            ends.append(valid_until or date.min)
    return [
        KitRow(kit_id, name, frozenset(serves[kit_id]), min(ends, default=None), driver_id)
        for (kit_id, name, driver_id), ends in rows.items()
    ]
