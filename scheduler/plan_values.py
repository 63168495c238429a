"""What a visit plan is made of: stops, kits, shifts, and the rounds that come out.

Times are whole units (minutes in the office) since midnight, days are counted from the first day of the
horizon. Places are rows of the travel table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from verifier.i18n import Worded, mark, say


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """The whole visit, from its first to its last unit, lies inside `opens` to `closes` of the day."""

    day: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True, order=True)
class Appointment:
    """A day, and who comes."""

    day: int
    technician: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One visit that is wanted: how long, how much it is worth, and when and by whom it may be made.

    `competences` must all be the technician's, `kits` name kinds of standards that must be in the car.
    A `promised` appointment is kept to the letter or the stop is left out with a reason; one the holder was
    merely `told` may be moved at the price of `moving_price` units of working time.
    """

    id: int
    place: int
    service: int
    prize: int
    windows: tuple[Window, ...]
    mandatory: bool = False
    competences: frozenset[str] = frozenset()
    kits: frozenset[str] = frozenset()
    earliest_day: int = 0
    latest_day: int | None = None
    promised: Appointment | None = None
    told: Appointment | None = None
    moving_price: int = 0
    part_of: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class Kit:
    """One set of reference standards: the kinds of work it serves, and its last valid day (None: all)."""

    id: int
    serves: frozenset[str]
    last_day: int | None = None

    def serves_on(self, day: int) -> frozenset[str]:
        return self.serves if self.last_day is None or day <= self.last_day else frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One technician's working day: from `start_place` and back to `end_place`.

    Up to `overtime` units after `end` may be worked, each at `overtime_price` units of working time.
    """

    technician: int
    day: int
    start: int
    end: int
    start_place: int
    end_place: int
    overtime: int = 0
    overtime_price: int = 3
    competences: frozenset[str] = frozenset()
    kits: tuple[Kit, ...] = ()

    @property
    def standards(self) -> frozenset[str]:
        """The kinds of standards in the car that are valid on the day."""
        return frozenset().union(*(kit.serves_on(self.day) for kit in self.kits))


@dataclass(frozen=True, slots=True)
class Visit:
    stop: int
    arrives: int
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class Round:
    """What one technician does on one day, in order; times are units since midnight."""

    shift: Shift
    visits: tuple[Visit, ...]
    leaves: int
    returns: int

    @property
    def overtime(self) -> int:
        return max(0, self.returns - self.shift.end)


class Reason(Worded):
    """Why a stop is left out: the first limit without which it would fit."""

    NEVER_OPEN = "never_open", mark("never open in the planned days")
    TOO_LONG = "too_long", mark("longer than any day")
    COMPETENCE = "competence", mark("nobody with the competence has time")
    KIT = "kit", mark("no car with the standards has time")
    PROMISE = "promise", mark("the promised time cannot be kept")
    OPENING = "opening", mark("the opening hours do not fit")
    DAY_LENGTH = "day_length", mark("the days are full")
    LAST_DAY = "last_day", mark("no room before the last day")
    OUTWEIGHED = "outweighed", mark("other visits are worth more")
    # By hand; the search gives no such reason.
    TAKEN_OUT = "taken_out", mark("taken out by hand")


@dataclass(frozen=True, kw_only=True)
class Names:
    """Words for what a plan only numbers: days from the first, technicians; competences and kits by key."""

    days: Sequence[str] = ()
    technicians: Mapping[int, str] = field(default_factory=dict)
    competences: Mapping[str, str] = field(default_factory=dict)
    kits: Mapping[str, str] = field(default_factory=dict)

    def word(self, name: str, fact: object, language: str) -> object:
        """A fact of this name in words; one nobody has a word for as it is."""
        if name in ("day", "last") and isinstance(fact, int):
            return self.days[fact] if 0 <= fact < len(self.days) else f"#{fact}"
        if name == "technician" and isinstance(fact, int):
            return self.technicians.get(fact, f"#{fact}")
        if name in ("opens", "closes") and isinstance(fact, int):
            return f"{fact // 60 % 24:02}:{fact % 60:02}"
        if name in ("competences", "kits") and isinstance(fact, list):
            words = self.competences if name == "competences" else self.kits
            return ("、" if language.startswith("zh") else ", ").join(words.get(one, one) for one in fact)
        return fact


NUMBERED = Names()


def told(sentence: str, facts: Mapping[str, object], language: str, names: Names = NUMBERED) -> str:
    """The reason why a stop is left out, as it was stored with the plan, in words."""
    return say(sentence, language, {name: names.word(name, fact, language) for name, fact in facts.items()})


@dataclass(frozen=True)
class LeftOut:
    """A stop without a visit; `sentence` is marked and takes `facts`: whole numbers and lists of keys."""

    stop: int
    reason: Reason
    sentence: str
    facts: Mapping[str, object]

    def told(self, language: str = "en", names: Names = NUMBERED) -> str:
        return told(self.sentence, self.facts, language, names)


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How long to search. With `iterations` the same demand and seed give the same plan on any machine.

    `seconds` is a hard stop in either case: what still runs then is killed, and the best plan it sent counts.
    """

    seconds: float = 60.0
    iterations: int | None = None
    seed: int = 0
    workers: int = 2


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Rounds (one a shift, empty ones too), and why the rest is not in them.

    `demand` is a digest of everything the plan was made for; `travel_source` says whose travel times.
    """

    rounds: tuple[Round, ...]
    left_out: tuple[LeftOut, ...]
    demand: str
    travel_source: Worded
    was_counted: bool = True

    @property
    def visited(self) -> dict[int, Appointment]:
        """Day and technician of each stop that is visited."""
        return {
            visit.stop: Appointment(one.shift.day, one.shift.technician)
            for one in self.rounds
            for visit in one.visits
        }
