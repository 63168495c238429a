"""What a reference standard is good for: how far it may be off at a value, and whether it may be used."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from verifier.i18n import Worded, mark
from verifier.rules.verdict import Outcome

# Of the limit it is used for; R 76-1, 3.7.1 asks it of weights. The third itself is good enough.
_SHARE = 3


class Quantity(Worded):
    MASS = "mass", mark("mass")
    PRESSURE = "pressure", mark("pressure")
    VOLTAGE = "voltage", mark("voltage")
    TEMPERATURE = "temperature", mark("temperature")
    CONCENTRATION = "concentration", mark("amount concentration")
    TIME = "time", mark("time")
    FREQUENCY = "frequency", mark("frequency")
    VOLUME = "volume", mark("volume")


# By unit: its quantity, and how many of the quantity's smallest unit here it is.
# 1 mmHg = 0.133322 kPa: SI Brochure, 8th edition, table 8.
_UNITS: Mapping[str, tuple[Quantity, Decimal]] = {
    "t": (Quantity.MASS, Decimal(10**9)),
    "kg": (Quantity.MASS, Decimal(10**6)),
    "g": (Quantity.MASS, Decimal(10**3)),
    "mg": (Quantity.MASS, Decimal(1)),
    "MPa": (Quantity.PRESSURE, Decimal(10**6)),
    "kPa": (Quantity.PRESSURE, Decimal(10**3)),
    "Pa": (Quantity.PRESSURE, Decimal(1)),
    "mmHg": (Quantity.PRESSURE, Decimal("133.322")),
    "V": (Quantity.VOLTAGE, Decimal(10**6)),
    "mV": (Quantity.VOLTAGE, Decimal(10**3)),
    "μV": (Quantity.VOLTAGE, Decimal(1)),
    "°C": (Quantity.TEMPERATURE, Decimal(1)),
    "mmol/L": (Quantity.CONCENTRATION, Decimal(1)),
    "min": (Quantity.TIME, Decimal(60_000)),
    "s": (Quantity.TIME, Decimal(1000)),
    "ms": (Quantity.TIME, Decimal(1)),
    "Hz": (Quantity.FREQUENCY, Decimal(1)),
    "L": (Quantity.VOLUME, Decimal(1000)),
    "mL": (Quantity.VOLUME, Decimal(1)),
}
UNITS = tuple(_UNITS)
WEIGHT_CLASSES = ("E1", "E2", "F1", "F2", "M1", "M1-2", "M2", "M2-3", "M3")

# Class and nominal value, in milligrams: the maximum permissible error, in milligrams (R 111-1 = JJG 99).
WeightErrors = Mapping[tuple[str, Decimal], Decimal]


class StandardState(Worded):
    """Whether a standard may be used on a day, or what keeps it from that."""

    VALID = "valid", mark("valid")
    UNCALIBRATED = "uncalibrated", mark("not calibrated yet")
    FAILED = "failed", mark("failed its calibration")
    EXPIRED = "expired", mark("calibration expired")
    RETIRED = "retired", mark("retired")


@dataclass(frozen=True)
class Calibrated:
    """What one calibration found, on which day, and until when it holds (None for a failure)."""

    calibrated_on: date
    outcome: Outcome
    valid_until: date | None


@dataclass(frozen=True)
class Doubt:
    """Days on which verdicts were made with a standard that may have been wrong, the first and last included.

    `since` is the day it was last found good; None: it never was.
    """

    since: date | None
    until: date


@dataclass(frozen=True)
class Quality:
    """How far a standard may be off, by its calibration: the largest of what is stated.

    `absolute` is in `unit`, `percent` of the value realised; `weight_class` is of JJG 99.
    """

    unit: str
    weight_class: str = ""
    absolute: Decimal | None = None
    percent: Decimal | None = None


@dataclass(frozen=True)
class Point:
    """A reading to be judged: the value realised by the standard and the limit there, both in `unit`."""

    item: str
    value: Decimal
    limit: Decimal
    unit: str


def unit_named(written: str) -> str:
    """The one spelling of a unit: ℃ is °C, and there are two signs for micro."""
    return unicodedata.normalize("NFKC", written).strip()


def quantity_of(unit: str) -> Quantity | None:
    """What a unit is a unit of; None where it is not known here."""
    found = _UNITS.get(unit_named(unit))
    return found[0] if found else None


def converted(figure: Decimal, unit: str, into: str) -> Decimal:
    """A figure in another unit of the same quantity; raises ValueError for units of two quantities."""
    if quantity_of(unit) is None or quantity_of(unit) is not quantity_of(into):
        raise ValueError(f"{unit} and {into} are not known as units of one quantity")
    return figure * _UNITS[unit_named(unit)][1] / _UNITS[unit_named(into)][1]


def error_at(quality: Quality, value: Decimal, unit: str, weights: WeightErrors) -> Decimal | None:
    """How far the standard may be off at a value, in `unit`.

    None where it cannot realise the value: it is of another quantity, or no weights of its class make it up.
    """
    if quantity_of(unit) is None or quantity_of(unit) is not quantity_of(quality.unit):
        return None
    stated = []
    if quality.weight_class:
        of_weights = _error_of_weights(quality.weight_class, converted(abs(value), unit, "mg"), weights)
        if of_weights is None:
            return None
        stated.append(converted(of_weights, "mg", unit))
    if quality.absolute is not None:
        stated.append(converted(quality.absolute, quality.unit, unit))
    if quality.percent is not None:
        stated.append(abs(value) * quality.percent / 100)
    return max(stated, default=None)


def _error_of_weights(of_class: str, load: Decimal, weights: WeightErrors) -> Decimal | None:
    """The errors added up of the fewest weights (1, 2, 2, 5 and so on) that make up a load in milligrams."""
    error, rest = Decimal(0), load
    for nominal in sorted((nominal for known, nominal in weights if known == of_class), reverse=True):
        pieces, rest = divmod(rest, nominal)
        error += pieces * weights[of_class, nominal]
    return None if rest else error


def good_enough(error: Decimal, limit: Decimal) -> bool:
    """Whether an error or uncertainty is at most a third of the limit it is used for."""
    return error * _SHARE <= abs(limit)


def in_doubt(calibrations: Sequence[Calibrated]) -> Doubt | None:
    """What the newest failed calibration puts in doubt; None where none failed."""
    failures = [each.calibrated_on for each in calibrations if each.outcome is Outcome.FAILED]
    if not failures:
        return None
    until = max(failures)
    good = [each.calibrated_on for each in calibrations if each.outcome is Outcome.PASSED]
    return Doubt(since=max((day for day in good if day <= until), default=None), until=until)


def state_on(newest: Calibrated | None, retired_on: date | None, on: date) -> StandardState:
    """`newest` is the last calibration up to that day; the last day of validity counts still."""
    if retired_on is not None and retired_on <= on:
        return StandardState.RETIRED
    if newest is None:
        return StandardState.UNCALIBRATED
    if newest.valid_until is None:
        return StandardState.FAILED
    return StandardState.VALID if on <= newest.valid_until else StandardState.EXPIRED
