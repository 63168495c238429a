"""Requests for visits as every door shows them, with the office's clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from verifier.i18n import mark, say
from verifier.queries.appointments import AppointmentRow, AskedInstrument
from verifier.rules.workdays import WorkCalendar

_LEFT = mark("{days} working days left, until {day}")
_LATE = mark("{days} working days late: promised by {day}")


@dataclass(frozen=True)
class Clock:
    """Working days the office has left, or is late; None of it once nobody waits any more."""

    left: int
    is_late: bool


def clock_of(request: AppointmentRow, calendar: WorkCalendar, *, on: date) -> Clock | None:
    """Today counts as left; late begins the day after the promise."""
    if not request.is_waiting:
        return None
    by_week = calendar.by_week
    if on <= request.answer_by:
        return Clock(len(by_week.working_days(on, request.answer_by)), is_late=False)
    return Clock(len(by_week.working_days(request.answer_by + timedelta(days=1), on)), is_late=True)


def clock_told(request: AppointmentRow, clock: Clock | None, language: str) -> str:
    """The clock in a sentence everybody reads alike; nothing where it stands still."""
    if clock is None:
        return ""
    sentence = _LATE if clock.is_late else _LEFT
    return say(sentence, language, {"days": clock.left, "day": request.answer_by})


def appointment_json(
    request: AppointmentRow, its: Sequence[AskedInstrument], clock: Clock | None, language: str
) -> dict[str, Any]:
    return {
        "id": request.id,
        "holder": {"id": request.holder_id, "name": request.holder},
        "district": request.district,
        "because": request.because.value,
        "status": request.status.value,
        "status_told": say(request.status.word, language),
        "instruments": [{"id": one.id, "code": one.code, "serial": one.serial} for one in its],
        "wanted_from": _iso(request.wanted_from),
        "wanted_until": _iso(request.wanted_until),
        "wish": request.wish,
        "asked_on": request.asked_on.isoformat(),
        "asked_by": request.asked_by,
        "answer_by": request.answer_by.isoformat(),
        "working_days_left": None if clock is None else (-clock.left if clock.is_late else clock.left),
        "clock": clock_told(request, clock, language) or None,
        "answer": request.answer,
        "answered_by": request.answered_by or None,
        "visit": None
        if request.visit_id is None
        else {"id": request.visit_id, "day": _iso(request.visit_day)},
        "version": request.version,
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
