"""Putting stops into rounds: what each insertion costs, and the greedy filling of what is empty."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from scheduler.ground import Flags, Ground, Numbers, Route, Routes, Weights, is_feasible, times

# Units of time added to every insertion's price, so that a free one is not infinitely good.
_FLOOR = 5.0
_NOTHING = np.zeros(0)
_NEVER = np.int32(1 << 30)


@dataclass(frozen=True)
class Offered:
    """Choices with the arrays an evaluation needs."""

    choices: Numbers
    stops: Numbers
    places: Numbers
    opening: Numbers
    closing: Numbers
    serving: Numbers
    extra: Weights
    has_extra: bool

    def only(self, kept: Numbers) -> "Offered":
        return Offered(
            self.choices[kept],
            self.stops[kept],
            self.places[kept],
            self.opening[kept],
            self.closing[kept],
            self.serving[kept],
            self.extra[kept] if self.has_extra else self.extra,
            self.has_extra,
        )


@dataclass
class Candidates:
    """Choices of a shift's menu, cut down to the stops that are free."""

    ground: Ground
    whole: list[Offered] = field(default_factory=list)

    def __post_init__(self) -> None:
        made: dict[int, Offered] = {}
        for kind, menu in zip(self.ground.kinds, self.ground.menus, strict=True):
            if kind not in made:
                made[kind] = offered(self.ground, menu.choices, menu.extra)
            self.whole.append(made[kind])

    def of(self, shift: int, free: Flags) -> Offered:
        whole = self.whole[shift]
        return whole.only(free[whole.stops].nonzero()[0].astype(np.int32))


def offered(ground: Ground, choices: Numbers, extra: Weights) -> Offered:
    return Offered(
        choices,
        ground.stops[choices],
        ground.places[choices],
        ground.opening[choices],
        ground.closing[choices],
        ground.serving[choices],
        extra,
        bool(extra.any()),
    )


def insertion_prices(  # noqa: PLR0915  one pass over arrays, and the hot one
    ground: Ground, shift: int, route: Route, offers: Offered, mix: float
) -> tuple[Numbers, Weights, Numbers]:
    """The offers that fit somewhere, the price of the cheapest position of each, and the position.

    The price is a mixture of the delay of what follows (`mix` 0) and the way and work added (`mix` 1), with
    overtime and moves at their prices.
    """
    _, end, overtime, price, here, home = ground.frames[shift]
    clock = times(ground, shift, route)
    places = [here, *[ground.place_of[choice] for choice in route], home]
    leaves, latest, starts = np.array((clock.leaves, clock.latest, clock.starts), np.int32)[:, :, None]
    way_in = ground.travel.take(places[:-1], 0).take(offers.places, 1)
    way_out = ground.back.take(places[1:], 0).take(offers.places, 1)
    way_out += offers.serving
    begins = way_in + leaves
    np.maximum(begins, offers.opening, out=begins)
    impossible = begins > offers.closing
    begins += way_out
    impossible |= begins > latest
    begins -= starts
    prices = np.maximum(begins, 0, out=begins)
    late: int | Numbers = 0
    if overtime:
        over = clock.starts[-1] - end
        later = np.maximum(prices - np.array(clock.waits, np.int32)[:, None], 0) + over
        late = price * (np.maximum(later, 0) - max(0, over))
    if mix:
        legs = np.array([ground.legs[a][b] for a, b in pairwise(places)], np.int32)[:, None]
        prices = ((1 - mix) * prices + mix * (way_in + way_out - legs)).astype(np.int32)
    if overtime:
        prices = prices + late
    prices[impossible] = _NEVER
    least = prices.min(0)
    fits = (least < _NEVER).nonzero()[0]
    if not len(fits):
        return fits, _NOTHING, fits
    kept = prices.take(fits, 1)
    costs = least[fits].astype(np.float64)
    if offers.has_extra:
        costs += offers.extra[fits]
    return fits, costs, kept.argmin(0)


class _Row:
    """A round while it is being filled: the reward of each candidate at its cheapest position."""

    def __init__(self, candidates: Candidates, shift: int, free: Flags, mix: float) -> None:
        self.ground, self.shift, self.mix = candidates.ground, shift, mix
        self.offers = candidates.of(shift, free)
        self.score, self.best = 0.0, -1

    def price(self, route: Route) -> None:
        if not len(self.offers.choices):
            return
        fits, prices, self.positions = insertion_prices(self.ground, self.shift, route, self.offers, self.mix)
        # What does not fit now will not fit a fuller round.
        if len(fits) < len(self.offers.choices):
            self.offers = self.offers.only(fits)
        prices += _FLOOR
        self.inverse = 1.0 / prices

    def rank(self, weights: Weights) -> None:
        if not len(self.offers.choices):
            self.score = 0.0
            return
        scores = weights[self.offers.stops] * self.inverse
        self.best = int(scores.argmax())
        self.score = float(scores[self.best])


def fill(
    candidates: Candidates,
    routes: Routes,
    offers: Mapping[int, Flags],
    weights: Weights,
    free: Flags,
    mix: float,
) -> set[int]:
    """Insert stops, the most rewarding for its price first, until nothing fits; the shifts that changed.

    `offers` says which stops each shift is offered. Changes `routes` and `free`.
    """
    rows = {shift: _Row(candidates, shift, offered_to, mix) for shift, offered_to in offers.items()}
    weights = np.where(free, weights, 0.0)
    changed: set[int] = set()
    for shift, row in rows.items():
        row.price(routes[shift])
        row.rank(weights)
    while rows:
        row = max(rows.values(), key=lambda each: each.score)
        if row.score <= 0.0:
            break
        stop = int(row.offers.stops[row.best])
        routes[row.shift].insert(int(row.positions[row.best]), int(row.offers.choices[row.best]))
        changed.add(row.shift)
        free[stop] = False
        weights[stop] = 0.0
        row.price(routes[row.shift])
        row.rank(weights)
        for other in rows.values():
            if other.score > 0.0 and other.offers.stops[other.best] == stop:
                other.rank(weights)
    return changed


def adopted(ground: Ground, shift: int, stops: list[int]) -> Route:
    """A foreign order of stops as a route: each in the first window it still reaches, or passed over."""
    here = ground.windows[shift]
    quick = [here[stop][0] for stop in stops if stop in here]
    if is_feasible(ground, shift, quick):
        return quick
    route: Route = []
    for stop in stops:
        fitting = (c for c in here.get(stop, ()) if is_feasible(ground, shift, [*route, c]))
        if (choice := next(fitting, None)) is not None:
            route.append(choice)
    return route
