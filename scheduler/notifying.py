"""Who hears what: reminders, announcements, warnings, the weekly digest; derived from what the tables say.

Everything here may run twice for a day, late, or in another order: what was told is not told again.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from scheduler.announcing import answers, news_of_visits
from scheduler.digesting import digests
from scheduler.job_values import Night, Tally
from scheduler.telling import End, Line, key_of, news, short_digest, tell, week_of
from verifier import db
from verifier.i18n import LANGUAGES
from verifier.operations import cleaning
from verifier.operations.messages import Post
from verifier.queries.announcements import stale
from verifier.queries.chain import Broken, walk
from verifier.queries.contacts import Reader
from verifier.queries.recount import Difference, recount
from verifier.queries.reminders import (
    accounts_with,
    bodies_told_to,
    districts_of_coordinators,
    ending_competences,
    ending_instruments,
    ending_standards,
    unit_names,
)
from verifier.rules.access import Role
from verifier.rules.messages import MessageKind
from verifier.rules.reminding import OVERDUE_AGAIN, STALE_AGAIN, STEPS

_FIRST_STEP = timedelta(days=max(STEPS))
# A calibration or competence that ended longer ago is nobody's news.
_LATELY = timedelta(days=30)
_DUE = (MessageKind.DUE_REMINDER, MessageKind.OVERDUE)
_MOST_FAULTS = 100

__all__ = [
    "announce",
    "clean_up",
    "digest",
    "remind",
    "report_integrity",
    "warn_of_expiry",
    "warn_of_stale",
]


def remind(night: Night) -> Tally:
    """One message a unit, with every instrument of it and its stalls that is newly due or overdue."""
    with db.reading(night.sessions) as session:
        ends = [
            End(
                Reader(holder_id=each.unit_id),
                each.id,
                each.ends_on,
                {"serial": each.serial, "stall": each.stall, "kind": _named(each.kind_zh, each.kind_en)},
            )
            for each in ending_instruments(session, until=night.day + _FIRST_STEP)
        ]
        found = news(session, ends, _DUE, on=night.day, again=OVERDUE_AGAIN)
        names = unit_names(session, [reader.holder_id for reader in found if reader.holder_id is not None])
    return tell(night, (_reminder(night.day, names, reader, lines) for reader, lines in found.items()))


def _reminder(day: date, names: Mapping[int, str], reader: Reader, lines: list[Line]) -> Post:
    assert reader.holder_id is not None  # noqa: S101  instruments have holders
    is_over = any(date.fromisoformat(str(line["ends_on"])) < day for line in lines)
    return Post(
        key_of("due", reader, day, lines),
        MessageKind.OVERDUE if is_over else MessageKind.DUE_REMINDER,
        day,
        {"unit": names[reader.holder_id], "ending": lines},
        holder_id=reader.holder_id,
    )


def _named(zh: str, en: str) -> dict[str, str]:
    return {"zh_CN": zh, "en": en}


def announce(night: Night) -> Tally:
    """Visits that are new, moved or cancelled since their holder was told, and answers to requests."""
    with db.reading(night.sessions) as session:
        posts = [*news_of_visits(session, night), *answers(session, night)]
    return tell(night, posts)


def warn_of_expiry(night: Night) -> Tally:
    """Standards and competences that end soon, to who sees to them: one message an account and matter."""
    until, since = night.day + _FIRST_STEP, night.day - _LATELY
    with db.reading(night.sessions) as session:
        bodies = bodies_told_to(session, on=night.day)
        standards = [
            (each.body_id, each.id, each.ends_on, {"code": each.code, "name": each.name})
            for each in ending_standards(session, on=night.day, until=until)
        ]
        competences = [
            (
                each.body_id,
                each.id,
                each.ends_on,
                {"person": each.person, "kind": _named(each.kind_zh, each.kind_en)},
            )
            for each in ending_competences(session, until=until)
        ]
        posts: list[Post] = []
        for what, kind, things in (
            ("standards", MessageKind.STANDARD_EXPIRING, standards),
            ("competences", MessageKind.COMPETENCE_EXPIRING, competences),
        ):
            ends = [
                End(Reader(account_id=account), number, ends_on, said)
                for account, of in bodies.items()
                for body, number, ends_on, said in things
                if body in of and ends_on >= since
            ]
            posts += _of_ending(what, kind, night.day, news(session, ends, [kind], on=night.day))
    return tell(night, posts)


def _of_ending(what: str, kind: MessageKind, day: date, found: Mapping[Reader, list[Line]]) -> Iterator[Post]:
    for reader, lines in found.items():
        key = key_of(what, reader, day, lines)
        yield Post(key, kind, day, {"ending": lines}, account_id=reader.account_id)


def digest(night: Night) -> Tally:
    """Once a week, to every official: how far the programmes of the district are, and at what pace."""
    with db.reading(night.sessions) as session:
        posts = list(digests(session, night))
    return tell(night, posts)


def warn_of_stale(night: Night) -> Tally:
    """Requests past the office's promise, to the coordinators of their districts; weekly while they wait."""
    with db.reading(night.sessions) as session:
        waiting = stale(session, on=night.day)
        seen = districts_of_coordinators(session, on=night.day) if waiting else {}
        ends = [
            End(
                Reader(account_id=account),
                each.id,
                each.answer_by,
                {"holder": each.holder, "asked_on": each.asked_on.isoformat()},
            )
            for account, districts in seen.items()
            for each in waiting
            if each.district_id in districts
        ]
        kind = MessageKind.STALE_APPOINTMENTS
        found = news(session, ends, [kind], on=night.day, again=STALE_AGAIN)
    return tell(night, _of_ending("stale", kind, night.day, found))


def report_integrity(night: Night) -> Tally:
    """What `verifier check` finds, to every administrator; the same faults once a week."""
    with db.reading(night.sessions) as session:
        counted = recount(session, minus_one_day=night.settings.valid_until_minus_one_day)
        found: list[Difference | Broken] = [*counted.differences, *walk(session).broken]
        faults = [{language: fault.sentence(language) for language in LANGUAGES} for fault in found]
        admins = accounts_with(session, Role.ADMIN) if faults else []
    which = f"{week_of(night.day)}:{short_digest(faults)}"
    facts = {"count": len(faults), "faults": faults[:_MOST_FAULTS]}
    posts = (
        Post(f"integrity:{admin.id}:{which}", MessageKind.INTEGRITY, night.day, facts, account_id=admin.id)
        for admin in admins
    )
    tally = tell(night, posts)
    return Tally(done=tally.done, facts={"instruments": counted.instruments, "faults": len(faults)})


def clean_up(night: Night) -> Tally:
    """What nobody needs any longer: old answers to repeated requests, ended sign-ins, read messages, runs."""
    removed: dict[str, object] = {}
    done = 0
    for name, clean in cleaning.CLEANERS.items():
        with db.transaction(night.sessions) as session:
            count = clean(session, who=night.who)
        removed[name] = count
        done += count
    return Tally(done=done, facts=removed)
