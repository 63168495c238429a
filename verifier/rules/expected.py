"""What a phone shows before anything is measured: each item, where it is read, and the limit there."""

from dataclasses import dataclass
from decimal import Decimal

from verifier.rules.asking import Case, fields_of
from verifier.rules.items import Item, Method, Need
from verifier.rules.judging import extra_load, limit_at
from verifier.rules.limits import Applied, Limit, Of, ReadingField
from verifier.rules.stages import Confidence

_OF_THE_READING = (Of.REFERENCE, Of.INDICATION)
_NO_LIMIT = Applied(None, None)


@dataclass(frozen=True)
class ExpectedPoint:
    """A value to apply and the limit there; `at` None: the value is free, or there is none."""

    at: Decimal | None
    # A reading from `at - within` to `at + within` counts for this point.
    within: Decimal
    lower: Decimal | None
    upper: Decimal | None
    strict: bool
    # The small extra load to add, for a response.
    extra: Decimal | None
    # The point is read at each of them; ("",) where it does not matter.
    positions: tuple[str, ...]


@dataclass(frozen=True)
class Expected:
    """What one item asks for; figures are in `unit`."""

    key: str
    name_zh: str
    name_en: str
    ask_zh: str
    ask_en: str
    note_zh: str
    note_en: str
    rule: str
    confidence: Confidence
    method: Method
    need: Need
    # Whether the instrument's kind and functions have what is examined.
    applicable: bool
    # A failure ends the verification at once.
    decisive: bool
    unit: str
    fields: tuple[ReadingField, ...]
    optional_fields: tuple[ReadingField, ...]
    points: tuple[ExpectedPoint, ...]
    # How many readings at each point and position, at least.
    readings: int
    # Of a hundred results so many must keep the limit.
    proportion: Decimal


def asked_of(item: Item, case: Case) -> Expected:
    """One item; raises CharacteristicMissing or UnitNotShown where it is to be examined."""
    need, applicable = item.needs[case.stage], case.applies(item)
    examined = applicable and need is not Need.NOT_REQUIRED
    must, may = fields_of(item)
    unit = case.unit(item) if examined else ""
    return Expected(
        key=item.key,
        name_zh=item.name_zh,
        name_en=item.name_en,
        ask_zh=item.ask_zh,
        ask_en=item.ask_en,
        note_zh=item.note_zh,
        note_en=item.note_en,
        rule=item.reference,
        confidence=item.confidence,
        method=item.method,
        need=need,
        applicable=applicable,
        decisive=item.decisive,
        unit=f"{unit}/{item.per}" if examined and item.per else unit,
        fields=must,
        optional_fields=may,
        points=_points(item, case) if examined else (),
        readings=item.readings,
        proportion=item.proportion,
    )


def _points(item: Item, case: Case) -> tuple[ExpectedPoint, ...]:
    places: list[tuple[Decimal | None, Decimal]] = [(point.at, point.within) for point in case.points(item)]
    found = places or [(None, Decimal(0))]
    return tuple(_point(item, case, place, turning=bool(places) and place == found[-1]) for place in found)


def _point(item: Item, case: Case, place: tuple[Decimal | None, Decimal], *, turning: bool) -> ExpectedPoint:
    at, within = place
    limit = case.limit(item)
    known = limit is not None and (at is not None or not _needs_reference(limit))
    response = item.response
    # Before anything is read the indication is taken to be right.
    applied = limit_at(item, case, at, at) if known and response is None else _NO_LIMIT
    return ExpectedPoint(
        at=at,
        within=within,
        lower=applied.lower,
        upper=applied.upper,
        strict=applied.strict,
        extra=extra_load(item, response, case, at) if response and (known or limit is None) else None,
        positions=case.positions(item, turning=turning),
    )


def _needs_reference(limit: Limit) -> bool:
    """Whether the limit cannot be said before a value is applied."""
    bounds = [band.bounds for band in limit.bands]
    parts = [part for one in bounds for part in (one, one.larger) if part is not None]
    return len(bounds) > 1 or any(part.of in _OF_THE_READING for part in parts)
