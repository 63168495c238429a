"""When somebody is told that something ends: 60, 30 and 7 days before, and once it is over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

# Days before the last valid one, the nearest first.
STEPS = (7, 30, 60)
OVER = -1
# What is overdue is told again after so many days, and so are requests nobody answers.
OVERDUE_AGAIN = 30
STALE_AGAIN = 7
# What was told longer ago decides nothing: no step is as long.
MEMORY = timedelta(days=62)


@dataclass(frozen=True)
class Told:
    """That something was told: which step of it, for which day."""

    step: int
    day: date


def step_on(ends_on: date, on: date) -> int | None:
    """The step reached on a day; None: it is too early for any."""
    left = (ends_on - on).days
    if left < 0:
        return OVER
    return next((step for step in STEPS if left <= step), None)


def is_to_be_told(step: int, earlier: Iterable[Told], *, on: date, again: int | None = None) -> bool:
    """Each step once, and none after a later one: a night made up late does not say 60 after 30.

    `again`: what is over is told once more after so many days.
    """
    if step == OVER and again is not None:
        recent = on - timedelta(days=again)
        return not any(told.step == OVER and told.day > recent for told in earlier)
    return not any(told.step <= step for told in earlier)
