"""Enrolments: what a programme promises, by rule or by name, and what is taken off again."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from annotated_types import Len
from sqlalchemy import insert

from verifier.db import Session
from verifier.errors import Conflict, Invalid
from verifier.i18n import mark
from verifier.models import Enrolment, Instrument, Programme
from verifier.operations.journal import Doer, note
from verifier.operations.programmes import open_programme
from verifier.operations.territory import check_place
from verifier.queries.instruments import instrument_for_update
from verifier.queries.programmes import (
    EnrolmentCandidate,
    candidates,
    eligibility_of,
    enrolment_for_update,
    enrolment_of,
)
from verifier.queries.scopes import is_within
from verifier.rules.codes import instrument_code
from verifier.rules.entitlement import Ineligible, ineligibility
from verifier.rules.lifecycle import ProgrammeStatus, WithdrawalReason


class AlreadyEnrolled(Conflict):
    message = mark("Instrument {instrument} is enrolled in programme {programme} already.")


class InstrumentElsewhere(Invalid):
    message = mark("Instrument {instrument} is not used in the programme's district.")


class AlreadyWithdrawn(Conflict):
    message = mark("Enrolment {enrolment} was withdrawn on {withdrawn_on} already.")


class AdditionDayWrong(Invalid):
    message = mark("The day {on} must lie between the programme's first, {starts_on}, and today, {today}.")


class WithdrawalDayWrong(Invalid):
    message = mark("The withdrawal's day {on} must lie between {enrolled_on} and {today}.")


@dataclass(frozen=True, kw_only=True)
class AddEnrolment:
    """Something found later, or of a voluntary kind: named, not by rule."""

    programme: str
    instrument_id: int
    reason: Annotated[str, Len(1, 200)]
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class WithdrawEnrolment:
    reason: WithdrawalReason
    on: date | None = None


@dataclass(frozen=True)
class Enrolled:
    """What enrolling by rule did, or in a dry run would do."""

    enrolled: int
    already: int
    ineligible: Mapping[str, int]


def enrol(session: Session, code: str, *, who: Doer, dry_run: bool = False) -> Enrolled:
    """Enrol by rule all that is eligible and not on the list; a dry run only counts."""
    programme = open_programme(session, code, who)
    eligibility = eligibility_of(programme)
    eligible: list[EnrolmentCandidate] = []
    already, ineligible = 0, Counter[Ineligible]()
    for found in candidates(session, programme, on=who.today):
        if found.is_enrolled:
            already += 1
        elif reason := ineligibility(found.candidate, eligibility, programme.kind):
            ineligible[reason] += 1
        else:
            eligible.append(found)
    if eligible and not dry_run:
        day = _first_day(programme, who.today)
        session.execute(insert(Enrolment), [_enrolment_values(programme, found, day) for found in eligible])
        note(session, who, "enrol", "programme", programme.id, enrolled=len(eligible))
    return Enrolled(
        len(eligible), already, {reason.value: count for reason, count in sorted(ineligible.items())}
    )


def _first_day(programme: Programme, today: date) -> date:
    """What is listed before the start belongs to the base from the programme's first day on."""
    if programme.status is ProgrammeStatus.DRAFT:
        return min(today, programme.starts_on)
    return min(today, programme.ends_on)


def _enrolment_values(programme: Programme, found: EnrolmentCandidate, day: date) -> dict[str, object]:
    return {
        "programme_id": programme.id,
        "instrument_id": found.instrument_id,
        "holder_id": found.holder_id,
        "district_id": found.district_id,
        "enrolled_on": day,
        "is_in_frozen_base": False,
        "added_reason": "",
    }


def add_enrolment(session: Session, command: AddEnrolment, *, who: Doer) -> Enrolment:
    """Put a named instrument on the list; one that was withdrawn comes back."""
    programme = open_programme(session, command.programme, who)
    instrument = instrument_for_update(session, command.instrument_id)
    if not is_within(session, instrument.district_id, programme.district_id, on=who.today):
        raise InstrumentElsewhere(instrument=instrument_code(instrument.id))
    if command.on is not None and not programme.starts_on <= command.on <= who.today:
        raise AdditionDayWrong(on=command.on, starts_on=programme.starts_on, today=who.today)
    enrolment = enrolment_of(session, programme.id, instrument.id)
    if enrolment is None:
        enrolment = _new_enrolment(programme, instrument, command, who.today)
        session.add(enrolment)
    elif enrolment.withdrawn_on is None:
        raise AlreadyEnrolled(instrument=instrument_code(instrument.id), programme=programme.code)
    else:
        enrolment.withdrawn_on = enrolment.withdrawal_reason = None
    session.flush()
    note(session, who, "add_enrolment", "enrolment", enrolment.id, reason=command.reason)
    return enrolment


def _new_enrolment(
    programme: Programme, instrument: Instrument, command: AddEnrolment, today: date
) -> Enrolment:
    return Enrolment(
        programme_id=programme.id,
        instrument_id=instrument.id,
        holder_id=instrument.holder_id,
        district_id=instrument.district_id,
        enrolled_on=command.on or _first_day(programme, today),
        is_in_frozen_base=False,
        added_reason=command.reason,
    )


def withdraw_enrolment(
    session: Session, enrolment_id: int, command: WithdrawEnrolment, *, who: Doer
) -> Enrolment:
    """Take an instrument off the list from that day on; the frozen base keeps its line."""
    enrolment = enrolment_for_update(session, enrolment_id)
    check_place(session, enrolment.district_id, str(enrolment_id), who)
    if enrolment.withdrawn_on is not None:
        raise AlreadyWithdrawn(enrolment=enrolment_id, withdrawn_on=enrolment.withdrawn_on)
    on = command.on or who.today
    if not enrolment.enrolled_on <= on <= who.today:
        raise WithdrawalDayWrong(on=on, enrolled_on=enrolment.enrolled_on, today=who.today)
    enrolment.withdrawn_on, enrolment.withdrawal_reason = on, command.reason
    note(session, who, "withdraw_enrolment", "enrolment", enrolment.id, reason=command.reason.value, on=on)
    return enrolment
