"""Speaks VROOM: several windows and skills as they are, prizes as priorities; quick on long horizons."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import vroom

from scheduler.plan_values import Shift, Stop
from scheduler.working_axis import allowed_windows, axis_day, client_windows, needs_of, offers_of, worked_days

StopRoutes = list[list[int]]

# VROOM knows priorities 0 to 100 and takes the highest first.
_HIGHEST = 100
# Beyond these many visits its deepest exploration takes minutes.
_EXPLORATION = ((150, 5), (400, 3), (1_000, 1))


def search(
    stops: Sequence[Stop],
    shifts: Sequence[Shift],
    minutes: Sequence[Sequence[int]],
    *,
    seconds: float,
    is_quick: bool = False,
) -> StopRoutes:
    """Routes of stop indexes, one a shift; of several equally cheap plans now this one and now that."""
    days = worked_days(shifts)
    length = axis_day(days)
    number = {need: i for i, need in enumerate(sorted({need for stop in stops for need in needs_of(stop)}))}
    asked = vroom.Input()
    asked.set_durations_matrix("car", np.array(minutes, np.uint32))
    for index, shift in enumerate(shifts):
        asked.add_vehicle(
            vroom.Vehicle(
                index,
                start=shift.start_place,
                end=shift.end_place,
                skills={number[need] for need in offers_of(shift) if need in number},
                time_window=vroom.TimeWindow(
                    shift.day * length + shift.start, shift.day * length + shift.end + shift.overtime
                ),
            )
        )
    jobs = _jobs(stops, days, number)
    if not jobs or not shifts:
        return [[] for _ in shifts]
    asked.add_job(jobs)
    level = next((level for most, level in _EXPLORATION if len(jobs) <= most), 0)
    if is_quick:
        level = 0
    answer = asked.solve(exploration_level=level, nb_threads=1, timeout=timedelta(seconds=seconds)).routes
    routes: StopRoutes = [[] for _ in shifts]
    if "id" not in answer:  # Nobody goes anywhere: the table has no column of visits then.
        return routes
    for vehicle, kind, job in zip(answer["vehicle_id"], answer["type"], answer["id"], strict=True):
        if kind == "job":
            routes[int(vehicle)].append(int(job))
    return routes


def _jobs(stops: Sequence[Stop], days: Sequence[tuple[int, int]], number: dict[str, int]) -> list[vroom.Job]:
    most = max((stop.prize for stop in stops), default=1) or 1
    found = []
    for index, stop in enumerate(stops):
        windows = client_windows(allowed_windows(stop), stop.service, days)
        if not windows:
            continue
        is_due = stop.mandatory or stop.promised is not None
        found.append(
            vroom.Job(
                id=index,
                location=stop.place,
                default_service=stop.service,
                skills={number[need] for need in needs_of(stop)},
                priority=_HIGHEST if is_due else round(stop.prize / most * (_HIGHEST - 1)),
                time_windows=[vroom.TimeWindow(opens, latest) for opens, latest in windows],
            )
        )
    return found
