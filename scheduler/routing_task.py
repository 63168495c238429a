"""What one worker of the search is told."""

from dataclasses import dataclass

from scheduler.plan_values import Shift, Stop

# A solver or our own search, what it may take of the time, and how hot it begins.
Stages = tuple[tuple[str, float, float], ...]
OWN, PYVRP, VROOM = "own", "pyvrp", "vroom"


@dataclass(frozen=True)
class Task:
    """What a worker is told: the demand, the routes of choices to begin with, and how long it may search.

    `began` is a reading of the machine's monotonic clock, `seconds` the time from there. Without `stages` the
    worker's number decides how it searches. A part of a larger demand `is_part`: its routes are not sent home
    for recombination.
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
    stages: Stages = ()
    is_part: bool = False
