"""Reference standards: registered, calibrated, retired."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from annotated_types import Interval, Len, MultipleOf
from sqlalchemy.exc import IntegrityError

from verifier.db import Session
from verifier.errors import Conflict, Invalid
from verifier.i18n import mark
from verifier.models import Standard, StandardCalibration
from verifier.operations.chain import enchain
from verifier.operations.journal import Doer, note
from verifier.operations.staff import check_keeper, named
from verifier.queries.staff import OFFICE, body_by_code, body_by_id
from verifier.queries.standards import calibrations_of
from verifier.rules.traceability import (
    UNITS,
    WEIGHT_CLASSES,
    Quantity,
    quantity_of,
    unit_named,
)
from verifier.rules.validity import EARLIEST_DAY
from verifier.rules.verdict import Outcome


class StandardExists(Conflict):
    message = mark("{body} has a standard {standard} already.")


class UnitUnknown(Invalid):
    message = mark("{unit} is no unit of a standard here; known are {known}.")


class StandardRetired(Conflict):
    message = mark("Standard {standard} is retired since {retired_on}.")


class RetirementDayWrong(Invalid):
    message = mark("{retired_on} is no day to retire a standard: give one from {earliest} to today, {today}.")


class CalibrationDayWrong(Invalid):
    message = mark("{calibrated_on} is no day of a calibration: give one from {earliest} to today, {today}.")


class CalibrationEndsBeforeItBegins(Invalid):
    message = mark("The calibration of {calibrated_on} cannot be valid until {valid_until}, a day before it.")


class CalibrationEndMissing(Invalid):
    message = mark("Say until when the calibration is valid; it passed.")


class CalibrationEndUnwanted(Invalid):
    message = mark("A failed calibration is valid until no day; leave it out.")


class CalibrationQualityMissing(Invalid):
    message = mark("Say how good the standard is: a class of weights, an error, or an error in percent.")


class CalibrationExists(Conflict):
    message = mark("Certificate {certificate_no} of {calibrated_on} is recorded for this standard already.")


class WeightClassUnknown(Invalid):
    message = mark("{weight_class} is no class of weights; there are {known}.")


class WeightClassNotOfMass(Invalid):
    message = mark("Standard {standard} is recorded in {unit}; only weights have a class.")


# Greater than 0: no standard is without error. Coarse enough that sums and thirds stay exact.
_FINEST = Decimal("0.000000000001")
ErrorStated = Annotated[Decimal, Interval(ge=_FINEST, le=Decimal(10**9)), MultipleOf(_FINEST)]
PercentStated = Annotated[Decimal, Interval(ge=_FINEST, le=100), MultipleOf(_FINEST)]


@dataclass(frozen=True, kw_only=True)
class AddStandard:
    # A body's code.
    body: str = OFFICE
    # What is written on it; unique in the body.
    code: Annotated[str, Len(1, 60)]
    name: Annotated[str, Len(1, 120)]
    model: Annotated[str, Len(max_length=80)] = ""
    serial: Annotated[str, Len(max_length=80)] = ""
    measuring_range: Annotated[str, Len(max_length=80)] = ""
    # What it realises, and what its errors are stated in.
    unit: Annotated[str, Len(1, 20)]


@dataclass(frozen=True, kw_only=True)
class AddCalibration:
    certificate_no: Annotated[str, Len(1, 80)]
    calibrated_by: Annotated[str, Len(max_length=120)] = ""
    calibrated_on: date
    outcome: Outcome = Outcome.PASSED
    # Last day; none for one that failed.
    valid_until: date | None = None
    # How good it is, by the largest of these; the class is of JJG 99.
    weight_class: Annotated[str, Len(max_length=8)] = ""
    # Error or expanded uncertainty in the standard's unit.
    error_absolute: ErrorStated | None = None
    # The same in percent of the value realised.
    error_percent: PercentStated | None = None


@dataclass(frozen=True, kw_only=True)
class RetireStandard:
    # No longer used from this day; None: from today.
    retired_on: date | None = None


def add_standard(session: Session, command: AddStandard, *, who: Doer) -> Standard:
    body = body_by_code(session, command.body)
    check_keeper(session, body, who)
    unit = unit_named(command.unit)
    if quantity_of(unit) is None:
        raise UnitUnknown(unit=command.unit, known=", ".join(UNITS))
    standard = Standard(
        body_id=body.id,
        code=named(command.code),
        name=named(command.name),
        model=command.model,
        serial=command.serial,
        measuring_range=command.measuring_range,
        unit=unit,
    )
    session.add(standard)
    try:
        session.flush()
    except IntegrityError:
        raise StandardExists(body=command.body, standard=command.code) from None
    note(session, who, "add_standard", "standard", standard.id, code=standard.code, body=body.code)
    return standard


def add_calibration(
    session: Session, standard: Standard, command: AddCalibration, *, who: Doer
) -> StandardCalibration:
    """Record what a calibration found; `standard` comes locked from standard_for_update."""
    check_keeper(session, body_by_id(session, standard.body_id), who)
    _check_calibration(session, standard, command, who)
    calibration = StandardCalibration(
        standard_id=standard.id,
        certificate_no=named(command.certificate_no),
        calibrated_by=command.calibrated_by,
        calibrated_on=command.calibrated_on,
        outcome=command.outcome,
        valid_until=command.valid_until,
        weight_class=command.weight_class,
        error_absolute=command.error_absolute,
        error_percent=command.error_percent,
        recorded_at=who.now,
        recorded_by=who.name,
    )
    session.add(calibration)
    enchain(session, calibration, standard.body_id)
    session.flush()
    note(
        session,
        who,
        "add_calibration",
        "standard",
        standard.id,
        certificate_no=calibration.certificate_no,
        calibrated_on=calibration.calibrated_on,
        outcome=calibration.outcome.value,
        valid_until=calibration.valid_until,
    )
    return calibration


def _check_calibration(session: Session, standard: Standard, command: AddCalibration, who: Doer) -> None:
    on = command.calibrated_on
    if not EARLIEST_DAY <= on <= who.today:
        raise CalibrationDayWrong(calibrated_on=on, earliest=EARLIEST_DAY, today=who.today)
    if standard.retired_on is not None and on >= standard.retired_on:
        raise StandardRetired(standard=standard.code, retired_on=standard.retired_on)
    _check_end(command)
    _check_quality(standard, command)
    for known in calibrations_of(session, standard.id):
        if (known.certificate_no, known.calibrated_on) == (named(command.certificate_no), on):
            raise CalibrationExists(certificate_no=known.certificate_no, calibrated_on=on)


def _check_end(command: AddCalibration) -> None:
    until = command.valid_until
    if command.outcome is Outcome.FAILED:
        if until is not None:
            raise CalibrationEndUnwanted
    elif until is None:
        raise CalibrationEndMissing
    elif until < command.calibrated_on:
        raise CalibrationEndsBeforeItBegins(calibrated_on=command.calibrated_on, valid_until=until)


def _check_quality(standard: Standard, command: AddCalibration) -> None:
    stated = (command.weight_class or None, command.error_absolute, command.error_percent)
    if command.outcome is Outcome.PASSED and stated == (None, None, None):
        raise CalibrationQualityMissing
    if not command.weight_class:
        return
    if command.weight_class not in WEIGHT_CLASSES:
        raise WeightClassUnknown(weight_class=command.weight_class, known=", ".join(WEIGHT_CLASSES))
    if quantity_of(standard.unit) is not Quantity.MASS:
        raise WeightClassNotOfMass(standard=standard.code, unit=standard.unit)


def retire_standard(session: Session, standard: Standard, command: RetireStandard, *, who: Doer) -> None:
    """Use a standard no longer from a day on; `standard` comes locked from standard_for_update."""
    check_keeper(session, body_by_id(session, standard.body_id), who)
    if standard.retired_on is not None:
        raise StandardRetired(standard=standard.code, retired_on=standard.retired_on)
    on = command.retired_on or who.today
    if not EARLIEST_DAY <= on <= who.today:
        raise RetirementDayWrong(retired_on=on, earliest=EARLIEST_DAY, today=who.today)
    standard.retired_on = on
    session.flush()
    note(session, who, "retire_standard", "standard", standard.id, retired_on=on)
