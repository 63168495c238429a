"""Filling an empty database with a believable Suzhou, the same again for the same seed and day."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import func, select

from verifier.db import Session
from verifier.errors import Conflict, Invalid
from verifier.i18n import mark
from verifier.models import Body, Verification
from verifier.operations.chain import link_existing
from verifier.operations.demo_accounts import TAICANG, DemoAccount, add_accounts
from verifier.operations.demo_examinations import Examinations, rules_of
from verifier.operations.demo_names import Names, spread
from verifier.operations.demo_office import DemoBody, store_bodies, store_tariffs
from verifier.operations.demo_papers import Papers, papers_from
from verifier.operations.demo_programmes import (
    SUZHOU,
    Campaign,
    Member,
    campaigns,
    members_of,
    open_campaign,
    store_found,
    store_withdrawals,
    withdraw_some,
)
from verifier.operations.demo_records import InForce, Records
from verifier.operations.demo_register import DemoHolder, DemoInstrument, Ground, county_register
from verifier.operations.demo_standards import Standards, fail_one, store_standards
from verifier.operations.demo_store import store_holders, store_instruments
from verifier.operations.demo_visits import Visit, campaign_visits, routine_visits
from verifier.operations.journal import Doer, note
from verifier.queries.catalogue import RegulationRow, TariffRow, kinds, regulations, tariffs
from verifier.queries.demo import is_empty
from verifier.queries.districts import DistrictRow, children, district_by_code
from verifier.rules.practice import Practice

FEWEST_INSTRUMENTS = 100
Progress = Callable[[int, int], None]
Row = TypeVar("Row")

# How many instruments a county has beside the others, roughly as its people.
_WEIGHTS = {
    "320505": 8,
    "320506": 12,
    "320507": 8,
    "320508": 8,
    "320509": 13,
    "320576": 10,
    "320581": 13,
    "320582": 12,
    "320583": 17,
    "320585": 7,
}
_USUAL_WEIGHT = 8
# So many rows go to the database at a time, between two reports of progress.
_AT_A_TIME = 2000


class DatabaseNotEmpty(Conflict):
    message = mark("The database is not empty; the demo fills only a new one.")


class TooFewInstruments(Invalid):
    message = mark("A demo has at least {least} instruments, not {instruments}.")


@dataclass(frozen=True)
class DemoFilled:
    """What stands now; the passwords are known here and nowhere else."""

    holders: int
    instruments: int
    verifications: int
    accounts: tuple[DemoAccount, ...]


def fill_demo(
    session: Session,
    *,
    instruments: int,
    seed: int,
    who: Doer,
    progress: Progress,
    minus_one_day: bool = True,
) -> DemoFilled:
    """Fill an empty database; raises DatabaseNotEmpty for any other.

    The facts that ship must be loaded. Only the passwords are not the same in a second run.
    """
    if not is_empty(session):
        raise DatabaseNotEmpty
    if instruments < FEWEST_INSTRUMENTS:
        raise TooFewInstruments(least=FEWEST_INSTRUMENTS, instruments=instruments)
    rng = random.Random(seed)  # noqa: S311  a demo to be had again, and no secrets
    papers = random.Random(f"papers {seed}")  # noqa: S311  as above
    ground = Ground(rng, papers, Names(rng), {kind.key: kind for kind in kinds(session)}, who.today)
    counties = children(session, district_by_code(session, SUZHOU).id, on=who.today)
    bodies = store_bodies(session, ground, counties)
    standards = store_standards(session, ground, bodies)
    items = list(_register(session, ground, counties, instruments))
    holders = _holders(items)
    steps = _Steps(progress, len(items))
    store_holders(session, holders)
    work = _Work(ground, bodies, standards, items, steps, who, Practice(minus_one_day=minus_one_day))
    verifications = _fill(session, work)
    added = add_accounts(session, ground, items, bodies, who=who)
    counts = {
        "holders": len(holders),
        "instruments": len(items),
        "verifications": verifications,
    }
    note(session, who, "fill_demo", "demo", 0, seed=seed, **counts)
    link_existing(session)
    return DemoFilled(**counts, accounts=added)


class _Steps:
    """Tells how far it is: every instrument is worth a step when it is stored and one when it is done."""

    def __init__(self, progress: Progress, instruments: int) -> None:
        self._progress, self._total, self.done = progress, 2 * instruments, 0
        progress(0, self._total)

    def take(self, steps: int) -> None:
        self.reach(self.done + steps)

    def reach(self, done: int) -> None:
        self.done = min(done, self._total)
        self._progress(self.done, self._total)

    def finish(self) -> None:
        self.reach(self._total)


@dataclass(frozen=True)
class _Work:
    ground: Ground
    bodies: Mapping[str, DemoBody]
    standards: Standards
    items: Sequence[DemoInstrument]
    steps: _Steps
    who: Doer
    practice: Practice


def _register(
    session: Session, ground: Ground, counties: Sequence[DistrictRow], size: int
) -> Iterator[DemoInstrument]:
    parts = spread(ground.rng, size, [_WEIGHTS.get(county.code, _USUAL_WEIGHT) for county in counties])
    for county, part in zip(counties, parts, strict=True):
        towns = children(session, county.id, on=ground.today)
        # Statistical units without people in them have no point on the map.
        yield from county_register(ground, county, [town for town in towns if town.lat is not None], part)


def _holders(items: Iterable[DemoInstrument]) -> list[DemoHolder]:
    """Every holder once, a market even if only its stalls have instruments."""
    return list(dict.fromkeys(holder for item in items for holder in (item.unit, item.holder)))


def _fill(session: Session, work: _Work) -> int:
    """Store the register, then what happened to it; answer how many verifications that were."""
    ground, items = work.ground, work.items
    store_tariffs(session, ground)
    in_force = _in_force(session, minus_one_day=work.practice.minus_one_day)
    planned = campaigns(ground)
    members = [members_of(ground, campaign, items) for campaign in planned]
    for chunk in _chunks([item for item in items if not item.is_found]):
        store_instruments(session, chunk, in_force.stated_until)
        work.steps.take(len(chunk))
    started = [open_campaign(session, campaign, who=work.who) for campaign in planned]
    visits = _visits(work, started, members)
    found = [item for item in items if item.is_found]
    store_instruments(session, found, in_force.stated_until)
    work.steps.take(len(found))
    records = Records(ground, in_force, _examinations(session, work, visits, in_force))
    for visited in _chunks(visits):
        records.store(session, visited)
        work.steps.take(len(visited) * len(items) // max(2 * len(visits), 1))
    for campaign, inside in zip(started, members, strict=True):
        store_found(session, ground, campaign, inside)
        store_withdrawals(session, campaign, inside)
    records.store_standings(session, items)
    _issue(session, work, records, {campaign.id: campaign.plan.code for campaign in started})
    work.steps.finish()
    return session.scalars(select(func.count(Verification.id))).one()


def _examinations(session: Session, work: _Work, visits: Sequence[Visit], in_force: InForce) -> Examinations:
    since = papers_from(visits, work.bodies.values(), work.ground.today)
    for body_id, day in since.items():
        session.get_one(Body, body_id).papers_from = day
    return Examinations(work.ground, work.standards, since, rules_of(session, work.ground, in_force.editions))


def _issue(session: Session, work: _Work, records: Records, programmes: Mapping[int, str]) -> None:
    # What is signed comes after the records in the histories of the bodies, as it did in time.
    link_existing(session)
    papers = Papers(session, work.practice, programmes, work.ground.today)
    before = work.steps.done
    left = 2 * len(work.items) - before
    papers.issue(
        records.due, work.bodies[TAICANG], lambda done, of: work.steps.reach(before + left * done // of)
    )
    fail_one(session, work.standards, work.bodies[TAICANG], who=work.who)


def _in_force(session: Session, *, minus_one_day: bool) -> InForce:
    editions: dict[str, list[RegulationRow]] = defaultdict(list)
    fees: dict[str, list[TariffRow]] = defaultdict(list)
    for edition in regulations(session):
        editions[edition.kind_key].append(edition)
    for tariff in tariffs(session):
        fees[tariff.kind_key].append(tariff)
    return InForce(editions, fees, minus_one_day)


def _visits(work: _Work, started: Sequence[Campaign], members: Sequence[Sequence[Member]]) -> list[Visit]:
    """Everything that was done, in the order of its days."""
    enrolled = {member.item for inside in members for member in inside}
    others = [item for item in work.items if item not in enrolled]
    visits: list[Visit] = []
    for campaign, inside in zip(started, members, strict=True):
        withdraw_some(work.ground, campaign, inside)
        visits += campaign_visits(work.ground, campaign, inside, work.bodies)
    visits += routine_visits(work.ground, others, work.bodies)
    return sorted(visits, key=lambda visit: visit.performed_on)


def _chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), _AT_A_TIME):
        yield rows[start : start + _AT_A_TIME]
