"""The only place that looks at the clock."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  the one place


def today(time_zone: str) -> date:
    """The office's calendar day."""
    return now().astimezone(ZoneInfo(time_zone)).date()
