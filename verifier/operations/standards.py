"""Whether a verification may be made with the standards it names: known, valid on the day, good enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_UP, Context, Decimal
from functools import cache

from verifier.db import Session
from verifier.errors import Invalid
from verifier.i18n import mark
from verifier.operations.calibrations import StandardRetired
from verifier.operations.facts_files import lines, shipped
from verifier.queries.standards import (
    CalibrationRow,
    StandardOnDay,
    StandardUnknown,
    calibrated,
    has_standards,
    standards_on_day,
)
from verifier.rules.traceability import (
    WEIGHT_CLASSES,
    Point,
    Quality,
    StandardState,
    WeightErrors,
    error_at,
    good_enough,
    quantity_of,
    state_on,
)
from verifier.rules.units import plain

_WEIGHTS = "mpe_weights.csv"
# A converted error may have no end; rounded up, it never looks smaller than it is.
_FOR_PEOPLE = Context(prec=4, rounding=ROUND_UP)


class StandardsMissing(Invalid):
    message = mark("Name the standards the verification was made with; the body has recorded its own.")


class StandardNotCalibrated(Invalid):
    message = mark("Standard {standard} has no calibration of {performed_on} or before.")


class StandardNotValid(Invalid):
    message = mark(
        "The calibration of standard {standard} was valid until {valid_until}, not on {performed_on}."
    )


class StandardFailed(Invalid):
    message = mark("Standard {standard} failed its calibration of {calibrated_on}; verify with another.")


class StandardQuantityMissing(Invalid):
    message = mark("{item} is a matter of {quantity}; none of the standards named is one of that.")


class StandardNotGoodEnough(Invalid):
    message = mark(
        "Standard {standard} is not good enough for {item} at {value} {unit}: it may be off by {error} "
        "{unit}, which is more than a third of the limit {limit} {unit}."
    )


class StandardOutOfReach(Invalid):
    message = mark(
        "Standard {standard} cannot realise {value} {unit} for {item}: no weights of its class do."
    )


STANDARDS_NOT_RECORDED = mark(
    "The body has recorded no reference standards yet, so those named were not checked."
)
STANDARDS_NOT_COMPARED = mark(
    "Some limits are in units no standard is recorded in; the standards were not compared with those."
)


@dataclass(frozen=True)
class StandardUsed:
    """A standard of the body, by the calibration that held on the day."""

    standard_id: int
    code: str
    calibration_id: int
    quality: Quality


@dataclass(frozen=True)
class StandardsUsed:
    """Empty where the body has recorded no standards, which the warnings say."""

    standards: tuple[StandardUsed, ...]
    warnings: tuple[str, ...]

    @property
    def calibration_ids(self) -> tuple[int, ...]:
        return tuple(each.calibration_id for each in self.standards)


def standards_used(
    session: Session, body_id: int, stated: Sequence[str], *, on: date, measured: bool = True
) -> StandardsUsed:
    """The body's standards of these codes, each valid on the day; naming one twice is naming it once.

    `measured`: something was, so that there must be a standard. Raises StandardsMissing, StandardUnknown,
    StandardRetired, StandardNotCalibrated, StandardFailed or StandardNotValid.
    """
    if not has_standards(session, body_id):
        return StandardsUsed((), (STANDARDS_NOT_RECORDED,))
    codes = list(dict.fromkeys(code.strip() for code in stated))
    if measured and not codes:
        raise StandardsMissing
    found = standards_on_day(session, body_id, codes, on=on) if codes else {}
    for code in codes:
        if code not in found:
            raise StandardUnknown(standard=code)
    return StandardsUsed(tuple(_used(found[code], on) for code in codes), ())


def _used(standard: StandardOnDay, on: date) -> StandardUsed:
    newest = standard.calibration
    state = state_on(None if newest is None else calibrated(newest), standard.retired_on, on)
    if state is StandardState.RETIRED:
        raise StandardRetired(standard=standard.code, retired_on=standard.retired_on)
    if newest is None:
        raise StandardNotCalibrated(standard=standard.code, performed_on=on)
    if state is StandardState.FAILED:
        raise StandardFailed(standard=standard.code, calibrated_on=newest.calibrated_on)
    if state is StandardState.EXPIRED:
        raise StandardNotValid(standard=standard.code, valid_until=newest.valid_until, performed_on=on)
    return StandardUsed(standard.id, standard.code, newest.id, _quality(newest, standard.unit))


def _quality(calibration: CalibrationRow, unit: str) -> Quality:
    return Quality(
        unit=unit,
        weight_class=calibration.weight_class,
        absolute=calibration.error_absolute,
        percent=calibration.error_percent,
    )


def check_good_enough(standards: StandardsUsed, points: Sequence[Point]) -> tuple[str, ...]:
    """At every point one of the standards must be good enough: off by at most a third of the limit.

    Answers warnings. Raises StandardQuantityMissing, StandardOutOfReach or StandardNotGoodEnough.
    """
    if not standards.standards:
        return ()
    known = [point for point in points if quantity_of(point.unit) is not None]
    for point in known:
        _check_point(standards.standards, point)
    return () if len(known) == len(points) else (STANDARDS_NOT_COMPARED,)


def _check_point(standards: Sequence[StandardUsed], point: Point) -> None:
    quantity = quantity_of(point.unit)
    fitting = [each for each in standards if quantity_of(each.quality.unit) is quantity]
    if not fitting:
        raise StandardQuantityMissing(item=point.item, quantity=quantity)
    errors = [
        (error, each.code)
        for each in fitting
        if (error := error_at(each.quality, point.value, point.unit, weight_errors())) is not None
    ]
    where = {"item": point.item, "value": plain(point.value), "unit": point.unit}
    if not errors:
        raise StandardOutOfReach(standard=fitting[0].code, **where)
    error, code = min(errors)
    if not good_enough(error, point.limit):
        shown = plain(_FOR_PEOPLE.plus(error))
        raise StandardNotGoodEnough(standard=code, **where, error=shown, limit=plain(abs(point.limit)))


@cache
def weight_errors() -> WeightErrors:
    """The maximum permissible errors of weights that ship."""
    return {
        (of_class, Decimal(line["nominal_mg"])): Decimal(line[column])
        for line in lines(shipped(_WEIGHTS), _WEIGHTS, needed=["nominal_mg"])
        for of_class in WEIGHT_CLASSES
        if line[column := f"{of_class.lower()}_mg"]
    }
