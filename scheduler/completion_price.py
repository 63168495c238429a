"""What completion costs: how much of the demand more and more technician-days would visit."""

from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.plan_values import Effort, Plan, Shift, Stop
from scheduler.routing import Watch, plan_rounds
from scheduler.travel import Travel


@dataclass(frozen=True, slots=True)
class Step:
    """With so many technician-days: stops visited and wanted, and the same as prizes."""

    shifts: int
    visited: int
    wanted: int
    prize: int
    of_prize: int


def completion_curve(
    stops: Sequence[Stop],
    shifts: Sequence[Shift],
    travel: Travel,
    effort: Effort,
    *,
    more: Sequence[Shift] = (),
    watch: Watch | None = None,
) -> tuple[Step, ...]:
    """What the shifts there are visit, then with one more of `more` after the other until everything is.

    Each plan begins with the one before, so that the curve never falls. `effort` is for each plan.
    """
    plan: Plan | None = None
    steps = []
    for extra in range(len(more) + 1):
        hired = (*shifts, *more[:extra])
        plan = plan_rounds(stops, hired, travel, effort, previous=plan, watch=watch)
        steps.append(_step(plan, stops, len(hired)))
        if steps[-1].visited == len(stops):
            break
    return tuple(steps)


def _step(plan: Plan, stops: Sequence[Stop], shifts: int) -> Step:
    visited = plan.visited
    return Step(
        shifts,
        len(visited),
        len(stops),
        sum(stop.prize for stop in stops if stop.id in visited),
        sum(stop.prize for stop in stops),
    )
