"""Which weighing instruments can be: R 76-1's accuracy classes by e and n = Max / e."""

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from verifier.errors import Invalid
from verifier.i18n import Worded, mark
from verifier.rules.device import Characteristic, Device, Interval
from verifier.rules.units import converted, plain


class Impossible(Worded):
    """Why no such instrument can exist."""

    CLASS = "class", mark("the accuracy classes are I, II, III and IIII")
    UNIT = "unit", mark("it does not weigh in a unit of mass")
    FORM_OF_E = "form_of_e", mark("e is 1, 2 or 5 times a power of ten")
    SIZE_OF_E = "size_of_e", mark("the class does not exist with this e")
    TOO_FEW = "too_few", mark("the class needs more verification scale intervals")
    TOO_MANY = "too_many", mark("the class does not have so many verification scale intervals")
    D = "d", mark("d must be e, in classes I and II at least a tenth of e")
    RANGES = "ranges", mark("partial weighing ranges and their e must rise, up to Max")


class DeviceImpossible(Invalid):
    message = mark(
        "There is no instrument of class {accuracy_class} with Max {maximum} {unit} and e {e} {unit}: {what}."
    )


@dataclass(frozen=True)
class _Row:
    """One line of the table: e in grams from `least` to `greatest`, the bounds of n, and Min in e."""

    accuracy_class: str
    least: Decimal
    greatest: Decimal | None
    n_min: int
    n_max: int | None
    min_in_e: int


_MG = Decimal("0.001")
_TABLE = (
    _Row("I", _MG, None, 50_000, None, 100),
    _Row("II", _MG, Decimal("0.05"), 100, 100_000, 20),
    _Row("II", Decimal("0.1"), None, 5_000, 100_000, 50),
    _Row("III", Decimal("0.1"), Decimal(2), 100, 10_000, 20),
    _Row("III", Decimal(5), None, 500, 10_000, 20),
    _Row("IIII", Decimal(5), None, 100, 1_000, 10),
)
_FORMS = {(1,), (2,), (5,)}
_FINE_CLASSES = ("I", "II")


def fitting(device: Device) -> Device:
    """The device as R 76-1 has it, with Min worked out of class and e where nobody stated one.

    Raises CharacteristicMissing or DeviceImpossible.
    """
    accuracy_class: str = device.needed(Characteristic.ACCURACY_CLASS)
    unit: str = device.needed(Characteristic.UNIT)
    maximum: Decimal = device.needed(Characteristic.MAXIMUM)
    first: Interval = device.needed(Characteristic.E)
    _check_ranges(device, maximum)
    rows = [_row(device, accuracy_class, unit, one, maximum) for one in device.intervals]
    _check_d(device, accuracy_class)
    if device.minimum is not None:
        return device
    return replace(device, minimum=first.e * rows[0].min_in_e)


def _row(device: Device, accuracy_class: str, unit: str, one: Interval, maximum: Decimal) -> _Row:
    """The line of the table for one range."""
    grams = converted(one.e, unit, "g")
    if grams is None:
        raise _impossible(device, one, Impossible.UNIT)
    of_class = [row for row in _TABLE if row.accuracy_class == accuracy_class]
    if not of_class:
        raise _impossible(device, one, Impossible.CLASS)
    if one.e.normalize().as_tuple().digits not in _FORMS:
        raise _impossible(device, one, Impossible.FORM_OF_E)
    found = [
        row for row in of_class if row.least <= grams and (row.greatest is None or grams <= row.greatest)
    ]
    if not found:
        raise _impossible(device, one, Impossible.SIZE_OF_E)
    row, upto = found[0], one.upto or maximum
    if upto < row.n_min * one.e:
        raise _impossible(device, one, Impossible.TOO_FEW)
    if row.n_max is not None and upto > row.n_max * one.e:
        raise _impossible(device, one, Impossible.TOO_MANY)
    return row


def _check_ranges(device: Device, maximum: Decimal) -> None:
    ends = [one.upto for one in device.intervals]
    known = [end for end in ends[:-1] if end is not None] + [ends[-1] or maximum]
    steps = [one.e for one in device.intervals]
    if len(known) < len(ends) or known[-1] != maximum or not (_rising(known) and _rising(steps)):
        raise _impossible(device, device.intervals[-1], Impossible.RANGES)


def _rising(figures: list[Decimal]) -> bool:
    return all(low < high for low, high in pairwise(figures))


def _check_d(device: Device, accuracy_class: str) -> None:
    """An auxiliary indication, finer than e, is for classes I and II (R 76-1)."""
    if device.d is None:
        return
    first = device.intervals[0]
    fine = accuracy_class in _FINE_CLASSES and device.d <= first.e <= 10 * device.d
    if not fine and device.d != first.e:
        raise _impossible(device, first, Impossible.D)


def _impossible(device: Device, one: Interval, what: Impossible) -> DeviceImpossible:
    return DeviceImpossible(
        accuracy_class=device.accuracy_class,
        maximum=plain(device.needed(Characteristic.MAXIMUM)),
        unit=device.unit,
        e=plain(one.e),
        what=what,
    )
