"""One axis of working time for the solvers: the days end to end, without the nights.

Day d lies at d times the longest day. A site open all hours on several days in a row is one visit with one
window, which makes a horizon as easy for a solver as one long day.
"""

from collections.abc import Iterable, Sequence

from scheduler.plan_values import Shift, Stop, Window


def client_windows(
    windows: Iterable[Window], service: int, days: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Windows of the start of a visit on the axis; days in a row that are open all the hours worked are one.

    `days` are the first start and last end worked on each day, by day; windows of other days are dropped.
    """
    length = axis_day(days)
    spans = []
    for window in sorted(windows):
        if not 0 <= window.day < len(days):
            continue
        start, end = days[window.day]
        opens, closes = max(window.opens, start), min(window.closes, end)
        if closes - opens >= service:
            spans.append((window.day, opens, closes))
    merged: list[tuple[int, int]] = []
    open_to_the_end = -1
    for day, opens, closes in spans:
        start, end = days[day]
        if opens == start and open_to_the_end == day - 1 >= 0 and merged:
            merged[-1] = (merged[-1][0], day * length + closes - service)
        else:
            merged.append((day * length + opens, day * length + closes - service))
        open_to_the_end = day if closes == end else -2
    return merged


def axis_day(days: Sequence[tuple[int, int]]) -> int:
    """How long a day of the axis is: nothing of one reaches into the next."""
    return max((end for _, end in days), default=0) + 1


def worked_days(shifts: Sequence[Shift]) -> list[tuple[int, int]]:
    last = max((shift.day for shift in shifts), default=-1)
    days = [(0, 0)] * (last + 1)
    for day in range(last + 1):
        on_day = [shift for shift in shifts if shift.day == day]
        if on_day:
            days[day] = (min(s.start for s in on_day), max(s.end + s.overtime for s in on_day))
    return days


def allowed_windows(stop: Stop) -> list[Window]:
    """The windows on days the stop may be visited at all."""
    last = stop.latest_day
    return [
        window
        for window in stop.windows
        if stop.earliest_day <= window.day
        and (last is None or window.day <= last)
        and (stop.promised is None or window.day == stop.promised.day)
    ]


def needs_of(stop: Stop) -> set[str]:
    promised = {f"technician {stop.promised.technician}"} if stop.promised else set()
    return {f"competence {one}" for one in stop.competences} | {f"kit {one}" for one in stop.kits} | promised


def offers_of(shift: Shift) -> set[str]:
    competences = {f"competence {one}" for one in shift.competences}
    return competences | {f"kit {one}" for one in shift.standards} | {f"technician {shift.technician}"}
