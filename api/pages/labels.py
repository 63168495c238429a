"""How pages print figures, days and the words for states, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Protocol

from markupsafe import Markup

from api.completion import HOLDER_KIND_NAMES, PURPOSE_NAMES, UNKNOWN_PURPOSE
from scheduler.due import DueState, due_state
from verifier.i18n import Worded, mark, say
from verifier.queries.completion import By
from verifier.queries.instruments import Figure
from verifier.rules import completion
from verifier.rules.certificates import CertificateState
from verifier.rules.completion import SMALL_BASE, Rounding
from verifier.rules.entitlement import FeeTreatment, Ineligible, ProgrammeKind
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import (
    RETIRED,
    InstrumentStatus,
    ProgrammeStatus,
    WithdrawalReason,
    may_be_verified,
)
from verifier.rules.purposes import Purpose
from verifier.rules.readings import Finding3
from verifier.rules.stages import Confidence
from verifier.rules.units import plain
from verifier.rules.verdict import ItemVerdict, Outcome, Stage

NOTHING = "–"
_MINUS = "−"
# What regulations call the two ways through the test points, and the supports, which have numbers.
POSITIONS = {
    "up": mark("rising"),
    "down": mark("falling"),
    "systolic": mark("systolic"),
    "diastolic": mark("diastolic"),
}
SUPPORT = mark("support {number}")

# By enum, because members of two StrEnums with one value are equal to each other.
NAMES: Mapping[type[Enum], Mapping[Any, str]] = {
    HolderKind: HOLDER_KIND_NAMES,
    Purpose: PURPOSE_NAMES,
    ProgrammeKind: {
        ProgrammeKind.MANDATORY_FREE: mark("mandatory verification, free of charge"),
        ProgrammeKind.VOLUNTARY_FREE: mark("voluntary verification, free of charge"),
    },
    WithdrawalReason: {
        WithdrawalReason.SCRAPPED: mark("scrapped"),
        WithdrawalReason.SUSPENDED: mark("suspended"),
        WithdrawalReason.TRANSFERRED: mark("moved away"),
        WithdrawalReason.OUT_OF_SCOPE: mark("not for this programme"),
        WithdrawalReason.DUPLICATE: mark("listed twice"),
    },
    Outcome: {Outcome.PASSED: mark("passed"), Outcome.FAILED: mark("failed")},
    Stage: {
        Stage.INITIAL: mark("initial verification"),
        Stage.SUBSEQUENT: mark("subsequent verification"),
        Stage.IN_SERVICE: mark("in-service inspection"),
    },
    ItemVerdict: {
        ItemVerdict.PASS: mark("passed"),
        ItemVerdict.FAIL: mark("failed"),
        ItemVerdict.NOT_REQUIRED: mark("not asked for at this stage"),
        ItemVerdict.NOT_APPLICABLE: mark("it has nothing of the sort"),
        ItemVerdict.NOT_EXAMINED: mark("not examined, because something decisive failed first"),
    },
    Confidence: {
        Confidence.HIGH: mark("read in the text"),
        Confidence.MEDIUM: mark("recalled from a well-known text"),
        Confidence.LOW: mark("recalled, to be read in the regulation"),
    },
    Finding3: {
        Finding3.OK: mark("in order"),
        Finding3.NOT_OK: mark("not in order"),
        Finding3.NOT_APPLICABLE: mark("not applicable"),
    },
    FeeTreatment: {
        FeeTreatment.WAIVED: mark("waived"),
        FeeTreatment.NOT_BILLABLE: mark("not billable: again after a failure"),
    },
    Ineligible: {
        Ineligible.NOT_IN_USE: mark("no longer in use"),
        Ineligible.HOLDER_KIND: mark("holders of this kind are not meant"),
        Ineligible.INSTRUMENT_KIND: mark("instruments of this kind are not meant"),
        Ineligible.NOT_MANDATORY: mark("verification of this kind is not mandatory"),
        Ineligible.PURPOSE: mark("used for something that is not meant"),
        Ineligible.CAPACITY: mark("larger than the capacity limit"),
        Ineligible.CAPACITY_UNKNOWN: mark("capacity not known"),
    },
    By: {
        By.DISTRICT: mark("By district"),
        By.HOLDER_KIND: mark("By kind of holder"),
        By.PURPOSE: mark("By purpose"),
    },
    Figure: {
        Figure.BASE: mark("on the list"),
        Figure.VERIFIED: mark("verified"),
        Figure.OUTSTANDING: mark("not verified yet"),
        Figure.PASSED: mark("passed at the last verification"),
        Figure.FAILED: mark("failed at the last verification"),
        Figure.FIRST_PASSED: mark("passed at first, as found"),
        Figure.ON_TIME: mark("verified on time"),
        Figure.LATE: mark("verified late"),
        Figure.WITHOUT_TARIFF: mark("verified without a known tariff"),
        Figure.FROZEN: mark("on the list frozen at the start"),
        Figure.FOUND: mark("found after the start"),
        Figure.SCRAPPED: mark("withdrawn: scrapped"),
        Figure.MOVED: mark("withdrawn: moved away"),
        Figure.OTHERWISE_WITHDRAWN: mark("withdrawn for other reasons"),
        Figure.ACTIONS: mark("with at least one verification"),
    },
}


@dataclass(frozen=True)
class Chip:
    """A state as a word, a colour and a shape, so that none of the three has to be enough alone."""

    word: str
    tone: str
    shape: str


DUE_CHIPS = {
    DueState.NEVER_VERIFIED: (mark("never verified"), "grey", "ring"),
    DueState.WITHOUT_LAST_DAY: (mark("verified, no last day known"), "grey", "ring"),
    DueState.IN_DATE: (mark("in date"), "good", "disc"),
    DueState.DUE_SOON: (mark("due soon"), "warn", "diamond"),
    DueState.OVERDUE: (mark("overdue"), "bad", "triangle"),
}


ITEM_CHIPS = {
    ItemVerdict.PASS: ("good", "disc"),
    ItemVerdict.FAIL: ("bad", "cross"),
    ItemVerdict.NOT_REQUIRED: ("grey", "ring"),
    ItemVerdict.NOT_APPLICABLE: ("grey", "ring"),
    ItemVerdict.NOT_EXAMINED: ("grey", "bar"),
}
CERTIFICATE_CHIPS = {
    CertificateState.GENUINE: ("good", "disc"),
    CertificateState.EXPIRED: ("warn", "diamond"),
    CertificateState.SUPERSEDED: ("bad", "triangle"),
    CertificateState.REVOKED: ("bad", "cross"),
}


class _Verified(Protocol):
    @property
    def status(self) -> InstrumentStatus: ...
    @property
    def verified_on(self) -> date | None: ...
    @property
    def valid_until(self) -> date | None: ...


class _OfKind(Protocol):
    @property
    def kind_name_zh(self) -> str: ...
    @property
    def kind_name_en(self) -> str: ...


class _Named(Protocol):
    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...


@dataclass(frozen=True)
class Labels:
    """What templates call `labels`: the words and figures of one reader on one day."""

    language: str
    on: date
    rounding: Rounding = "half_up"

    def say(self, sentence: str) -> str:
        return say(sentence, self.language)

    def name(self, member: Enum | None) -> str:
        """The word for a member of any enum that pages show; "–" for none."""
        if member is None:
            return NOTHING
        return self.say(member.word if isinstance(member, Worded) else NAMES[type(member)][member])

    def options(self, kind: type[Enum]) -> list[tuple[str, str]]:
        """Every member with its word, to choose from."""
        return [(member.value, self.name(member)) for member in kind]

    def purpose(self, member: Enum | None) -> str:
        return self.say(UNKNOWN_PURPOSE) if member is None else self.name(member)

    def ineligible(self, reason: str) -> str:
        return self.name(Ineligible(reason))

    def kind(self, row: _OfKind) -> str:
        return row.kind_name_en if self.language == "en" else row.kind_name_zh

    def proper(self, row: _Named) -> str:
        """A district or a kind itself; not every district has an English name."""
        return row.name_en if self.language == "en" and row.name_en else row.name_zh

    def may_be_verified(self, status: InstrumentStatus) -> bool:
        return may_be_verified(status)

    @property
    def small_base(self) -> int:
        return SMALL_BASE

    def number(self, count: int) -> Markup:
        return Markup('<data value="{}">{}</data>').format(count, f"{count:,}")

    def yuan(self, fen: int | None) -> Markup | str:
        """15,400.00 for a person, 15400.00 for a program; "–" where it is not known."""
        if fen is None:
            return NOTHING
        plain = completion.yuan(fen)
        whole, _, cents = plain.partition(".")
        return Markup('<data value="{}">{}</data>').format(plain, f"{int(whole):,}.{cents}")

    def percent(self, part: int, whole: int) -> str:
        """92.4%, or "–" for an empty base."""
        found = completion.percent(part, whole, self.rounding)
        return NOTHING if found is None else f"{found}%"

    def width(self, part: int, whole: int) -> str:
        """How much of a bar 100 wide is filled."""
        return completion.percent(part, whole) or "0"

    def is_small(self, whole: int) -> bool:
        return 0 < whole < SMALL_BASE

    def day(self, day: date | None) -> Markup | str:
        return NOTHING if day is None else Markup('<time datetime="{0}">{0}</time>').format(day.isoformat())

    def instrument_chip(self, row: _Verified) -> Chip:
        """What an instrument's holder should know first about it today."""
        if row.status in RETIRED:
            return Chip(self.name(row.status), "grey", "cross")
        if row.status is InstrumentStatus.SUSPENDED:
            return Chip(self.name(row.status), "violet", "bar")
        word, tone, shape = DUE_CHIPS[due_state(row.verified_on, row.valid_until, on=self.on)]
        return Chip(self.say(word), tone, shape)

    def outcome_chip(self, outcome: Outcome) -> Chip:
        passed = outcome is Outcome.PASSED
        return Chip(self.name(outcome), "good" if passed else "bad", "disc" if passed else "cross")

    def point_chip(self, *, passed: bool) -> Chip:
        return self.item_chip(ItemVerdict.PASS if passed else ItemVerdict.FAIL)

    def item_chip(self, verdict: ItemVerdict) -> Chip:
        return Chip(self.name(verdict), *ITEM_CHIPS[verdict])

    def certificate_chip(self, state: CertificateState) -> Chip:
        return Chip(self.name(state), *CERTIFICATE_CHIPS[state])

    def figure(self, figure: Decimal | None, *, signed: bool = False) -> str:
        """As it was written, without noughts that say nothing when it was worked out; "–" for none."""
        if figure is None:
            return NOTHING
        shown = plain(figure).replace("-", _MINUS)
        return f"+{shown}" if signed and figure > 0 else shown

    def limits(self, lower: Decimal | None, upper: Decimal | None, *, strict: bool = False) -> str:
        """±3, at most 2, or −1 … +2; "" where there is no limit."""
        least, most = ("> ", "< ") if strict else ("≥ ", "≤ ")
        if lower is None:
            return "" if upper is None else most + self.figure(upper)
        if upper is None:
            return least + self.figure(lower)
        if lower == -upper:
            return f"±{self.figure(upper)}"
        return f"{self.figure(lower, signed=True)} … {self.figure(upper, signed=True)}"

    def position(self, position: str) -> str:
        """Where or on which way a point is read."""
        if position in POSITIONS:
            return self.say(POSITIONS[position])
        return say(SUPPORT, self.language, {"number": position}) if position.isdecimal() else position

    def programme_chip(self, status: ProgrammeStatus) -> Chip:
        tone, shape = {
            ProgrammeStatus.DRAFT: ("warn", "ring"),
            ProgrammeStatus.RUNNING: ("blue", "triangle"),
            ProgrammeStatus.CLOSED: ("grey", "square"),
        }[status]
        return Chip(self.name(status), tone, shape)
