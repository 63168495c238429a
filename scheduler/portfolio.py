"""One worker's share of the search: solvers and our moves in turn, the best of all their routes.

Runs in a child process (`routing_child.py`); everything it does follows from its seed and, where iterations
are counted, from nothing else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic

from scheduler import routing_pyvrp
from scheduler.ground import Ground, Routes, lay_out, worth
from scheduler.improving import Improver, Pool
from scheduler.inserting import adopted
from scheduler.recombining import recombined
from scheduler.routing_task import OWN, PYVRP, VROOM, Stages, Task

# A counted effort of n iterations is n of ours and this share of PyVRP's.
_PYVRP_SHARE = 0.5
_MOST_STOPS_FOR_PYVRP = 600
# What the stages may take of the time, worker by worker, so that no two search alike; how hot ours begin.
# PyVRP begins where we stopped: from there it finds what our moves do not, and its routes join ours.
_ONE_DAY: tuple[Stages, ...] = (
    ((OWN, 0.42, 1.0), (PYVRP, 0.28, 0.0), (OWN, 0.15, 0.25), (PYVRP, 0.15, 0.0)),
    ((OWN, 0.45, 1.0), (PYVRP, 0.30, 0.0), (OWN, 0.15, 0.25), (PYVRP, 0.10, 0.0)),
)
_SEVERAL_DAYS: tuple[Stages, ...] = (
    ((OWN, 0.80, 1.0), (PYVRP, 0.20, 0.0)),
    ((VROOM, 0.45, 0.0), (OWN, 0.55, 0.4)),
)
# Solvers know nothing of what holders were told.
_AGAIN: Stages = ((OWN, 1.0, 0.1),)
# On several days PyVRP is behind until nearly everything is visited and travel alone is left to be saved.
_THRIFT_FOR_PYVRP = 0.5


Send = Callable[[Routes], None]


@dataclass
class Search:
    """The best plan so far; every better one is sent away at once."""

    ground: Ground
    task: Task
    send: Send
    improver: Improver = field(init=False)
    best: Routes = field(init=False)

    def __post_init__(self) -> None:
        self.improver = Improver(self.ground, self.task.seed * 1_000 + self.task.worker)
        self.best = self.improver.completed([list(route) for route in self.task.begin])
        self.send(self.best)

    def keep(self, routes: Routes) -> None:
        if worth(self.ground, routes) > worth(self.ground, self.best):
            self.best = routes
            self.send(routes)

    def run(self) -> Pool:
        """Go through the stages; the routes seen, for the last recombination."""
        done = 0.0
        for number, (stage, share, heat) in enumerate(self._stages()):
            seed = self.improver.seed * 100 + number
            if stage == VROOM:
                # Counted, the same plan has to come again: VROOM answers some equally cheap ones at random.
                if self.task.iterations is None:
                    self._ask_vroom(share)
            elif stage == PYVRP and self._is_for_pyvrp():
                self._ask_pyvrp(self._progress(done, share), seed)
            else:
                self.keep(self.improver.improve(self.best, self._progress(done, share), heat=heat or 0.25))
            if not self.task.is_part:
                together = recombined(self.ground, self.improver.pool, self.best, seed)
                self.keep(self.improver.completed(together))
            done += share
        return self.improver.pool

    def _stages(self) -> Stages:
        if self.task.stages:
            return self.task.stages
        if any(stop.told for stop in self.task.stops):
            return _AGAIN
        by_worker = _SEVERAL_DAYS if self.has_several_days else _ONE_DAY
        return by_worker[self.task.worker % len(by_worker)]

    @property
    def has_several_days(self) -> bool:
        return len({shift.day for shift in self.task.shifts}) > 1

    def _is_for_pyvrp(self) -> bool:
        if len(self.task.stops) > _MOST_STOPS_FOR_PYVRP:
            return False
        return not self.has_several_days or self.improver.thrift_of(self.best) > _THRIFT_FOR_PYVRP

    def _progress(self, done: float, share: float) -> Callable[[int], float]:
        """How much of a stage is over: by iterations where they are counted, by the clock otherwise."""
        iterations = self.task.iterations
        if iterations is not None:
            most = max(1, round(iterations * share))
            return lambda iteration: iteration / most
        # A late beginning shortens the stage; every stage ends where it would have ended in time.
        start = monotonic()
        end = max(start + 1e-3, self.task.began + (done + share) * self.task.seconds)
        return lambda _: (monotonic() - start) / (end - start)

    def _ask_pyvrp(self, progress: Callable[[int], float], seed: int) -> None:
        task, ground = self.task, self.ground
        model = routing_pyvrp.build(task.stops, task.shifts, task.minutes)
        if model is None:
            return

        begin = [[ground.stop_of[choice] for choice in route] for route in self.best]
        seen: set[tuple[int, ...]] = set()

        def heard(shift: int, stops: list[int]) -> None:
            key = (ground.kinds[shift], *stops)
            if key not in seen:
                seen.add(key)
                self.improver.remember(shift, adopted(ground, shift, stops))

        found = routing_pyvrp.search(
            model,
            begin,
            seed=seed,
            is_over=lambda made: progress(int(made / _PYVRP_SHARE)) >= 1.0,
            heard=heard,
        )
        self.keep(self._completed(found))

    def _ask_vroom(self, share: float) -> None:
        from scheduler import routing_vroom  # noqa: PLC0415  it brings pandas, half a second

        task = self.task
        # It knows no price of overtime: without any it finds cheaper plans, with all of it fuller ones.
        ways = [[replace(shift, overtime=0) for shift in task.shifts]]
        if any(shift.overtime for shift in task.shifts) and not task.is_part:
            ways.append(list(task.shifts))
        seconds = share * task.seconds / len(ways)
        is_quick = len(task.stops) > _MOST_STOPS_FOR_PYVRP
        for shifts in ways:
            found = routing_vroom.search(task.stops, shifts, task.minutes, seconds=seconds, is_quick=is_quick)
            self.keep(self._completed(found))

    def _completed(self, found: Sequence[list[int]]) -> Routes:
        routes = [adopted(self.ground, shift, stops) for shift, stops in enumerate(found)]
        for shift, route in enumerate(routes):
            self.improver.remember(shift, route)
        return self.improver.completed(routes)


def searched(task: Task, send: Send) -> Pool:
    """Search a task and send every better plan; the routes seen, none for a part of a larger demand."""
    pool = Search(lay_out(task.stops, task.shifts, task.minutes), task, send).run()
    return {} if task.is_part else pool
