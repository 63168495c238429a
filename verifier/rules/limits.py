"""Limits as a regulation states them, and the one that applies to a reading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from verifier.errors import Invalid
from verifier.i18n import Worded, mark
from verifier.rules.device import Characteristic, Device
from verifier.rules.stages import Stage
from verifier.rules.units import converted, plain

# No reading is finer, so a limit cut here decides as the exact one does.
_FINEST = Decimal("0.000000000001")


class Of(StrEnum):
    """What a limit's figures are counted in."""

    UNIT = "unit"
    E = "e"
    D = "d"
    REFERENCE = "% of reference"
    INDICATION = "% of indication"
    SPAN = "% of span"


class ReadingField(Worded):
    """What a technician types in for one reading."""

    REFERENCE = "reference", mark("the load or value applied")
    INDICATION = "indication", mark("the indication")
    ADDED = "added", mark("the weights added up to the changeover point (ΔL)")
    FINDING = "finding", mark("what was found")


class ReadingFieldMissing(Invalid):
    message = mark("“{item}”: a reading lacks {field}.")


class UnitNotShown(Invalid):
    message = mark("“{item}”: the regulation has no limit in {unit}; it has limits in {units}.")


class LimitMissing(Invalid):
    message = mark(
        "“{item}”: the regulation has no limit for class {accuracy_class} at the stage {stage} here."
    )


class BeyondLimits(Invalid):
    message = mark("“{item}”: the regulation sets no limit for {reference} {unit}.")


@dataclass(frozen=True)
class Bounds:
    """What an error or a value may be; inclusive unless strict. None: no bound on that side."""

    lower: Decimal | None
    upper: Decimal | None
    strict: bool = False
    of: Of = Of.UNIT
    # Added on both sides, in the unit: ±(5 % + 1).
    plus: Decimal = Decimal(0)
    # The other limit of "whichever is larger".
    larger: "Bounds | None" = None


@dataclass(frozen=True)
class Band:
    """Bounds up to an end; the end itself belongs to this band unless the file says `below`."""

    end: Decimal | None
    with_end: bool
    bounds: Bounds


@dataclass(frozen=True)
class Limit:
    """A limit and for which stage, unit, class and capacity it holds; empty sets mean any."""

    stages: frozenset[Stage]
    units: tuple[str, ...]
    classes: tuple[str, ...]
    # Holds for instruments with a Max up to here, such as 30 kg.
    up_to_max: tuple[Decimal, str] | None
    # Whether the ends of bands are counted in e.
    ends_in_e: bool
    bands: tuple[Band, ...]
    # ± per class and nominal value in milligrams, for weights.
    by_nominal: Mapping[tuple[str, Decimal], Decimal]


@dataclass(frozen=True)
class Situation:
    """What a limit is looked up for."""

    # How the item is called, for refusals.
    item: str
    stage: Stage
    device: Device
    # The unit readings of the item are in.
    unit: str
    reference: Decimal | None = None
    indication: Decimal | None = None


@dataclass(frozen=True)
class Applied:
    """The limit that decided, in the unit of the item."""

    lower: Decimal | None
    upper: Decimal | None
    strict: bool = False

    def holds(self, value: Decimal) -> bool:
        if self.strict:
            return (self.lower is None or value > self.lower) and (self.upper is None or value < self.upper)
        return (self.lower is None or value >= self.lower) and (self.upper is None or value <= self.upper)

    def times(self, factor: Decimal) -> "Applied":
        lower = None if self.lower is None else self.lower * factor
        return Applied(lower, None if self.upper is None else self.upper * factor, self.strict)

    def magnitude(self, share: tuple[int, int] = (1, 1)) -> "Applied":
        """The upper bound alone, or a share of it: what a difference or an uncertainty must not exceed."""
        if self.upper is None:
            return self
        # An uncertainty below nought is a slip; it would widen what it narrows.
        lower = None if share == (1, 1) else Decimal(0)
        return Applied(lower, _cut(self.upper * share[0], share[1]), self.strict)

    def narrowed(self, by: Decimal) -> "Applied":
        """The limit less the expanded uncertainty on both sides (R 111-1, 5.3)."""
        lower = None if self.lower is None else self.lower + by
        return Applied(lower, None if self.upper is None else self.upper - by, self.strict)


def applying(limits: Sequence[Limit], at: Situation) -> Applied:
    """The limit for one reading; raises a refusal that names what the regulation does not say."""
    limit = chosen(limits, at)
    if limit.by_nominal:
        figure = _of_a_weight(limit, at)
        return Applied(-figure, figure)
    return _worked_out(_band(limit, at).bounds, at)


def chosen(limits: Sequence[Limit], at: Situation) -> Limit:
    """The first limit whose conditions hold; raises UnitNotShown or LimitMissing."""
    found = [limit for limit in limits if not limit.units or at.unit in limit.units]
    if not found:
        units = ", ".join(sorted({unit for limit in limits for unit in limit.units}))
        raise UnitNotShown(item=at.item, unit=at.unit, units=units)
    for limit in found:
        if at.stage in limit.stages and _has_class(limit, at.device) and _is_small_enough(limit, at.device):
            return limit
    raise LimitMissing(item=at.item, accuracy_class=at.device.accuracy_class or "-", stage=at.stage)


def _has_class(limit: Limit, device: Device) -> bool:
    return not limit.classes or device.needed(Characteristic.ACCURACY_CLASS) in limit.classes


def _is_small_enough(limit: Limit, device: Device) -> bool:
    if limit.up_to_max is None:
        return True
    greatest, unit = limit.up_to_max
    end = converted(greatest, unit, device.needed(Characteristic.UNIT))
    maximum: Decimal = device.needed(Characteristic.MAXIMUM)
    return end is not None and maximum <= end


def _of_a_weight(limit: Limit, at: Situation) -> Decimal:
    device = at.device
    nominal: Decimal = device.needed(Characteristic.NOMINAL) if at.reference is None else at.reference
    unit: str = device.needed(Characteristic.UNIT)
    milligrams = converted(nominal, unit, "mg")
    of_class: str = device.needed(Characteristic.ACCURACY_CLASS)
    found = None if milligrams is None else limit.by_nominal.get((of_class, milligrams))
    if found is None:
        raise BeyondLimits(item=f"{at.item}, {of_class}", reference=plain(nominal), unit=unit)
    return found


def _band(limit: Limit, at: Situation) -> Band:
    if len(limit.bands) == 1 and limit.bands[0].end is None:
        return limit.bands[0]
    reference = _read(at.reference, ReadingField.REFERENCE, at)
    for band in limit.bands:
        end = band_end(band, limit, at.device, reference)
        if end is None or reference < end or (reference == end and band.with_end):
            return band
    raise BeyondLimits(item=at.item, reference=plain(reference), unit=at.unit)


def band_end(band: Band, limit: Limit, device: Device, reference: Decimal | None) -> Decimal | None:
    """Where a band ends, in the unit shown, for the interval the reference falls into."""
    if band.end is None or not limit.ends_in_e:
        return band.end
    return band.end * device.interval_at(reference).e


def _worked_out(bounds: Bounds, at: Situation) -> Applied:
    per = _counted_in(bounds.of, at)
    lower = None if bounds.lower is None else bounds.lower * per - bounds.plus
    upper = None if bounds.upper is None else bounds.upper * per + bounds.plus
    if bounds.larger is not None:
        other = _worked_out(bounds.larger, at)
        lower = None if lower is None or other.lower is None else min(lower, other.lower)
        upper = None if upper is None or other.upper is None else max(upper, other.upper)
    return Applied(lower, upper, bounds.strict)


def _counted_in(of: Of, at: Situation) -> Decimal:
    device = at.device
    match of:
        case Of.UNIT:
            return Decimal(1)
        case Of.E:
            return device.interval_at(at.reference).e
        case Of.D:
            return device.scale_interval(at.reference)
        case Of.SPAN:
            maximum: Decimal = device.needed(Characteristic.MAXIMUM)
            return (maximum - (device.minimum or Decimal(0))).scaleb(-2)
        case Of.REFERENCE:
            return abs(_read(at.reference, ReadingField.REFERENCE, at)).scaleb(-2)
        case Of.INDICATION:
            return abs(_read(at.indication, ReadingField.INDICATION, at)).scaleb(-2)


def _read(figure: Decimal | None, field: ReadingField, at: Situation) -> Decimal:
    if figure is None:
        raise ReadingFieldMissing(item=at.item, field=field)
    return figure


def _cut(dividend: Decimal, divisor: int) -> Decimal:
    if divisor == 1:
        return dividend
    return (dividend / divisor).quantize(_FINEST, ROUND_FLOOR)
