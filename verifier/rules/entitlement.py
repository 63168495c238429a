"""Which instrument is verified free of charge, and what fee is waived for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import InstrumentStatus, may_be_verified
from verifier.rules.purposes import Purpose


class Mandate(StrEnum):
    """Whether the catalogue (SAMR ann. 2020-42) makes verification mandatory for a kind."""

    MANDATORY = "mandatory"
    VOLUNTARY = "voluntary"
    # Nobody has read it in a text: never taken as mandatory by itself.
    UNSURE = "unsure"


class VerificationForm(StrEnum):
    PERIODIC = "periodic"
    INITIAL_ONLY = "initial_only"
    LIMITED_LIFE = "limited_life"
    VOLUNTARY = "voluntary"
    NONE = "none"
    UNKNOWN = "unknown"


class ProgrammeKind(StrEnum):
    MANDATORY_FREE = "mandatory_free"
    VOLUNTARY_FREE = "voluntary_free"


class FeeTreatment(StrEnum):
    WAIVED = "waived"
    NOT_BILLABLE = "not_billable"


class Ineligible(StrEnum):
    NOT_IN_USE = "not_in_use"
    HOLDER_KIND = "holder_kind"
    INSTRUMENT_KIND = "instrument_kind"
    NOT_MANDATORY = "not_mandatory"
    PURPOSE = "purpose"
    CAPACITY = "capacity"
    CAPACITY_UNKNOWN = "capacity_unknown"


@dataclass(frozen=True, kw_only=True)
class Eligibility:
    """Who a programme is for; an empty list means no limit beyond the programme's kind."""

    holder_kinds: tuple[HolderKind, ...] = ()
    instrument_kinds: tuple[str, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    # Inclusive: "Max <= 500 kg".
    max_capacity_kg: Decimal | None = None


@dataclass(frozen=True)
class Candidate:
    status: InstrumentStatus
    holder_kind: HolderKind
    kind_key: str
    mandate: Mandate
    purpose: Purpose | None
    max_capacity_g: int | None


def ineligibility(candidate: Candidate, eligibility: Eligibility, kind: ProgrammeKind) -> Ineligible | None:
    """Why the instrument is not for the programme, or None if it is."""
    if not may_be_verified(candidate.status):
        return Ineligible.NOT_IN_USE
    if eligibility.holder_kinds and candidate.holder_kind not in eligibility.holder_kinds:
        return Ineligible.HOLDER_KIND
    return (
        _kind_ineligible(candidate, eligibility, kind)
        or _use_ineligible(candidate, eligibility, kind)
        or _capacity_ineligible(candidate, eligibility)
    )


def _kind_ineligible(
    candidate: Candidate, eligibility: Eligibility, kind: ProgrammeKind
) -> Ineligible | None:
    if eligibility.instrument_kinds:
        return None if candidate.kind_key in eligibility.instrument_kinds else Ineligible.INSTRUMENT_KIND
    if kind is ProgrammeKind.MANDATORY_FREE and candidate.mandate is not Mandate.MANDATORY:
        return Ineligible.NOT_MANDATORY
    return None


def _use_ineligible(candidate: Candidate, eligibility: Eligibility, kind: ProgrammeKind) -> Ineligible | None:
    if eligibility.purposes:
        return None if candidate.purpose in eligibility.purposes else Ineligible.PURPOSE
    # The law names four purposes (Metrology Law, Art. 9); a use outside them is not mandatory.
    if kind is ProgrammeKind.MANDATORY_FREE and candidate.purpose is Purpose.OTHER:
        return Ineligible.PURPOSE
    return None


def _capacity_ineligible(candidate: Candidate, eligibility: Eligibility) -> Ineligible | None:
    if eligibility.max_capacity_kg is None:
        return None
    if candidate.max_capacity_g is None:
        return Ineligible.CAPACITY_UNKNOWN
    return Ineligible.CAPACITY if candidate.max_capacity_g > eligibility.max_capacity_kg * 1000 else None


def fee_waived(tariff_fen: int | None, treatment: FeeTreatment) -> int | None:
    """The fee waived in fen; None where the tariff is unknown, which is never 0."""
    return 0 if treatment is FeeTreatment.NOT_BILLABLE else tariff_fen


def split_by_share(fen: int, shares: Sequence[int]) -> list[int]:
    """Divide an amount by percentages that sum to 100; the parts sum to the amount.

    What rounding leaves goes fen by fen to the largest remainders, the first on a tie.
    """
    parts = [fen * share // 100 for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda i: -(fen * shares[i] % 100))
    for i in by_remainder[: fen - sum(parts)]:
        parts[i] += 1
    return parts
