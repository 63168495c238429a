"""A demand laid out in arrays for the search: which visit may be made in which shift, and at what price.

A *choice* is a stop in one of its windows. Routes are lists of choices, one route a shift.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scheduler.plan_values import Shift, Stop

Numbers = npt.NDArray[np.int32]
Weights = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Route = list[int]
Routes = list[Route]

# What an hour of work costs beside an hour on the road: of two plans alike, the shorter day.
_WORKING = 0.1


@dataclass(frozen=True)
class Menu:
    """The choices open to a shift, and what each costs beside the time: moving somebody who was told."""

    choices: Numbers
    extra: Weights


@dataclass(frozen=True)
class Ground:
    """What the search needs of a demand and nothing else; indexes instead of ids throughout."""

    travel: Numbers
    back: Numbers  # the other way round: back[i][j] is from j to i
    legs: list[list[int]]
    # By choice.
    stop_of: list[int]
    place_of: list[int]
    opens: list[int]
    latest: list[int]
    service: list[int]
    # The same as arrays.
    stops: Numbers
    places: Numbers
    opening: Numbers
    closing: Numbers
    serving: Numbers
    # By stop: the prize with what must be visited far above the rest, and as it was given.
    prizes: Weights
    given: Weights
    # By shift: menu, and (start, end, overtime, price, start place, end place).
    menus: tuple[Menu, ...]
    frames: tuple[tuple[int, int, int, int, int, int], ...]
    # Shifts of one kind can take over each other's routes.
    kinds: tuple[int, ...]
    extras: tuple[Mapping[int, float], ...]
    # What a minute of work is worth in prizes: so much is given up for a minute of moving somebody.
    minute: float
    # By shift and stop, its choices in the order of opening.
    windows: tuple[Mapping[int, list[int]], ...]
    mean_prize: float
    mean_leg: float

    @property
    def stop_count(self) -> int:
        return len(self.prizes)


def is_allowed(stop: Stop, shift: Shift) -> bool:
    """Competence, standards, days and promises; opening hours are another matter."""
    if not (stop.competences <= shift.competences and stop.kits <= shift.standards):
        return False
    if shift.day < stop.earliest_day or (stop.latest_day is not None and shift.day > stop.latest_day):
        return False
    return stop.promised is None or (stop.promised.day, stop.promised.technician) == (
        shift.day,
        shift.technician,
    )


def lay_out(stops: Sequence[Stop], shifts: Sequence[Shift], minutes: Sequence[Sequence[int]]) -> Ground:
    """The arrays of a demand. A mandatory or promised stop outweighs all optional ones together.

    Who was told a time is worth the price of moving more than its prize, and loses it at any other time:
    so being left out is dearer than being moved.
    """
    minute = _worth_of_a_minute(stops)
    choices = [
        (index, window)
        for index, stop in enumerate(stops)
        for window in sorted(set(stop.windows))
        if window.closes - window.opens >= stop.service
    ]
    by_day: dict[int, list[int]] = {}
    for choice, (_, window) in enumerate(choices):
        by_day.setdefault(window.day, []).append(choice)
    stop_of = [index for index, _ in choices]
    extras = tuple(_extras(stops, shift) for shift in shifts)
    menus = tuple(
        _menu([c for c in by_day.get(shift.day, ()) if is_allowed(stops[stop_of[c]], shift)], stop_of, extra)
        for shift, extra in zip(shifts, extras, strict=True)
    )
    frames = tuple((s.start, s.end, s.overtime, s.overtime_price, s.start_place, s.end_place) for s in shifts)
    opens = [window.opens for _, window in choices]
    service = [stops[index].service for index in stop_of]
    latest = [window.closes - stops[index].service for index, window in choices]
    places = [stops[index].place for index in stop_of]
    optional = [float(stop.prize) for stop in stops]
    announced = [stop.moving_price * minute if stop.told else 0.0 for stop in stops]
    must = 10.0 * (1.0 + sum(optional) + sum(announced))
    travel = np.array(minutes, np.int32)
    return Ground(
        travel=travel,
        back=np.ascontiguousarray(travel.T),
        legs=travel.tolist(),
        stop_of=stop_of,
        place_of=places,
        opens=opens,
        latest=latest,
        service=service,
        stops=np.array(stop_of, np.int32),
        places=np.array(places, np.int32),
        opening=np.array(opens, np.int32),
        closing=np.array(latest, np.int32),
        serving=np.array(service, np.int32),
        prizes=np.array(
            [
                prize + price + must * (stop.mandatory or stop.promised is not None)
                for prize, price, stop in zip(optional, announced, stops, strict=True)
            ]
        ),
        given=np.array(optional, np.float64),
        menus=menus,
        frames=frames,
        kinds=_kinds(menus, frames, shifts),
        extras=extras,
        minute=minute,
        windows=tuple(_by_stop(menu.choices.tolist(), stop_of) for menu in menus),
        mean_prize=sum(optional) / max(1, len(optional)) or 1.0,
        mean_leg=float(travel.mean()) if travel.size else 1.0,
    )


def _worth_of_a_minute(stops: Sequence[Stop]) -> float:
    """In prizes, over all the work that is wanted."""
    return sum(stop.prize for stop in stops) / (sum(stop.service for stop in stops) or 1)


def _extras(stops: Sequence[Stop], shift: Shift) -> dict[int, float]:
    """By stop, the price of coming in this shift to somebody who was told another time."""
    return {
        index: float(stop.moving_price)
        for index, stop in enumerate(stops)
        if stop.told is not None and (stop.told.day, stop.told.technician) != (shift.day, shift.technician)
    }


def _by_stop(choices: list[int], stop_of: list[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for choice in choices:
        found.setdefault(stop_of[choice], []).append(choice)
    return found


def _menu(choices: list[int], stop_of: list[int], extra: Mapping[int, float]) -> Menu:
    return Menu(
        np.array(choices, np.int32), np.array([extra.get(stop_of[c], 0.0) for c in choices], np.float64)
    )


def _kinds(
    menus: Sequence[Menu], frames: Sequence[tuple[int, ...]], shifts: Sequence[Shift]
) -> tuple[int, ...]:
    seen: dict[tuple[object, ...], int] = {}
    return tuple(
        seen.setdefault((shift.day, frame, menu.choices.tobytes(), menu.extra.tobytes()), len(seen))
        for menu, frame, shift in zip(menus, frames, shifts, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Times:
    """A route's clock: when each leg can start, and how late each arrival may be.

    `leaves[i]` before the i-th visit (or the way home), `latest[i]` the last start of it, `starts[i]` its
    planned start, `waits[i]` the waiting after it to the end, which takes up a delay.
    """

    leaves: list[int]
    latest: list[int]
    starts: list[int]
    waits: list[int]


def times(ground: Ground, shift: int, route: Route) -> Times:  # noqa: PLR0915  one pass, and the hot one
    """The earliest times of a feasible route."""
    now, end, overtime, _, here, home = ground.frames[shift]
    legs, opens, service, place_of = ground.legs, ground.opens, ground.service, ground.place_of
    leaves, starts, waits = [now], [], []
    # Comparisons instead of max() and min(): the search spends a third of its time here.
    for choice in route:
        place = place_of[choice]
        now += legs[here][place]
        opening = opens[choice]
        if now < opening:
            waits.append(opening - now)
            now = opening
        else:
            waits.append(0)
        starts.append(now)
        now += service[choice]
        leaves.append(now)
        here = place
    starts.append(now + legs[here][home])
    bound = end + overtime
    latest = [bound]
    waiting, later = [0], 0
    following, closing = home, ground.latest
    for choice, wait in zip(reversed(route), reversed(waits), strict=True):
        place = place_of[choice]
        bound -= legs[place][following] + service[choice]
        if bound > closing[choice]:  # noqa: PLR1730  twice as fast as min()
            bound = closing[choice]
        latest.append(bound)
        waiting.append(later)
        later += wait
        following = place
    latest.reverse()
    waiting.reverse()
    return Times(leaves, latest, starts, waiting)


def is_feasible(ground: Ground, shift: int, route: Route) -> bool:
    """Whether every visit of the route starts in its window and the day does not become too long."""
    now, end, overtime, _, here, home = ground.frames[shift]
    legs = ground.legs
    for choice in route:
        place = ground.place_of[choice]
        now += legs[here][place]
        if now > ground.latest[choice]:
            return False
        now = max(now, ground.opens[choice]) + ground.service[choice]
        here = place
    return now + legs[here][home] <= end + overtime


def route_cost(ground: Ground, shift: int, route: Route) -> float:
    """Minutes on the road, a tenth of the working time, overtime and moves at their price.

    Waiting at the first door is done at home and costs nothing.
    """
    if not route:
        return 0.0
    now, end, _, price, here, home = ground.frames[shift]
    legs, extra = ground.legs, ground.extras[shift]
    driven, moved = 0, 0.0
    began = max(now, ground.opens[route[0]] - legs[here][ground.place_of[route[0]]])
    for choice in route:
        place = ground.place_of[choice]
        leg = legs[here][place]
        driven += leg
        now = max(now + leg, ground.opens[choice]) + ground.service[choice]
        moved += extra.get(ground.stop_of[choice], 0.0)
        here = place
    leg = legs[here][home]
    now += leg
    return driven + leg + _WORKING * (now - began) + price * max(0, now - end) + moved


def route_moves(ground: Ground, shift: int, route: Route) -> float:
    """What is lost, in prizes, with those who were told another time."""
    extra = ground.extras[shift]
    return ground.minute * sum(extra.get(ground.stop_of[choice], 0.0) for choice in route) if extra else 0.0


def worth(ground: Ground, routes: Routes) -> tuple[float, float]:
    """Prizes collected and, negative, what it costs: of two plans the greater is better."""
    prize = sum(ground.prizes[ground.stop_of[choice]] for route in routes for choice in route)
    prize -= sum(route_moves(ground, shift, route) for shift, route in enumerate(routes))
    cost = sum(route_cost(ground, shift, route) for shift, route in enumerate(routes))
    return float(prize), -cost
