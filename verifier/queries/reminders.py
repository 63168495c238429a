"""Questions of the night: which instruments, calibrations and competences end soon, and who hears of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, or_, select, tuple_

from verifier.db import Session
from verifier.models import (
    Account,
    Body,
    Competence,
    Holder,
    Instrument,
    InstrumentKind,
    Person,
    Standard,
    StandardCalibration,
)
from verifier.queries.districts import subtree
from verifier.queries.staff import OFFICE
from verifier.rules.access import Role
from verifier.rules.lifecycle import InstrumentStatus


@dataclass(frozen=True)
class EndingInstrument:
    id: int
    # Who is told: the market for its stalls.
    unit_id: int
    ends_on: date
    serial: str
    kind_zh: str
    kind_en: str
    # The stall it stands at; empty at the unit itself.
    stall: str


@dataclass(frozen=True)
class EndingStandard:
    id: int
    body_id: int
    ends_on: date
    code: str
    name: str


@dataclass(frozen=True)
class EndingCompetence:
    id: int
    body_id: int
    ends_on: date
    person: str
    kind_zh: str
    kind_en: str


@dataclass(frozen=True)
class AccountToTell:
    id: int
    name: str
    district_id: int | None
    body_id: int | None


def ending_instruments(session: Session, *, until: date) -> list[EndingInstrument]:
    """Instruments in use whose verification ends by that day or has ended, unit by unit."""
    unit_id = func.coalesce(Holder.parent_id, Holder.id)
    stall = case((Holder.parent_id.is_(None), ""), else_=func.trim(Holder.stall_no + " " + Holder.name))
    statement: Select[*tuple[Any, ...]] = (
        select(
            Instrument.id,
            unit_id,
            Instrument.valid_until,
            Instrument.serial,
            InstrumentKind.name_zh,
            InstrumentKind.name_en,
            stall,
        )
        .join(Holder, Holder.id == Instrument.holder_id)
        .join(InstrumentKind, InstrumentKind.id == Instrument.kind_id)
        .where(Instrument.status == InstrumentStatus.IN_USE, Instrument.valid_until <= until)
        .order_by(unit_id, Instrument.valid_until, Instrument.id)
    )
    return [EndingInstrument(*row) for row in session.execute(statement)]


def unit_names(session: Session, holder_ids: list[int]) -> dict[int, str]:
    statement = select(Holder.id, Holder.name).where(Holder.id.in_(holder_ids))
    return dict(session.execute(statement).all())


def ending_standards(session: Session, *, on: date, until: date) -> list[EndingStandard]:
    """Standards in use whose newest calibration ends by that day or has ended."""
    newest = (
        select(StandardCalibration.id)
        .where(StandardCalibration.standard_id == Standard.id, StandardCalibration.calibrated_on <= on)
        .order_by(StandardCalibration.calibrated_on.desc(), StandardCalibration.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    statement: Select[*tuple[Any, ...]] = (
        select(Standard.id, Standard.body_id, StandardCalibration.valid_until, Standard.code, Standard.name)
        .join(StandardCalibration, StandardCalibration.id == newest)
        .where(
            or_(Standard.retired_on.is_(None), Standard.retired_on > on),
            StandardCalibration.valid_until <= until,
        )
        .order_by(StandardCalibration.valid_until, Standard.id)
    )
    return [EndingStandard(*row) for row in session.execute(statement)]


def ending_competences(session: Session, *, until: date) -> list[EndingCompetence]:
    """Competences that end by that day or have ended, but for those a later one goes on from."""
    last = (
        select(Competence.person_id, Competence.kind_id, func.max(Competence.valid_until))
        .group_by(Competence.person_id, Competence.kind_id)
        .having(func.max(Competence.valid_until) <= until)
    )
    statement = (
        select(
            Competence.id,
            Person.body_id,
            Competence.valid_until,
            Person.name,
            InstrumentKind.name_zh,
            InstrumentKind.name_en,
        )
        .join(Person, Person.id == Competence.person_id)
        .join(InstrumentKind, InstrumentKind.id == Competence.kind_id)
        .where(tuple_(Competence.person_id, Competence.kind_id, Competence.valid_until).in_(last))
        .order_by(Competence.valid_until, Competence.id)
    )
    return [EndingCompetence(*row) for row in session.execute(statement)]


def accounts_with(session: Session, role: Role) -> list[AccountToTell]:
    """The accounts of a role that may sign in."""
    statement = (
        select(Account.id, Account.name, Account.district_id, Account.body_id)
        .where(Account.role == role, Account.is_active)
        .order_by(Account.id)
    )
    return [AccountToTell(*row) for row in session.execute(statement)]


def bodies_told_to(session: Session, *, on: date) -> Mapping[int, frozenset[int]]:
    """By account, the bodies whose standards and people it hears of.

    Its own, or where it has none the office's; for a coordinator also those of the own district.
    """
    bodies = session.execute(select(Body.id, Body.code, Body.district_id)).all()
    office = {number for number, code, _ in bodies if code == OFFICE}
    inside = districts_of_coordinators(session, on=on)
    told: dict[int, frozenset[int]] = {}
    for account in [*accounts_with(session, Role.TECHNICIAN), *accounts_with(session, Role.COORDINATOR)]:
        own = office if account.body_id is None else {account.body_id}
        districts = inside.get(account.id, frozenset())
        told[account.id] = frozenset(own | {number for number, _, lies in bodies if lies in districts})
    return told


def districts_of_coordinators(session: Session, *, on: date) -> dict[int, frozenset[int]]:
    """By account, the own district and all below it; one question a district."""
    below: dict[int, frozenset[int]] = {}
    seen: dict[int, frozenset[int]] = {}
    for account in accounts_with(session, Role.COORDINATOR):
        district = account.district_id
        if district is not None:
            if district not in below:
                below[district] = frozenset(session.scalars(select(subtree(district, on).c.id)))
            seen[account.id] = below[district]
    return seen
