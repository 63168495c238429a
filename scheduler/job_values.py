"""What a job of the night is given, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from verifier import db
from verifier.operations.journal import Doer
from verifier.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Night:
    """One run of a job: for which day of the office, on which database, and whether it is to end early."""

    sessions: db.Sessions
    settings: Settings
    day: date
    now: Callable[[], datetime]
    is_ending: Callable[[], bool] = lambda: False

    @property
    def who(self) -> Doer:
        return Doer(name="night", today=self.day, now=self.now())


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many things were done, how many were refused and passed over, and what else is worth keeping."""

    done: int = 0
    refused: int = 0
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Job:
    """Work that happens by itself; running it twice for one day does nothing more."""

    name: str
    # When, in the office's time: minute, hour, day of month, month, day of week.
    crontab: str
    work: Callable[[Night], Tally]
    # A missed day is made up at the next start; False: the next day will do.
    is_made_up: bool = True
