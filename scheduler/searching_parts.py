"""The search for a large plan: weeks first, then rounds near each other in whatever week, parts side by side.

A part is searched like a small demand and taken over if it got better; the parts of a phase share nothing, so
that it makes no difference which is ready first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from time import monotonic

from scheduler.ground import Ground, Routes, worth
from scheduler.improving import Improver
from scheduler.parts import Cut, Part
from scheduler.routing_task import OWN, VROOM, Stages, Task
from scheduler.searching import Asked, Found, searched_here
from scheduler.workers import Answer, Crew, Watch, crew_of

# Shares of the time: the weeks, then so many times the neighbours.
_WEEKS, _NEIGHBOURS = 0.5, (0.17, 0.17, 0.16)
# Beside the weeks, as long as it is not hopeless, VROOM looks at everything at once.
_FOR_ALL: Stages = ((VROOM, 1.0, 0.0),)
_MOST_FOR_ALL = 2_000
_FOR_WEEKS: Stages = ((VROOM, 0.3, 0.0), (OWN, 0.7, 0.3))
_FOR_NEIGHBOURS: Stages = ((OWN, 1.0, 0.1),)
_STOPS_A_PART = 300
# A worker that has not ended so long after its phase (in shares of it) hangs.
_GRACE = 0.5
# A counted effort is divided among the parts of a phase as if there were two workers, however many there are.
_AS_IF = 2


@dataclass
class _Phases:
    cut: Cut
    asked: Asked
    watch: Watch
    crew: Crew
    routes: Routes
    was_stopped: bool = False
    visited: dict[int, int] = field(default_factory=dict)

    def run(self) -> None:
        ground, asked = self.cut.ground, self.asked
        improver = Improver(ground, asked.effort.seed)
        random = Random(asked.effort.seed)  # noqa: S311  a search, not a secret
        done, start = 0.0, monotonic()
        if not any(self.routes):
            weeks = self.cut.weeks(self.routes)
            if len(asked.stops) <= _MOST_FOR_ALL:
                weeks = [self.cut.part(range(len(asked.stops)), range(len(asked.shifts))), *weeks]
            self._phase(weeks, _FOR_WEEKS, _WEEKS, self._until(start, _WEEKS), 0)
            done = _WEEKS
        self.routes = improver.completed(self.routes)
        scale = (1 - done) / sum(_NEIGHBOURS)
        for number, share in enumerate(_NEIGHBOURS, start=1):
            done += share * scale
            count = max(_AS_IF, -(-len(self.cut.stops) // _STOPS_A_PART))
            parts = self.cut.neighbours(self.routes, count, random)
            self._phase(parts, _FOR_NEIGHBOURS, share * scale, self._until(start, done), number)
            self.routes = improver.completed(self.routes)

    def _until(self, start: float, share: float) -> float:
        end = self.asked.began + self.asked.effort.seconds - self.asked.reserve
        return start + share * (end - start)

    def _phase(self, parts: Sequence[Part], stages: Stages, share: float, until: float, number: int) -> None:
        """Search the parts side by side and take over what got better."""
        parts = [part for part in parts if part.stops and part.shifts]
        waiting = len(parts)

        def is_all(part: Part) -> bool:
            return len(parts) > 1 and len(part.shifts) == len(self.routes)

        def task(i: int) -> Task:
            nonlocal waiting
            waiting -= 1
            if is_all(parts[i]):
                return self._task(parts[i], _FOR_ALL, until - monotonic(), share, (number, i))
            turns = -(-(waiting + 1) // max(1, self.crew.size - is_all(parts[0])))
            return self._task(
                parts[i], stages, (until - monotonic()) / turns, share / len(parts), (number, i)
            )

        if self.crew.size == 0:
            answers = [Answer(searched_here(task(i)), is_done=True) for i in range(len(parts))]
        else:
            limit = self.asked.deadline
            if self.asked.effort.iterations is None:
                limit = min(limit, until + _GRACE * max(0.0, until - monotonic()))
            answers = self.crew.work_through(len(parts), task, limit, self._heard(parts))
        # All at once comes last: it takes the place of the weeks if it is better than all of them.
        for part, answer in reversed(list(zip(parts, answers, strict=True))):
            self.was_stopped |= not answer.is_done
            self._take_over(part, answer.best)

    def _task(
        self, part: Part, stages: Stages, seconds: float, share: float, number: tuple[int, int]
    ) -> Task:
        effort = self.asked.effort
        stops, shifts, minutes = self.cut.demand(part)
        return Task(
            stops=stops,
            shifts=shifts,
            minutes=minutes,
            begin=part.beginning(self.routes),
            iterations=None if effort.iterations is None else round(effort.iterations * share * _AS_IF),
            began=monotonic(),
            seconds=max(0.01, seconds),
            seed=effort.seed * 100 + number[0],
            worker=number[1],
            stages=stages,
            is_part=True,
        )

    def _heard(self, parts: Sequence[Part]) -> Callable[[int, Routes], None]:
        visits = [sum(len(self.routes[shift]) for shift in part.shifts) for part in parts]
        is_all = len(parts) > 1 and len(parts[0].shifts) == len(self.routes)
        most = visits[0] if is_all else sum(visits)

        def heard(number: int, routes: Routes) -> None:
            nonlocal most
            visits[number] = sum(map(len, routes))
            now = max(visits[0], sum(visits[1:])) if is_all else sum(visits)
            if now > most:
                most = now
                self.watch.better(most, self.cut.ground.stop_count)

        return heard

    def _take_over(self, part: Part, found: Routes | None) -> None:
        if found is None:
            return
        new = list(self.routes)
        for shift, route in part.whole(found).items():
            new[shift] = route
        if worth(self.cut.ground, new) >= worth(self.cut.ground, self.routes):
            self.routes = new


def search_in_parts(ground: Ground, asked: Asked, begin: Routes, watch: Watch) -> Found:
    """The best routes found for a large demand, beginning with some."""
    if not asked.shifts:
        return Found(begin, was_stopped=False)
    with crew_of(asked.effort.workers, watch) as crew:
        phases = _Phases(Cut(ground, asked.stops, asked.shifts), asked, watch, crew, begin)
        phases.run()
    return Found(phases.routes, phases.was_stopped)
