"""Programmes: plan, start with a frozen base, close."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from annotated_types import Interval, Len
from sqlalchemy import update

from verifier.db import Session
from verifier.errors import Conflict, Invalid
from verifier.i18n import mark
from verifier.models import Enrolment, Funder, Programme
from verifier.operations.journal import Doer, note
from verifier.operations.territory import check_place
from verifier.queries.catalogue import kind_keys
from verifier.queries.districts import district_by_code
from verifier.queries.programmes import (
    base_lines,
    programme_exists,
    programme_for_update,
)
from verifier.rules.codes import is_addressable
from verifier.rules.completion import base_digest
from verifier.rules.entitlement import Eligibility, ProgrammeKind
from verifier.rules.lifecycle import PROGRAMME_MOVES, ProgrammeStatus


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


class EligibleKindUnknown(Invalid):
    message = mark("There is no kind of instrument {kind} in the catalogue.")


class CapacityNotPositive(Invalid):
    message = mark("The capacity limit must be more than 0 kg, not {capacity}.")


class ProgrammeNotOpen(Conflict):
    message = mark("Programme {programme} is {status}; this cannot be done now.")


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


def create_programme(session: Session, command: CreateProgramme, *, who: Doer) -> Programme:
    """Raises a refusal for what the plan says wrongly; a district outside the caller's is OutsideScope."""
    _check_plan(session, command)
    district = district_by_code(session, command.district)
    check_place(session, district.id, command.district, who)
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
    if not is_addressable(command.code):
        raise ProgrammeCodeWrong(code=command.code)
    if command.ends_on < command.starts_on:
        raise PeriodBackwards(starts_on=command.starts_on, ends_on=command.ends_on)
    if programme_exists(session, command.code):
        raise ProgrammeExists(programme=command.code)
    unknown = sorted(set(command.eligibility.instrument_kinds) - kind_keys(session))
    if unknown:
        raise EligibleKindUnknown(kind=unknown[0])
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


def open_programme(session: Session, code: str, who: Doer) -> Programme:
    """Load and lock a programme that is not closed; raises ProgrammeNotOpen, OutsideScope."""
    programme = programme_for_update(session, code)
    check_place(session, programme.district_id, code, who)
    if programme.status is ProgrammeStatus.CLOSED:
        raise ProgrammeNotOpen(programme=code, status=programme.status)
    return programme


def start_programme(session: Session, code: str, *, who: Doer) -> Programme:
    """Freeze the base: from now on the list changes only by additions and withdrawals with reasons."""
    programme = open_programme(session, code, who)
    _move(programme, ProgrammeStatus.RUNNING)
    session.execute(
        update(Enrolment)
        .where(Enrolment.programme_id == programme.id, Enrolment.withdrawn_on.is_(None))
        .values(is_in_frozen_base=True)
    )
    lines = base_lines(session, programme.id)
    programme.frozen_on = who.today
    programme.base_count, programme.base_digest = len(lines), base_digest(lines)
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
    programme = open_programme(session, code, who)
    _move(programme, ProgrammeStatus.CLOSED)
    note(session, who, "close_programme", "programme", programme.id)
    return programme


def _move(programme: Programme, status: ProgrammeStatus) -> None:
    if status not in PROGRAMME_MOVES[programme.status]:
        raise ProgrammeNotOpen(programme=programme.code, status=programme.status)
    programme.status = status
