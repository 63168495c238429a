"""A demand in parts that share nothing: some shifts and some stops, with small numbers of their own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from random import Random

from scheduler.ground import Ground, Route, Routes
from scheduler.plan_values import Shift, Stop
from scheduler.weeks import week_of_days, weeks_of


@dataclass(frozen=True)
class Part:
    """Indexes of the whole demand; `choices` are its choices in the part's own order."""

    stops: tuple[int, ...]
    shifts: tuple[int, ...]
    choices: tuple[int, ...]

    def beginning(self, routes: Routes) -> tuple[tuple[int, ...], ...]:
        own = {choice: number for number, choice in enumerate(self.choices)}
        return tuple(tuple(own[choice] for choice in routes[shift]) for shift in self.shifts)

    def whole(self, routes: Iterable[Route]) -> dict[int, Route]:
        """By shift of the whole demand, the routes of the part."""
        return {
            shift: [self.choices[choice] for choice in route]
            for shift, route in zip(self.shifts, routes, strict=True)
        }


@dataclass(frozen=True)
class Cut:
    """What a part is cut out of."""

    ground: Ground
    stops: tuple[Stop, ...]
    shifts: tuple[Shift, ...]

    def part(self, stops: Iterable[int], shifts: Iterable[int]) -> Part:
        chosen = tuple(sorted(stops))
        by_stop: dict[int, list[int]] = {stop: [] for stop in chosen}
        for choice, stop in enumerate(self.ground.stop_of):
            if stop in by_stop:
                by_stop[stop].append(choice)
        choices = tuple(choice for stop in chosen for choice in by_stop[stop])
        return Part(chosen, tuple(sorted(shifts)), choices)

    def demand(self, part: Part) -> tuple[tuple[Stop, ...], tuple[Shift, ...], tuple[tuple[int, ...], ...]]:
        """The part's stops, shifts and travel, at places of its own."""
        stops = [self.stops[stop] for stop in part.stops]
        shifts = [self.shifts[shift] for shift in part.shifts]
        places = sorted(
            {stop.place for stop in stops} | {p for s in shifts for p in (s.start_place, s.end_place)}
        )
        number = {place: i for i, place in enumerate(places)}
        legs = self.ground.legs
        return (
            tuple(replace(stop, place=number[stop.place]) for stop in stops),
            tuple(
                replace(s, start_place=number[s.start_place], end_place=number[s.end_place]) for s in shifts
            ),
            tuple(tuple(legs[one][other] for other in places) for one in places),
        )

    def weeks(self, routes: Routes) -> list[Part]:
        """A part for each week; stops nobody can visit are in none."""
        week, stops = week_of_days(self.shifts), weeks_of(self.ground, self.stops, self.shifts)
        for shift, route in enumerate(routes):
            stops |= {self.ground.stop_of[choice]: week[self.shifts[shift].day] for choice in route}
        return [
            self.part(
                (stop for stop, its in stops.items() if its == number),
                (i for i, shift in enumerate(self.shifts) if week[shift.day] == number),
            )
            for number in sorted(set(week.values()))
        ]

    def neighbours(self, routes: Routes, count: int, random: Random) -> list[Part]:
        """Parts of rounds near each other, on whatever day; empty rounds and free stops are dealt."""
        ground = self.ground
        middle = {i: ground.place_of[random.choice(route)] for i, route in enumerate(routes) if route}
        crews = _near_each_other(ground, middle, {i: len(routes[i]) for i in middle}, count, random)
        spare = [i for i, route in enumerate(routes) if not route]
        random.shuffle(spare)
        spare.sort(key=lambda i: sorted(self.shifts[i].competences))
        for number, shift in enumerate(spare):
            crews[number % len(crews)].append(shift)
        stops = [{ground.stop_of[choice] for shift in crew for choice in routes[shift]} for crew in crews]
        visited = set().union(*stops)
        for stop in sorted(set(ground.stop_of) - visited):
            stops[self._nearest(stop, crews, middle)].add(stop)
        return [self.part(own, crew) for own, crew in zip(stops, crews, strict=True)]

    def _nearest(self, stop: int, crews: Sequence[Sequence[int]], middle: dict[int, int]) -> int:
        """The part with the nearest round of somebody who may come."""
        to = self.ground.legs[self.stops[stop].place]
        far = max(to) + 1
        return min(
            range(len(crews)),
            key=lambda i: min(
                (to[middle[s]] if s in middle else far for s in crews[i] if stop in self.ground.windows[s]),
                default=2 * far,
            ),
        )


def _near_each_other(
    ground: Ground, middle: dict[int, int], visits: dict[int, int], count: int, random: Random
) -> list[list[int]]:
    """The rounds in groups of about as many visits each."""
    left = sorted(middle)
    share = sum(visits.values()) / count
    found: list[list[int]] = []
    while left and len(found) < count - 1:
        legs = ground.legs[middle[random.choice(left)]]
        # From the edge inwards, so that no group is what others left over all around.
        edge = max(left, key=lambda shift: (legs[middle[shift]], shift))
        to = ground.legs[middle[edge]]
        left.sort(key=lambda shift: (to[middle[shift]], shift))
        taken, many = 0, 0
        while taken < len(left) and many < share:
            many += visits[left[taken]]
            taken += 1
        found.append(left[:taken])
        left = sorted(left[taken:])
    return [*found, left]
