"""Questions about reference standards: which there are, and which may be used on a day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from verifier.db import Session
from verifier.errors import NotFound
from verifier.i18n import mark
from verifier.models import Body, Standard, StandardCalibration
from verifier.queries.staff import kept_by
from verifier.rules.access import Caller, Role
from verifier.rules.traceability import Calibrated, StandardState, state_on
from verifier.rules.verdict import Outcome


class StandardUnknown(NotFound):
    message = mark("There is no standard {standard}, or it is another body's.")


@dataclass(frozen=True, kw_only=True)
class StandardFilter:
    # A body's code.
    body: str | None = None
    # Code, name or serial number.
    q: str | None = None
    # May be used on this day.
    valid_on: date | None = None
    # Not valid any longer after this day; what was never calibrated or failed is meant too.
    expiring_before: date | None = None


@dataclass(frozen=True)
class CalibrationRow:
    id: int
    certificate_no: str
    calibrated_by: str
    calibrated_on: date
    outcome: Outcome
    valid_until: date | None
    weight_class: str
    error_absolute: Decimal | None
    error_percent: Decimal | None
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True)
class StandardRow:
    id: int
    # The code of the body.
    body: str
    code: str
    name: str
    model: str
    serial: str
    measuring_range: str
    unit: str
    retired_on: date | None
    version: int
    # The newest up to the day asked for.
    calibration: CalibrationRow | None = field(kw_only=True)
    state: StandardState = field(kw_only=True)


@dataclass(frozen=True)
class StandardOnDay:
    """A standard as a verification of a day finds it, with its newest calibration up to then."""

    id: int
    code: str
    unit: str
    retired_on: date | None
    calibration: CalibrationRow | None = field(kw_only=True)


_STANDARD = (
    Standard.id,
    Body.code,
    Standard.code,
    Standard.name,
    Standard.model,
    Standard.serial,
    Standard.measuring_range,
    Standard.unit,
    Standard.retired_on,
    Standard.version,
)
_CALIBRATION = (
    StandardCalibration.id,
    StandardCalibration.certificate_no,
    StandardCalibration.calibrated_by,
    StandardCalibration.calibrated_on,
    StandardCalibration.outcome,
    StandardCalibration.valid_until,
    StandardCalibration.weight_class,
    StandardCalibration.error_absolute,
    StandardCalibration.error_percent,
    StandardCalibration.recorded_at,
    StandardCalibration.recorded_by,
)


def seen_by(caller: Caller, *, on: date) -> ColumnElement[bool]:
    """The condition that a body's standards are the caller's to see; technicians see their own body's."""
    if caller.role is Role.HOLDER:
        return false()
    return Body.id == caller.body_id if caller.role is Role.TECHNICIAN else kept_by(caller, on=on)


def _with_newest(columns: Sequence[Any], on: date) -> Select[*tuple[Any, ...]]:
    """Standards, each with its newest calibration up to that day."""
    each = aliased(StandardCalibration)
    newest = (
        select(each.id)
        .where(each.standard_id == Standard.id, each.calibrated_on <= on)
        .order_by(each.calibrated_on.desc(), each.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(*columns)
        .select_from(Standard)
        .join(Body, Body.id == Standard.body_id)
        .outerjoin(StandardCalibration, StandardCalibration.id == newest)
    )


def _calibration(values: Sequence[Any]) -> CalibrationRow | None:
    return None if values[0] is None else CalibrationRow(*values)


def _standard(row: Sequence[Any], on: date) -> StandardRow:
    values = row[: len(_STANDARD)]
    newest = _calibration(row[len(_STANDARD) :])
    retired_on: date | None = values[_STANDARD.index(Standard.retired_on)]
    state = state_on(None if newest is None else calibrated(newest), retired_on, on)
    return StandardRow(*values, calibration=newest, state=state)


def calibrated(row: CalibrationRow) -> Calibrated:
    return Calibrated(row.calibrated_on, row.outcome, row.valid_until)


def standards(
    session: Session,
    where: ColumnElement[bool],
    wanted: StandardFilter,
    *,
    on: date,
    after: int | None = None,
    limit: int | None = None,
) -> list[StandardRow]:
    """In the order of their numbers, each as it is on `valid_on`, or on the day.

    `where` is a condition on the body, `seen_by` somebody for example.
    """
    day = wanted.valid_on or on
    statement = _with_newest([*_STANDARD, *_CALIBRATION], day).where(where, *_conditions(wanted, day))
    if after is not None:
        statement = statement.where(Standard.id > after)
    found = session.execute(statement.order_by(Standard.id).limit(limit))
    return [_standard(row, day) for row in found]


def count_standards(session: Session, where: ColumnElement[bool], wanted: StandardFilter, *, on: date) -> int:
    """How many the whole list holds."""
    day = wanted.valid_on or on
    statement = _with_newest([func.count(Standard.id)], day).where(where, *_conditions(wanted, day))
    counted: int = session.scalars(statement).one()
    return counted


def _conditions(wanted: StandardFilter, day: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.body is not None:
        conditions.append(Body.code == wanted.body)
    if wanted.q:
        q = wanted.q.strip()
        conditions.append(
            or_(
                Standard.code.icontains(q, autoescape=True),
                Standard.name.icontains(q, autoescape=True),
                Standard.serial.icontains(q, autoescape=True),
            )
        )
    if wanted.valid_on is not None:
        conditions += [_in_use(day), StandardCalibration.valid_until >= day]
    if wanted.expiring_before is not None:
        until = StandardCalibration.valid_until
        conditions += [_in_use(day), or_(until.is_(None), until <= wanted.expiring_before)]
    return conditions


def _in_use(day: date) -> ColumnElement[bool]:
    return or_(Standard.retired_on.is_(None), Standard.retired_on > day)


def standard_row(
    session: Session, number: int, *, on: date, where: ColumnElement[bool] | None = None
) -> StandardRow:
    """One standard as it is on the day; raises StandardUnknown, also where the condition is not met."""
    statement = _with_newest([*_STANDARD, *_CALIBRATION], on).where(Standard.id == number)
    found = session.execute(statement if where is None else statement.where(where)).one_or_none()
    if found is None:
        raise StandardUnknown(standard=number)
    return _standard(found, on)


def standard_for_update(session: Session, number: int) -> Standard:
    """Load and lock; raises StandardUnknown."""
    standard = session.get(Standard, number, with_for_update=True, populate_existing=True)
    if standard is None:
        raise StandardUnknown(standard=number)
    return standard


def calibrations_of(session: Session, standard_id: int) -> list[CalibrationRow]:
    """The newest first."""
    statement = (
        select(*_CALIBRATION)
        .where(StandardCalibration.standard_id == standard_id)
        .order_by(StandardCalibration.calibrated_on.desc(), StandardCalibration.id.desc())
    )
    return [CalibrationRow(*row) for row in session.execute(statement)]


def has_standards(session: Session, body_id: int) -> bool:
    return bool(session.scalar(select(exists().where(Standard.body_id == body_id))))


def standards_on_day(
    session: Session, body_id: int, codes: Sequence[str], *, on: date
) -> dict[str, StandardOnDay]:
    """The body's standards of these codes, by code."""
    columns = [Standard.id, Standard.code, Standard.unit, Standard.retired_on]
    statement = _with_newest([*columns, *_CALIBRATION], on).where(
        Standard.body_id == body_id, Standard.code.in_(codes)
    )
    found = session.execute(statement).all()
    return {row[1]: StandardOnDay(*row[:4], calibration=_calibration(row[4:])) for row in found}
