"""What happened in the demo: who was visited on which day, and what was found there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from verifier.operations.demo_kit import faults
from verifier.operations.demo_office import DemoBody, DemoPerson
from verifier.operations.demo_programmes import Campaign, Member
from verifier.operations.demo_register import DemoHolder, DemoInstrument, Ground
from verifier.rules.lifecycle import InstrumentStatus, WithdrawalReason
from verifier.rules.verdict import Outcome

# One technician verifies so many scales in a market in a day.
_A_DAY = 40
_FIRST_VISIT = timedelta(days=5)
_ADJUSTED, _REPAIRED_IN_TIME, _SCRAPPED_AFTER = 0.035, 0.65, 0.3
# A stall is closed, a meter is out with the nurse.
_MISSED = 0.012


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """One verification as it went; what it means is left to the rules."""

    item: DemoInstrument
    programme_id: int | None
    performed_on: date
    outcome: Outcome
    body: DemoBody
    verifier: DemoPerson
    reasons: tuple[str, ...] = ()
    adjusted: bool = False
    repaired: bool = False


def campaign_visits(
    ground: Ground, campaign: Campaign, members: Sequence[Member], bodies: Mapping[str, DemoBody]
) -> Iterator[Visit]:
    """The programme so far, county by county; who was found on a visit is registered on that day."""
    by_county: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        if member.reason is None:
            by_county[member.county_code].append(member)
    for code, inside in by_county.items():
        rounds = _Rounds(ground, campaign, bodies[code])
        yield from rounds.visits(inside, campaign.done.get(code, 0.5))


class _Rounds:
    """How one county's body goes through a programme."""

    def __init__(self, ground: Ground, campaign: Campaign, body: DemoBody) -> None:
        self._ground, self._rng, self._campaign, self._body = ground, ground.rng, campaign, body
        self._pass_rate = ground.rng.uniform(0.9, 0.965)

    def visits(self, members: Sequence[Member], done: float) -> Iterator[Visit]:
        wanted = len(members) if done == 1 else min(round(done * len(members)), len(members) - 1)
        # Who is complete has been so for a while.
        last = self._ground.today - timedelta(days=12 if done == 1 else 1)
        reached = 0
        for unit in _in_turn(self._ground, members):
            verifier = None
            for at, member in enumerate(unit):
                if at % _A_DAY == 0:
                    day = self._day(reached, wanted, last)
                if reached >= wanted or (done < 1 and self._rng.random() < _MISSED):
                    self._leave(member)
                    continue
                reached += 1
                verifier = verifier or self._rng.choice(self._body.verifiers(member.item.kind.key))
                yield from self._verify(member, day, verifier)

    def _day(self, place: int, of: int, last: date) -> date:
        first = self._campaign.plan.starts_on + _FIRST_VISIT
        day = first + timedelta(days=place * ((last - first).days + 1) // max(of, 1))
        return working_day(min(day, last))

    def _leave(self, member: Member) -> None:
        """Not verified yet; if it was not in the register, somebody reported it."""
        if member.item.is_found:
            days = (self._ground.today - self._campaign.plan.starts_on).days
            member.item.registered_on = self._campaign.plan.starts_on + timedelta(
                days=self._rng.randrange(1, days)
            )

    def _verify(self, member: Member, day: date, verifier: DemoPerson) -> Iterator[Visit]:
        if member.item.is_found:
            member.item.registered_on = day
        chance = self._rng.random()
        if chance < self._pass_rate:
            yield self._visit(member, day, verifier, Outcome.PASSED)
        elif chance < self._pass_rate + _ADJUSTED:
            yield self._visit(member, day, verifier, Outcome.PASSED, adjusted=True)
        else:
            yield self._visit(member, day, verifier, Outcome.FAILED)
            yield from self._afterwards(member, day, verifier)

    def _afterwards(self, member: Member, day: date, verifier: DemoPerson) -> Iterator[Visit]:
        """After a failure: repaired and verified again, or given up, or simply out of use until now."""
        again = working_day(day + timedelta(days=self._rng.randint(4, 25)))
        if again >= self._ground.today:
            return
        chance = self._rng.random()
        if chance < _REPAIRED_IN_TIME:
            outcome = Outcome.PASSED if self._rng.random() < 0.92 else Outcome.FAILED
            yield self._visit(member, again, verifier, outcome, repaired=True)
        elif chance < _REPAIRED_IN_TIME + _SCRAPPED_AFTER:
            member.reason, member.withdrawn_on = WithdrawalReason.SCRAPPED, again
            member.item.status = InstrumentStatus.SCRAPPED
            member.item.version += 1

    def _visit(
        self, member: Member, day: date, verifier: DemoPerson, outcome: Outcome, **worked_on: bool
    ) -> Visit:
        known = faults(member.item.kind.key)
        reasons = tuple(self._rng.sample(known, self._rng.choice((1, 1, 2))))
        if outcome is Outcome.PASSED:
            reasons = ()
        return Visit(member.item, self._campaign.id, day, outcome, self._body, verifier, reasons, **worked_on)


def _in_turn(ground: Ground, members: Sequence[Member]) -> list[list[Member]]:
    """Market after market, clinic after clinic, roughly those first that are due first."""
    units: dict[DemoHolder, list[Member]] = defaultdict(list)
    for member in members:
        units[member.item.unit].append(member)
    turns = {unit: unit.last_visit + timedelta(days=ground.rng.randint(-75, 75)) for unit in units}
    return [units[unit] for unit in sorted(units, key=turns.__getitem__)]


def working_day(day: date) -> date:
    """The day itself, or the Saturday before a Sunday: markets are verified on Saturdays too."""
    return day - timedelta(days=1) if day.isoweekday() == 7 else day


def routine_visits(
    ground: Ground, items: Iterable[DemoInstrument], bodies: Mapping[str, DemoBody]
) -> Iterator[Visit]:
    """What is in no programme is verified in its turn all the same, if its turn has come."""
    days: dict[DemoHolder, date] = {}
    for item in items:
        if item.status is not InstrumentStatus.IN_USE:
            continue
        if item.unit not in days:
            turn = item.unit.last_visit + timedelta(days=ground.rng.randint(330, 385))
            days[item.unit] = working_day(max(turn, ground.registered_on + timedelta(days=3)))
        day = days[item.unit]
        if day < ground.today and ground.rng.random() < 0.9:
            body = bodies[item.holder.county.code]
            verifier = ground.rng.choice(body.verifiers(item.kind.key))
            if ground.rng.random() < 0.96:
                yield Visit(item, None, day, Outcome.PASSED, body, verifier)
            else:
                reason = ground.rng.choice(faults(item.kind.key))
                yield Visit(item, None, day, Outcome.FAILED, body, verifier, (reason,))
