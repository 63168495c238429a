"""What one worker of the search is told."""

from dataclasses import dataclass

from scheduler.plan_values import Shift, Stop


@dataclass(frozen=True)
class Task:
    """What a worker is told: the demand, the routes of choices to begin with, and how long it may search.

    `began` is a reading of the machine's monotonic clock, `seconds` the time from there.
    """

    stops: tuple[Stop, ...]
    shifts: tuple[Shift, ...]
    minutes: tuple[tuple[int, ...], ...]
    begin: tuple[tuple[int, ...], ...]
    iterations: int | None
    began: float
    seconds: float
    seed: int
    worker: int
