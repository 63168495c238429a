"""Recording a verification: the one deed everything else in the house serves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from annotated_types import Interval, Len

from verifier.db import Session
from verifier.errors import Conflict, Invalid
from verifier.i18n import mark
from verifier.models import Instrument, InstrumentKind, Verification
from verifier.operations.admission import (
    check_day,
    check_enrolled,
    regulation_applied,
    verifier_for,
)
from verifier.operations.journal import Doer, note
from verifier.queries.catalogue import kind_by_id, tariff_in_force
from verifier.queries.instruments import instrument_for_update
from verifier.queries.programmes import programme_for_share
from verifier.queries.verifications import findings
from verifier.rules import validity
from verifier.rules.codes import instrument_code, instrument_id
from verifier.rules.entitlement import FeeTreatment, VerificationForm, fee_waived
from verifier.rules.validity import Finding
from verifier.rules.verdict import Outcome, Stage, as_found


class InstrumentMissing(Invalid):
    message = mark(
        "Name the instrument, by instrument_id or by instrument_code, and not by both differently."
    )


class ReasonsMissing(Invalid):
    message = mark("A failed verification needs at least one reason.")


class ReasonsWithoutFailure(Invalid):
    message = mark("Reasons belong to a failure; this verification passed.")


class SupersedesAnother(Conflict):
    message = mark(
        "Record {verification} cannot be superseded here: "
        "it is of another instrument or was superseded already."
    )


# What was read off the thermometer and the hygrometer; a number with a bound is never infinite.
EnvironmentValue = (
    Annotated[int, Interval(ge=-1_000_000, le=1_000_000)]
    | Annotated[float, Interval(ge=-1_000_000, le=1_000_000)]
    | Annotated[str, Len(max_length=200)]
)


@dataclass(frozen=True, kw_only=True)
class RecordVerification:
    """What a technician says happened; readings join it when verdicts are computed from them."""

    instrument_id: int | None = None
    instrument_code: str | None = None
    performed_on: date
    outcome: Outcome
    reasons: Annotated[list[Annotated[str, Len(1, 200)]], Len(max_length=20)] = field(default_factory=list)
    stage: Stage = Stage.SUBSEQUENT
    # A programme's code; None: outside any programme.
    programme: str | None = None
    # The edition applied; None: the one in force on the day.
    regulation: Annotated[str, Len(max_length=60)] | None = None
    adjusted: bool = False
    repaired: bool = False
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
    warnings: tuple[str, ...]


class AlreadyRecorded(Conflict):
    message = mark("This verification stands already as record {verification}.")


INTERVAL_UNKNOWN = mark(
    "The verification interval of this kind is not known; no last day of validity was set."
)
TARIFF_UNKNOWN = mark("No tariff is known for this kind on that day; the fee waived is unknown, not zero.")


def record_verification(
    session: Session, command: RecordVerification, *, who: Doer, minus_one_day: bool = True
) -> Recorded:
    """Record one verification and move the instrument's standing with it.

    Raises a refusal of its own name for everything that cannot be; nothing is changed then.
    """
    _check_reasons(command)
    instrument = instrument_for_update(session, _number(command))
    check_day(instrument, command.performed_on, today=who.today)
    kind = kind_by_id(session, instrument.kind_id)
    programme = None
    if command.programme is not None:
        programme = programme_for_share(session, command.programme)
        check_enrolled(session, programme, instrument, on=command.performed_on)
    verifier = verifier_for(session, instrument, command.technician, on=command.performed_on, who=who)
    earlier = [
        *_stated(instrument, kind, minus_one_day=minus_one_day),
        *_earlier(session, command, instrument),
    ]
    record = _record(session, command, instrument, kind, earlier, minus_one_day=minus_one_day)
    record.programme_id = programme.id if programme else None
    record.body_id, record.verifier_id = verifier.body_id, verifier.person_id
    record.recorded_at, record.recorded_by = who.now, who.name
    session.add(record)
    session.flush()
    _move_standing(instrument, [*earlier, _finding(record)])
    note(
        session,
        who,
        "record_verification",
        "verification",
        record.id,
        instrument=instrument.id,
        performed_on=record.performed_on,
        outcome=record.outcome.value,
        supersedes=record.supersedes_id,
    )
    return _answer(record, kind, verifier.warnings)


def _check_reasons(command: RecordVerification) -> None:
    if command.outcome is Outcome.FAILED and not all(reason.strip() for reason in command.reasons or [""]):
        raise ReasonsMissing
    if command.outcome is Outcome.PASSED and command.reasons:
        raise ReasonsWithoutFailure


def _number(command: RecordVerification) -> int:
    by_code = None if command.instrument_code is None else instrument_id(command.instrument_code)
    named = {number for number in (by_code, command.instrument_id) if number is not None}
    if len(named) != 1:
        raise InstrumentMissing
    return named.pop()


def _earlier(session: Session, command: RecordVerification, instrument: Instrument) -> list[Finding]:
    """What still counts of the instrument's records, without the one now superseded."""
    found = findings(session, instrument.id)
    if command.supersedes is not None:
        if command.supersedes not in {finding.number for finding in found}:
            raise SupersedesAnother(verification=command.supersedes)
        return [finding for finding in found if finding.number != command.supersedes]
    for finding in found:
        # A failure may be followed by a pass on one day, and a pass by a failure; the same twice is one fact.
        if (finding.performed_on, finding.outcome) == (command.performed_on, command.outcome):
            raise AlreadyRecorded(verification=finding.number)
    return found


def _record(
    session: Session,
    command: RecordVerification,
    instrument: Instrument,
    kind: InstrumentKind,
    earlier: Sequence[Finding],
    *,
    minus_one_day: bool,
) -> Verification:
    """The record with everything frozen that governed it on its day."""
    on = command.performed_on
    edition = regulation_applied(session, kind.id, command.regulation, on=on)
    tariff = tariff_in_force(session, kind.id, on=on)
    treatment = (
        FeeTreatment.NOT_BILLABLE if validity.follows_a_failure(earlier, on=on) else FeeTreatment.WAIVED
    )
    tariff_fen = tariff.fee_fen if tariff else None
    due_on = validity.held_until(earlier, before=on)
    until = due_on if command.stage is Stage.IN_SERVICE else _until(kind, on, minus_one_day=minus_one_day)
    return Verification(
        instrument_id=instrument.id,
        holder_id=instrument.holder_id,
        district_id=instrument.district_id,
        performed_on=on,
        stage=command.stage,
        as_found=as_found(command.outcome, worked_on=command.adjusted or command.repaired),
        outcome=command.outcome,
        reasons=command.reasons,
        adjusted=command.adjusted,
        repaired=command.repaired,
        regulation_edition_id=edition.id if edition else None,
        tariff_id=tariff.id if tariff else None,
        tariff_fen=tariff_fen,
        fee_treatment=treatment,
        fee_waived_fen=fee_waived(tariff_fen, treatment),
        due_on=due_on,
        valid_until=until if command.outcome is Outcome.PASSED else None,
        standards=command.standards,
        environment=dict(command.environment),
        remark=command.remark,
        supersedes_id=command.supersedes,
    )


def _until(kind: InstrumentKind, performed_on: date | None, *, minus_one_day: bool) -> date | None:
    return validity.last_day(kind.form, kind.interval_months, performed_on, minus_one_day=minus_one_day)


def _finding(record: Verification) -> Finding:
    return Finding(record.performed_on, record.id, record.outcome, record.valid_until)


def _stated(instrument: Instrument, kind: InstrumentKind, *, minus_one_day: bool) -> list[Finding]:
    on = instrument.stated_verified_on
    return validity.stated(on, _until(kind, on, minus_one_day=minus_one_day))


def _move_standing(instrument: Instrument, found: Sequence[Finding]) -> None:
    standing = validity.standing(found, status=instrument.status)
    instrument.verified_on = standing.verified_on
    instrument.valid_until = standing.valid_until
    instrument.status = standing.status


def _answer(record: Verification, kind: InstrumentKind, warnings: Sequence[str]) -> Recorded:
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
        warnings=tuple(said),
    )
