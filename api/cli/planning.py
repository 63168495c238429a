"""`verifier plan`: a draft of visits for a body, from what is due."""

import json
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from types import FrameType
from typing import Annotated

import typer

from api.cli.accounts import print_table
from api.cli.office import Office, language, opened
from api.cli.progress import bar
from api.planning import clock, plan_json
from scheduler.plan_values import Effort, Reason
from scheduler.planning import MOST_DAYS, Wanted, make_plan
from scheduler.routing import Watch
from scheduler.travel import TravelSource
from verifier import db
from verifier.i18n import mark, say
from verifier.queries.districts import district_by_code
from verifier.queries.plans import PlanRow, RoundRow, StopRow, left_out_of, plan_row, rounds_of
from verifier.queries.staff import body_by_code, body_serving


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"


PLANNING = mark("Planning visits")
SAVED = mark(
    "Draft {plan} for {body}: {visits} visits on {days} technician-days, {left_out} left out; "
    "{travel} minutes on the way ({source}), {overtime} minutes of overtime."
)

DAY, TECHNICIAN, LEAVES = mark("Day"), mark("Technician"), mark("Leaves at")
RETURNS, VISITS = mark("Returns at"), mark("Visits")


def plan(
    district: Annotated[str, typer.Argument(help="Code of a district; the body that serves it is planned.")],
    *,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="How many working days.")] = 5,
    body: Annotated[str | None, typer.Option(help="Code of another body than that.")] = None,
    seconds: Annotated[float, typer.Option(min=1, max=3600, help="The longest time to search.")] = 45,
    iterations: Annotated[
        int | None, typer.Option(min=1, help="Search so many steps: the same plan again on any machine.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another of the good plans.")] = 0,
    format: Annotated[Format, typer.Option(help="What to print.")] = Format.TABLE,
) -> None:
    """Plan visits and save them as a draft.

    Example: verifier plan 320583 --from 2026-05-06 --days 3 --seconds 2
    """
    effort = Effort(seconds=seconds, iterations=iterations, seed=seed)
    with opened() as office:
        today = office.who.today
        with db.reading(office.sessions) as session:
            place = district_by_code(session, district)
            served = (
                body_serving(session, place.id, on=today) if body is None else body_by_code(session, body)
            )
            wanted = Wanted(body_id=served.id, first_on=first.date(), days=days, district_id=place.id)
        number = _made(office, wanted, effort)
        with db.reading(office.sessions) as session:
            found, rounds = plan_row(session, number, on=today), rounds_of(session, number)
            left_out = left_out_of(session, number)
    if format is Format.JSON:
        told = plan_json(found, rounds, left_out, language())
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    else:
        _print(found, [one for one in rounds if one.stops], left_out)


def _made(office: Office, wanted: Wanted, effort: Effort) -> int:
    """The draft's number; Ctrl-C and SIGTERM cancel, and then nothing is saved."""
    with bar(say(PLANNING, language())) as progress, _cancellable() as cancelled:
        watch = Watch(better=progress, is_cancelled=lambda: bool(cancelled))
        return make_plan(office.sessions, wanted, office.settings, who=office.who, watch=watch, effort=effort)


@contextmanager
def _cancellable() -> Iterator[list[int]]:
    heard: list[int] = []

    def hear(number: int, _frame: FrameType | None) -> None:
        heard.append(number)

    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print(plan: PlanRow, rounds: Sequence[RoundRow], left_out: Sequence[StopRow]) -> None:
    facts = {
        "plan": plan.id,
        "body": plan.body_name,
        "visits": plan.visits,
        "days": plan.days_used,
        "left_out": plan.left_out,
        "travel": plan.travel_minutes,
        "overtime": plan.overtime_minutes,
        "source": TravelSource.of(plan.travel_source),
    }
    sys.stdout.write(say(SAVED, language(), facts) + "\n")
    headings = [say(heading, language()) for heading in (DAY, TECHNICIAN, LEAVES, RETURNS, VISITS)]
    rows = [
        (one.day.isoformat(), one.person, clock(one.leaves), clock(one.returns), str(len(one.stops)))
        for one in rounds
    ]
    if rows:
        print_table(headings, rows)
    for reason, count in Counter(Reason.of(stop.reason) for stop in left_out if stop.reason).most_common():
        sys.stdout.write(f"{say(reason.word, language())}: {count}\n")
