"""Whether a plan can be kept: every hard limit checked again, from the demand alone.

Shares no code with the search, so that neither can hide the other's mistakes. Faults are written for
whoever looks for the mistake, in English.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from scheduler.plan_values import Plan, Round, Shift, Stop


def faults(
    plan: Plan, stops: Sequence[Stop], shifts: Sequence[Shift], minutes: Sequence[Sequence[int]]
) -> list[str]:
    """What is wrong with the plan; empty if every limit is kept and every stop accounted for once."""
    by_id = {stop.id: stop for stop in stops}
    found = [*_accounts(plan, by_id), *_rounds_of(plan, shifts), *_kits(plan)]
    for one in plan.rounds:
        strangers = [visit.stop for visit in one.visits if visit.stop not in by_id]
        found += [f"stop {stop} is not in the demand" for stop in strangers]
        if not strangers:
            found += _clock(one, by_id, minutes)
            found += [fault for visit in one.visits for fault in _person(one.shift, by_id[visit.stop])]
    return found


def _accounts(plan: Plan, by_id: dict[int, Stop]) -> Iterator[str]:
    visits = Counter(visit.stop for one in plan.rounds for visit in one.visits)
    outside = Counter(left.stop for left in plan.left_out)
    for stop in by_id:
        if visits[stop] + outside[stop] != 1:
            yield f"stop {stop} is visited {visits[stop]} times and left out {outside[stop]} times"
    for stop in outside:
        if stop not in by_id:
            yield f"stop {stop} is left out and not in the demand"


def _rounds_of(plan: Plan, shifts: Sequence[Shift]) -> Iterator[str]:
    if Counter(one.shift for one in plan.rounds) != Counter(shifts):
        yield "the rounds are not one for each shift"


def _kits(plan: Plan) -> Iterator[str]:
    """A kit is in one car at a time, whether it is used there or not."""
    carriers: dict[tuple[int, int], set[int]] = {}
    for one in plan.rounds:
        if one.visits:
            for kit in one.shift.kits:
                carriers.setdefault((one.shift.day, kit.id), set()).add(one.shift.technician)
    for (day, kit_id), technicians in carriers.items():
        if len(technicians) > 1:
            yield f"kit {kit_id} is in {len(technicians)} cars on day {day}"


def _clock(one: Round, by_id: dict[int, Stop], minutes: Sequence[Sequence[int]]) -> Iterator[str]:
    shift = one.shift
    who = f"technician {shift.technician} on day {shift.day}"
    now, place = one.leaves, shift.start_place
    if now < shift.start:
        yield f"{who} leaves before the shift begins"
    for visit in one.visits:
        stop = by_id[visit.stop]
        now += minutes[place][stop.place]
        if visit.arrives < now:
            yield f"{who} cannot be at stop {stop.id} at {visit.arrives}"
        if visit.starts < visit.arrives or visit.ends < visit.starts + stop.service:
            yield f"the visit to stop {stop.id} is too short"
        if not any(
            w.day == shift.day and w.opens <= visit.starts and visit.ends <= w.closes for w in stop.windows
        ):
            yield f"stop {stop.id} is closed during the visit on day {shift.day}"
        now, place = visit.ends, stop.place
    now += minutes[place][shift.end_place] if one.visits else 0
    if one.returns < now:
        yield f"{who} cannot be back at {one.returns}"
    if one.returns > shift.end + shift.overtime:
        yield f"{who} works longer than allowed"


def _person(shift: Shift, stop: Stop) -> Iterator[str]:
    if lacking := stop.competences - shift.competences:
        yield f"technician {shift.technician} lacks {sorted(lacking)} for stop {stop.id}"
    valid = {
        kind for kit in shift.kits if kit.last_day is None or shift.day <= kit.last_day for kind in kit.serves
    }
    if missing := stop.kits - valid:
        yield f"no valid {sorted(missing)} in the car for stop {stop.id} on day {shift.day}"
    if shift.day < stop.earliest_day or (stop.latest_day is not None and shift.day > stop.latest_day):
        yield f"stop {stop.id} is visited on day {shift.day}, outside its days"
    promised = stop.promised
    if promised is not None and (promised.day, promised.technician) != (shift.day, shift.technician):
        yield f"stop {stop.id} was promised another day or technician"
