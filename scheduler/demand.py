"""From instruments that are due to visits that are wanted: one stop a site, and who can make it.

What is worth most: what is overdue, then what falls due or whose programme ends within the planned days,
then what was never verified, then the rest. Medical instruments weigh half as much again, because a wrong
one harms a patient.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scheduler.dividing import split_stop
from scheduler.plan_values import Appointment, Stop, Window
from verifier.queries.sites import Asked, Expected, Hours, Site, Work
from verifier.rules.holders import HolderKind
from verifier.rules.visiting import VisitStatus
from verifier.rules.work_norms import Norm
from verifier.rules.workdays import WorkCalendar

# What an instrument is worth, in tenths of one that could wait.
_OVERDUE, _DUE, _NEVER, _LATER = 60, 40, 25, 10
_ASKED, _OF_PROGRAMME = 30, 20
_MEDICAL = ("bp_", "clin_therm_", "ecg_", "eeg_", "glucose_", "lab_", "patient_", "pressure_oxygen", "xray_")
_MEDICAL_TENTHS = 15
# What moving a visit costs that its holder was told about: two hours of work.
_TOLD = 120

_CLINIC = tuple(
    hours
    for day in range(1, 6)
    for hours in (Hours(day, 8 * 60, 11 * 60 + 30), Hours(day, 13 * 60 + 30, 17 * 60))
)
_MARKET = tuple(Hours(day, 6 * 60, 12 * 60) for day in range(1, 8))
_SHOP = tuple(Hours(day, 9 * 60, 18 * 60) for day in range(1, 8))
_USUAL_HOURS = {
    HolderKind.MARKET: _MARKET,
    HolderKind.STALL: _MARKET,
    HolderKind.SHOP: _SHOP,
    HolderKind.OPTICIAN: _SHOP,
    HolderKind.PETROL_STATION: tuple(Hours(day, 7 * 60, 20 * 60) for day in range(1, 8)),
}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What holds for every site: the days, the norms, what technicians may do together, what is expected.

    `skills` are the kinds each technician may verify on some day, None where a body has recorded none;
    `kit_kinds` the kinds some kit serves, None where it has recorded no kits. `longest` is the longest time
    anybody can spend at one place in a day.
    """

    days: tuple[date, ...]
    calendar: WorkCalendar
    norms: Mapping[str, Norm]
    hours: Mapping[int, Sequence[Hours]]
    skills: tuple[frozenset[str], ...] | None
    has_kits: bool
    longest: int
    expected: Mapping[int, Sequence[Expected]]
    asked: Mapping[int, Sequence[Asked]]


@dataclass(frozen=True, kw_only=True)
class SiteStop:
    """A stop with what it is in the register; `part` 0 is a whole visit, 1, 2, 3 … parts of one."""

    stop: Stop
    holder_id: int
    part: int
    instruments: tuple[int, ...]
    due_on: date | None


def usual_hours(kind: HolderKind) -> tuple[Hours, ...]:
    """When a site can be visited that has not told: clinics in office hours, markets in the morning."""
    return _USUAL_HOURS.get(kind, _CLINIC)


def stops_of(sites: Iterable[Site], setting: Setting) -> list[SiteStop]:
    """Every instrument whose turn comes within the days, in exactly one stop; places count from 1."""
    made: list[SiteStop] = []
    for place, site in enumerate(sites, start=1):
        for work in _visits(_in_turn(site.work, setting), setting.skills):
            made += _stop(site, place, work, setting, first_id=len(made) + 1)
    return made


def _in_turn(work: Iterable[Work], setting: Setting) -> list[Work]:
    """What a visit in these days can take along: its window has opened by the last of them."""
    return [one for one in work if _opens(one, setting) <= setting.days[-1]]


def _opens(work: Work, setting: Setting) -> date:
    first = setting.days[0]
    if work.valid_until is None or work.is_asked_for or work.programme_ends_on is not None:
        return first
    lead = setting.norms[work.kind].lead_days
    # Longer than any window in a year nobody has a calendar of: five days a week.
    if not setting.calendar.knows(work.valid_until):
        return date.fromordinal(work.valid_until.toordinal() - lead * 7 // 5)
    return max(first, setting.calendar.plus(work.valid_until, -lead)) if lead else work.valid_until


def _visits(work: Sequence[Work], skills: tuple[frozenset[str], ...] | None) -> list[list[Work]]:
    """As few visits as somebody can make alone each; kinds nobody may verify are one of their own."""
    left = {one.kind for one in work}
    groups: list[frozenset[str]] = []
    while left:
        able = [frozenset(left)] if skills is None else [skill & left for skill in skills]
        groups.append(max(able, key=len, default=frozenset()) or frozenset(left))
        left -= groups[-1]
    return [[one for one in work if one.kind in group] for group in groups]


def _stop(
    site: Site, place: int, work: Sequence[Work], setting: Setting, first_id: int
) -> Iterable[SiteStop]:
    kinds = frozenset(one.kind for one in work)
    last = setting.days[-1]
    deadlines = [one.valid_until for one in work if one.valid_until]
    coming = [day for one in work for day in (_deadline(one),) if day and setting.days[0] <= day <= last]
    # Nobody works later than the last working day before the deadline.
    latest = sum(day <= min(coming) for day in setting.days) - 1 if coming else None
    whole = Stop(
        id=first_id,
        place=place,
        service=_service(work, setting.norms),
        prize=sum(_worth(one, setting) for one in work),
        windows=_windows(site, setting),
        mandatory=bool(coming) or any(one.valid_until and one.valid_until < setting.days[0] for one in work),
        competences=frozenset() if setting.skills is None else kinds,
        kits=kinds if setting.has_kits else frozenset(),
        earliest_day=_index(min(_opens(one, setting) for one in work), setting.days),
        latest_day=None if latest is None or latest < 0 else latest,
    )
    instruments = tuple(one.instrument_id for one in work)
    whole = _wished(_told(whole, site.holder_id, frozenset(instruments), setting), site.holder_id, setting)
    parts = split_stop(whole, max(setting.longest, 1), first_id)
    for number, part in enumerate(parts):
        share = instruments[
            len(instruments) * number // len(parts) : len(instruments) * (number + 1) // len(parts)
        ]
        yield SiteStop(
            stop=replace(part, part_of=None if len(parts) == 1 else first_id),
            holder_id=site.holder_id,
            part=0 if len(parts) == 1 else number + 1,
            instruments=share,
            due_on=min(deadlines, default=None),
        )


def _service(work: Sequence[Work], norms: Mapping[str, Norm]) -> int:
    """Minutes: the longest setting-up once, then each instrument."""
    return max(norms[one.kind].setup_minutes for one in work) + sum(norms[one.kind].minutes for one in work)


def _deadline(work: Work) -> date | None:
    """The last day that keeps the law or the programme's promise."""
    return min((day for day in (work.valid_until, work.programme_ends_on) if day), default=None)


def _worth(work: Work, setting: Setting) -> int:
    """Tenths of an instrument that could wait."""
    first, last = setting.days[0], setting.days[-1]
    if work.valid_until is None:
        worth = _NEVER
    elif work.valid_until < first:
        worth = _OVERDUE
    else:
        worth = _DUE if work.valid_until <= last else _LATER
    if work.programme_ends_on is not None and work.programme_ends_on <= last:
        worth += _OF_PROGRAMME
    if work.is_asked_for:
        worth += _ASKED
    return worth * _MEDICAL_TENTHS // 10 if work.kind.startswith(_MEDICAL) else worth


def _windows(site: Site, setting: Setting) -> tuple[Window, ...]:
    hours = setting.hours.get(site.holder_id) or usual_hours(site.kind)
    return tuple(
        Window(number, one.opens, one.closes)
        for number, day in enumerate(setting.days)
        for one in hours
        if one.weekday == day.isoweekday()
    )


def _index(day: date, days: Sequence[date]) -> int:
    """The first planned day that is not before."""
    return min(sum(one < day for one in days), len(days) - 1)


def _told(stop: Stop, holder_id: int, instruments: frozenset[int], setting: Setting) -> Stop:
    """A visit that was announced is moved at a price; one that was confirmed stays."""
    numbers = {day: number for number, day in enumerate(setting.days)}
    about = [one for one in setting.expected.get(holder_id, ()) if one.day in numbers]
    # Of several visits the one that is for most of these instruments.
    best = max(about, key=lambda one: len(one.instruments & instruments), default=None)
    if best is None or not best.instruments & instruments or best.status is VisitStatus.MOVE_ASKED:
        return stop
    kept = Appointment(numbers[best.day], best.person_id)
    if best.status is VisitStatus.CONFIRMED:
        return replace(stop, promised=kept, latest_day=None, earliest_day=0)
    return replace(stop, told=kept, moving_price=_TOLD)


def _wished(stop: Stop, holder_id: int, setting: Setting) -> Stop:
    """Within the days a holder asked for, where it asked and the law leaves them."""
    for wish in setting.asked.get(holder_id, ()):
        first = 0 if wish.wanted_from is None else _index(wish.wanted_from, setting.days)
        last = len(setting.days) - 1
        if wish.wanted_until is not None:
            last = sum(day <= wish.wanted_until for day in setting.days) - 1
        if stop.latest_day is not None:
            last = min(last, stop.latest_day)
        if first <= last and stop.promised is None:
            return replace(stop, earliest_day=first, latest_day=last)
    return stop
