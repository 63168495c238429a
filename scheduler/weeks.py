"""Weeks first: which week each stop is for, before anybody drives.

Stops near each other that need the same competences are gathered into trips of about a day, earliest last day
first; a trip goes to the week that has most room for it, trips with least choice first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scheduler.ground import Ground
from scheduler.plan_values import Shift, Stop

# Working days of a week.
_DAYS = 5
# Stops so close to the first of a township, in shares of a mean leg there and back, belong to it.
_TOWNSHIP = 0.3
# How much of a shift is work at a door; the rest is the way.
_AT_DOORS = 0.75


@dataclass(frozen=True)
class _Trip:
    stops: tuple[int, ...]
    weeks: frozenset[int]
    minutes: int
    prize: float


def week_of_days(shifts: Sequence[Shift]) -> dict[int, int]:
    """The week of each day somebody works, five such days to a week."""
    return {day: number // _DAYS for number, day in enumerate(sorted({shift.day for shift in shifts}))}


def weeks_of(ground: Ground, stops: Sequence[Stop], shifts: Sequence[Shift]) -> dict[int, int]:
    """By stop (its index), its week; nothing for whom no shift can visit."""
    week = week_of_days(shifts)
    possible: dict[int, set[int]] = {}
    for shift, windows in zip(shifts, ground.windows, strict=True):
        for stop in windows:
            possible.setdefault(stop, set()).add(week[shift.day])
    found = {}
    for stop, weeks in possible.items():
        told = stops[stop].told
        if told is not None and week.get(told.day) in weeks:
            found[stop] = week[told.day]
    free = {stop: frozenset(weeks) for stop, weeks in possible.items() if stop not in found}
    room = _Room(shifts, week, stops)
    for stop, its in found.items():
        room.take(stops[stop].competences, its, stops[stop].service)
    trips = [trip for group in _groups(ground, stops, free) for trip in _trips(group, stops, free, shifts)]
    for trip in sorted(trips, key=lambda trip: (len(trip.weeks), -trip.prize, trip.stops)):
        needs = stops[trip.stops[0]].competences
        best = min(sorted(trip.weeks), key=lambda its: room.fullness(needs, its))
        room.take(needs, best, trip.minutes)
        found |= dict.fromkeys(trip.stops, best)
    return found


class _Room:
    """How full each week is for each set of competences, by the minutes of whoever has them."""

    def __init__(self, shifts: Sequence[Shift], week: Mapping[int, int], stops: Sequence[Stop]) -> None:
        self.taken: dict[tuple[frozenset[str], int], int] = {}
        self.whole: dict[tuple[frozenset[str], int], int] = {}
        for needs in {stop.competences for stop in stops}:
            for shift in shifts:
                if needs <= shift.competences:
                    key = needs, week[shift.day]
                    self.whole[key] = self.whole.get(key, 0) + shift.end - shift.start

    def fullness(self, needs: frozenset[str], week: int) -> float:
        return self.taken.get((needs, week), 0) / self.whole.get((needs, week), 1)

    def take(self, needs: frozenset[str], week: int, minutes: int) -> None:
        """Who can do this may be asked for the others, too: their time is taken as well."""
        for key in self.whole:
            if key[1] == week and (key[0] <= needs or needs <= key[0]):
                self.taken[key] = self.taken.get(key, 0) + minutes


def _groups(ground: Ground, stops: Sequence[Stop], free: Mapping[int, frozenset[int]]) -> list[list[int]]:
    """Stops of a township with the same needs."""
    near = _TOWNSHIP * 2 * ground.mean_leg
    leaders: list[int] = []
    found: dict[tuple[int, frozenset[str], frozenset[str]], list[int]] = {}
    for stop in sorted(free):
        place = stops[stop].place
        to = ground.legs[place]
        township = next((each for each in leaders if to[each] + ground.legs[each][place] <= near), None)
        if township is None:
            leaders.append(township := place)
        found.setdefault((township, stops[stop].competences, stops[stop].kits), []).append(stop)
    return list(found.values())


def _trips(
    group: Sequence[int], stops: Sequence[Stop], free: Mapping[int, frozenset[int]], shifts: Sequence[Shift]
) -> list[_Trip]:
    """A group in trips of about a day, whoever must be visited first in the first."""
    day = _AT_DOORS * sum(shift.end - shift.start for shift in shifts) / len(shifts)
    found: list[_Trip] = []
    for stop in sorted(group, key=lambda stop: (max(free[stop]), -stops[stop].prize, stop)):
        last = found[-1] if found else None
        weeks = free[stop] & last.weeks if last else free[stop]
        minutes = stops[stop].service + (last.minutes if last else 0)
        if last is None or not weeks or minutes > day:
            found.append(_Trip((stop,), free[stop], stops[stop].service, stops[stop].prize))
        else:
            found[-1] = _Trip((*last.stops, stop), weeks, minutes, last.prize + stops[stop].prize)
    return found
