"""What stands on a paper, asked for when it is issued."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import aliased

from verifier.db import Session
from verifier.models import (
    Body,
    Certificate,
    Examination,
    Holder,
    Instrument,
    InstrumentKind,
    Person,
    Programme,
    RegulationEdition,
    RegulationRules,
    Standard,
    StandardCalibration,
    Verification,
    VerificationStandard,
)


@dataclass(frozen=True)
class RecordOnPaper:
    """A record with everything its paper tells, as table objects that are only read."""

    record: Verification
    instrument: Instrument
    kind: InstrumentKind
    holder: Holder
    market: Holder | None
    body: Body
    verifier: Person
    edition: RegulationEdition | None
    examination: Examination | None
    rules: RegulationRules | None
    programme: Programme | None
    # Number of the paper of the record that this one supersedes.
    replaces: str | None


@dataclass(frozen=True)
class StandardOnPaper:
    name: str
    model: str
    serial: str
    measuring_range: str
    unit: str
    weight_class: str
    error_absolute: Decimal | None
    error_percent: Decimal | None
    certificate_no: str
    valid_until: date | None


def record_on_paper(session: Session, verification_id: int) -> RecordOnPaper:
    """One statement, whatever is missing."""
    return RecordOnPaper(*session.execute(_record(), {"number": verification_id}).one())


@cache
def _record() -> Select[*tuple[Any, ...]]:
    market, replaced = aliased(Holder), aliased(Certificate)
    return (
        select(
            Verification,
            Instrument,
            InstrumentKind,
            Holder,
            market,
            Body,
            Person,
            RegulationEdition,
            Examination,
            RegulationRules,
            Programme,
            replaced.number,
        )
        .join(Instrument, Instrument.id == Verification.instrument_id)
        .join(InstrumentKind, InstrumentKind.id == Instrument.kind_id)
        .join(Holder, Holder.id == Verification.holder_id)
        .outerjoin(market, market.id == Holder.parent_id)
        .join(Body, Body.id == Verification.body_id)
        .join(Person, Person.id == Verification.verifier_id)
        .outerjoin(RegulationEdition, RegulationEdition.id == Verification.regulation_edition_id)
        .outerjoin(Examination, Examination.verification_id == Verification.id)
        .outerjoin(RegulationRules, RegulationRules.id == Examination.rules_id)
        .outerjoin(Programme, Programme.id == Verification.programme_id)
        .outerjoin(replaced, replaced.verification_id == Verification.supersedes_id)
        .where(Verification.id == bindparam("number"))
    )


def standards_on_paper(session: Session, verification_id: int) -> list[StandardOnPaper]:
    return [StandardOnPaper(*row) for row in session.execute(_standards(verification_id))]


def _standards(verification_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Standard.name,
            Standard.model,
            Standard.serial,
            Standard.measuring_range,
            Standard.unit,
            StandardCalibration.weight_class,
            StandardCalibration.error_absolute,
            StandardCalibration.error_percent,
            StandardCalibration.certificate_no,
            StandardCalibration.valid_until,
        )
        .join(StandardCalibration, StandardCalibration.standard_id == Standard.id)
        .join(VerificationStandard, VerificationStandard.calibration_id == StandardCalibration.id)
        .where(VerificationStandard.verification_id == verification_id)
        .order_by(VerificationStandard.id)
    )
