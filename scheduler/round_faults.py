"""What can be wrong with a round that somebody put together by hand, and how it is said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from scheduler.plan_values import Shift, Stop
from verifier.i18n import Worded, mark, say


class FaultKind(Worded):
    CLOSED = "closed", mark("outside opening hours")
    OVERLONG = "overlong", mark("longer than shift and overtime")
    COMPETENCE = "competence", mark("competence missing")
    KIT = "kit", mark("standards missing")
    AWAY = "away", mark("technician away")
    TIGHT = "tight", mark("cannot be reached in time")
    LATE = "late", mark("after the last valid day")
    CONFIRMED = "confirmed", mark("another time is confirmed")


# A plan with these alone may be published: the alternative may be later still, and the holder is told.
SOFT = frozenset({FaultKind.LATE, FaultKind.CONFIRMED})

SENTENCES: Mapping[FaultKind, str] = {
    FaultKind.CLOSED: mark("{day}: {holder} cannot be visited from {starts} to {ends}."),
    FaultKind.OVERLONG: mark("{day}: {technician} is back at {returns}, later than {latest}."),
    FaultKind.COMPETENCE: mark("{day}: {technician} may not verify {kinds} at {holder}."),
    FaultKind.KIT: mark("{day}: {technician} has no valid standards for {kinds} at {holder}."),
    FaultKind.AWAY: mark("{day}: {technician} does not work on this day."),
    FaultKind.TIGHT: mark("{day}: {technician} reaches {holder} at {arrives}, later than {starts}."),
    FaultKind.LATE: mark("{day}: the visit to {holder} is after the last valid day, {due_on}."),
    FaultKind.CONFIRMED: mark("{day}: {holder} confirmed another visit, on {confirmed_on}."),
}
_CLOCKS = ("starts", "ends", "returns", "latest", "arrives")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: with a stop, or with a whole round; times are minutes since midnight."""

    kind: FaultKind
    # Its number in the plan; None: the round as a whole.
    stop: int | None
    facts: Mapping[str, object]
    # In which round of the plan; None for visits outside plans.
    round_id: int | None = None

    @property
    def is_soft(self) -> bool:
        return self.kind in SOFT

    def told(self, language: str, kinds: Mapping[str, str] | None = None) -> str:
        """The sentence; `kinds` are names of kinds of instruments by their keys."""
        facts = {name: _word(name, fact, language, kinds or {}) for name, fact in self.facts.items()}
        return say(SENTENCES[self.kind], language, facts)


def _word(name: str, fact: object, language: str, kinds: Mapping[str, str]) -> object:
    if name in _CLOCKS and isinstance(fact, int):
        return f"{fact // 60:02}:{fact % 60:02}"
    if name == "kinds" and isinstance(fact, tuple):
        return ("、" if language.startswith("zh") else ", ").join(kinds.get(one, one) for one in fact)
    return fact


def stop_faults(shift: Shift, stop: Stop) -> Iterator[Fault]:
    """What the technician may not or cannot do there, whatever the time."""
    if lacking := stop.competences - shift.competences:
        yield Fault(FaultKind.COMPETENCE, stop.id, {"kinds": tuple(sorted(lacking))})
    if missing := stop.kits - shift.standards:
        yield Fault(FaultKind.KIT, stop.id, {"kinds": tuple(sorted(missing))})


def late(stop_id: int, day: date, due_on: date | None, first_on: date) -> Iterator[Fault]:
    """After the last valid day, where that could have been kept: what was overdue before is no fault."""
    if due_on is not None and first_on <= due_on < day:
        yield Fault(FaultKind.LATE, stop_id, {"due_on": due_on.isoformat()})
