"""Questions about what was made with a reference standard, for the day it fails its own calibration."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select

from verifier.db import Session
from verifier.models import (
    Certificate,
    Holder,
    Instrument,
    InstrumentKind,
    StandardCalibration,
    Verification,
    VerificationStandard,
)
from verifier.queries.verifications import counts_still
from verifier.rules.codes import instrument_code
from verifier.rules.verdict import Outcome


@dataclass(frozen=True)
class VerdictRow:
    """A verification made with a standard, and the paper it got."""

    id: int
    instrument_id: int
    kind_name_zh: str
    kind_name_en: str
    serial: str
    performed_on: date
    outcome: Outcome
    holder_id: int
    holder_name: str
    certificate: str | None
    is_superseded: bool

    @property
    def instrument_code(self) -> str:
        return instrument_code(self.instrument_id)


def verdicts_made_with(
    session: Session,
    standard_id: int,
    *,
    since: date | None = None,
    until: date | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> list[VerdictRow]:
    """Every verification made with a standard from `since` to `until`, in the order they were entered."""
    statement = (
        select(
            Verification.id,
            Verification.instrument_id,
            InstrumentKind.name_zh,
            InstrumentKind.name_en,
            Instrument.serial,
            Verification.performed_on,
            Verification.outcome,
            Holder.id,
            Holder.name,
            Certificate.number,
            ~counts_still(),
        )
        .join(Instrument, Instrument.id == Verification.instrument_id)
        .join(InstrumentKind, InstrumentKind.id == Instrument.kind_id)
        .join(Holder, Holder.id == Verification.holder_id)
        .outerjoin(Certificate, Certificate.verification_id == Verification.id)
        .where(_made_with(standard_id, since, until))
    )
    if after is not None:
        statement = statement.where(Verification.id > after)
    return [VerdictRow(*row) for row in session.execute(statement.order_by(Verification.id).limit(limit))]


def count_verdicts_made_with(
    session: Session, standard_id: int, *, since: date | None = None, until: date | None = None
) -> int:
    statement = select(func.count(Verification.id)).where(_made_with(standard_id, since, until))
    return session.scalars(statement).one()


def _made_with(standard_id: int, since: date | None, until: date | None) -> ColumnElement[bool]:
    used = (
        select(VerificationStandard.verification_id)
        .join(StandardCalibration, StandardCalibration.id == VerificationStandard.calibration_id)
        .where(StandardCalibration.standard_id == standard_id)
    )
    conditions: list[ColumnElement[bool]] = [Verification.id.in_(used)]
    if since is not None:
        conditions.append(Verification.performed_on >= since)
    if until is not None:
        conditions.append(Verification.performed_on <= until)
    return and_(*conditions)
