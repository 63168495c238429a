"""The search for a plan, all of the demand at once, in several workers that search differently."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scheduler.ground import Ground, Routes, worth
from scheduler.improving import Improver, Pool
from scheduler.plan_values import Effort, Shift, Stop
from scheduler.recombining import recombined
from scheduler.routing_task import Task
from scheduler.travel import Travel
from scheduler.workers import Answer, Watch, crew_of

# Kept back from the hard stop for putting the workers' routes together and writing the plan down; for every
# thousand stops so much more, and at most that share of the time.
_RESERVE, _RESERVE_SHARE = 0.6, 0.08
_RESERVE_A_THOUSAND, _MOST_RESERVE_SHARE, _SMALL = 1.5, 0.15, 300


@dataclass(frozen=True)
class Asked:
    """A demand, how long to search, and the reading of the monotonic clock when it was asked."""

    stops: tuple[Stop, ...]
    shifts: tuple[Shift, ...]
    travel: Travel
    effort: Effort
    began: float

    @property
    def reserve(self) -> float:
        seconds = self.effort.seconds
        for_size = min(_RESERVE_A_THOUSAND * len(self.stops) / 1_000, _MOST_RESERVE_SHARE * seconds)
        # What is small is written down at once.
        return min(_RESERVE, _RESERVE_SHARE * seconds) + (for_size if len(self.stops) > _SMALL else 0.0)

    @property
    def deadline(self) -> float:
        return self.began + self.effort.seconds - self.reserve / 2

    def task(self, begin: Routes, worker: int) -> Task:
        return Task(
            stops=self.stops,
            shifts=self.shifts,
            minutes=self.travel.minutes,
            begin=tuple(map(tuple, begin)),
            iterations=self.effort.iterations,
            began=self.began,
            seconds=self.effort.seconds - self.reserve,
            seed=self.effort.seed,
            worker=worker,
        )


class Found(NamedTuple):
    routes: Routes
    was_stopped: bool


def search(ground: Ground, asked: Asked, begin: Routes, watch: Watch) -> Found:
    """The best routes found for a demand, beginning with some."""
    if not asked.stops or not asked.shifts:
        return Found(begin, was_stopped=False)
    if asked.effort.workers == 0:
        return Found(searched_here(asked.task(begin, 0)), was_stopped=False)
    best: tuple[float, float] | None = None

    def heard(_number: int, routes: Routes) -> None:
        nonlocal best
        value = worth(ground, routes)
        if best is None or value > best:
            best = value
            watch.better(sum(map(len, routes)), ground.stop_count)

    with crew_of(asked.effort.workers, watch) as crew:
        answers = crew.work_through(
            asked.effort.workers, lambda number: asked.task(begin, number), asked.deadline, heard
        )
    return Found(_merged(ground, asked, begin, answers), not all(answer.is_done for answer in answers))


def searched_here(task: Task) -> Routes:
    """The best of one task, searched in this process."""
    from scheduler.portfolio import searched  # noqa: PLC0415  the solvers are loaded where they are used

    best: list[Routes] = []
    searched(task, best.append)
    return best[-1]


def _merged(ground: Ground, asked: Asked, begin: Routes, answers: Sequence[Answer]) -> Routes:
    """The best of all workers, and of all their routes put together."""
    improver = Improver(ground, asked.effort.seed)
    found = [answer.best for answer in answers if answer.best is not None] or [improver.completed(begin)]
    pool: Pool = {}
    for answer in answers:
        pool.update(answer.pool)
    best = max(found, key=lambda routes: worth(ground, routes))
    if pool:
        together = improver.completed(recombined(ground, pool, best, asked.effort.seed))
        best = max(best, together, key=lambda routes: worth(ground, routes))
    return best
