"""The planner on public orienteering instances with time windows, against the best known plans.

    python -m benchmarks.orienteering FOLDER [--seconds 5] [--paths 1 2 3 4] [--format json]

FOLDER holds instances as Solomon's and Cordeau's are given for team orienteering (`c101.txt`, `pr01.txt`),
and `best_known.json` if gaps are wanted. Every plan goes through the product's own door and its checker.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isqrt
from pathlib import Path
from time import perf_counter

from scheduler.plan_checker import faults
from scheduler.plan_values import Effort, Shift, Stop, Window
from scheduler.routing import plan_rounds
from scheduler.travel import Travel, TravelSource


@dataclass(frozen=True)
class Instance:
    """A demand out of a file: times in tenths or hundredths, exact."""

    name: str
    stops: tuple[Stop, ...]
    travel: Travel
    day: int

    def shifts(self, paths: int) -> list[Shift]:
        return [
            Shift(technician=number, day=0, start=0, end=self.day, start_place=0, end_place=0)
            for number in range(paths)
        ]


@dataclass(frozen=True)
class Solved:
    instance: str
    paths: int
    profit: int
    routes: list[list[int]]
    seconds: float
    best_known: int | None

    @property
    def gap(self) -> float | None:
        """Per cent below the best known profit; negative above it."""
        return None if not self.best_known else 100 * (self.best_known - self.profit) / self.best_known


def read(path: Path) -> Instance:
    """An instance; distances are truncated to one decimal for Solomon's (c, r), to two for Cordeau's (pr)."""
    lines = [line.split() for line in path.read_text().splitlines()[2:] if line.strip()]
    unit = 100 if path.stem.startswith("pr") else 10
    places = [(Decimal(cells[1]), Decimal(cells[2])) for cells in lines]
    minutes = tuple(tuple(_truncated(one, other, unit) for other in places) for one in places)
    stops = tuple(
        Stop(
            id=int(cells[0]),
            place=place,
            service=_scaled(cells[3], unit),
            prize=int(Decimal(cells[4])),
            # The file says how late a visit may begin; the planner how late it may end.
            windows=(
                Window(0, _scaled(cells[-2], unit), _scaled(cells[-1], unit) + _scaled(cells[3], unit)),
            ),
        )
        for place, cells in enumerate(lines)
        if place > 0
    )
    return Instance(path.stem, stops, Travel(minutes, TravelSource.TABLE), _scaled(lines[0][-1], unit))


def _scaled(cell: str, unit: int) -> int:
    return int(Decimal(cell) * unit)


def _truncated(one: tuple[Decimal, Decimal], other: tuple[Decimal, Decimal], unit: int) -> int:
    """The whole units of a distance, exact: coordinates have at most three decimals."""
    across, along = (int((a - b) * 1000) for a, b in zip(one, other, strict=True))
    return isqrt((across * across + along * along) * unit * unit) // 1000


def solve(instance: Instance, paths: int, seconds: float, seed: int, best_known: int | None) -> Solved:
    """One plan, timed from the question to the answer."""
    start = perf_counter()
    shifts = instance.shifts(paths)
    plan = plan_rounds(instance.stops, shifts, instance.travel, Effort(seconds=seconds, seed=seed))
    took = perf_counter() - start
    assert not faults(plan, instance.stops, shifts, instance.travel.minutes)
    prizes = {stop.id: stop.prize for stop in instance.stops}
    routes = [[visit.stop for visit in one.visits] for one in plan.rounds]
    profit = sum(prizes[stop] for route in routes for stop in route)
    return Solved(instance.name, paths, profit, routes, round(took, 2), best_known)


def solved(folder: Path, paths: Sequence[int], seconds: float, seed: int) -> Iterator[Solved]:
    """Every instance of a folder with every number of paths."""
    known = folder / "best_known.json"
    best: dict[str, list[int]] = json.loads(known.read_text()) if known.exists() else {}
    for path in sorted(folder.glob("*.txt")):
        instance = read(path)
        of_it = best.get(instance.name, [])
        for number in paths:
            yield solve(instance, number, seconds, seed, of_it[number - 1] if number <= len(of_it) else None)


def _shown(one: Solved) -> str:
    gap = "" if one.gap is None else f"{one.best_known:8d} {one.gap:7.2f} %"
    return f"{one.instance:10s} {one.paths:5d} {one.profit:8d} {one.seconds:7.2f} s {gap}"


def _mean(name: str, gaps: Sequence[float]) -> str:
    return f"{name}: mean gap {sum(gaps) / len(gaps):.2f} % over {len(gaps)}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=5.0, help="for each plan, from start to end")
    parser.add_argument("--paths", type=int, nargs="+", default=[1, 2, 3, 4])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    asked = parser.parse_args(arguments)
    runs = solved(asked.folder, asked.paths, asked.seconds, asked.seed)
    if asked.format == "json":
        keys = ("instance", "paths", "profit", "routes", "seconds")
        print(json.dumps([{key: getattr(one, key) for key in keys} for one in runs]))
        return
    print("instance   paths   profit  seconds   known     gap")
    gaps: dict[str, list[float]] = {}
    for one in runs:
        print(_shown(one), flush=True)
        if one.gap is not None:
            gaps.setdefault(one.instance.rstrip("0123456789"), []).append(one.gap)
    for family, found in gaps.items():
        print(_mean(family, found))


if __name__ == "__main__":
    main()
