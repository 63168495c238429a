"""The weekly digest: how far each running programme is, and whether its pace is enough."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from functools import cache

from scheduler.job_values import Night
from scheduler.telling import week_of
from verifier.db import Session
from verifier.operations.messages import Post
from verifier.queries.completion import By, completion
from verifier.queries.districts import DistrictRow, district_by_id
from verifier.queries.programmes import ProgrammeRow, programmes
from verifier.queries.reminders import accounts_with
from verifier.queries.scopes import is_within
from verifier.queries.workdays import work_calendar
from verifier.rules.access import Role, Scope
from verifier.rules.completion import percent
from verifier.rules.lifecycle import ProgrammeStatus
from verifier.rules.messages import MessageKind
from verifier.rules.pace import Pace, pace
from verifier.rules.workdays import WorkCalendar

_DAY = timedelta(days=1)


def digests(session: Session, night: Night) -> Iterator[Post]:
    """One an official and week; officials of one district get the same figures."""
    calendar = work_calendar(session).by_week

    @cache
    def of_district(district_id: int) -> list[dict[str, object]]:
        return _running(session, night, district_id, calendar)

    for official in accounts_with(session, Role.OFFICIAL):
        if official.district_id is not None:
            facts = {"on": night.day.isoformat(), "programmes": of_district(official.district_id)}
            key = f"digest:{official.id}:{week_of(night.day)}"
            yield Post(key, MessageKind.WEEKLY_DIGEST, night.day, facts, account_id=official.id)


def _running(
    session: Session, night: Night, district_id: int, calendar: WorkCalendar
) -> list[dict[str, object]]:
    found = programmes(session, Scope(district_id=district_id), on=night.day)
    return [
        _line(session, night, programme, _part(session, programme, district_id, on=night.day), calendar)
        for programme in found
        if programme.status is ProgrammeStatus.RUNNING
    ]


def _part(session: Session, programme: ProgrammeRow, district_id: int, *, on: date) -> DistrictRow:
    """The programme's district if it lies inside the official's, else the official's own."""
    is_inside = is_within(session, programme.district_id, district_id, on=on)
    return district_by_id(session, programme.district_id if is_inside else district_id)


def _line(
    session: Session, night: Night, programme: ProgrammeRow, district: DistrictRow, calendar: WorkCalendar
) -> dict[str, object]:
    total = completion(session, programme.id, district.id, on=night.day, by=By.DISTRICT).total
    kept = _pace(programme, total.base, total.verified, calendar, on=night.day)
    return {
        "code": programme.code,
        "name": programme.name,
        "district": district.name_zh,
        "ends_on": programme.ends_on.isoformat(),
        "base": total.base,
        "verified": total.verified,
        "percent": percent(total.verified, total.base, night.settings.rounding),
        **asdict(kept),
        "ends_by": _ends_by(kept, calendar, on=night.day),
    }


def _pace(programme: ProgrammeRow, base: int, verified: int, calendar: WorkCalendar, *, on: date) -> Pace:
    """By working days; in a year whose holidays nobody knows, Mondays to Fridays count."""
    elapsed = len(calendar.working_days(programme.starts_on, min(on - _DAY, programme.ends_on)))
    left = len(calendar.working_days(max(on, programme.starts_on), programme.ends_on))
    return pace(base=base, verified=verified, elapsed=elapsed, left=left)


def _ends_by(kept: Pace, calendar: WorkCalendar, *, on: date) -> str | None:
    """The day on which it is complete at the pace kept; None: there is no pace, or nothing is left."""
    return calendar.plus(on - _DAY, kept.needed).isoformat() if kept.needed else None
