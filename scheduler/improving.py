"""Our own search: take some visits out of a plan, put the most rewarding ones in, keep what pays.

Ruin and recreate with moves that know what a visit is worth, under annealing. The solvers are strong where
travel decides; this is strong where not everything fits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import exp
from random import Random

import numpy as np

from scheduler.ground import Ground, Route, Routes, route_cost, route_moves, times
from scheduler.inserting import Candidates, fill

# Temperatures in mean prizes and mean legs, found on the public instances: colder is stuck, hotter wanders.
_HOT, _COLD = 1.0, 0.05
# A long neighbourhood costs more than it finds; more rounds than these are never opened at once.
_NEAR = 60
_ROUNDS_AT_ONCE = 8
_LONGEST_STRING = 8
# How often a stop is offered to a round that comes by, how many neighbours are asked, of how many.
_COMES_BY, _TRIES, _ASKED_NEAR = 0.8, 3, 25
_LONGEST_EXCHANGE = 5

# The share of the prizes collected to this power is the weight of what a plan costs, and how often insertions
# are priced by the way they add (1) instead of the delay they cause (0).
_THRIFT = 8
_MIXES = (0.0, 0.5, 1.0)

Progress = Callable[[int], float]
Pool = dict[tuple[int, frozenset[int]], tuple[int, ...]]
_ENOUGH_ROUTES = 40_000
# Iterations without a better plan before the search goes back to the best one.
_PATIENCE = 400


@dataclass
class Standing:
    """A plan while it is being changed."""

    routes: Routes
    free: np.ndarray
    costs: list[float]
    moves: list[float]
    prize: float

    @property
    def worth(self) -> tuple[float, float]:
        return self.prize, -sum(self.costs)


@dataclass
class Improver:
    """Remembers the best plan and every route it has seen, for recombination."""

    ground: Ground
    seed: int
    pool: Pool = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311  a search, not a secret
        self.noise = np.random.default_rng(self.seed)
        ground = self.ground
        self.homes: list[list[tuple[int, int]]] = [[] for _ in range(ground.stop_count)]
        for shift, menu in enumerate(ground.menus):
            for choice in menu.choices.tolist():
                self.homes[ground.stop_of[choice]].append((shift, choice))
        self.near = _neighbours(ground)
        self.candidates = Candidates(ground)

    def standing(self, routes: Routes) -> Standing:
        ground = self.ground
        free = np.ones(ground.stop_count, np.bool_)
        free[[ground.stop_of[choice] for route in routes for choice in route]] = False
        costs = [route_cost(ground, shift, route) for shift, route in enumerate(routes)]
        moves = [route_moves(ground, shift, route) for shift, route in enumerate(routes)]
        prize = float(ground.prizes[~free].sum()) - sum(moves)
        return Standing([list(route) for route in routes], free, costs, moves, prize)

    def completed(self, routes: Routes) -> Routes:
        """The routes with whatever still fits, the most rewarding first."""
        made = self.standing(routes)
        everywhere = dict.fromkeys(range(len(routes)), made.free)
        fill(self.candidates, made.routes, everywhere, self._weights(1.5, 0.0), made.free, 0.5)
        return made.routes

    def improve(self, routes: Routes, progress: Progress, *, heat: float = 1.0) -> Routes:
        """The best plan found before `progress` (told the number of the iteration) reaches 1."""
        current = best = self.standing(routes)
        self.thrift = self._thrift(best)
        iteration = since = 0
        while (done := progress(iteration)) < 1.0:
            iteration += 1
            since += 1
            made = self._changed(current)
            warmth = heat * _HOT * (_COLD / _HOT) ** done
            if self._is_taken(made, current, warmth):
                current = made
                if made.worth > best.worth:
                    best, since = made, 0
                    self.thrift = self._thrift(best)
            if since > _PATIENCE:
                current, since = best, 0
        return best.routes

    def _is_taken(self, made: Standing, current: Standing, warmth: float) -> bool:
        gain = (made.prize - current.prize) / self.ground.mean_prize
        saving = (made.worth[1] - current.worth[1]) / self.ground.mean_leg
        energy = gain + self.thrift * saving
        return energy >= 0 or self.random.random() < exp(energy / warmth)

    def thrift_of(self, routes: Routes) -> float:
        """How nearly everything is visited, as far as that makes the way count: from 0 to 1."""
        return self._thrift(self.standing(routes))

    def _thrift(self, best: Standing) -> float:
        """How much a mean leg saved counts against a mean prize: little while much is left out, then all."""
        given = self.ground.given
        return (1.0 - float(given[best.free].sum()) / (float(given.sum()) or 1.0)) ** _THRIFT

    def _changed(self, current: Standing) -> Standing:
        made = Standing(
            list(current.routes), current.free.copy(), list(current.costs), list(current.moves), current.prize
        )
        touched, removed = self._ruined(made)
        active = self._active(made, touched, removed)
        for shift in active:
            if shift not in touched:
                made.routes[shift] = list(made.routes[shift])
        weights = self._weights(self.random.choice((0.8, 1.2, 1.6, 2.0)), self.random.choice((0, 0.2, 0.5)))
        if removed and self.random.random() < 0.5:
            weights[removed] *= 0.3
        # A round nothing was taken out of is as full as it was: only what was taken out elsewhere may fit.
        again = np.zeros_like(made.free)
        again[removed] = made.free[removed]
        offers = {shift: made.free if shift in touched else again for shift in active}
        mix = self.random.choice(_MIXES) if self.random.random() < self.thrift else 0.0
        filled = fill(self.candidates, made.routes, offers, weights, made.free, mix)
        for shift in touched | filled:
            made.costs[shift] = route_cost(self.ground, shift, made.routes[shift])
            made.moves[shift] = route_moves(self.ground, shift, made.routes[shift])
            self.remember(shift, made.routes[shift])
        made.prize = float(self.ground.prizes[~made.free].sum()) - sum(made.moves)
        return made

    def remember(self, shift: int, route: Route) -> None:
        """Keep a route for recombination."""
        if route and len(self.pool) < _ENOUGH_ROUTES:
            self.pool.setdefault((self.ground.kinds[shift], frozenset(route)), tuple(route))

    def _weights(self, power: float, noise: float) -> np.ndarray:
        prizes = self.ground.prizes**power
        return prizes * self.noise.uniform(1 - noise, 1, len(prizes)) if noise else prizes.copy()

    def _active(self, made: Standing, touched: set[int], removed: list[int]) -> list[int]:
        """The rounds that may take something in: all of them while they are few."""
        shifts = len(self.ground.menus)
        if shifts <= _ROUNDS_AT_ONCE:
            return list(range(shifts))
        where = {self.ground.stop_of[c]: shift for shift, route in enumerate(made.routes) for c in route}
        active = dict.fromkeys(sorted(touched))
        for stop in self.random.sample(removed, min(len(removed), _ROUNDS_AT_ONCE)):
            active[self._home(stop, where)] = None
        active[self.random.randrange(shifts)] = None
        return list(active)

    def _home(self, stop: int, where: Mapping[int, int]) -> int:
        """A round that may take a stop in: mostly one that comes by anyway."""
        if self.random.random() < _COMES_BY:
            near = self.near[stop]
            for _ in range(_TRIES):
                shift = where.get(self.random.choice(near[:_ASKED_NEAR]), -1)
                if shift >= 0 and stop in self.ground.windows[shift]:
                    return shift
        return self.random.choice(self.homes[stop])[0]

    # -- taking out

    def _ruined(self, made: Standing) -> tuple[set[int], list[int]]:
        """Take visits out; the shifts changed and the stops that are free again."""
        kind = self.random.random()
        if kind < 0.4:
            return self._without_near(made, _LONGEST_STRING, 3)
        if kind < 0.7:
            return self._without_strings(made)
        touched, removed = self._with_one_forced_in(made)
        if not touched or self.random.random() < 0.5:
            more, others = self._without_near(made, 3, 2)
            return touched | more, removed + others
        return touched, removed

    def _without_near(self, made: Standing, longest: int, most: int) -> tuple[set[int], list[int]]:
        """Take strings out of the rounds that come by one place."""
        where = {
            self.ground.stop_of[choice]: (shift, i)
            for shift, route in enumerate(made.routes)
            for i, choice in enumerate(route)
        }
        touched: set[int] = set()
        removed: list[int] = []
        wanted = self.random.randint(1, most)
        for stop in self.near[self.random.randrange(self.ground.stop_count)]:
            shift, i = where.get(stop, (-1, 0))
            if shift < 0 or shift in touched:
                continue
            touched.add(shift)
            removed += self._cut(made, shift, i, longest)
            if len(touched) >= wanted:
                break
        return touched, removed

    def _cut(self, made: Standing, shift: int, around: int, longest: int) -> list[int]:
        """Cut a string around a visit out of a route; now and then a visit within it may stay."""
        route = made.routes[shift]
        length = self.random.randint(1, min(longest, len(route)))
        first = min(max(0, around - self.random.randrange(length)), len(route) - length)
        gone = route[first : first + length]
        if length > 2 and self.random.random() < 0.3:
            gone.pop(self.random.randrange(length))
        return self._take_out(made, shift, gone)

    def _take_out(self, made: Standing, shift: int, gone: Route) -> list[int]:
        kept = set(gone)
        made.routes[shift] = [choice for choice in made.routes[shift] if choice not in kept]
        stops = [self.ground.stop_of[choice] for choice in gone]
        made.free[stops] = True
        return stops

    def _without_strings(self, made: Standing) -> tuple[set[int], list[int]]:
        """Take a string out of most rounds, wherever it lies."""
        busy = [shift for shift, route in enumerate(made.routes) if route]
        if len(busy) > _ROUNDS_AT_ONCE:
            busy = self.random.sample(busy, _ROUNDS_AT_ONCE // 2)
        touched: set[int] = set()
        removed: list[int] = []
        for shift in busy:
            if len(busy) > 1 and self.random.random() < 0.3:
                continue
            route = made.routes[shift]
            length = self.random.randint(1, max(1, min(_LONGEST_STRING, len(route) // 2)))
            first = self.random.randrange(len(route) - length + 1)
            removed += self._take_out(made, shift, route[first : first + length])
            touched.add(shift)
        return touched, removed

    def _with_one_forced_in(self, made: Standing) -> tuple[set[int], list[int]]:
        """Put a stop that is left out into a round, in the place of what is worth least there."""
        outside = np.flatnonzero(made.free)
        homes = self.homes[int(self.random.choice(outside))] if len(outside) else []
        if not homes:
            return set(), []
        shift, choice = self.random.choice(homes)
        span = self._cheapest_exchange(made.routes[shift], shift, choice)
        if span is None:
            return set(), []
        first, past = span
        route = made.routes[shift]
        gone = route[first:past]
        made.routes[shift] = [*route[:first], choice, *route[past:]]
        stops = [self.ground.stop_of[other] for other in gone]
        made.free[stops] = True
        made.free[self.ground.stop_of[choice]] = False
        return {shift}, stops

    def _cheapest_exchange(self, route: Route, shift: int, choice: int) -> tuple[int, int] | None:
        """The visits `first` up to `past` that must make way for a choice, worth least (with some noise)."""
        ground = self.ground
        clock, legs, place = times(ground, shift, route), ground.legs, ground.place_of[choice]
        places = [ground.frames[shift][4], *(ground.place_of[c] for c in route), ground.frames[shift][5]]
        least, at_least = None, self.random.randint(0, 2)
        cheapest = float("inf")
        for length in range(min(_LONGEST_EXCHANGE, len(route)) + 1):
            for first in range(len(route) - length + 1):
                start = max(clock.leaves[first] + legs[places[first]][place], ground.opens[choice])
                past = first + length
                ends = start + ground.service[choice] + legs[place][places[past + 1]]
                if start > ground.latest[choice] or ends > clock.latest[past]:
                    continue
                lost = sum(float(ground.prizes[ground.stop_of[c]]) for c in route[first:past])
                lost *= 1 + 0.5 * self.random.random()
                if lost < cheapest:
                    cheapest, least = lost, (first, past)
            if least is not None and length >= at_least:
                break
        return least


def _neighbours(ground: Ground) -> list[list[int]]:
    """By stop, the stops nearest to it, itself first."""
    place = np.zeros(ground.stop_count, np.int32)
    place[ground.stops] = ground.places
    both = ground.travel + ground.back
    between = both[place[:, None], place[None, :]]
    np.fill_diagonal(between, -1)
    return [list(line) for line in np.argsort(between, axis=1, kind="stable")[:, :_NEAR].tolist()]
