"""The gaps of a plan that stands: where one more stop fits without moving anybody out of their hours.

Shares nothing with the search: what it says of a plan holds whoever made it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from scheduler.plan_values import Appointment, Round, Shift, Stop

Minutes = Sequence[Sequence[int]]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_NEVER = 1 << 40


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a stop in a round that stands: what it adds in working time, overtime at its price."""

    appointment: Appointment
    position: int
    starts: int
    price: int
    overrun: int


class _Gap(NamedTuple):
    """Between two visits (or the way out and home) of the `round`-th round.

    `leaves` the one before at the earliest, `starts` and `latest` of the next one, `waits` after that one to
    the end of the day, which take up a delay.
    """

    round: int
    position: int
    before: int
    after: int
    leaves: int
    starts: int
    latest: int
    waits: int


class _Columns(NamedTuple):
    """All gaps, a column for each fact of a gap."""

    round: Numbers
    position: Numbers
    before: Numbers
    after: Numbers
    leaves: Numbers
    starts: Numbers
    latest: Numbers
    waits: Numbers


def _gaps(number: int, shift: Shift, order: Sequence[Stop], minutes: Minutes) -> list[_Gap]:
    """The gaps of a round at its earliest times; those of an empty one if the order cannot be kept."""
    now, place = shift.start, shift.start_place
    leaves, starts, waits, closing = [now], [], [], []
    for stop in order:
        now += minutes[place][stop.place]
        open_at = [
            (max(now, w.opens), w.closes - stop.service)
            for w in stop.windows
            if w.day == shift.day and max(now, w.opens) + stop.service <= w.closes
        ]
        if not open_at:
            return _gaps(number, shift, (), minutes)
        start, latest = min(open_at)
        waits.append(start - now)
        starts.append(start)
        closing.append(latest)
        now, place = start + stop.service, stop.place
        leaves.append(now)
    starts.append(now + minutes[place][shift.end_place] if order else shift.start)
    places = [shift.start_place, *(stop.place for stop in order), shift.end_place]
    bound, waiting, found = _NEVER, 0, []
    for position in range(len(order), -1, -1):
        if position < len(order):
            stop = order[position]
            bound = min(closing[position], bound - stop.service - minutes[stop.place][places[position + 2]])
        found.append(
            _Gap(
                number, position, places[position], places[position + 1], leaves[position], starts[position],
                bound, waiting,
            )
        )  # fmt: skip
        # Its own waiting is over when the next one starts.
        waiting += waits[position] if position < len(order) else 0
    return found[::-1]


class Gaps:
    """All gaps of the rounds of a plan, asked for one stop after another."""

    def __init__(self, by_id: Mapping[int, Stop], minutes: Minutes, rounds: Sequence[Round]) -> None:
        self.shifts = [one.shift for one in rounds]
        orders = [[by_id[visit.stop] for visit in one.visits] for one in rounds]
        found = [
            gap
            for number, (shift, order) in enumerate(zip(self.shifts, orders, strict=True))
            for gap in _gaps(number, shift, order, minutes)
        ]
        self.legs: Numbers = np.array(minutes, np.int64)
        columns = np.array(found, np.int64).reshape(-1, len(_Gap._fields)).T
        self.at = _Columns(*columns)
        shifts = np.array(
            [(s.day, s.start, s.end, s.overtime, s.overtime_price) for s in self.shifts], np.int64
        )
        self.day, self.start, self.end, self.overtime, self.overtime_price = shifts.reshape(-1, 5).T
        # The last gap of each round is before the way home.
        last = [i for i, gap in enumerate(found) if i + 1 == len(found) or found[i + 1].position == 0]
        self.returns = self.at.starts[last]
        self.bounds = [(s.start_place, s.end_place, s.end + s.overtime - s.start) for s in self.shifts]

    @cached_property
    def days(self) -> dict[int, tuple[int, int]]:
        """By day, from when to when somebody may work."""
        found: dict[int, tuple[int, int]] = {}
        for shift in self.shifts:
            early, late = found.get(shift.day, (shift.start, 0))
            found[shift.day] = min(early, shift.start), max(late, shift.end + shift.overtime)
        return found

    @cached_property
    def standards(self) -> list[frozenset[str]]:
        return [shift.standards for shift in self.shifts]

    def _may(self, stop: Stop) -> Flags:
        """By round, whether its technician may come at all."""
        last, promised = stop.latest_day, stop.promised
        return np.array(
            [
                stop.earliest_day <= shift.day
                and (last is None or shift.day <= last)
                and stop.competences <= shift.competences
                and stop.kits <= standards
                and (promised is None or promised == Appointment(shift.day, shift.technician))
                for shift, standards in zip(self.shifts, self.standards, strict=True)
            ],
            np.bool_,
        )

    def _begins(self, stop: Stop, day: Numbers, arrives: Numbers) -> Numbers:
        """The earliest start at each gap, or never."""
        found = np.full(len(arrives), _NEVER, np.int64)
        for window in stop.windows:
            begins = np.maximum(arrives, window.opens)
            fits = (day == window.day) & (begins + stop.service <= window.closes)
            found[fits] = np.minimum(found, begins)[fits]
        return found

    def slots(self, stop: Stop, *, spare: int = 0) -> list[Slot]:
        """Everywhere the stop can be put, cheapest first; `spare` units are added to every day's length."""
        may = self._may(stop)
        chosen = may[self.at.round].nonzero()[0]
        if not len(chosen):
            return []
        at = _Columns(*(column[chosen] for column in self.at))
        its = at.round
        begins = self._begins(stop, self.day[its], at.leaves + self.legs[at.before, stop.place])
        done = begins + stop.service + self.legs[stop.place, at.after]
        old = self.returns[its]
        returns = old + np.maximum(0, np.maximum(0, done - at.starts) - at.waits)
        overrun = returns - self.end[its] - self.overtime[its]
        fits = (done <= at.latest) & (begins < _NEVER) & (overrun <= spare)
        overtime = np.maximum(0, returns - self.end[its]) - np.maximum(0, old - self.end[its])
        price = returns - old + overtime * self.overtime_price[its]
        found = [
            Slot(
                Appointment(self.shifts[its[i]].day, self.shifts[its[i]].technician),
                int(at.position[i]),
                int(begins[i]),
                int(price[i]),
                max(0, int(overrun[i])),
            )
            for i in fits.nonzero()[0].tolist()
        ]
        return sorted(found, key=lambda slot: (slot.overrun, slot.price, slot.appointment))

    def shortest(self, stop: Stop) -> tuple[int, bool]:
        """The least time the stop takes with the way there and back, and whether that fits any day."""
        there = [
            (int(self.legs[start, stop.place]) + stop.service + int(self.legs[stop.place, end]), longest)
            for start, end, longest in self.bounds
        ]
        return min(work for work, _ in there), any(work <= longest for work, longest in there)
