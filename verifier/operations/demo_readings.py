"""What the demo's technicians read off: believable small errors, and beyond the limit where an item fails."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from random import Random

from verifier.rules.device import Device
from verifier.rules.expected import Expected, ExpectedPoint
from verifier.rules.items import Method, Need
from verifier.rules.limits import ReadingField
from verifier.rules.readings import Finding3, Reading

_HALF = Decimal("0.5")
# A zero that is off is taken off every error found after it, so nothing fails here for its sake.
_ZERO = "zero_setting"
# What is applied where the regulation leaves it to the technician, by unit; a scale is read at zero.
_USUAL = {"mV": Decimal(1), "s": Decimal(1), "/min": Decimal(60), "CNY": Decimal("36.80")}
# What a blood pressure simulator is set to, by unit and what is read.
_SIMULATED = {
    ("mmHg", "systolic"): Decimal(120),
    ("mmHg", "diastolic"): Decimal(80),
    ("kPa", "systolic"): Decimal("16.0"),
    ("kPa", "diastolic"): Decimal("10.6"),
}


def choose_failing(asked: Sequence[Expected], rng: Random, *, is_adjustable: bool) -> frozenset[str]:
    """The items an instrument fails: now and then at sight, mostly one or two of those measured.

    `is_adjustable`: what somebody put right on the spot, so an error where there is one to adjust.
    """
    examined = [item for item in asked if _is_examined(item)]
    at_sight = [item.key for item in examined if item.decisive]
    later = [item.key for item in examined if not item.decisive and item.key != _ZERO]
    errors = [item.key for item in examined if item.method is Method.ERROR and item.key in later]
    if is_adjustable and errors:
        return frozenset({rng.choice(errors)})
    if at_sight and not is_adjustable and rng.random() < 0.15:
        return frozenset({rng.choice(at_sight)})
    return frozenset(rng.sample(later, min(len(later), rng.choice((1, 1, 2)))))


def readings_of(
    asked: Sequence[Expected], device: Device, rng: Random, *, failing: Collection[str] = ()
) -> list[Reading]:
    """Everything the regulation asks for; the items named fail, all others hold.

    What fails at sight ends it: nothing else is read.
    """
    examined = [item for item in asked if _is_examined(item)]
    at_sight = [item for item in examined if item.decisive and item.key in failing]
    return [
        reading
        for item in at_sight or examined
        for reading in _Technician(item, device, rng, fails=item.key in failing).read()
    ]


def _is_examined(item: Expected) -> bool:
    return item.applicable and item.need is not Need.NOT_REQUIRED


@dataclass(frozen=True)
class _Technician:
    """Reads one item of one instrument."""

    item: Expected
    device: Device
    rng: Random
    fails: bool

    def read(self) -> Iterator[Reading]:
        match self.item.method:
            case Method.CHECK | Method.RESPONSE:
                return self._look()
            case Method.ERROR:
                return self._compare()
            case Method.VALUE:
                return self._measure()
            case Method.SPREAD:
                return self._repeat()

    def _places(self) -> list[tuple[ExpectedPoint, str]]:
        return [(point, position) for point in self.item.points for position in point.positions]

    def _look(self) -> Iterator[Reading]:
        found = Finding3.NOT_OK if self.fails else Finding3.OK
        for point, position in self._places():
            yield Reading(item=self.item.key, reference=point.at, finding=found, position=position)

    def _compare(self) -> Iterator[Reading]:
        """The error grows from point to point, as that of a wrong slope does; what fails does at the last."""
        share = self._beyond() if self.fails else self._within()
        places = [place for place in self._places() for _ in range(self.item.readings)]
        for number, (point, position) in enumerate(places, start=1):
            reference = _USUAL.get(self.item.unit, Decimal(0)) if point.at is None else point.at
            error = share * self._limit(point, reference) * number / len(places)
            yield self._indicated(reference, error, self._limit(point, reference), position)

    def _limit(self, point: ExpectedPoint, reference: Decimal) -> Decimal:
        """The limit there; where it hangs on the reading, what surely lies beyond or within it."""
        if point.upper is None:
            return reference / 10 if self.fails else reference / 30
        # Money is right or wrong.
        return point.upper or (Decimal("0.1") if self.fails else Decimal(0))

    def _indicated(self, reference: Decimal, error: Decimal, limit: Decimal, position: str) -> Reading:
        """As the instrument shows it; with the weights ΔL to the next step where those are known."""
        key = self.item.key
        if ReadingField.ADDED not in self.item.optional_fields:
            step = self._step(limit)
            shown = (reference + _rounded(error, step)).quantize(step)
            return Reading(item=key, reference=reference, indication=shown, position=position)
        e = self.device.interval_at(reference).e
        true = reference + _rounded(error, e / 10)
        shown = (true / e + _HALF).quantize(Decimal(1), ROUND_FLOOR) * e
        added = shown + e * _HALF - true
        return Reading(item=key, reference=reference, indication=shown, added=added, position=position)

    def _step(self, limit: Decimal) -> Decimal:
        """How finely it is read: to a fifth of a scale's interval, else to about a half of the limit."""
        if self.device.intervals and self.item.unit == self.device.unit:
            return self.device.interval_at(None).e / 5
        return _power_of_ten(limit / 2)

    def _measure(self) -> Iterator[Reading]:
        for point, position in self._places():
            value = self._value(point)
            yield Reading(item=self.item.key, reference=point.at, indication=value, position=position)

    def _value(self, point: ExpectedPoint) -> Decimal:
        """Inside the bounds with room to spare, or well outside."""
        if point.upper is None:
            lower = point.lower or Decimal(0)
            share = self._drawn(40, 70) if self.fails else self._drawn(110, 120)
            return _rounded(lower * share, _power_of_ten(lower / 4))
        span = point.upper - (point.lower or Decimal(0))
        share = self._drawn(30, 60)
        value = point.upper * self._drawn(140, 190) if self.fails else (point.lower or 0) + span * share
        return _rounded(value, _power_of_ten(span / 4))

    def _repeat(self) -> Iterator[Reading]:
        """The same once more and once more; where it fails the last one is off."""
        for point, position in self._places():
            base = _SIMULATED.get((self.item.unit, position), Decimal(0)) if point.at is None else point.at
            limit = point.upper or Decimal(0)
            for number in range(self.item.readings):
                is_last = number == self.item.readings - 1
                off = self._drawn(170, 220) if self.fails and is_last else self._drawn(0, 30)
                shown = self._indicated(base, off * limit, limit, position)
                # What is repeated on a simulator has no reference.
                yield Reading(**(vars(shown) | {"reference": point.at}))

    def _within(self) -> Decimal:
        return self._drawn(-55, 55)

    def _beyond(self) -> Decimal:
        return self._drawn(130, 180) * self.rng.choice((-1, 1))

    def _drawn(self, least: int, most: int) -> Decimal:
        """A number of hundredths."""
        return Decimal(self.rng.randint(least, most)) / 100


def _rounded(figure: Decimal, step: Decimal) -> Decimal:
    # Nought has no sign on a display.
    return (figure / step).quantize(Decimal(1)) * step + 0


def _power_of_ten(figure: Decimal) -> Decimal:
    """The greatest power of ten that is not greater, up to 1; 0.01 for nought, which is money."""
    return Decimal(1).scaleb(min(figure.adjusted(), 0)) if figure else Decimal("0.01")
