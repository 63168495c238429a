"""Each method of a regulation applied to the readings of one item."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from verifier.rules.asking import Case, ReadingMissing, together
from verifier.rules.items import Item, Measure, Method, Response
from verifier.rules.judgement import FoundBy, PointResult
from verifier.rules.limits import Applied, ReadingField, ReadingFieldMissing, applying
from verifier.rules.readings import Finding3, Reading

_HALF = Decimal("0.5")


@dataclass(frozen=True)
class Evidence:
    """All readings by item: some items need those of others."""

    case: Case
    readings: dict[str, list[Reading]]

    def of(self, key: str) -> list[Reading]:
        return self.readings.get(key, [])


def judged(item: Item, evidence: Evidence) -> tuple[PointResult, ...]:
    """Every reading of the item with its error and whether it keeps the limit."""
    readings = evidence.of(item.key)
    match item.method:
        case Method.CHECK:
            return tuple(_seen(reading) for reading in readings)
        case Method.ERROR:
            return tuple(_erring(item, reading, evidence) for reading in readings)
        case Method.VALUE:
            return tuple(_valued(item, reading, evidence) for reading in readings)
        case Method.SPREAD:
            return _spread(item, readings, evidence)
        case Method.RESPONSE:
            return tuple(_responding(item, reading, evidence.case) for reading in readings)


def enough(item: Item, points: Sequence[PointResult]) -> bool:
    """Whether so many points hold as the item asks; all of them unless it states a proportion."""
    holding = sum(point.passed is True for point in points)
    return holding * 100 >= item.proportion * len(points)


def limit_at(
    item: Item, case: Case, reference: Decimal | None = None, indication: Decimal | None = None
) -> Applied:
    """The limit of the item for one reading, with the stage's factor."""
    found = applying(item.limits, case.situation(item, reference, indication))
    found = found.times(item.factors.get(case.stage, Decimal(1)))
    if item.method is Method.SPREAD or item.share != (1, 1):
        return found.magnitude(item.share)
    return found


def extra_load(item: Item, response: Response, case: Case, reference: Decimal | None) -> Decimal:
    """What is added to see whether the instrument responds."""
    figure, measure = response.extra
    if measure is Measure.MPE:
        return figure * (limit_at(item, case, reference).upper or Decimal(0))
    return figure * case.device.scale_interval(reference)


def _seen(reading: Reading) -> PointResult:
    return PointResult(reading, FoundBy.FINDING, passed=reading.finding is Finding3.OK)


def _erring(item: Item, reading: Reading, evidence: Evidence) -> PointResult:
    """E = I - L, or the error prior to rounding less the zero error: Ec = I + 0.5 e - ΔL - L - E0."""
    error = _given(item, reading.indication) - _given(item, reading.reference)
    limit = _guarded(item, evidence, limit_at(item, evidence.case, reading.reference, reading.indication))
    if reading.added is None:
        return _held(PointResult(reading, FoundBy.INDICATION, error), limit)
    zero = _zero_error(item, evidence)
    error += _unrounding(reading.added, reading.reference, evidence.case) - (zero or 0)
    return _held(PointResult(reading, FoundBy.CHANGEOVER, error, zero), limit)


def _unrounding(added: Decimal, reference: Decimal | None, case: Case) -> Decimal:
    """What the display rounded away, 0.5 e - ΔL; raises CharacteristicMissing."""
    return case.device.interval_at(reference).e * _HALF - added


def _zero_error(item: Item, evidence: Evidence) -> Decimal | None:
    """E0 at or near zero, from the first reading there; it must be as fine as what it corrects."""
    readings = evidence.of(item.zero_from)
    if not readings:
        return None
    first, asked = readings[0], evidence.case.regulation.item(item.zero_from)
    if first.added is None:
        raise ReadingFieldMissing(item=(asked or item).title, field=ReadingField.ADDED)
    unrounded = _unrounding(first.added, first.reference, evidence.case)
    return _given(item, first.indication) - _given(item, first.reference) + unrounded


def _valued(item: Item, reading: Reading, evidence: Evidence) -> PointResult:
    limit = _guarded(item, evidence, limit_at(item, evidence.case, reading.reference, reading.indication))
    return _held(PointResult(reading, FoundBy.VALUE, _given(item, reading.indication)), limit)


def _guarded(item: Item, evidence: Evidence, limit: Applied) -> Applied:
    """The limit narrowed by the greatest expanded uncertainty stated."""
    if not item.guard_from:
        return limit
    stated = [
        reading.indication for reading in evidence.of(item.guard_from) if reading.indication is not None
    ]
    if not stated:
        asked = evidence.case.regulation.item(item.guard_from) or item
        raise ReadingMissing(item=asked.title, what=ReadingField.INDICATION)
    return limit.narrowed(max(stated))


def _spread(item: Item, readings: Sequence[Reading], evidence: Evidence) -> tuple[PointResult, ...]:
    """The greatest less the smallest, for each load and position by itself."""
    found: list[PointResult] = []
    for reading, group in zip(readings, together(item, evidence.case, readings), strict=True):
        found.append(_apart(item, reading, group, evidence.case))
        if item.each_error:
            found.append(_erring(replace(item, method=Method.ERROR), reading, evidence))
    return tuple(found)


def _apart(item: Item, reading: Reading, group: Sequence[Reading], case: Case) -> PointResult:
    values = [_given(item, other.indication) for other in group]
    fine = [_unrounding(one.added, one.reference, case) for one in group if one.added is not None]
    if len(fine) == len(group):
        values = [value + rest for value, rest in zip(values, fine, strict=True)]
    # Loads that count for one point differ a little; the smallest has the tightest limit.
    loads = [other.reference for other in group if other.reference is not None]
    limit = limit_at(item, case, min(loads, default=None), min(values))
    return _held(PointResult(reading, FoundBy.SPREAD, max(values) - min(values)), limit)


def _responding(item: Item, reading: Reading, case: Case) -> PointResult:
    """The change the extra load made, or what was seen of it."""
    response = item.response
    if response is None or response.shows is None or reading.indication is None:
        return _seen(reading)
    figure, measure = response.shows
    whole = (
        extra_load(item, response, case, reading.reference)
        if measure is Measure.EXTRA
        else case.device.scale_interval(reading.reference)
    )
    limit = Applied(figure * whole, None)
    return _held(PointResult(reading, FoundBy.RESPONSE, reading.indication), limit)


def _held(point: PointResult, limit: Applied) -> PointResult:
    passed = point.error is not None and limit.holds(point.error)
    return replace(point, lower=limit.lower, upper=limit.upper, strict=limit.strict, passed=passed)


def _given(item: Item, figure: Decimal | None) -> Decimal:
    if figure is None:
        raise ReadingFieldMissing(item=item.title, field=ReadingField.INDICATION)
    return figure
