"""A round after its stops changed: when each is reached, and whether it can be kept so."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from scheduler.plan_values import Round, Shift, Stop, Visit
from scheduler.round_faults import Fault, FaultKind

Table = Sequence[Sequence[int]]


def retimed(shift: Shift, stops: Sequence[Stop], minutes: Table) -> Round:
    """The clock of a round in the order given; the technician leaves as late as the first visit allows.

    Where a site is closed for the rest of the day the visit is timed as if it were open: the fault is named,
    the times stay readable.
    """
    if not stops:
        return Round(shift, (), shift.start, shift.start)
    now, place, visits = shift.start, shift.start_place, []
    for stop in stops:
        arrives = now + minutes[place][stop.place]
        starts = _opens(stop, shift.day, arrives)
        now, place = starts + stop.service, stop.place
        visits.append(Visit(stop.id, arrives, starts, now))
    first = visits[0]
    visits[0] = Visit(first.stop, first.starts, first.starts, first.ends)
    leaves = first.starts - minutes[shift.start_place][stops[0].place]
    return Round(shift, tuple(visits), leaves, now + minutes[place][shift.end_place])


def _opens(stop: Stop, day: int, arrives: int) -> int:
    """The earliest start that lies inside opening hours as a whole, or at once where there is none."""
    fitting = [
        max(arrives, window.opens)
        for window in stop.windows
        if window.day == day and max(arrives, window.opens) + stop.service <= window.closes
    ]
    return min(fitting, default=arrives)


def way(shift: Shift, stops: Sequence[Stop], minutes: Table) -> int:
    """Minutes on the way, there and back."""
    places = [shift.start_place, *[stop.place for stop in stops], shift.end_place] if stops else []
    return sum(minutes[one][other] for one, other in pairwise(places))


def best_position(shift: Shift, stops: Sequence[Stop], new: Stop, minutes: Table) -> int:
    """Where in a round a stop does least harm: fewest faults, then least overtime, then the shortest way."""

    def harm(position: int) -> tuple[int, int, int]:
        order = [*stops[:position], new, *stops[position:]]
        round_ = retimed(shift, order, minutes)
        return (len(list(clock_faults(round_, order))), round_.overtime, way(shift, order, minutes))

    return min(range(len(stops) + 1), key=harm)


def clock_faults(one: Round, stops: Iterable[Stop]) -> Iterator[Fault]:
    """Visits at sites that are closed then, and a day longer than may be worked."""
    by_id = {stop.id: stop for stop in stops}
    for visit in one.visits:
        windows = [window for window in by_id[visit.stop].windows if window.day == one.shift.day]
        if not any(window.opens <= visit.starts and visit.ends <= window.closes for window in windows):
            facts = {"starts": visit.starts, "ends": visit.ends}
            yield Fault(FaultKind.CLOSED, visit.stop, facts)
    latest = one.shift.end + one.shift.overtime
    if one.visits and one.returns > latest:
        yield Fault(FaultKind.OVERLONG, None, {"returns": one.returns, "latest": latest})


def as_agreed(shift: Shift, visits: Sequence[Visit], stops: Sequence[Stop], minutes: Table) -> Round:
    """A round of visits whose times stand: when the technician has to leave for them and is back."""
    if not visits:
        return Round(shift, (), shift.start, shift.start)
    leaves = visits[0].starts - minutes[shift.start_place][stops[0].place]
    return Round(shift, tuple(visits), leaves, visits[-1].ends + minutes[stops[-1].place][shift.end_place])


def tight(one: Round, stops: Sequence[Stop], minutes: Table) -> Iterator[Fault]:
    """Visits that cannot be reached by their time, from home or from the visit before."""
    now, place = one.shift.start, one.shift.start_place
    for visit, stop in zip(one.visits, stops, strict=True):
        arrives = now + minutes[place][stop.place]
        if arrives > visit.starts:
            yield Fault(FaultKind.TIGHT, stop.id, {"arrives": arrives, "starts": visit.starts})
        now, place = visit.ends, stop.place
