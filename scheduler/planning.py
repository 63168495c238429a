"""Plans for a body: what is due becomes a demand, the demand becomes rounds, the rounds become a draft.

Reads in one session, searches without any, writes in one transaction.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from scheduler.demand import Setting, SiteStop, stops_of
from scheduler.dividing import load_cars
from scheduler.drafting import draft_of
from scheduler.plan_values import Effort, Kit, Shift
from scheduler.routing import Watch, plan_rounds
from scheduler.travel import Position, Travel, by_air, from_service
from verifier import db
from verifier.errors import Invalid
from verifier.i18n import mark
from verifier.models import Body
from verifier.operations.journal import Doer
from verifier.operations.plans import SavePlan, save_plan
from verifier.queries.crews import KitRow, Technician, Turn, kits_of, technicians_of
from verifier.queries.plans import last_published
from verifier.queries.sites import (
    Asked,
    Expected,
    accepted_requests,
    base_of,
    expected_visits,
    opening_hours,
    positions,
    sites,
)
from verifier.queries.staff import body_by_id
from verifier.queries.work_norms import norms
from verifier.queries.workdays import work_calendar
from verifier.rules.workdays import WorkCalendar
from verifier.settings import Settings

MOST_DAYS = 65
# Work is taken along that falls due so long after the last planned day.
AHEAD = timedelta(days=45)
_USUAL_TURN = (8 * 60, 17 * 60, 60)
# Between two places at the same point of the map: packing up, walking, unpacking.
_LEAST_LEG = 3
# Kept free of a day's hours for the way when a long visit is cut into days.
_WAY = 40
_MORNING = 200
USUAL_EFFORT = Effort(seconds=45)


class HorizonWrong(Invalid):
    message = mark("A plan is for 1 to {most} working days, not {days}.")


class NobodyToSend(Invalid):
    message = mark("{body} has nobody who works, drives and is there from {first} to {last}.")


class NowhereToStart(Invalid):
    message = mark("Where rounds begin is not known: the district of {body} has no position.")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A plan for a body, from a day on, for so many working days; for a part of its district, if named.

    `crews` are bodies whose technicians come along, none unless told.
    """

    body_id: int
    first_on: date
    days: int
    district_id: int | None = None
    crews: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Demand:
    """Everything the search needs, and what its numbers mean in the register."""

    stops: tuple[SiteStop, ...]
    shifts: tuple[Shift, ...]
    travel: Travel
    days: tuple[date, ...]
    technicians: Mapping[int, Technician]
    previous_id: int | None = None


@dataclass(frozen=True)
class _Read:
    """What one reading session answered."""

    body: Body
    days: tuple[date, ...]
    stops: tuple[SiteStop, ...]
    where: Sequence[Position]
    crew: tuple[Technician, ...]
    kits: tuple[KitRow, ...]
    has_competences: bool
    previous_id: int | None


def horizon(wanted: Wanted, calendar: WorkCalendar) -> tuple[date, ...]:
    """The working days of a plan; raises HorizonWrong, and CalendarUnknown for a year nobody knows."""
    if not 1 <= wanted.days <= MOST_DAYS:
        raise HorizonWrong(most=MOST_DAYS, days=wanted.days)
    first = calendar.plus(wanted.first_on, 0)
    return tuple(calendar.working_days(first, calendar.plus(first, wanted.days - 1)))


def demand_for(session: db.Session, wanted: Wanted, settings: Settings, *, on: date) -> Demand:
    """What there is to plan; a routing service, if there is one, is asked for the ways.

    Raises HorizonWrong, NobodyToSend, NowhereToStart, BodyUnknown, CalendarUnknown.
    """
    return _demand(_read(session, wanted, on=on), settings)


def make_plan(
    sessions: db.Sessions,
    wanted: Wanted,
    settings: Settings,
    *,
    who: Doer,
    watch: Watch | None = None,
    effort: Effort = USUAL_EFFORT,
) -> int:
    """Plan and save a draft; its id. Raises what demand_for and plan_rounds raise, and then saves nothing."""
    with db.reading(sessions) as session:
        found = _read(session, wanted, on=who.today)
    demand = _demand(found, settings)
    plan = plan_rounds([one.stop for one in demand.stops], demand.shifts, demand.travel, effort, watch=watch)
    names = {one.id: one.name for one in demand.technicians.values()}
    drafted = draft_of(demand.stops, demand.days, names, demand.travel.minutes, plan)
    command = SavePlan(
        body_id=wanted.body_id,
        district_id=wanted.district_id,
        first_on=demand.days[0],
        last_on=demand.days[-1],
        previous_id=demand.previous_id,
        demand=plan.demand,
        travel_source=plan.travel_source.value,
        was_counted=plan.was_counted,
        seed=effort.seed,
        rounds=drafted.rounds,
        left_out=drafted.left_out,
    )
    with db.transaction(sessions) as session:
        return save_plan(session, command, who=who).id


def travel_for(places: Sequence[Position], settings: Settings) -> Travel:
    """Minutes between positions, by the office's service or by air; at least a few between two places."""
    if settings.routing_url is None:
        travel = by_air(places, road_factor=settings.road_factor, km_per_hour=settings.travel_speed_kmh)
    else:
        travel = from_service(settings.routing_url, places)
    minutes = tuple(
        tuple(leg if one == other else max(leg, _LEAST_LEG) for other, leg in enumerate(line))
        for one, line in enumerate(travel.minutes)
    )
    return replace(travel, minutes=minutes)


def _read(session: db.Session, wanted: Wanted, *, on: date) -> _Read:
    body = body_by_id(session, wanted.body_id)
    calendar = work_calendar(session)
    days = horizon(wanted, calendar)
    bodies = [body.id, *wanted.crews]
    crew = tuple(one for one in technicians_of(session, bodies) if one.drives)
    kits = tuple(kits_of(session, bodies, on=on))
    found = sites(session, body, until=days[-1] + AHEAD, on=on, district_id=wanted.district_id)
    holders = [site.holder_id for site in found]
    where = positions(session, holders)
    base = base_of(session, body, where.values())
    if base is None:
        raise NowhereToStart(body=body.name)
    # Who has no position anywhere is reached from the base, as far as anybody knows.
    place_of = [Position(*where.get(holder, base)) for holder in holders]
    expected = expected_visits(session, body.id, since=on)
    has_competences = any(one.rights for one in crew)
    setting = Setting(
        days=days,
        calendar=calendar,
        norms=norms(session),
        hours=opening_hours(session, holders),
        skills=_skills(crew, days) if has_competences else None,
        has_kits=bool(kits),
        longest=_longest(crew, days),
        expected=_by_holder(expected),
        asked=_by_holder(accepted_requests(session, holders)),
    )
    elsewhere = frozenset(
        instrument for one in expected if one.day not in days for instrument in one.instruments
    )
    free = [
        replace(site, work=tuple(work for work in site.work if work.instrument_id not in elsewhere))
        for site in found
    ]
    return _Read(
        body=body,
        days=days,
        stops=tuple(stops_of(free, setting)),
        where=[Position(*base), *place_of],
        crew=crew,
        kits=kits,
        has_competences=has_competences,
        previous_id=last_published(session, body.id, days[0], days[-1]),
    )


def _demand(found: _Read, settings: Settings) -> Demand:
    shifts = [
        shift
        for number, day in enumerate(found.days)
        for one in found.crew
        for shift in _shift(one, number, day, found.has_competences)
    ]
    if not shifts:
        raise NobodyToSend(body=found.body.name, first=found.days[0], last=found.days[-1])
    return Demand(
        stops=found.stops,
        shifts=_with_kits(shifts, found),
        travel=travel_for(found.where, settings),
        days=found.days,
        technicians={one.id: one for one in found.crew},
        previous_id=found.previous_id,
    )


def turn_of(technician: Technician, day: date) -> Turn | None:
    """The hours of a day; somebody with hours of their own works on those days of the week alone."""
    if technician.is_away(day):
        return None
    if not technician.turns:
        return Turn(day.isoweekday(), *_USUAL_TURN)
    return next((turn for turn in technician.turns if turn.weekday == day.isoweekday()), None)


def _shift(technician: Technician, number: int, day: date, has_competences: bool) -> Iterator[Shift]:  # noqa: FBT001  a fact of the body
    turn = turn_of(technician, day)
    kinds = technician.kinds(day)
    if turn is not None and (kinds or not has_competences):
        yield Shift(
            technician=technician.id,
            day=number,
            start=turn.starts,
            end=turn.ends,
            start_place=0,
            end_place=0,
            overtime=turn.overtime,
            competences=kinds,
        )


def _with_kits(shifts: Sequence[Shift], found: _Read) -> tuple[Shift, ...]:
    """Kits that belong to a car in that car, the others where they are worth most."""
    own: dict[int, list[Kit]] = defaultdict(list)
    free = []
    for row in found.kits:
        kit = Kit(row.id, row.kinds, None if row.last_on is None else _last_index(row.last_on, found.days))
        if row.driver_id is None:
            free.append(kit)
        else:
            own[row.driver_id].append(kit)
    loaded = [replace(shift, kits=tuple(own[shift.technician])) for shift in shifts]
    return load_cars(loaded, free, [one.stop for one in found.stops])


def _last_index(last_on: date, days: Sequence[date]) -> int:
    return sum(day <= last_on for day in days) - 1


def _skills(crew: Sequence[Technician], days: Sequence[date]) -> tuple[frozenset[str], ...]:
    """What each technician may verify on the first day they are there."""
    return tuple(
        one.kinds(next((day for day in days if turn_of(one, day) is not None), days[0])) for one in crew
    )


def _longest(crew: Sequence[Technician], days: Sequence[date]) -> int:
    """The longest time anybody can be at one place in a day."""
    turns = [turn for day in days for one in crew if (turn := turn_of(one, day)) is not None]
    # A morning: a market is not open longer.
    return min(max((turn.ends - turn.starts for turn in turns), default=0) - _WAY, _MORNING)


Held = TypeVar("Held", Expected, Asked)


def _by_holder(rows: Sequence[Held]) -> dict[int, list[Held]]:
    grouped: dict[int, list[Held]] = defaultdict(list)
    for row in rows:
        grouped[row.holder_id].append(row)
    return grouped
