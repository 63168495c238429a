"""Moving a visit that was announced, and what that does to the days of those who make it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scheduler.drafts import kinds_of, windows_of
from scheduler.plan_editing import Load
from scheduler.plan_values import Shift, Stop, Visit
from scheduler.planning import travel_for, turn_of
from scheduler.retiming import as_agreed, clock_faults, tight, way
from scheduler.round_faults import Fault, FaultKind, stop_faults
from scheduler.travel import Position
from verifier import db
from verifier.db import Session
from verifier.operations.journal import Doer
from verifier.operations.plan_edits import PlanChanged
from verifier.operations.visits import MoveVisit, move_visit
from verifier.queries.plan_facts import RegisterFacts, register_facts
from verifier.queries.sites import base_of, positions
from verifier.queries.staff import body_by_id
from verifier.queries.visits import VisitRow, visit_for_update, visit_row, visits_of_round
from verifier.queries.visits_in_force import instruments_by_visit
from verifier.settings import Settings

_NO_HOURS = (8 * 60, 17 * 60, 0)


@dataclass(frozen=True)
class Moved:
    """What the days it was on and is on now cost together, and what cannot be kept on the new one."""

    before: Load
    after: Load
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class _Day:
    """Where somebody is expected on a day, in order."""

    person_id: int
    day: date
    visits: tuple[VisitRow, ...]


@dataclass(frozen=True)
class _Facts:
    register: RegisterFacts
    instruments: Mapping[int, frozenset[int]]
    places: Mapping[int, int]
    where: Sequence[Position]


def move(
    sessions: db.Sessions, number: int, command: MoveVisit, settings: Settings, *, who: Doer, version: int
) -> Moved:
    """Move it and tell what follows; faults do not hinder, the coordinator knows more than the register.

    Raises what move_visit raises, and PlanChanged where somebody else changed the visit since `version`.
    """
    with db.reading(sessions) as session:
        was = visit_row(session, number, on=who.today)
        before = _days(session, {(was.person_id, was.day), (command.person_id or was.person_id, command.day)})
    with db.transaction(sessions) as session:
        visit = visit_for_update(session, number)
        if visit.version != version:
            raise PlanChanged(plan=number)
        move_visit(session, visit, command, who=who)
    with db.reading(sessions) as session:
        now = visit_row(session, number, on=who.today)
        after = _days(session, {(one.person_id, one.day) for one in before})
        facts = _facts(session, [*before, *after], now, who.today)
    minutes = travel_for(facts.where, settings).minutes
    target = next(one for one in after if (one.person_id, one.day) == (now.person_id, now.day))
    return Moved(
        _load(before, facts, minutes),
        _load(after, facts, minutes),
        tuple(_faults(target, facts, minutes, now)),
    )


def _days(session: Session, keys: set[tuple[int, date]]) -> list[_Day]:
    return [
        _Day(person, day, tuple(one for one in visits_of_round(session, person, day) if one.is_open))
        for person, day in sorted(keys)
    ]


def _facts(session: Session, days: Sequence[_Day], now: VisitRow, on: date) -> _Facts:
    visits = {visit.id: visit for one in days for visit in one.visits}
    instruments = instruments_by_visit(session, visits)
    holders = sorted({visit.holder_id for visit in visits.values()})
    register = register_facts(
        session,
        now.body_id,
        holders=holders,
        instruments={number for its in instruments.values() for number in its},
        people={one.person_id for one in days},
        on=on,
    )
    known = positions(session, holders)
    base = Position(*(base_of(session, body_by_id(session, now.body_id), known.values()) or (0.0, 0.0)))
    where = [base, *(Position(*known[one]) if one in known else base for one in holders)]
    return _Facts(register, instruments, {one: at for at, one in enumerate(holders, start=1)}, where)


def _shift(one: _Day, register: RegisterFacts) -> Shift:
    technician = register.technicians[one.person_id]
    turn = turn_of(technician, one.day)
    starts, ends, overtime = _NO_HOURS if turn is None else (turn.starts, turn.ends, turn.overtime)
    return Shift(
        technician=one.person_id,
        day=0,
        start=starts,
        end=ends,
        start_place=0,
        end_place=0,
        overtime=overtime,
        competences=kinds_of(register, one.person_id, one.day),
    )


def _stop(visit: VisitRow, facts: _Facts) -> Stop:
    its = facts.instruments.get(visit.id, frozenset())
    kinds = frozenset(facts.register.kinds[one] for one in its)
    return Stop(
        id=visit.id,
        place=facts.places[visit.holder_id],
        service=visit.ends - visit.starts,
        prize=0,
        windows=windows_of(facts.register, visit.holder_id, visit.day),
        competences=kinds if facts.register.has_competences else frozenset(),
    )


def _load(days: Sequence[_Day], facts: _Facts, minutes: Sequence[Sequence[int]]) -> Load:
    travel, overtime, visits = 0, 0, 0
    for one in days:
        shift, stops = _shift(one, facts.register), [_stop(visit, facts) for visit in one.visits]
        travel += way(shift, stops, minutes)
        overtime += as_agreed(shift, _visits(one), stops, minutes).overtime
        visits += len(stops)
    return Load(visits, 0, travel, overtime)


def _visits(one: _Day) -> list[Visit]:
    return [Visit(visit.id, visit.starts, visit.starts, visit.ends) for visit in one.visits]


def _faults(one: _Day, facts: _Facts, minutes: Sequence[Sequence[int]], now: VisitRow) -> Iterator[Fault]:
    """Of the whole day where times do not fit together, otherwise of the visit that was moved."""
    shift, stops = _shift(one, facts.register), [_stop(visit, facts) for visit in one.visits]
    round_ = as_agreed(shift, _visits(one), stops, minutes)
    found = [*clock_faults(round_, stops), *tight(round_, stops, minutes)]
    for stop in stops:
        found += stop_faults(shift, stop)
    if turn_of(facts.register.technicians[one.person_id], one.day) is None:
        found.append(Fault(FaultKind.AWAY, None, {}))
    names = {visit.id: visit.holder for visit in one.visits}
    for fault in found:
        if fault.kind is not FaultKind.TIGHT and fault.stop not in (None, now.id):
            continue
        said = {"day": one.day.isoformat(), "technician": now.person, **fault.facts}
        if fault.stop is not None:
            said["holder"] = names[fault.stop]
        yield replace(fault, facts=said)
