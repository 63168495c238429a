"""What the night puts into the outbox: each message once, each in a transaction of its own."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scheduler.job_values import Night, Tally
from verifier import db
from verifier.operations.messages import Post, post
from verifier.queries.contacts import Reader
from verifier.queries.messages import told_since
from verifier.rules.messages import MessageKind
from verifier.rules.reminding import MEMORY, is_to_be_told, step_on

_DIGEST_LENGTH = 16

# As templates of what ends get it: `id`, `ends_on`, `step`, and what else there is to say.
Line = dict[str, object]


@dataclass(frozen=True)
class End:
    """Something that ends, and who hears of it."""

    reader: Reader
    id: int
    ends_on: date
    said: Mapping[str, object]


def tell(night: Night, posts: Iterable[Post]) -> Tally:
    """Put them in; one that was there before counts for nothing."""
    has_webhook = night.settings.webhook_url is not None
    done = 0
    for said in posts:
        if night.is_ending():
            break
        with db.transaction(night.sessions) as session:
            done += post(session, said, who=night.who, webhook=has_webhook)
    return Tally(done=done)


def news(
    session: db.Session,
    ends: Iterable[End],
    kinds: Sequence[MessageKind],
    *,
    on: date,
    again: int | None = None,
) -> dict[Reader, list[Line]]:
    """By reader, the ends whose step on that day messages of these kinds have not told yet.

    What was told is read from the messages themselves, so that it does not matter which nights ran, how
    often, and in which order.
    """
    told = told_since(session, kinds, since=on - MEMORY)
    found: dict[Reader, list[Line]] = {}
    for end in ends:
        step = step_on(end.ends_on, on)
        earlier = told.get(end.reader, {}).get((end.id, end.ends_on), ())
        if step is not None and is_to_be_told(step, earlier, on=on, again=again):
            line = {"id": end.id, "ends_on": end.ends_on.isoformat(), "step": step, **end.said}
            found.setdefault(end.reader, []).append(line)
    return found


def key_of(what: str, reader: Reader, day: date, lines: Sequence[Line]) -> str:
    """The same for the same reader, day and lines."""
    whose = f"holder-{reader.holder_id}" if reader.account_id is None else f"account-{reader.account_id}"
    told = [[line["id"], line["ends_on"], line["step"]] for line in lines]
    return f"{what}:{whose}:{day.isoformat()}:{short_digest(told)}"


def short_digest(plain: object) -> str:
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:_DIGEST_LENGTH]


def week_of(day: date) -> str:
    """2026-W18, by ISO 8601."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def weeks_monday(day: date) -> date:
    return day - timedelta(days=day.isoweekday() - 1)
