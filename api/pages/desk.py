"""Where a page is read or filled in: by whom, on which day, in which language, by which practice."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends

from api.deps import InstallationPractice, InstallationSettings, Now, Today, doer, needs
from api.language import Language
from verifier.operations.journal import Doer
from verifier.rules.access import Caller, Right
from verifier.rules.practice import Practice


@dataclass(frozen=True)
class _Hour:
    at: datetime
    today: date
    zone: ZoneInfo
    practice: Practice
    language: str


def _hour(
    at: Now, today: Today, settings: InstallationSettings, practice: InstallationPractice, language: Language
) -> _Hour:
    return _Hour(at, today, ZoneInfo(settings.time_zone), practice, language)


Hour = Annotated[_Hour, Depends(_hour)]


@dataclass(frozen=True)
class Desk:
    caller: Caller
    who: Doer
    practice: Practice
    language: str
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.who.today

    def day_of(self, at: datetime) -> date:
        """The office's day of an instant."""
        return at.astimezone(self.zone).date()


def _desk(caller: Caller, hour: _Hour) -> Desk:
    who = doer(caller, hour.at, hour.today)
    return Desk(caller, who, hour.practice, hour.language, hour.zone)


def _reader(caller: Annotated[Caller, needs(Right.READ_REGISTER)], hour: Hour) -> Desk:
    return _desk(caller, hour)


def _recorder(caller: Annotated[Caller, needs(Right.RECORD)], hour: Hour) -> Desk:
    return _desk(caller, hour)


def _keeper(caller: Annotated[Caller, needs(Right.KEEP_REGISTER)], hour: Hour) -> Desk:
    return _desk(caller, hour)


ReaderDesk = Annotated[Desk, Depends(_reader)]
RecorderDesk = Annotated[Desk, Depends(_recorder)]
KeeperDesk = Annotated[Desk, Depends(_keeper)]
