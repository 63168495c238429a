"""What the planner is measured against: the office's way by hand, and each library alone."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import monotonic

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from benchmarks.planning_demand import Demand
from scheduler import routing_pyvrp, routing_vroom
from scheduler.ground import Ground, Routes, is_allowed, is_feasible, lay_out
from scheduler.plan_values import Shift, Stop
from scheduler.working_axis import allowed_windows, axis_day, client_windows, worked_days

StopRoutes = list[list[int]]
# Prizes against minutes on the road: more than a plan can drive for one verification.
_PRIZE = 1_000
_GRACE = 30.0


def by_hand(demand: Demand, _seconds: float, _seed: int) -> StopRoutes:
    """Each day each technician goes where the earliest due is, stays in that township, is home by five."""
    ground = lay_out(demand.stops, demand.shifts, demand.travel.minutes)
    left = sorted(range(len(demand.stops)), key=lambda i: (demand.due[demand.stops[i].id], i))
    routes: Routes = [[] for _ in demand.shifts]
    for shift in sorted(range(len(demand.shifts)), key=lambda i: demand.shifts[i].day):
        township: int | None = None
        for stop in left:
            its = demand.townships[demand.stops[stop].id]
            if township in (None, its) and _is_added(ground, shift, routes[shift], stop):
                township = its
        gone = {ground.stop_of[choice] for choice in routes[shift]}
        left = [stop for stop in left if stop not in gone]
    return [[ground.stop_of[choice] for choice in route] for route in routes]


def _is_added(ground: Ground, shift: int, route: list[int], stop: int) -> bool:
    start, end, _, _, here, home = ground.frames[shift]
    for choice in ground.windows[shift].get(stop, ()):
        longer = [*route, choice]
        if is_feasible(ground, shift, longer) and _returns(ground, start, here, home, longer) <= end:
            route.append(choice)
            return True
    return False


def _returns(ground: Ground, now: int, here: int, home: int, route: Sequence[int]) -> int:
    for choice in route:
        place = ground.place_of[choice]
        now = max(now + ground.legs[here][place], ground.opens[choice]) + ground.service[choice]
        here = place
    return now + ground.legs[here][home]


def pyvrp_alone(demand: Demand, seconds: float, seed: int) -> StopRoutes:
    """PyVRP, as the product asks it, however many clients."""
    routing_pyvrp.MOST_CLIENTS = 10**9
    end = monotonic() + seconds
    model = routing_pyvrp.build(demand.stops, demand.shifts, demand.travel.minutes)
    assert model is not None
    return routing_pyvrp.search(
        model, None, seed=seed, is_over=lambda _made: monotonic() > end, heard=lambda *_route: None
    )


def vroom_alone(demand: Demand, seconds: float, _seed: int) -> StopRoutes:
    """VROOM, as the product asks it; it knows overtime without a price, and no seed."""
    return routing_vroom.search(demand.stops, demand.shifts, demand.travel.minutes, seconds=seconds)


def vroom_without_overtime(demand: Demand, seconds: float, _seed: int) -> StopRoutes:
    shifts = [replace(shift, overtime=0) for shift in demand.shifts]
    return routing_vroom.search(demand.stops, shifts, demand.travel.minutes, seconds=seconds)


def ortools_alone(demand: Demand, seconds: float, _seed: int) -> StopRoutes:
    """OR-Tools on the axis of working time: one vehicle a shift, a penalty for each stop left out."""
    days = worked_days(demand.shifts)
    length, shifts = axis_day(days), demand.shifts
    # Node 0 is the office; stop i is node i + 1.
    manager = pywrapcp.RoutingIndexManager(len(demand.stops) + 1, len(shifts), 0)
    model = pywrapcp.RoutingModel(manager)
    places = [shifts[0].start_place, *(stop.place for stop in demand.stops)]
    legs = [[demand.travel.minutes[one][other] for other in places] for one in places]
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(legs))
    service = [0, *(stop.service for stop in demand.stops)]
    working = [[service[i] + leg for leg in line] for i, line in enumerate(legs)]
    time = _clock(model, working, shifts, length)
    for number, stop in enumerate(demand.stops):
        index = manager.NodeToIndex(number + 1)
        model.AddDisjunction([index], stop.prize * _PRIZE)
        _allow(model, time.CumulVar(index), index, stop, shifts, days)
    asked = pywrapcp.DefaultRoutingSearchParameters()
    asked.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.LOCAL_CHEAPEST_INSERTION
    asked.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    asked.time_limit.FromMilliseconds(int(seconds * 1000))
    answer = model.SolveWithParameters(asked)
    if answer is None:
        return [[] for _ in shifts]
    return [_route(model, manager, answer, vehicle) for vehicle in range(len(shifts))]


def _clock(
    model: pywrapcp.RoutingModel, working: list[list[int]], shifts: Sequence[Shift], length: int
) -> pywrapcp.RoutingDimension:
    horizon = (max(shift.day for shift in shifts) + 1) * length
    model.AddDimension(model.RegisterTransitMatrix(working), horizon, horizon, False, "time")  # noqa: FBT003  its own order
    time = model.GetDimensionOrDie("time")
    for vehicle, shift in enumerate(shifts):
        first, last = shift.day * length + shift.start, shift.day * length + shift.end
        time.CumulVar(model.Start(vehicle)).SetRange(first, last)
        time.CumulVar(model.End(vehicle)).SetRange(first, last + shift.overtime)
        time.SetCumulVarSoftUpperBound(model.End(vehicle), last, shift.overtime_price)
    return time


def _allow(
    model: pywrapcp.RoutingModel,
    when: pywrapcp.IntVar,
    index: int,
    stop: Stop,
    shifts: Sequence[Shift],
    days: Sequence[tuple[int, int]],
) -> None:
    able = [vehicle for vehicle, shift in enumerate(shifts) if is_allowed(stop, shift)]
    windows = client_windows(allowed_windows(stop), stop.service, days)
    if not able or not windows:
        model.VehicleVar(index).SetValues([-1])
        return
    model.VehicleVar(index).SetValues([-1, *able])
    when.SetRange(windows[0][0], windows[-1][1])
    for (_, closes), (opens, _) in pairwise(windows):
        when.RemoveInterval(closes + 1, opens - 1)


def _route(
    model: pywrapcp.RoutingModel,
    manager: pywrapcp.RoutingIndexManager,
    answer: pywrapcp.Assignment,
    vehicle: int,
) -> list[int]:
    found = []
    index = answer.Value(model.NextVar(model.Start(vehicle)))
    while not model.IsEnd(index):
        found.append(manager.IndexToNode(index) - 1)
        index = answer.Value(model.NextVar(index))
    return found


RIVALS = {
    "by hand": by_hand,
    "PyVRP": pyvrp_alone,
    "VROOM": vroom_alone,
    "VROOM, no overtime": vroom_without_overtime,
    "OR-Tools": ortools_alone,
}


def asked(name: str, demand: Demand, seconds: float, seed: int) -> StopRoutes:
    """A rival's routes of stop indexes, one a shift; empty ones if it is long over its time."""
    context = get_context("spawn")
    line, told = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(told, name, demand, seconds, seed), daemon=True)
    child.start()
    told.close()
    try:
        found: StopRoutes = line.recv() if line.poll(seconds + _GRACE) else []
    except EOFError:
        found = []
    child.kill()
    child.join()
    return found or [[] for _ in demand.shifts]


def _answer(told: Connection, name: str, demand: Demand, seconds: float, seed: int) -> None:
    told.send(RIVALS[name](demand, seconds, seed))
