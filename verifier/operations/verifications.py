"""Recording a verification: the one deed everything else in the house serves."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated

from annotated_types import Interval, Len

from verifier.db import Session
from verifier.errors import Invalid
from verifier.i18n import mark
from verifier.models import (
    Instrument,
    InstrumentKind,
    Model,
    RegulationEdition,
    Verification,
    VerificationStandard,
)
from verifier.operations.admission import (
    check_day,
    check_enrolled,
    regulation_applied,
    verifier_for,
)
from verifier.operations.certificates import Issued, issue
from verifier.operations.chain import enchain
from verifier.operations.examinations import Asked, Found, Judged, compared_points, decide, examine
from verifier.operations.journal import Doer, note
from verifier.operations.standards import StandardsUsed, check_good_enough, standards_used
from verifier.operations.standings import UNNUMBERED, earlier_findings, finding_of, last_day_of, move_standing
from verifier.queries.catalogue import kind_by_id, tariff_in_force
from verifier.queries.instruments import instrument_for_update
from verifier.queries.papers import record_on_paper
from verifier.queries.programmes import programme_for_share
from verifier.rules import validity
from verifier.rules.codes import instrument_code, instrument_id
from verifier.rules.device import DeviceStated
from verifier.rules.entitlement import FeeTreatment, VerificationForm, fee_waived
from verifier.rules.practice import USUAL, Practice
from verifier.rules.readings import Reading
from verifier.rules.signing import SigningRole, next_role
from verifier.rules.validity import Finding
from verifier.rules.verdict import Outcome, Stage


class InstrumentMissing(Invalid):
    message = mark(
        "Name the instrument, by instrument_id or by instrument_code, and not by both differently."
    )


# What was read off the thermometer and the hygrometer; a number with a bound is never infinite.
EnvironmentValue = (
    Annotated[int, Interval(ge=-1_000_000, le=1_000_000)]
    | Annotated[float, Interval(ge=-1_000_000, le=1_000_000)]
    | Annotated[str, Len(max_length=200)]
)


@dataclass(frozen=True, kw_only=True)
class RecordVerification:
    """What a technician says happened: the readings, or where a body records no readings, the outcome."""

    instrument_id: int | None = None
    instrument_code: str | None = None
    performed_on: date
    # None: the readings decide.
    outcome: Outcome | None = None
    reasons: Annotated[list[Annotated[str, Len(1, 200)]], Len(max_length=20)] = field(default_factory=list)
    stage: Stage = Stage.SUBSEQUENT
    # A programme's code; None: outside any programme.
    programme: str | None = None
    # The edition applied; None: the one in force on the day.
    regulation: Annotated[str, Len(max_length=60)] | None = None
    adjusted: bool = False
    repaired: bool = False
    # As left: after adjustment or repair, or the only ones. The keys of items are those of the regulation.
    readings: Annotated[list[Reading], Len(max_length=500)] = field(default_factory=list)
    # Before something was adjusted or repaired.
    as_found: Annotated[list[Reading], Len(max_length=500)] | None = None
    # What stands on the instrument, where the register does not say it or is wrong.
    device: DeviceStated | None = None
    # Codes of the body's reference standards.
    standards: Annotated[list[Annotated[str, Len(1, 120)]], Len(max_length=20)] = field(default_factory=list)
    environment: Annotated[dict[Annotated[str, Len(1, 60)], EnvironmentValue], Len(max_length=30)] = field(
        default_factory=dict
    )
    remark: Annotated[str, Len(max_length=500)] = ""
    # Whose verification it is; None: the caller's own.
    technician: int | None = None
    # The wrong record this one takes the place of.
    supersedes: int | None = None


@dataclass(frozen=True)
class Recorded:
    """What the door answers: the record and what it could not vouch for."""

    id: int
    instrument_id: int
    instrument_code: str
    verdict: Outcome
    valid_until: date | None
    tariff_fen: int | None
    fee_waived_fen: int | None
    # Where one signature is enough, the paper is there at once.
    certificate: Issued | None
    warnings: tuple[str, ...]


INTERVAL_UNKNOWN = mark(
    "The verification interval of this kind is not known; no last day of validity was set."
)
TARIFF_UNKNOWN = mark("No tariff is known for this kind on that day; the fee waived is unknown, not zero.")


def record_verification(
    session: Session, command: RecordVerification, *, who: Doer, practice: Practice = USUAL
) -> Recorded:
    """Record one verification and move the instrument's standing with it.

    Raises a refusal of its own name for everything that cannot be; nothing is changed then.
    """
    instrument = instrument_for_update(session, _number(command))
    check_day(instrument, command.performed_on, today=who.today)
    kind = kind_by_id(session, instrument.kind_id)
    programme_id = _programme(session, command, instrument)
    edition = regulation_applied(session, kind.id, command.regulation, on=command.performed_on)
    code = edition.code if edition else None
    verifier = verifier_for(
        session, instrument, command.technician, regulation=code, on=command.performed_on, who=who
    )
    asked = _asked(command)
    judged = examine(session, asked, instrument, kind, code)
    found = decide(asked, command.reasons, judged)
    used = _standards(session, command, judged, verifier.body_id)
    earlier = earlier_findings(
        session,
        instrument,
        kind,
        Finding(command.performed_on, UNNUMBERED, found.outcome, None),
        supersedes=command.supersedes,
        minus_one_day=practice.minus_one_day,
    )
    grounds = Grounds(kind, edition, found, earlier, practice.minus_one_day)
    record = _record(session, command, instrument, grounds)
    record.programme_id = programme_id
    record.body_id, record.verifier_id = verifier.body_id, verifier.person_id
    record.recorded_at, record.recorded_by = who.now, who.name
    _store(session, record, judged, used.calibration_ids)
    move_standing(instrument, [*earlier, finding_of(record)])
    facts = {"instrument": instrument.id, "performed_on": record.performed_on}
    facts |= {"outcome": record.outcome.value, "supersedes": record.supersedes_id}
    note(session, who, "record_verification", "verification", record.id, **facts)
    issued = _issued(session, record, who=who, practice=practice)
    return _answer(record, kind, issued, (*verifier.warnings, *used.warnings))


def _programme(session: Session, command: RecordVerification, instrument: Instrument) -> int | None:
    if command.programme is None:
        return None
    programme = programme_for_share(session, command.programme)
    check_enrolled(session, programme, instrument, on=command.performed_on)
    return programme.id


def _standards(
    session: Session, command: RecordVerification, judged: Judged | None, body_id: int
) -> StandardsUsed:
    """The standards named, each valid on the day and good enough for what was measured with it."""
    points = compared_points(judged)
    if not points and not command.standards:
        return StandardsUsed((), ())
    on = command.performed_on
    used = standards_used(session, body_id, command.standards, on=on, measured=bool(points))
    return replace(used, warnings=(*used.warnings, *check_good_enough(used, points)))


def _asked(command: RecordVerification) -> Asked:
    return Asked(
        stage=command.stage,
        stated=command.device,
        as_left=command.readings,
        as_found=command.as_found,
        outcome=command.outcome,
        is_worked_on=command.adjusted or command.repaired,
    )


def _store(
    session: Session, record: Verification, judged: Judged | None, calibration_ids: Sequence[int]
) -> None:
    """The record with what it rests on, each tied to the body's chain."""
    session.add(record)
    session.flush()
    resting: list[Model] = [
        VerificationStandard(verification_id=record.id, calibration_id=number) for number in calibration_ids
    ]
    if judged is not None:
        resting.append(judged.examination(record.id))
    session.add_all(resting)
    session.flush()
    for row in (record, *resting):
        enchain(session, row, record.body_id)


def _issued(session: Session, record: Verification, *, who: Doer, practice: Practice) -> Issued | None:
    """Where the verifier's signature is enough, the paper follows at once."""
    signed = frozenset({SigningRole.VERIFIER})
    if next_role(practice.signatures, signed) is not None:
        return None
    return issue(session, record_on_paper(session, record.id), {}, who=who, practice=practice)


def _number(command: RecordVerification) -> int:
    by_code = None if command.instrument_code is None else instrument_id(command.instrument_code)
    named = {number for number in (by_code, command.instrument_id) if number is not None}
    if len(named) != 1:
        raise InstrumentMissing
    return named.pop()


@dataclass(frozen=True)
class Grounds:
    """What governs a record on its day."""

    kind: InstrumentKind
    edition: RegulationEdition | None
    found: Found
    earlier: Sequence[Finding]
    minus_one_day: bool


def _record(
    session: Session, command: RecordVerification, instrument: Instrument, grounds: Grounds
) -> Verification:
    """The record with everything frozen that governed it on its day."""
    on, kind, found, edition = command.performed_on, grounds.kind, grounds.found, grounds.edition
    earlier = grounds.earlier
    tariff = tariff_in_force(session, kind.id, on=on)
    treatment = (
        FeeTreatment.NOT_BILLABLE if validity.follows_a_failure(earlier, on=on) else FeeTreatment.WAIVED
    )
    tariff_fen = tariff.fee_fen if tariff else None
    due_on = validity.held_until(earlier, before=on)
    until = (
        due_on
        if command.stage is Stage.IN_SERVICE
        else last_day_of(kind, on, minus_one_day=grounds.minus_one_day)
    )
    return Verification(
        instrument_id=instrument.id,
        holder_id=instrument.holder_id,
        district_id=instrument.district_id,
        performed_on=on,
        stage=command.stage,
        as_found=found.as_found,
        outcome=found.outcome,
        reasons=list(found.reasons),
        adjusted=command.adjusted,
        repaired=command.repaired,
        regulation_edition_id=edition.id if edition else None,
        tariff_id=tariff.id if tariff else None,
        tariff_fen=tariff_fen,
        fee_treatment=treatment,
        fee_waived_fen=fee_waived(tariff_fen, treatment),
        due_on=due_on,
        valid_until=until if found.outcome is Outcome.PASSED else None,
        standards=command.standards,
        environment=dict(command.environment),
        remark=command.remark,
        supersedes_id=command.supersedes,
    )


def _answer(
    record: Verification, kind: InstrumentKind, issued: Issued | None, warnings: Sequence[str]
) -> Recorded:
    said = list(warnings)
    if record.tariff_fen is None:
        said.append(TARIFF_UNKNOWN)
    if kind.form is VerificationForm.PERIODIC and kind.interval_months is None:
        said.append(INTERVAL_UNKNOWN)
    return Recorded(
        id=record.id,
        instrument_id=record.instrument_id,
        instrument_code=instrument_code(record.instrument_id),
        verdict=record.outcome,
        valid_until=record.valid_until,
        tariff_fen=record.tariff_fen,
        fee_waived_fen=record.fee_waived_fen,
        certificate=issued,
        warnings=tuple(said),
    )
