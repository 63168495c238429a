"""The complete result of one verification."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased

from verifier.db import Session
from verifier.models import (
    Body,
    Certificate,
    ChainLink,
    District,
    Examination,
    Holder,
    Instrument,
    InstrumentKind,
    Person,
    Programme,
    RegulationEdition,
    RegulationRules,
    Revocation,
    Signature,
    Standard,
    StandardCalibration,
    Verification,
    VerificationStandard,
)
from verifier.queries.certificates import failed_afterwards
from verifier.queries.scopes import within_scope
from verifier.queries.verifications import VerificationUnknown
from verifier.rules.access import OutsideScope, Scope
from verifier.rules.certificates import CertificateFacts, state_of
from verifier.rules.codes import instrument_code
from verifier.rules.results import (
    JudgementsMade,
    ReadingsTaken,
    Result,
    ResultBody,
    ResultFee,
    ResultHolder,
    ResultInstrument,
    ResultLink,
    ResultPaper,
    ResultPerson,
    ResultRegulation,
    ResultStandard,
)
from verifier.rules.signing import Decision, SigningRole

_Copy = TypeVar("_Copy")
_MARKET, _REPLACED, _LATER = aliased(Holder), aliased(Certificate), aliased(Verification)


def result_of(session: Session, number: int, scope: Scope, *, on: date) -> Result:
    """One verification with all that belongs to it, in four statements.

    Raises VerificationUnknown, or OutsideScope when it is not the caller's to see.
    """
    found = session.execute(_whole(scope, on).where(Verification.id == number)).one_or_none()
    if found is None:
        raise VerificationUnknown(verification=number)
    if not found.is_inside:
        raise OutsideScope(what=str(number))
    record: Verification = found.Verification
    examination: Examination | None = found.Examination
    return Result(
        id=record.id,
        instrument=_instrument(found.Instrument, found.InstrumentKind, found.district),
        holder=_copied(ResultHolder, found.Holder, market=found.market),
        performed_on=record.performed_on,
        stage=record.stage,
        regulation=_regulation(found.RegulationEdition, found.RegulationRules),
        device=None if examination is None else examination.device,
        readings=_readings(examination),
        judgement=_judgement(examination),
        as_found=record.as_found,
        outcome=record.outcome,
        reasons=record.reasons,
        adjusted=record.adjusted,
        repaired=record.repaired,
        standards=_standards(session, number),
        standards_named=record.standards,
        environment=record.environment,
        remark=record.remark,
        people=[_verifier(record, found.verifier), *_signers(session, number)],
        body=_copied(ResultBody, found.Body),
        programme=found.programme,
        fee=ResultFee(
            treatment=record.fee_treatment, tariff_fen=record.tariff_fen, waived_fen=record.fee_waived_fen
        ),
        due_on=record.due_on,
        valid_until=record.valid_until,
        certificate=_paper(found, on),
        supersedes=record.supersedes_id,
        superseded_by=found.later_id,
        recorded_at=record.recorded_at,
        recorded_by=record.recorded_by,
        chain=_links(session, number),
    )


def _whole(scope: Scope, on: date) -> Select[*tuple[Any, ...]]:
    """The record with the one row each of everything it names."""
    inside = within_scope(scope, on=on, district=Verification.district_id, holder=Verification.holder_id)
    return (
        select(
            Verification,
            Instrument,
            InstrumentKind,
            Holder,
            Body,
            RegulationEdition,
            Examination,
            RegulationRules,
            Certificate,
            Revocation,
            Person.name.label("verifier"),
            Programme.code.label("programme"),
            District.code.label("district"),
            _MARKET.name.label("market"),
            _REPLACED.number.label("replaces"),
            _LATER.id.label("later_id"),
            _LATER.performed_on.label("later_on"),
            failed_afterwards().label("failed_on"),
            inside.label("is_inside"),
        )
        .join(Instrument, Instrument.id == Verification.instrument_id)
        .join(InstrumentKind, InstrumentKind.id == Instrument.kind_id)
        .join(Holder, Holder.id == Verification.holder_id)
        .join(Body, Body.id == Verification.body_id)
        .join(Person, Person.id == Verification.verifier_id)
        .join(District, District.id == Verification.district_id)
        .outerjoin(_MARKET, _MARKET.id == Holder.parent_id)
        .outerjoin(Programme, Programme.id == Verification.programme_id)
        .outerjoin(RegulationEdition, RegulationEdition.id == Verification.regulation_edition_id)
        .outerjoin(Examination, Examination.verification_id == Verification.id)
        .outerjoin(RegulationRules, RegulationRules.id == Examination.rules_id)
        .outerjoin(Certificate, Certificate.verification_id == Verification.id)
        .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
        .outerjoin(_REPLACED, _REPLACED.verification_id == Verification.supersedes_id)
        .outerjoin(_LATER, _LATER.supersedes_id == Verification.id)
    )


def _instrument(instrument: Instrument, kind: InstrumentKind, district: str) -> ResultInstrument:
    return _copied(
        ResultInstrument,
        instrument,
        code=instrument_code(instrument.id),
        kind=kind.key,
        kind_name_zh=kind.name_zh,
        kind_name_en=kind.name_en,
        district=district,
    )


def _copied(made: type[_Copy], row: object, /, **others: object) -> _Copy:
    """The columns that are called the same, and what is given beside them."""
    names = [field.name for field in fields(made) if field.name not in others]  # type: ignore[arg-type]  # a dataclass
    return made(**{name: getattr(row, name) for name in names}, **others)


def _regulation(edition: RegulationEdition | None, rules: RegulationRules | None) -> ResultRegulation | None:
    if edition is None:
        return None
    return ResultRegulation(
        code=edition.code,
        effective_from=edition.effective_from,
        rules=rules.document if rules else None,
        sha256=rules.digest if rules else None,
    )


def _readings(examination: Examination | None) -> ReadingsTaken | None:
    if examination is None:
        return None
    return ReadingsTaken(as_found=examination.as_found, as_left=examination.as_left)


def _judgement(examination: Examination | None) -> JudgementsMade | None:
    if examination is None:
        return None
    return JudgementsMade(as_found=examination.judged_as_found, as_left=examination.judged_as_left)


def _paper(found: Any, on: date) -> ResultPaper | None:  # noqa: ANN401  a row of `_whole`
    certificate: Certificate | None = found.Certificate
    revocation: Revocation | None = found.Revocation
    if certificate is None:
        return None
    revoked_on = revocation.revoked_on if revocation else None
    facts = CertificateFacts(
        document=certificate.document,
        valid_until=found.Verification.valid_until,
        is_superseded=found.later_id is not None,
        superseded_on=found.later_on,
        revoked_on=revoked_on,
        failed_on=found.failed_on,
    )
    return ResultPaper(
        number=certificate.number,
        document=certificate.document,
        issued_on=certificate.issued_on,
        state=state_of(facts, on=on),
        revoked_on=revoked_on,
        revocation_reason=revocation.reason if revocation else None,
        replaces=found.replaces,
    )


def _verifier(record: Verification, name: str) -> ResultPerson:
    return ResultPerson(
        role=SigningRole.VERIFIER, decision=Decision.SIGNED, name=name, at=record.recorded_at, reason=""
    )


def _signers(session: Session, number: int) -> list[ResultPerson]:
    statement = (
        select(Signature.role, Signature.decision, Person.name, Signature.signed_at, Signature.reason)
        .join(Person, Person.id == Signature.person_id)
        .where(Signature.verification_id == number)
        .order_by(Signature.id)
    )
    return [
        ResultPerson(role=role, decision=decision, name=name, at=at, reason=reason)
        for role, decision, name, at, reason in session.execute(statement)
    ]


def _standards(session: Session, number: int) -> list[ResultStandard]:
    statement = (
        select(
            Standard.code,
            Standard.name,
            Standard.model,
            Standard.serial,
            Standard.measuring_range,
            Standard.unit,
            StandardCalibration.certificate_no,
            StandardCalibration.calibrated_by,
            StandardCalibration.calibrated_on,
            StandardCalibration.valid_until,
            StandardCalibration.weight_class,
            StandardCalibration.error_absolute,
            StandardCalibration.error_percent,
        )
        .join(StandardCalibration, StandardCalibration.standard_id == Standard.id)
        .join(VerificationStandard, VerificationStandard.calibration_id == StandardCalibration.id)
        .where(VerificationStandard.verification_id == number)
        .order_by(VerificationStandard.id)
    )
    return [ResultStandard(**row._mapping) for row in session.execute(statement)]  # noqa: SLF001  a public name


def _links(session: Session, number: int) -> list[ResultLink]:
    """The links of the record and of everything it rests on or that followed, in the order of history."""
    columns = (ChainLink.position, ChainLink.subject, ChainLink.subject_id, ChainLink.record_digest)
    statement = (
        select(Body.code.label("body"), *columns, ChainLink.digest)
        .join(Body, Body.id == ChainLink.body_id)
        .where(or_(*_subjects(number)))
        .order_by(Body.code, ChainLink.position)
    )
    return [ResultLink(**row._mapping) for row in session.execute(statement)]  # noqa: SLF001  a public name


def _subjects(number: int) -> Sequence[ColumnElement[bool]]:
    used = select(VerificationStandard.calibration_id).where(VerificationStandard.verification_id == number)
    papers = select(Certificate.id).where(Certificate.verification_id == number)
    keys = {
        Verification: select(Verification.id).where(Verification.id == number),
        Examination: select(Examination.verification_id).where(Examination.verification_id == number),
        RegulationRules: select(Examination.rules_id).where(Examination.verification_id == number),
        VerificationStandard: select(VerificationStandard.id).where(
            VerificationStandard.verification_id == number
        ),
        StandardCalibration: used,
        Signature: select(Signature.id).where(Signature.verification_id == number),
        Certificate: papers,
        Revocation: papers,
    }
    return [
        and_(ChainLink.subject == table.__tablename__, ChainLink.subject_id.in_(subjects))
        for table, subjects in keys.items()
    ]
