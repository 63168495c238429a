"""One worker's share of the search: solvers and our moves in turn, the best of all their routes.

Runs in a child process (`routing_child.py`); everything it does follows from its seed and, where iterations
are counted, from nothing else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from scheduler import routing_pyvrp
from scheduler.ground import Ground, Routes, worth
from scheduler.improving import Improver, Pool, adopted
from scheduler.recombining import recombined
from scheduler.routing_task import Task

# A counted effort of n iterations is n of ours and this share of PyVRP's.
_PYVRP_SHARE = 0.5
_MOST_STOPS_FOR_PYVRP = 600
# What the stages may take of the time, worker by worker, so that no two search alike; how hot ours begin.
# PyVRP begins where we stopped: from there it finds what our moves do not, and its routes join ours.
OWN, PYVRP, VROOM = "own", "pyvrp", "vroom"
_ONE_DAY = (
    ((OWN, 0.42, 1.0), (PYVRP, 0.28, 0.0), (OWN, 0.15, 0.25), (PYVRP, 0.15, 0.0)),
    ((OWN, 0.45, 1.0), (PYVRP, 0.30, 0.0), (OWN, 0.15, 0.25), (PYVRP, 0.10, 0.0)),
)
_SEVERAL_DAYS = (
    ((OWN, 0.80, 1.0), (PYVRP, 0.20, 0.0)),
    ((VROOM, 0.45, 0.0), (OWN, 0.55, 0.4)),
)
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
        stages = _SEVERAL_DAYS if self.has_several_days else _ONE_DAY
        for number, (stage, share, heat) in enumerate(stages[self.task.worker % len(stages)]):
            seed = self.improver.seed * 100 + number
            if stage == VROOM:
                self._ask_vroom(share)
            elif stage == PYVRP and self._is_for_pyvrp():
                self._ask_pyvrp(self._progress(done, share), seed)
            else:
                self.keep(self.improver.improve(self.best, self._progress(done, share), heat=heat or 0.25))
            self.keep(self.improver.completed(recombined(self.ground, self.improver.pool, self.best, seed)))
            done += share
        return self.improver.pool

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
        task = self.task
        from scheduler import routing_vroom  # noqa: PLC0415  it brings pandas, half a second

        seconds = None if task.iterations is not None else share * task.seconds
        self.keep(
            self._completed(routing_vroom.search(task.stops, task.shifts, task.minutes, seconds=seconds))
        )

    def _completed(self, found: Sequence[list[int]]) -> Routes:
        routes = [adopted(self.ground, shift, stops) for shift, stops in enumerate(found)]
        for shift, route in enumerate(routes):
            self.improver.remember(shift, route)
        return self.improver.completed(routes)
