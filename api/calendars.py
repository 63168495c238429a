"""The only module that speaks iCalendar (RFC 5545): visits as calendar programs read them."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vDuration

from verifier.i18n import mark, say
from verifier.queries.visits import VisitRow
from verifier.rules.visiting import VisitStatus
from verifier.settings import Settings

MEDIA_TYPE = "text/calendar; charset=utf-8"
_PRODUCT = "-//Verifier//Verifier//EN"
_SUMMARY = mark("Free verification: {holder}")
_WHAT = mark("{person} verifies {count} instruments free of charge.")
_STATES = {
    VisitStatus.CONFIRMED: "CONFIRMED",
    VisitStatus.CANCELLED: "CANCELLED",
    VisitStatus.DONE: "CONFIRMED",
}
# Calendars ask again this often.
_FRESH_FOR = timedelta(hours=4)
_REMINDER = timedelta(days=-1)


def calendar_of(visits: Sequence[VisitRow], name: str, settings: Settings, language: str) -> bytes:
    """Visits as one calendar in the office's zone, told with a zone description of its own.

    A visit keeps its UID for ever; its SEQUENCE grows with every change, and a cancelled one stays in as
    cancelled, so that programs that keep copies strike it out.
    """
    made = Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("refresh-interval", vDuration(_FRESH_FOR), parameters={"VALUE": "DURATION"})
    for visit in visits:
        made.add_component(_event(visit, settings, language))
    made.add_missing_timezones()
    written: bytes = made.to_ical()
    return written


def _event(visit: VisitRow, settings: Settings, language: str) -> Event:
    zone = ZoneInfo(settings.time_zone)
    event = Event()
    event.add("uid", f"{visit.uid}@{urlsplit(settings.base_url).hostname or 'verifier'}")
    event.add("sequence", visit.sequence)
    event.add("dtstamp", visit.changed_at)
    event.add("last-modified", visit.changed_at)
    event.add("dtstart", _instant(visit.day, visit.starts, zone))
    event.add("dtend", _instant(visit.day, visit.ends, zone))
    event.add("summary", say(_SUMMARY, language, {"holder": visit.holder}))
    facts = {"person": visit.person, "count": visit.instruments}
    event.add("description", say(_WHAT, language, facts))
    event.add("location", visit.address or visit.district_name)
    event.add("status", _STATES.get(visit.status, "TENTATIVE"))
    event.add("url", f"{settings.base_url.rstrip('/')}/visits/{visit.id}")
    if visit.is_open:
        event.add_component(_reminder(visit, language))
    return event


def _reminder(visit: VisitRow, language: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", say(_SUMMARY, language, {"holder": visit.holder}))
    alarm.add("trigger", _REMINDER)
    return alarm


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    # A visit ends at midnight at the latest, which is the next day's first minute.
    at = datetime.combine(day, time(), zone) + timedelta(minutes=minutes)
    return at.replace(tzinfo=zone)
