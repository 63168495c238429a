"""A month of one body, planned by the product, by hand and by each library alone.

    python -m benchmarks.planning [--seconds 50] [--seeds 1 2 3] [--sites 1000] [--format json]

Every plan goes through the independent checker. Of two plans the better one has more verifications before
they fall due (weighted: overdue ones twice), of equals the one with fewer minutes on the road and, at its
price, of overtime. All have the same time; PyVRP and OR-Tools know the price of overtime, VROOM does not.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from time import perf_counter

from rich.console import Console
from rich.table import Table

from benchmarks.planning_demand import Demand, made_up
from benchmarks.planning_rivals import RIVALS, asked
from scheduler.ground import lay_out
from scheduler.inserting import adopted
from scheduler.plan_checker import faults
from scheduler.plan_values import Effort, Plan
from scheduler.reasons import reasons
from scheduler.routing import plan_rounds, timed
from scheduler.travel import TravelSource

HERE, HAND, HANDS_WORK = "here", "by hand", "here, the same work as by hand"
_LESS_TRAVEL = 0.75
_MOST_SECONDS = 60.0


@dataclass(frozen=True)
class Measured:
    """One plan of one planner; of the stops it visited `kept` have a last day."""

    seed: int
    planner: str
    weighted: int
    visits: int
    missed: int
    travel: int
    overtime: int
    days: int
    seconds: float
    faults: int
    price: int
    visited: frozenset[int]
    kept: frozenset[int]

    @property
    def worth(self) -> tuple[int, int]:
        return self.weighted, -self.price


def measured(demand: Demand, plan: Plan, planner: str, seed: int, seconds: float) -> Measured:
    by_id = {stop.id: stop for stop in demand.stops}
    due = {stop.id for stop in demand.stops if stop.latest_day is not None}
    travel = overtime = price = 0
    for one in plan.rounds:
        places = [by_id[visit.stop].place for visit in one.visits]
        way = [one.shift.start_place, *places, one.shift.end_place]
        driven = sum(demand.travel.minutes[a][b] for a, b in pairwise(way))
        travel += driven
        overtime += one.overtime
        price += driven + one.overtime * one.shift.overtime_price
    visited = plan.visited
    return Measured(
        seed=seed,
        planner=planner,
        weighted=sum(by_id[stop].prize for stop in visited),
        visits=len(visited),
        missed=len(due - visited.keys()),
        travel=travel,
        overtime=overtime,
        days=sum(1 for one in plan.rounds if one.visits),
        seconds=round(seconds, 1),
        faults=len(faults(plan, demand.stops, demand.shifts, demand.travel.minutes)),
        price=price,
        visited=frozenset(visited),
        kept=frozenset(due & visited.keys()),
    )


def _of_routes(demand: Demand, routes: Sequence[list[int]]) -> Plan:
    """Somebody else's routes with the clock and the account every plan has."""
    ground = lay_out(demand.stops, demand.shifts, demand.travel.minutes)
    rounds = tuple(
        timed(ground, demand.stops, shift, i, adopted(ground, i, routes[i]))
        for i, shift in enumerate(demand.shifts)
    )
    left = reasons(demand.stops, demand.shifts, demand.travel.minutes, rounds)
    return Plan(rounds=rounds, left_out=left, demand="", travel_source=TravelSource.GREAT_CIRCLE)


def runs(seeds: Sequence[int], seconds: float, sites: int) -> Iterator[Measured]:
    for seed in seeds:
        demand = made_up(seed, sites)
        start = perf_counter()
        plan = plan_rounds(demand.stops, demand.shifts, demand.travel, Effort(seconds=seconds, seed=seed))
        yield measured(demand, plan, HERE, seed, perf_counter() - start)
        for name in RIVALS:
            start = perf_counter()
            routes = asked(name, demand, seconds, seed)
            took = perf_counter() - start
            one = measured(demand, _of_routes(demand, routes), name, seed, took)
            yield one
            if name == HAND:
                yield _same_work(demand, one, seed, seconds)


def _same_work(demand: Demand, by_hand: Measured, seed: int, seconds: float) -> Measured:
    """The office visits far less by hand; its travel is compared for what it does visit."""
    same = replace(demand, stops=tuple(stop for stop in demand.stops if stop.id in by_hand.visited))
    start = perf_counter()
    plan = plan_rounds(same.stops, same.shifts, same.travel, Effort(seconds=seconds, seed=seed))
    return measured(same, plan, HANDS_WORK, seed, perf_counter() - start)


def expectations(found: Sequence[Measured]) -> dict[str, bool]:
    """What the planner promises, and whether it held on every seed."""
    by_seed: dict[int, dict[str, Measured]] = {}
    for one in found:
        by_seed.setdefault(one.seed, {})[one.planner] = one
    pairs = [(of[HERE], of) for of in by_seed.values()]
    return {
        "a quarter less travel than by hand for the same work": all(
            of[HANDS_WORK].travel <= _LESS_TRAVEL * of[HAND].travel for _, of in pairs
        ),
        "no deadline missed that is kept by hand": all(of[HAND].kept <= here.kept for here, of in pairs),
        "never below a library alone": all(
            here.worth >= other.worth
            for here, of in pairs
            for name, other in of.items()
            if name not in (HAND, HANDS_WORK)
        ),
        "every limit kept": all(one.faults == 0 for one in found),
        "in time": all(here.seconds <= _MOST_SECONDS for here, _ in pairs),
    }


_COLUMNS = {
    "seed": "seed", "planner": "planner", "weighted": "weighted, before due", "visits": "visits",
    "missed": "deadlines missed", "travel": "travel, min", "overtime": "overtime, min", "days": "days used",
    "seconds": "seconds", "faults": "limits broken",
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=50.0, help="for each planner")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--sites", type=int, default=1_000)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    told = parser.parse_args(arguments)
    found = list(runs(told.seeds, told.seconds, told.sites))
    held = expectations(found)
    if told.format == "json":
        lines = [{**asdict(one), "visited": sorted(one.visited), "kept": sorted(one.kept)} for one in found]
        print(json.dumps({"plans": lines, "expectations": held}))
        return
    shown = Table(title=f"{told.sites} sites, {told.seconds:g} s for each planner")
    for heading in _COLUMNS.values():
        shown.add_column(heading, justify="left" if heading == "planner" else "right")
    for one in found:
        shown.add_row(*(str(getattr(one, name)) for name in _COLUMNS))
    console = Console(width=130)
    console.print(shown)
    for sentence, is_held in held.items():
        console.print(f"{'yes' if is_held else 'NO '}  {sentence}")


if __name__ == "__main__":
    main()
