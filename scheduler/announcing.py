"""What holders hear of their visits and requests: what is new since they were told last."""

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from scheduler.job_values import Night
from verifier.db import Session
from verifier.operations.messages import Post
from verifier.queries.announcements import (
    LastTold,
    VisitToTell,
    answers_to_tell,
    last_told,
    visits_to_tell,
)
from verifier.queries.messages import known_keys
from verifier.rules.appointments import AppointmentStatus
from verifier.rules.messages import MessageKind
from verifier.rules.visiting import VisitStatus

# An answer older than this was told, or is no longer news.
_ANSWERS = timedelta(days=30)


def news_of_visits(session: Session, night: Night) -> Iterator[Post]:
    """Compared with what was told last, not with what happened: two moves in between are one message.

    A night made up late does not speak of days gone by.
    """
    today = max(night.day, night.now().astimezone(ZoneInfo(night.settings.time_zone)).date())
    told = last_told(session, on=today)
    for visit in visits_to_tell(session, on=today):
        last = told.get(visit.uid)
        kind = _kind(visit, last)
        if kind is not None:
            key = f"visit:{visit.uid}:{visit.sequence}:{visit.status.value}"
            yield Post(key, kind, night.day, _facts(visit, last), holder_id=visit.holder_id)


def _kind(visit: VisitToTell, last: LastTold | None) -> MessageKind | None:
    """None: there is nothing to tell; a visit cancelled before anybody heard of it is not spoken of."""
    if visit.status is VisitStatus.CANCELLED:
        has_news = last is not None and last.kind is not MessageKind.VISIT_CANCELLED
        return MessageKind.VISIT_CANCELLED if has_news else None
    if last is None:
        return MessageKind.VISIT_ANNOUNCED
    is_moved = (last.day, last.starts, last.ends) != (visit.day.isoformat(), visit.starts, visit.ends)
    return MessageKind.VISIT_MOVED if is_moved else None


def _facts(visit: VisitToTell, last: LastTold | None) -> dict[str, object]:
    is_cancelled = visit.status is VisitStatus.CANCELLED
    return {
        "uid": visit.uid,
        "holder": visit.holder,
        "address": visit.address,
        "day": visit.day.isoformat(),
        "starts": visit.starts,
        "ends": visit.ends,
        "technician": visit.technician,
        "body": visit.body,
        "phone": visit.phone,
        "instruments": visit.instruments,
        "remark": visit.remark if is_cancelled else visit.answer or "",
        "asked_on": _iso(visit.asked_on),
        "was": None if last is None else {"day": last.day, "starts": last.starts, "ends": last.ends},
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def answers(session: Session, night: Night) -> list[Post]:
    """Requests that were accepted or returned and whose holder has not heard of it."""
    posts = [
        Post(
            f"appointment:{each.id}:{each.status.value}:{each.answered_at.isoformat()}",
            MessageKind.APPOINTMENT_ANSWERED,
            night.day,
            {
                "holder": each.holder,
                "asked_on": each.asked_on.isoformat(),
                "is_accepted": each.status is AppointmentStatus.ACCEPTED,
                "answer": each.answer,
            },
            holder_id=each.holder_id,
        )
        for each in answers_to_tell(session, since=night.now() - _ANSWERS)
    ]
    known = known_keys(session, [said.key for said in posts])
    return [said for said in posts if said.key not in known]
