"""Why a stop is left out, and what would make it fit: one limit ignored at a time.

The first limit whose removal lets the stop in is the reason, what it takes is the advice. Also the cheapest
places for one stop in a plan that stands: what a holder who wants another day can be offered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from scheduler.gaps import Gaps, Minutes, Slot
from scheduler.plan_values import LeftOut, Reason, Round, Shift, Stop, Window
from verifier.i18n import mark

__all__ = ["Slot", "reasons", "slots"]

_SENTENCES = {
    Reason.NEVER_OPEN: mark("It is open for {service} minutes on none of the days it may be planned."),
    Reason.TOO_LONG: mark(
        "It takes {needed} minutes with the way there and back; the longest day has {longest}."
    ),
    Reason.COMPETENCE: mark(
        "It needs the competence {competences}: {able} have it, none is free; {technician} has time on {day}."
    ),
    Reason.KIT: mark("It needs {kits} in the car; with it {technician} could come on {day}."),
    Reason.PROMISE: mark("What was promised cannot be kept; {day} with {technician} would be possible."),
    Reason.OPENING: mark(
        "The opening hours do not fit; were it open on {day} from {opens} to {closes}, it would."
    ),
    Reason.DAY_LENGTH: mark("The days are full; {minutes} more minutes for {technician} on {day} would do."),
    Reason.LAST_DAY: mark("There is no room until {last}; {day} would be possible."),
    Reason.OUTWEIGHED: mark("Other visits are worth more; it would take the place of one of them."),
}


def slots(
    stop: Stop, stops: Sequence[Stop], minutes: Minutes, rounds: Sequence[Round], *, most: int = 3
) -> list[Slot]:
    """The cheapest places for a stop, one a day and technician; it is first taken out of the rounds."""
    without = [
        replace(one, visits=tuple(visit for visit in one.visits if visit.stop != stop.id)) for one in rounds
    ]
    found = Gaps({each.id: each for each in stops}, minutes, without).slots(stop)
    best = {slot.appointment: slot for slot in reversed(found)}
    return sorted(best.values(), key=lambda slot: (slot.price, slot.appointment))[:most]


def reasons(
    stops: Sequence[Stop], shifts: Sequence[Shift], minutes: Minutes, rounds: Sequence[Round]
) -> tuple[LeftOut, ...]:
    """Every stop that no round visits, with the reason and the advice."""
    visited = {visit.stop for one in rounds for visit in one.visits}
    outside = [stop for stop in stops if stop.id not in visited]
    if not outside:
        return ()
    standing = Gaps({stop.id: stop for stop in stops}, minutes, rounds)
    return tuple(_reason(stop, shifts, standing) for stop in outside)


def _reason(stop: Stop, shifts: Sequence[Shift], standing: Gaps) -> LeftOut:
    known = _impossible(stop, shifts, standing)
    if known is not None:
        return known
    for reason, freed in _without_one_limit(stop, standing):
        if found := standing.slots(freed):
            return _left_out(stop, reason, found[0], shifts)
    longest = max(shift.end - shift.start for shift in shifts)
    if found := standing.slots(stop, spare=longest):
        return _left_out(stop, Reason.DAY_LENGTH, found[0], shifts)
    return LeftOut(stop.id, Reason.OUTWEIGHED, _SENTENCES[Reason.OUTWEIGHED], {})


def _impossible(stop: Stop, shifts: Sequence[Shift], standing: Gaps) -> LeftOut | None:
    """What no plan can mend: never open, or longer than any day."""
    last = stop.latest_day
    if not any(
        window.day in standing.days
        and stop.earliest_day <= window.day
        and (last is None or window.day <= last)
        and window.closes - window.opens >= stop.service
        for window in stop.windows
    ):
        return _made(stop, Reason.NEVER_OPEN, service=stop.service)
    needed, fits = standing.shortest(stop)
    if not fits:
        longest = max(shift.end + shift.overtime - shift.start for shift in shifts)
        return _made(stop, Reason.TOO_LONG, needed=needed, longest=longest)
    return None


def _without_one_limit(stop: Stop, standing: Gaps) -> Iterable[tuple[Reason, Stop]]:
    if stop.promised:
        yield Reason.PROMISE, replace(stop, promised=None)
    if stop.competences:
        yield Reason.COMPETENCE, replace(stop, competences=frozenset())
    if stop.kits:
        yield Reason.KIT, replace(stop, kits=frozenset())
    hours = tuple(Window(day, *both) for day, both in standing.days.items())
    yield Reason.OPENING, replace(stop, windows=hours)
    if stop.latest_day is not None:
        yield Reason.LAST_DAY, replace(stop, latest_day=None)


def _left_out(stop: Stop, reason: Reason, slot: Slot, shifts: Sequence[Shift]) -> LeftOut:
    able = {shift.technician for shift in shifts if stop.competences <= shift.competences}
    facts: dict[Reason, dict[str, object]] = {
        Reason.COMPETENCE: {"competences": sorted(stop.competences), "able": len(able)},
        Reason.KIT: {"kits": sorted(stop.kits)},
        Reason.OPENING: {"opens": slot.starts, "closes": slot.starts + stop.service},
        Reason.LAST_DAY: {"last": stop.latest_day},
        Reason.DAY_LENGTH: {"minutes": slot.overrun},
    }
    where = {"day": slot.appointment.day, "technician": slot.appointment.technician}
    return _made(stop, reason, **where, **facts.get(reason, {}))


def _made(stop: Stop, reason: Reason, **facts: object) -> LeftOut:
    return LeftOut(stop.id, reason, _SENTENCES[reason], facts)
