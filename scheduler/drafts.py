"""A plan as it stands, in the words of the search: shifts, stops and rounds, and what cannot be kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scheduler.demand import usual_hours
from scheduler.plan_values import Kit, Round, Shift, Stop, Visit, Window
from scheduler.retiming import clock_faults
from scheduler.round_faults import Fault, FaultKind, late, stop_faults
from scheduler.travel import Position
from verifier.db import Session
from verifier.errors import NotFound
from verifier.i18n import mark
from verifier.queries.plan_facts import RegisterFacts, register_facts
from verifier.queries.plans import PlanRow, RoundRow, StopRow, left_out_of, plan_row, rounds_of
from verifier.queries.sites import base_of, positions
from verifier.queries.staff import body_by_id
from verifier.rules.holders import HolderKind

# Every round is looked at as a day of its own.
_TODAY = 0


class StopUnknown(NotFound):
    message = mark("There is no visit {stop} in this plan.")


class RoundUnknown(NotFound):
    message = mark("There is no technician-day {round} in this plan.")


@dataclass(frozen=True, kw_only=True)
class Draft:
    plan: PlanRow
    rounds: tuple[RoundRow, ...]
    left_out: tuple[StopRow, ...]
    register: RegisterFacts
    base: Position
    where: Mapping[int, Position]

    def round(self, number: int | None) -> RoundRow:
        """Raises RoundUnknown."""
        found = next((one for one in self.rounds if one.id == number), None)
        if found is None:
            raise RoundUnknown(round=number)
        return found

    def stop(self, number: int | None) -> StopRow:
        """Raises StopUnknown."""
        stops = [*self.left_out, *(stop for one in self.rounds for stop in one.stops)]
        found = next((stop for stop in stops if stop.id == number), None)
        if found is None:
            raise StopUnknown(stop=number)
        return found

    def places(self, stops: Sequence[StopRow]) -> list[Position]:
        """Where rounds begin and end, then each stop; who has no position is reached from there."""
        return [self.base, *(self.where.get(stop.holder_id, self.base) for stop in stops)]

    def faults(self) -> tuple[Fault, ...]:
        """What cannot be kept, by day and technician."""
        return tuple(fault for one in self.rounds if one.stops for fault in self._faults(one))

    def _faults(self, one: RoundRow) -> Iterator[Fault]:
        shift = shift_of(self.register, one)
        stops = {row.id: stop_of(self.register, row, one.day) for row in one.stops}
        visits = [
            Visit(row.id, row.arrives, row.starts, row.ends)
            for row in one.stops
            if row.arrives is not None and row.starts is not None and row.ends is not None
        ]
        found = list(clock_faults(Round(shift, tuple(visits), one.leaves, one.returns), stops.values()))
        for row in one.stops:
            found += [*stop_faults(shift, stops[row.id]), *self._promises(row, one)]
        technician = self.register.technicians.get(one.person_id)
        if technician is not None and technician.is_away(one.day):
            found.append(Fault(FaultKind.AWAY, None, {}))
        names = {row.id: row.holder for row in one.stops}
        for fault in found:
            facts = {"day": one.day.isoformat(), "technician": one.person, **fault.facts}
            if fault.stop is not None:
                facts["holder"] = names[fault.stop]
            yield replace(fault, facts=facts, round_id=one.id)

    def _promises(self, row: StopRow, one: RoundRow) -> Iterator[Fault]:
        yield from late(row.id, one.day, row.due_on, self.plan.first_on)
        for visit in self.register.confirmed.get(row.holder_id, ()):
            is_other = (visit.day, visit.person_id) != (one.day, one.person_id)
            if is_other and visit.instruments & set(row.instruments):
                yield Fault(FaultKind.CONFIRMED, row.id, {"confirmed_on": visit.day.isoformat()})


def read_draft(session: Session, number: int, *, on: date) -> Draft:
    """The same number of statements however big the plan is; raises PlanUnknown."""
    plan = plan_row(session, number, on=on)
    rounds, left_out = rounds_of(session, number), left_out_of(session, number)
    stops = [*left_out, *(stop for one in rounds for stop in one.stops)]
    holders = {stop.holder_id for stop in stops}
    register = register_facts(
        session,
        plan.body_id,
        holders=holders,
        instruments={one for stop in stops for one in stop.instruments},
        people={one.person_id for one in rounds},
        on=on,
    )
    where = positions(session, holders)
    base = base_of(session, body_by_id(session, plan.body_id), where.values()) or (0.0, 0.0)
    return Draft(
        plan=plan,
        rounds=tuple(rounds),
        left_out=tuple(left_out),
        register=register,
        base=Position(*base),
        where={holder: Position(*place) for holder, place in where.items()},
    )


def shift_of(register: RegisterFacts, one: RoundRow) -> Shift:
    return Shift(
        technician=one.person_id,
        day=_TODAY,
        start=one.starts,
        end=one.ends,
        start_place=0,
        end_place=0,
        overtime=one.overtime_allowed,
        competences=kinds_of(register, one.person_id, one.day),
        kits=tuple(
            Kit(kit.id, kit.kinds)
            for number in one.kits
            if (kit := register.kits.get(number)) and (kit.last_on is None or one.day <= kit.last_on)
        ),
    )


def kinds_of(register: RegisterFacts, person_id: int, day: date) -> frozenset[str]:
    technician = register.technicians.get(person_id)
    return frozenset() if technician is None else technician.kinds(day)


def stop_of(register: RegisterFacts, row: StopRow, day: date, place: int = 0) -> Stop:
    """A stop as it is on that day; a body that has recorded no competences or kits is not held to them."""
    kinds = frozenset(register.kinds[one] for one in row.instruments if one in register.kinds)
    return Stop(
        id=row.id,
        place=place,
        service=row.service_minutes,
        prize=row.prize,
        windows=windows_of(register, row.holder_id, day),
        competences=kinds if register.has_competences else frozenset(),
        kits=kinds if register.kits else frozenset(),
    )


def windows_of(register: RegisterFacts, holder_id: int, day: date) -> tuple[Window, ...]:
    kind = register.site_kinds.get(holder_id, HolderKind.OTHER)
    hours = register.hours.get(holder_id) or usual_hours(kind)
    return tuple(Window(_TODAY, one.opens, one.closes) for one in hours if one.weekday == day.isoweekday())
