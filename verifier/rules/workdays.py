"""Working days: the State Council's calendar with its make-up days, and the office's own days before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, cached_property

import chinese_calendar

from verifier.errors import Invalid
from verifier.i18n import mark

_DAY = timedelta(days=1)
_SATURDAY = 6


class CalendarUnknown(Invalid):
    message = mark("The public holidays of {year} are not known yet, so nothing can be planned in it.")


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked.

    `own` are the office's days: they go before the public calendar, and a year of which any is given counts
    as known, its other days by the week alone. Questions about a year nobody knows raise CalendarUnknown,
    unless it is enough to go by the week there.
    """

    own: Mapping[date, bool] = field(default_factory=dict)
    goes_by_week: bool = False

    @property
    def by_week(self) -> "WorkCalendar":
        """The same for promises and figures, where Mondays to Fridays will do in a year nobody knows."""
        return replace(self, goes_by_week=True)

    @cached_property
    def _own_years(self) -> frozenset[int]:
        return frozenset(day.year for day in self.own)

    def knows(self, day: date) -> bool:
        return day.year in self._own_years or _is_published(day.year)

    def is_working(self, day: date) -> bool:
        if day in self.own:
            return self.own[day]
        if _is_published(day.year):
            return bool(chinese_calendar.is_workday(day))
        if self.goes_by_week or day.year in self._own_years:
            return day.isoweekday() < _SATURDAY
        raise CalendarUnknown(year=day.year)

    def plus(self, day: date, working_days: int) -> date:
        """So many working days later, or earlier if negative; 0 is the day itself or the next worked."""
        step = -_DAY if working_days < 0 else _DAY
        left = abs(working_days)
        if not left:
            while not self.is_working(day):
                day += step
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def working_days(self, first: date, last: date) -> list[date]:
        """The days worked from `first` to `last`, both included."""
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in days if self.is_working(day)]


@cache
def _is_published(year: int) -> bool:
    """Whether the library has the State Council's notice for the year."""
    known = chinese_calendar.constants.holidays
    return bool(min(known).year <= year <= max(known).year)
