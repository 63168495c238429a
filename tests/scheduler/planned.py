"""Small demands for the planner's tests: places on a line, minutes as their distance."""

from typing import Any

from scheduler.plan_values import Effort, Shift, Stop, Window
from scheduler.travel import Travel, TravelSource

# Counted and in this process: quick, and the same every time.
QUICK = Effort(seconds=20, iterations=40, seed=1, workers=0)
DAY = (480, 1020)


def line(length: int, *, apart: int = 10) -> Travel:
    """Places in a row, `apart` minutes from one to the next; the office is place 0."""
    return Travel(
        tuple(tuple(apart * abs(one - other) for other in range(length)) for one in range(length)),
        TravelSource.TABLE,
    )


def stop(number: int, *, days: int = 1, **facts: Any) -> Stop:
    """A stop at the place of its number, open all day, an hour of work, worth 10."""
    windows = tuple(Window(day, *DAY) for day in range(days))
    known: dict[str, Any] = {"id": number, "place": number, "service": 60, "prize": 10, "windows": windows}
    return Stop(**{**known, **facts})


def shift(technician: int = 1, day: int = 0, **facts: Any) -> Shift:
    """Eight to five, from the office and back."""
    known: dict[str, Any] = {"start": DAY[0], "end": DAY[1], "start_place": 0, "end_place": 0}
    return Shift(**{"technician": technician, "day": day, **known, **facts})
