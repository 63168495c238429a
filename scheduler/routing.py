"""From a demand to a plan: the search in child processes with a hard stop, the best of what they find.

The door of the planning core. The solvers are spoken to in `routing_pyvrp` and `routing_vroom` alone.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic

from scheduler.ground import Ground, Routes, lay_out, times
from scheduler.inserting import adopted
from scheduler.plan_checker import faults
from scheduler.plan_values import Appointment, Effort, Plan, Round, Shift, Stop, Visit
from scheduler.reasons import reasons
from scheduler.searching import Asked, search
from scheduler.searching_parts import search_in_parts
from scheduler.travel import Travel
from scheduler.workers import PlanningCancelled, Watch
from verifier.errors import Invalid
from verifier.i18n import mark

__all__ = ["KitInTwoCars", "PlanningCancelled", "Watch", "digest", "plan_rounds"]

# More stops than this are searched in parts: weeks first, then neighbours of all weeks together.
MOST_AT_ONCE = 600
# What moving a stop of the previous plan costs if the stop itself does not say: two hours of work.
MOVING_PRICE = 120


class KitInTwoCars(Invalid):
    message = mark("Kit {kit} cannot be in two cars on day {day}: technicians {one} and {other}.")


def plan_rounds(
    stops: Sequence[Stop],
    shifts: Sequence[Shift],
    travel: Travel,
    effort: Effort,
    *,
    previous: Plan | None = None,
    watch: Watch | None = None,
) -> Plan:
    """The best plan found for a demand; every stop is visited once or left out with a reason.

    With `previous` as little as possible is moved, and nothing at all if the demand is the one it was made
    for. Raises KitInTwoCars and PlanningCancelled. Never call it inside a transaction: it takes its time.
    """
    began = monotonic()
    _refuse_doubled_kits(shifts)
    wanted, days = tuple(sorted(stops, key=lambda s: s.id)), tuple(sorted(shifts, key=_order))
    demand = digest(wanted, days, travel)
    if previous is not None:
        if previous.demand == demand and _tells_the_same(wanted, previous):
            return previous
        wanted = _remembering(wanted, previous)
    ground = lay_out(wanted, days, travel.minutes)
    begin = _beginning(ground, wanted, days, previous)
    look = search_in_parts if len(wanted) > MOST_AT_ONCE else search
    found = look(ground, Asked(wanted, days, travel, effort, began), begin, watch or Watch())
    rounds = tuple(timed(ground, wanted, shift, i, found.routes[i]) for i, shift in enumerate(days))
    plan = Plan(
        rounds=rounds,
        left_out=reasons(wanted, days, travel.minutes, rounds),
        demand=demand,
        travel_source=travel.source,
        was_counted=effort.iterations is not None and not found.was_stopped,
    )
    if wrong := faults(plan, wanted, days, travel.minutes):
        raise AssertionError(f"the planner made a plan that cannot be kept: {wrong[0]}")
    return plan


def _refuse_doubled_kits(shifts: Sequence[Shift]) -> None:
    carriers: dict[tuple[int, int], int] = {}
    for shift in shifts:
        for kit in shift.kits:
            other = carriers.setdefault((shift.day, kit.id), shift.technician)
            if other != shift.technician:
                raise KitInTwoCars(kit=kit.id, day=shift.day, one=other, other=shift.technician)


def _order(shift: Shift) -> tuple[int, int, int]:
    return shift.day, shift.technician, shift.start


def digest(stops: Sequence[Stop], shifts: Sequence[Shift], travel: Travel) -> str:
    """SHA-256 over all that a plan follows from, except what holders were told of it since."""
    lines = [
        [s.id, s.place, s.service, s.prize, s.mandatory, sorted(s.competences), sorted(s.kits),
         s.earliest_day, s.latest_day, [[w.day, w.opens, w.closes] for w in sorted(s.windows)],
         [s.promised.day, s.promised.technician] if s.promised else None]
        for s in sorted(stops, key=lambda s: s.id)
    ]  # fmt: skip
    days = [
        [s.technician, s.day, s.start, s.end, s.overtime, s.overtime_price, s.start_place, s.end_place,
         sorted(s.competences), sorted(s.standards), sorted(kit.id for kit in s.kits)]
        for s in sorted(shifts, key=_order)
    ]  # fmt: skip
    return hashlib.sha256(json.dumps([lines, days, travel.minutes]).encode()).hexdigest()


def _tells_the_same(stops: Sequence[Stop], previous: Plan) -> bool:
    visited = previous.visited
    return all(stop.told is None or stop.told == visited.get(stop.id) for stop in stops)


def _remembering(stops: Sequence[Stop], previous: Plan) -> tuple[Stop, ...]:
    """Stops with the appointment of the previous plan, which is moved at a price."""
    visited = previous.visited
    return tuple(
        replace(stop, told=visited[stop.id], moving_price=MOVING_PRICE)
        if stop.told is None and stop.id in visited
        else stop
        for stop in stops
    )


def _beginning(
    ground: Ground, stops: Sequence[Stop], shifts: Sequence[Shift], previous: Plan | None
) -> Routes:
    """The previous plan's routes as far as they still hold."""
    if previous is None:
        return [[] for _ in shifts]
    index = {stop.id: i for i, stop in enumerate(stops)}
    kept = {
        Appointment(one.shift.day, one.shift.technician): [
            index[visit.stop] for visit in one.visits if visit.stop in index
        ]
        for one in previous.rounds
    }
    return [
        adopted(ground, i, kept.pop(Appointment(shift.day, shift.technician), []))
        for i, shift in enumerate(shifts)
    ]


def timed(ground: Ground, stops: Sequence[Stop], shift: Shift, index: int, route: list[int]) -> Round:
    """A route with its clock; the technician leaves as late as the first visit allows."""
    if not route:
        return Round(shift, (), shift.start, shift.start)
    clock = times(ground, index, route)
    place, visits = shift.start_place, []
    leaves = clock.starts[0] - ground.legs[place][ground.place_of[route[0]]]
    now = leaves
    for choice, start in zip(route, clock.starts, strict=False):
        arrives = now + ground.legs[place][ground.place_of[choice]]
        now = start + ground.service[choice]
        visits.append(Visit(stops[ground.stop_of[choice]].id, arrives, start, now))
        place = ground.place_of[choice]
    return Round(shift, tuple(visits), leaves, clock.starts[-1])
