"""From the numbers of the search to a draft in the words of the register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from scheduler.demand import SiteStop
from scheduler.plan_values import LeftOut, Plan, Round, Visit
from verifier.operations.plans import DraftRound, DraftStop

# Facts of a reason that are numbers of planned days.
_DAYS = ("day", "last")


@dataclass(frozen=True)
class Draft:
    rounds: tuple[DraftRound, ...]
    left_out: tuple[DraftStop, ...]


def draft_of(
    stops: Sequence[SiteStop],
    days: Sequence[date],
    technicians: Mapping[int, str],
    minutes: Sequence[Sequence[int]],
    plan: Plan,
) -> Draft:
    """Days as dates; in the facts of reasons days as ISO dates and technicians by name."""
    by_id = {one.stop.id: one for one in stops}
    return Draft(
        tuple(_round(one, by_id, days, minutes) for one in plan.rounds),
        tuple(_left_out(left, by_id[left.stop], days, technicians) for left in plan.left_out),
    )


def _round(
    one: Round, by_id: Mapping[int, SiteStop], days: Sequence[date], minutes: Sequence[Sequence[int]]
) -> DraftRound:
    shift = one.shift
    places = [by_id[visit.stop].stop.place for visit in one.visits]
    way = [shift.start_place, *places, shift.end_place] if places else []
    return DraftRound(
        person_id=shift.technician,
        day=days[shift.day],
        starts=shift.start,
        ends=shift.end,
        overtime_allowed=shift.overtime,
        leaves=one.leaves,
        returns=one.returns,
        travel_minutes=sum(minutes[start][end] for start, end in pairwise(way)),
        kits=tuple(kit.id for kit in shift.kits if kit.serves_on(shift.day)),
        stops=tuple(_visited(visit, by_id[visit.stop]) for visit in one.visits),
    )


def _visited(visit: Visit, site: SiteStop) -> DraftStop:
    return DraftStop(
        holder_id=site.holder_id,
        part=site.part,
        instruments=site.instruments,
        service_minutes=site.stop.service,
        prize=site.stop.prize,
        is_mandatory=site.stop.mandatory,
        due_on=site.due_on,
        is_pinned=site.stop.promised is not None,
        arrives=visit.arrives,
        starts=visit.starts,
        ends=visit.ends,
    )


def _left_out(
    left: LeftOut, site: SiteStop, days: Sequence[date], technicians: Mapping[int, str]
) -> DraftStop:
    facts = dict(left.facts)
    for name, fact in left.facts.items():
        if name in _DAYS and isinstance(fact, int):
            facts[name] = days[fact].isoformat()
        elif name == "technician" and isinstance(fact, int):
            facts[name] = technicians[fact]
    return DraftStop(
        holder_id=site.holder_id,
        part=site.part,
        instruments=site.instruments,
        service_minutes=site.stop.service,
        prize=site.stop.prize,
        is_mandatory=site.stop.mandatory,
        due_on=site.due_on,
        reason=left.reason.value,
        sentence=left.sentence,
        facts=facts,
    )
