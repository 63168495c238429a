"""Programmes: create, enrol, freeze at the start, add and withdraw, close."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from annotated_types import Interval, Len
from sqlalchemy import insert, update

from verifier.db import Session
from verifier.errors import Conflict, Invalid
from verifier.i18n import mark
from verifier.models import Enrolment, Funder, Instrument, Programme
from verifier.operations.journal import Doer, note
from verifier.queries.catalogue import kind_keys
from verifier.queries.districts import district_by_code
from verifier.queries.instruments import instrument_for_update
from verifier.queries.programmes import (
    EnrolmentCandidate,
    base_lines,
    candidates,
    eligibility_of,
    enrolment_for_update,
    enrolment_of,
    programme_exists,
    programme_for_update,
)
from verifier.queries.scopes import is_within
from verifier.rules.access import OutsideScope
from verifier.rules.codes import instrument_code
from verifier.rules.completion import base_digest
from verifier.rules.entitlement import Eligibility, Ineligible, ProgrammeKind, ineligibility
from verifier.rules.lifecycle import PROGRAMME_MOVES, ProgrammeStatus, WithdrawalReason

# It stands in addresses.
_CODE = re.compile(r"[\w.-]+")


class ProgrammeExists(Conflict):
    message = mark("There is a programme {programme} already.")


class ProgrammeCodeWrong(Invalid):
    message = mark("{code} cannot be a programme's code: use letters, digits, dots, hyphens and underscores.")


class PeriodBackwards(Invalid):
    message = mark("The programme ends on {ends_on}, before it starts on {starts_on}.")


class SharesNotWhole(Invalid):
    message = mark("The funders' shares sum to {total} percent, not to 100.")


class FunderTwice(Invalid):
    message = mark("The funder {funder} is named twice.")


class KindUnknown(Invalid):
    message = mark("There is no kind of instrument {kind} in the catalogue.")


class CapacityNotPositive(Invalid):
    message = mark("The capacity limit must be more than 0 kg, not {capacity}.")


class ProgrammeNotOpen(Conflict):
    message = mark("Programme {programme} is {status}; this cannot be done now.")


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
class FunderShare:
    name: Annotated[str, Len(1, 120)]
    share_percent: Annotated[int, Interval(ge=1, le=100)]


@dataclass(frozen=True, kw_only=True)
class CreateProgramme:
    code: Annotated[str, Len(1, 40)]
    name: Annotated[str, Len(1, 120)]
    kind: ProgrammeKind
    starts_on: date
    ends_on: date
    # The district's code; its whole subtree is meant.
    district: str
    eligibility: Eligibility = field(default_factory=Eligibility)
    funders: Annotated[list[FunderShare], Len(max_length=20)] = field(default_factory=list)


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


def create_programme(session: Session, command: CreateProgramme, *, who: Doer) -> Programme:
    """Raises a refusal for what the plan says wrongly; a district outside the caller's is OutsideScope."""
    _check_plan(session, command)
    district = district_by_code(session, command.district)
    _check_scope(session, district.id, command.district, who)
    programme = Programme(
        code=command.code,
        name=command.name,
        kind=command.kind,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        district_id=district.id,
        eligibility=_stored(command.eligibility),
        status=ProgrammeStatus.DRAFT,
    )
    session.add(programme)
    session.flush()
    session.add_all(
        Funder(programme_id=programme.id, name=funder.name, share_percent=funder.share_percent)
        for funder in command.funders
    )
    note(session, who, "create_programme", "programme", programme.id, code=command.code)
    return programme


def _check_plan(session: Session, command: CreateProgramme) -> None:
    if not _CODE.fullmatch(command.code):
        raise ProgrammeCodeWrong(code=command.code)
    if command.ends_on < command.starts_on:
        raise PeriodBackwards(starts_on=command.starts_on, ends_on=command.ends_on)
    if programme_exists(session, command.code):
        raise ProgrammeExists(programme=command.code)
    unknown = sorted(set(command.eligibility.instrument_kinds) - kind_keys(session))
    if unknown:
        raise KindUnknown(kind=unknown[0])
    capacity = command.eligibility.max_capacity_kg
    if capacity is not None and not (capacity.is_finite() and capacity > 0):
        raise CapacityNotPositive(capacity=capacity)
    names = Counter(funder.name for funder in command.funders)
    if names and names.most_common(1)[0][1] > 1:
        raise FunderTwice(funder=names.most_common(1)[0][0])
    total = sum(funder.share_percent for funder in command.funders)
    if command.funders and total != 100:
        raise SharesNotWhole(total=total)


def _stored(eligibility: Eligibility) -> dict[str, object]:
    capacity = eligibility.max_capacity_kg
    return {
        "holder_kinds": [kind.value for kind in eligibility.holder_kinds],
        "instrument_kinds": list(eligibility.instrument_kinds),
        "purposes": [purpose.value for purpose in eligibility.purposes],
        "max_capacity_kg": None if capacity is None else str(capacity),
    }


def _check_scope(session: Session, district_id: int, what: str, who: Doer) -> None:
    own = who.caller.scope.district_id if who.caller else None
    if own is not None and not is_within(session, district_id, own, on=who.today):
        raise OutsideScope(what=what)


def _open_programme(session: Session, code: str, who: Doer) -> Programme:
    programme = programme_for_update(session, code)
    _check_scope(session, programme.district_id, code, who)
    if programme.status is ProgrammeStatus.CLOSED:
        raise ProgrammeNotOpen(programme=code, status=programme.status)
    return programme


def enrol(session: Session, code: str, *, who: Doer, dry_run: bool = False) -> Enrolled:
    """Enrol by rule all that is eligible and not on the list; a dry run only counts."""
    programme = _open_programme(session, code, who)
    eligible: list[EnrolmentCandidate] = []
    already, ineligible = 0, Counter[Ineligible]()
    for found in candidates(session, programme, on=who.today):
        if found.is_enrolled:
            already += 1
        elif reason := ineligibility(found.candidate, eligibility_of(programme), programme.kind):
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


def start_programme(session: Session, code: str, *, who: Doer) -> Programme:
    """Freeze the base: from now on the list changes only by additions and withdrawals with reasons."""
    programme = _open_programme(session, code, who)
    _move(programme, ProgrammeStatus.RUNNING)
    lines = base_lines(session, programme.id)
    programme.frozen_on = who.today
    programme.base_count, programme.base_digest = len(lines), base_digest(lines)
    session.execute(
        update(Enrolment)
        .where(Enrolment.programme_id == programme.id, Enrolment.withdrawn_on.is_(None))
        .values(is_in_frozen_base=True)
    )
    note(
        session,
        who,
        "start_programme",
        "programme",
        programme.id,
        base_count=programme.base_count,
        base_digest=programme.base_digest,
    )
    return programme


def close_programme(session: Session, code: str, *, who: Doer) -> Programme:
    programme = _open_programme(session, code, who)
    _move(programme, ProgrammeStatus.CLOSED)
    note(session, who, "close_programme", "programme", programme.id)
    return programme


def _move(programme: Programme, status: ProgrammeStatus) -> None:
    if status not in PROGRAMME_MOVES[programme.status]:
        raise ProgrammeNotOpen(programme=programme.code, status=programme.status)
    programme.status = status


def add_enrolment(session: Session, command: AddEnrolment, *, who: Doer) -> Enrolment:
    """Put a named instrument on the list; one that was withdrawn comes back."""
    programme = _open_programme(session, command.programme, who)
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
    _check_scope(session, enrolment.district_id, str(enrolment_id), who)
    if enrolment.withdrawn_on is not None:
        raise AlreadyWithdrawn(enrolment=enrolment_id, withdrawn_on=enrolment.withdrawn_on)
    on = command.on or who.today
    if not enrolment.enrolled_on <= on <= who.today:
        raise WithdrawalDayWrong(on=on, enrolled_on=enrolment.enrolled_on, today=who.today)
    enrolment.withdrawn_on, enrolment.withdrawal_reason = on, command.reason
    note(session, who, "withdraw_enrolment", "enrolment", enrolment.id, reason=command.reason.value, on=on)
    return enrolment
