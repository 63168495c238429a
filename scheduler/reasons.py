"""Why a stop is left out, and what would make it fit: one limit ignored at a time.

The first limit whose removal lets the stop in is the reason, what it takes is the advice. Also the cheapest
places for one stop in a plan that stands: what a holder who wants another day can be offered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scheduler.plan_values import Appointment, LeftOut, Reason, Round, Shift, Stop, Visit, Window
from verifier.i18n import mark

Minutes = Sequence[Sequence[int]]

_SENTENCES = {
    Reason.NEVER_OPEN: mark("It is open for {service} minutes on none of the days it may be planned."),
    Reason.TOO_LONG: mark(
        "It takes {needed} minutes with the way there and back; the longest day has {longest}."
    ),
    Reason.COMPETENCE: mark(
        "It needs {competences}: {able} have it, none is free; technician {technician} has time on day {day}."
    ),
    Reason.KIT: mark("It needs {kits} in the car; with it on day {day} technician {technician} could come."),
    Reason.PROMISE: mark(
        "What was promised cannot be kept; day {day} with technician {technician} would be possible."
    ),
    Reason.OPENING: mark(
        "The opening hours do not fit; were it open from {opens} to {closes} on day {day}, it would."
    ),
    Reason.DAY_LENGTH: mark(
        "The days are full; {minutes} more minutes for technician {technician} on day {day} would do."
    ),
    Reason.LAST_DAY: mark("There is no room until day {last}; day {day} would be possible."),
    Reason.OUTWEIGHED: mark("Other visits are worth more; it would take the place of one of them."),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a stop in a round that stands: what it adds in working time, overtime at its price."""

    appointment: Appointment
    position: int
    starts: int
    price: int
    overrun: int


@dataclass(frozen=True)
class _Standing:
    """The rounds of a plan with their stops."""

    by_id: Mapping[int, Stop]
    minutes: Minutes
    rounds: Sequence[Round]

    def slots(self, stop: Stop, *, spare: int = 0) -> Iterable[Slot]:
        """Everywhere the stop can be put without moving anybody else out of their hours.

        `spare` units are added to every day's length.
        """
        for one in self.rounds:
            if _may(stop, one.shift):
                for position in range(len(one.visits) + 1):
                    slot = self._at(stop, one, position, spare)
                    if slot is not None:
                        yield slot

    def _at(self, stop: Stop, one: Round, position: int, spare: int) -> Slot | None:
        shift = one.shift
        order = [self.by_id[visit.stop] for visit in one.visits]
        walked = _walk(shift, [*order[:position], stop, *order[position:]], self.minutes)
        if walked is None:
            return None
        starts, returns = walked
        overrun = returns - shift.end - shift.overtime
        if overrun > spare:
            return None
        added = returns - one.returns if one.visits else returns - shift.start
        overtime = max(0, returns - shift.end) - one.overtime
        return Slot(
            Appointment(shift.day, shift.technician),
            position,
            starts[position],
            added + overtime * shift.overtime_price,
            max(0, overrun),
        )


def _may(stop: Stop, shift: Shift) -> bool:
    last = stop.latest_day
    return (
        stop.competences <= shift.competences
        and stop.kits <= shift.standards
        and stop.earliest_day <= shift.day
        and (last is None or shift.day <= last)
        and (stop.promised is None or stop.promised == Appointment(shift.day, shift.technician))
    )


def _walk(shift: Shift, order: Sequence[Stop], minutes: Minutes) -> tuple[list[int], int] | None:
    """The earliest starts in an order and the time of return; None if somebody is closed by then."""
    now, place, starts = shift.start, shift.start_place, []
    for stop in order:
        now += minutes[place][stop.place]
        begun = [
            max(now, window.opens)
            for window in stop.windows
            if window.day == shift.day and max(now, window.opens) + stop.service <= window.closes
        ]
        if not begun:
            return None
        now = min(begun)
        starts.append(now)
        now, place = now + stop.service, stop.place
    return starts, now + minutes[place][shift.end_place]


def slots(
    stop: Stop, stops: Sequence[Stop], minutes: Minutes, rounds: Sequence[Round], *, most: int = 3
) -> list[Slot]:
    """The cheapest places for a stop, one a day and technician; it is first taken out of the rounds."""
    without = [_without(one, stop.id, stops, minutes) for one in rounds]
    standing = _Standing({each.id: each for each in stops}, minutes, without)
    best: dict[Appointment, Slot] = {}
    for slot in standing.slots(stop):
        known = best.get(slot.appointment)
        if known is None or slot.price < known.price:
            best[slot.appointment] = slot
    return sorted(best.values(), key=lambda slot: (slot.price, slot.appointment))[:most]


def _without(one: Round, stop: int, stops: Sequence[Stop], minutes: Minutes) -> Round:
    if all(visit.stop != stop for visit in one.visits):
        return one
    by_id = {each.id: each for each in stops}
    left = [by_id[visit.stop] for visit in one.visits if visit.stop != stop]
    walked = _walk(one.shift, left, minutes)
    if not left or walked is None:  # leaving one out never closes a door: legs may break the triangle, though
        return Round(one.shift, (), one.shift.start, one.shift.start)
    visits = tuple(
        Visit(each.id, start, start, start + each.service)
        for each, start in zip(left, walked[0], strict=True)
    )
    return Round(one.shift, visits, one.shift.start, walked[1])


def reasons(
    stops: Sequence[Stop], shifts: Sequence[Shift], minutes: Minutes, rounds: Sequence[Round]
) -> tuple[LeftOut, ...]:
    """Every stop that no round visits, with the reason and the advice."""
    standing = _Standing({stop.id: stop for stop in stops}, minutes, rounds)
    visited = {visit.stop for one in rounds for visit in one.visits}
    return tuple(_reason(stop, shifts, standing) for stop in stops if stop.id not in visited)


def _reason(stop: Stop, shifts: Sequence[Shift], standing: _Standing) -> LeftOut:
    known = _impossible(stop, shifts, standing.minutes)
    if known is not None:
        return known
    for reason, freed in _without_one_limit(stop, shifts):
        if slot := _cheapest(standing.slots(freed)):
            return _left_out(stop, reason, slot, shifts)
    longest = max(shift.end - shift.start for shift in shifts)
    if slot := _cheapest(standing.slots(stop, spare=longest)):
        return _left_out(stop, Reason.DAY_LENGTH, slot, shifts)
    return LeftOut(stop.id, Reason.OUTWEIGHED, _SENTENCES[Reason.OUTWEIGHED], {})


def _cheapest(found: Iterable[Slot]) -> Slot | None:
    return min(found, key=lambda slot: (slot.overrun, slot.price, slot.appointment), default=None)


def _impossible(stop: Stop, shifts: Sequence[Shift], minutes: Minutes) -> LeftOut | None:
    """What no plan can mend: never open, or longer than any day."""
    days = {
        shift.day
        for shift in shifts
        if _may(replace(stop, competences=frozenset(), kits=frozenset(), promised=None), shift)
    }
    if not any(w.day in days and w.closes - w.opens >= stop.service for w in stop.windows):
        return _made(stop, Reason.NEVER_OPEN, service=stop.service)
    needed = [
        (minutes[s.start_place][stop.place] + stop.service + minutes[stop.place][s.end_place], s)
        for s in shifts
    ]
    if all(work > shift.end + shift.overtime - shift.start for work, shift in needed):
        longest = max(shift.end + shift.overtime - shift.start for shift in shifts)
        return _made(stop, Reason.TOO_LONG, needed=min(work for work, _ in needed), longest=longest)
    return None


def _without_one_limit(stop: Stop, shifts: Sequence[Shift]) -> Iterable[tuple[Reason, Stop]]:
    if stop.promised:
        yield Reason.PROMISE, replace(stop, promised=None)
    if stop.competences:
        yield Reason.COMPETENCE, replace(stop, competences=frozenset())
    if stop.kits:
        yield Reason.KIT, replace(stop, kits=frozenset())
    hours = {shift.day: (shift.start, shift.end + shift.overtime) for shift in shifts}
    yield Reason.OPENING, replace(stop, windows=tuple(Window(day, *both) for day, both in hours.items()))
    if stop.latest_day is not None:
        yield Reason.LAST_DAY, replace(stop, latest_day=None)


def _left_out(stop: Stop, reason: Reason, slot: Slot, shifts: Sequence[Shift]) -> LeftOut:
    able = {shift.technician for shift in shifts if stop.competences <= shift.competences}
    facts: dict[Reason, dict[str, object]] = {
        Reason.COMPETENCE: {"competences": _listed(stop.competences), "able": len(able)},
        Reason.KIT: {"kits": _listed(stop.kits)},
        Reason.OPENING: {"opens": slot.starts, "closes": slot.starts + stop.service},
        Reason.LAST_DAY: {"last": stop.latest_day},
        Reason.DAY_LENGTH: {"minutes": slot.overrun},
    }
    where = {"day": slot.appointment.day, "technician": slot.appointment.technician}
    return _made(stop, reason, **where, **facts.get(reason, {}))


def _made(stop: Stop, reason: Reason, **facts: object) -> LeftOut:
    return LeftOut(stop.id, reason, _SENTENCES[reason], facts)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
