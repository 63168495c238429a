"""From a demand to a plan: the search in child processes with a hard stop, the best of what they find.

The door of the planning core. The solvers are spoken to in `routing_pyvrp` and `routing_vroom` alone.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from time import monotonic
from typing import cast

from scheduler.ground import Ground, Routes, lay_out, times, worth
from scheduler.improving import Improver, Pool, adopted
from scheduler.plan_checker import faults
from scheduler.plan_values import Appointment, Effort, Plan, Round, Shift, Stop, Visit
from scheduler.reasons import reasons
from scheduler.recombining import recombined
from scheduler.routing_child import work
from scheduler.routing_task import Task
from scheduler.travel import Travel
from verifier.errors import Conflict, Invalid
from verifier.i18n import mark

# Kept back from the hard stop for putting the workers' routes together and writing the plan down.
_RESERVE, _RESERVE_SHARE = 0.6, 0.08
_POLL = 0.1
# What moving a stop of the previous plan costs if the stop itself does not say: two hours of work.
MOVING_PRICE = 120


class PlanningCancelled(Conflict):
    message = mark("The planning was cancelled.")


class KitInTwoCars(Invalid):
    message = mark("Kit {kit} cannot be in two cars on day {day}: technicians {one} and {other}.")


@dataclass
class Watch:
    """Whoever waits for a plan: told of each better one (stops visited, stops wanted), and may cancel."""

    better: Callable[[int, int], None] = lambda _visited, _wanted: None
    is_cancelled: Callable[[], bool] = lambda: False


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
    found = _search(ground, _Asked(wanted, days, travel, effort, began), begin, watch or Watch())
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


# -- the search and its children


@dataclass(frozen=True)
class _Asked:
    stops: tuple[Stop, ...]
    shifts: tuple[Shift, ...]
    travel: Travel
    effort: Effort
    began: float

    def task(self, begin: Routes, worker: int) -> Task:
        effort = self.effort
        reserve = min(_RESERVE, _RESERVE_SHARE * effort.seconds)
        return Task(
            stops=self.stops,
            shifts=self.shifts,
            minutes=self.travel.minutes,
            begin=tuple(map(tuple, begin)),
            iterations=effort.iterations,
            began=self.began,
            seconds=effort.seconds - reserve,
            seed=effort.seed,
            worker=worker,
        )

    @property
    def deadline(self) -> float:
        return self.began + self.effort.seconds - min(_RESERVE, _RESERVE_SHARE * self.effort.seconds) / 2


@dataclass
class _Worker:
    """One child and what it has sent."""

    process: SpawnProcess
    heard: Connection
    best: Routes | None = None
    pool: Pool = field(default_factory=dict)
    is_done: bool = False

    def hear(self) -> bool:
        """Take one message in; whether it was a better plan."""
        try:
            kind, content = self.heard.recv()
        except (EOFError, OSError):
            self.is_done = True
            return False
        if kind == "better":
            self.best = content
            return True
        self.pool, self.is_done = dict(content), True
        return False

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.heard.close()


@dataclass(frozen=True)
class _Found:
    routes: Routes
    was_stopped: bool


def _search(ground: Ground, asked: _Asked, begin: Routes, watch: Watch) -> _Found:
    if not asked.stops or not asked.shifts:
        return _Found(begin, was_stopped=False)
    if asked.effort.workers == 0:
        return _here(ground, asked, begin)
    workers = [_started(asked.task(begin, number)) for number in range(asked.effort.workers)]
    try:
        _listen(ground, workers, asked.deadline, watch)
        was_stopped = any(not worker.is_done or not worker.pool for worker in workers)
    finally:
        for worker in workers:
            worker.stop()
    return _Found(_merged(ground, asked, begin, workers), was_stopped)


def _here(ground: Ground, asked: _Asked, begin: Routes) -> _Found:
    from scheduler.portfolio import Search  # noqa: PLC0415  the solvers are loaded where they are used

    search = Search(ground, asked.task(begin, 0), lambda _routes: None)
    search.run()
    return _Found(search.best, was_stopped=False)


def _started(task: Task) -> _Worker:
    context = get_context("spawn")
    heard, told = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(told, task), daemon=True)
    process.start()
    told.close()
    return _Worker(process, heard)


def _listen(ground: Ground, workers: Sequence[_Worker], deadline: float, watch: Watch) -> None:
    """Until all are done, the time is over, or nobody wants the plan any more."""
    best: tuple[float, float] | None = None
    while (left := deadline - monotonic()) > 0:
        busy = {worker.heard: worker for worker in workers if not worker.is_done}
        if not busy:
            return
        if watch.is_cancelled():
            raise PlanningCancelled
        for heard in wait(list(busy), timeout=min(_POLL, left)):
            worker = busy[cast(Connection, heard)]
            if worker.hear() and worker.best is not None:
                value = worth(ground, worker.best)
                if best is None or value > best:
                    best = value
                    watch.better(sum(map(len, worker.best)), ground.stop_count)


def _merged(ground: Ground, asked: _Asked, begin: Routes, workers: Sequence[_Worker]) -> Routes:
    """The best of all workers, and of all their routes put together."""
    improver = Improver(ground, asked.effort.seed)
    found = [worker.best for worker in workers if worker.best is not None] or [improver.completed(begin)]
    pool: Pool = {}
    for worker in workers:
        pool.update(worker.pool)
    best = max(found, key=lambda routes: worth(ground, routes))
    if pool:
        together = improver.completed(recombined(ground, pool, best, asked.effort.seed))
        best = max(best, together, key=lambda routes: worth(ground, routes))
    return best
