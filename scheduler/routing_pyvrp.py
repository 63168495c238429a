"""Speaks PyVRP: a demand on one axis of working time, and its routes back.

What a technician must be able to do or carry is a load no other car has room for. A stop with several windows
is a group of clients, of which one may be visited.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pyvrp
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.solve import SolveParams, solve
from pyvrp.stop import StoppingCriterion

from scheduler.plan_values import Shift, Stop
from scheduler.working_axis import allowed_windows, axis_day, client_windows, needs_of, offers_of, worked_days

# A prize this many times a typical leg: less, and nothing is visited; more, and travel is not seen at all.
_LEGS_A_PRIZE = 1_000
_MANDATORY_PRIZES = 5
# Larger demands are left to the others: building one iteration takes longer than they need.
MOST_CLIENTS = 2_500

StopRoutes = list[list[int]]


@dataclass
class _Listener(pyvrp.IteratedLocalSearchCallbacks):
    """Hands over every feasible route on the way."""

    heard: Callable[[int, list[int]], None]
    stop_of: list[int]

    def on_iteration(self, current, candidate, best, cost_evaluator) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001, ARG002  PyVRP's own signature
        for route in candidate.routes():
            if route.is_feasible():
                self.heard(route.vehicle_type(), _stops(route, self.stop_of))


def _stops(route: pyvrp.Route, stop_of: list[int]) -> list[int]:
    return [stop_of[activity.idx] for activity in route if activity.is_client()]


@dataclass(frozen=True)
class Model:
    """A demand as PyVRP wants it; clients know their stop, stops their clients by day."""

    data: pyvrp.ProblemData
    stop_of: list[int]


def build(stops: Sequence[Stop], shifts: Sequence[Shift], minutes: Sequence[Sequence[int]]) -> Model | None:
    """The demand as a PyVRP problem, or None if it is empty or too large for it."""
    days = worked_days(shifts)
    needs = sorted({need for stop in stops for need in needs_of(stop)})
    legs: Any = np.array(minutes, np.int64)
    prize = _prizes(stops, max(1, int(np.median(legs))))
    clients: list[pyvrp.Client] = []
    groups: list[pyvrp.ClientGroup] = []
    stop_of: list[int] = []
    for index, stop in enumerate(stops):
        windows = client_windows(allowed_windows(stop), stop.service, days)
        group = len(groups) if len(windows) > 1 else None
        if group is not None:
            copies = list(range(len(clients), len(clients) + len(windows)))
            groups.append(pyvrp.ClientGroup(copies, required=False))
        stop_of += [index] * len(windows)
        clients += [
            pyvrp.Client(
                location=stop.place,
                delivery=[int(need in needs_of(stop)) for need in needs],
                service_duration=stop.service,
                tw_early=opens,
                tw_late=latest,
                prize=prize[index],
                required=False,
                group=group,
            )
            for opens, latest in windows
        ]
    if not clients or not shifts or len(clients) > MOST_CLIENTS:
        return None
    depots = sorted({place for shift in shifts for place in (shift.start_place, shift.end_place)})
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in minutes],
        clients=clients,
        depots=[pyvrp.Depot(place) for place in depots],
        vehicle_types=[_vehicle(shift, depots, needs, len(stops), axis_day(days)) for shift in shifts],
        distance_matrices=[legs],
        duration_matrices=[legs],
        groups=groups,
    )
    return Model(data, stop_of)


def _prizes(stops: Sequence[Stop], leg: int) -> list[int]:
    """Prizes in PyVRP's costs: the greatest a thousand legs, what must be visited far above them all."""
    most = max((stop.prize for stop in stops), default=1) or 1
    return [
        max(1, stop.prize * leg * _LEGS_A_PRIZE // most)
        + (leg * _LEGS_A_PRIZE * _MANDATORY_PRIZES if stop.mandatory or stop.promised else 0)
        for stop in stops
    ]


def _vehicle(
    shift: Shift, depots: Sequence[int], needs: Sequence[str], room: int, length: int
) -> pyvrp.VehicleType:
    return pyvrp.VehicleType(
        num_available=1,
        capacity=[room if need in offers_of(shift) else 0 for need in needs],
        start_depot=depots.index(shift.start_place),
        end_depot=depots.index(shift.end_place),
        tw_early=shift.day * length + shift.start,
        tw_late=shift.day * length + shift.end + shift.overtime,
        shift_duration=shift.end - shift.start,
        max_overtime=shift.overtime,
        unit_overtime_cost=shift.overtime_price,
        unit_distance_cost=1,
        unit_duration_cost=1,
    )


def search(
    model: Model,
    start: StopRoutes | None,
    *,
    seed: int,
    is_over: Callable[[int], bool],
    heard: Callable[[int, list[int]], None],
) -> StopRoutes:
    """Routes of stop indexes, one a shift; `is_over` is told how many iterations were made.

    `heard` gets every feasible route on the way, with its shift.
    """
    made = -1

    def stopping(_best: int) -> bool:
        nonlocal made
        made += 1
        return is_over(made)

    params = SolveParams(ils=pyvrp.IteratedLocalSearchParams(callbacks=_Listener(heard, model.stop_of)))
    known = _known(model, start) if start else None
    with warnings.catch_warnings():
        # Prizes far above its penalties are meant: what is left infeasible is not taken over.
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        result = solve(
            model.data,
            cast(StoppingCriterion, stopping),
            seed=seed,
            collect_stats=False,
            params=params,
            initial_solution=known,
        )
    routes: StopRoutes = [[] for _ in range(model.data.num_vehicle_types)]
    for route in result.best.routes():
        if route.is_feasible():
            routes[route.vehicle_type()] = _stops(route, model.stop_of)
    return routes


def _known(model: Model, start: StopRoutes) -> pyvrp.Solution:
    """Routes of stops as a solution to begin with, each stop by its first client on the day."""
    clients: dict[int, list[int]] = {}
    for client, stop in enumerate(model.stop_of):
        clients.setdefault(stop, []).append(client)
    routes = []
    for shift, stops in enumerate(start):
        vehicle = model.data.vehicle_type(shift)
        visits = [
            client
            for stop in stops
            for client in clients.get(stop, ())
            if _overlaps(model, client, vehicle.tw_early, vehicle.tw_late)
        ]
        # Two windows of a stop on one day: the first will do to begin with.
        once = list({model.stop_of[client]: client for client in reversed(visits)}.values())[::-1]
        if once:
            routes.append(pyvrp.Route(model.data, once, shift))
    return pyvrp.Solution(model.data, routes)


def _overlaps(model: Model, client: int, early: int, late: int) -> bool:
    one = model.data.client(client)
    return bool(one.tw_early <= late and one.tw_late >= early)
