"""Questions about visits: who is expected where and when, and what for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from verifier.db import Session
from verifier.errors import NotFound
from verifier.i18n import mark
from verifier.models import (
    Body,
    District,
    Holder,
    Instrument,
    InstrumentKind,
    Person,
    Visit,
    VisitInstrument,
)
from verifier.queries.paging import Page, Paging, page_of
from verifier.queries.scopes import within_scope
from verifier.rules.access import Caller, OutsideScope, Role, Scope
from verifier.rules.codes import instrument_code
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import InstrumentStatus
from verifier.rules.visiting import OPEN_VISITS, VisitStatus


class VisitUnknown(NotFound):
    message = mark("There is no visit {visit}.")


@dataclass(frozen=True, kw_only=True)
class VisitFilter:
    """Every condition left out is no condition."""

    body_id: int | None = None
    holder_id: int | None = None
    person_id: int | None = None
    plan_id: int | None = None
    first_on: date | None = None
    last_on: date | None = None
    statuses: frozenset[VisitStatus] | None = None


@dataclass(frozen=True)
class VisitRow:
    """Times are minutes since midnight at the office."""

    id: int
    # The code of the body.
    body: str
    body_id: int
    holder_id: int
    holder: str
    holder_kind: HolderKind
    address: str
    contact_name: str
    contact_phone: str
    district: str
    district_name: str
    plan_id: int | None
    person_id: int
    person: str
    day: date
    starts: int
    ends: int
    status: VisitStatus
    announced_at: datetime
    remark: str
    uid: str
    sequence: int
    changed_at: datetime
    version: int
    # How many it is for.
    instruments: int

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_VISITS


@dataclass(frozen=True)
class VisitInstrumentRow:
    """An instrument a visit is for."""

    id: int
    kind: str
    kind_name_zh: str
    kind_name_en: str
    serial: str
    holder_id: int
    holder_name: str
    status: InstrumentStatus
    verified_on: date | None
    valid_until: date | None

    @property
    def code(self) -> str:
        return instrument_code(self.id)


def _visits() -> Select[*tuple[Any, ...]]:
    count = (
        select(func.count()).where(VisitInstrument.visit_id == Visit.id).correlate(Visit).scalar_subquery()
    )
    return (
        select(
            Visit.id,
            Body.code,
            Visit.body_id,
            Visit.holder_id,
            Holder.name,
            Holder.kind,
            Holder.address,
            Holder.contact_name,
            Holder.contact_phone,
            District.code,
            District.name_zh,
            Visit.plan_id,
            Visit.person_id,
            Person.name,
            Visit.day,
            Visit.starts,
            Visit.ends,
            Visit.status,
            Visit.announced_at,
            Visit.remark,
            Visit.uid,
            Visit.sequence,
            Visit.changed_at,
            Visit.version,
            count,
        )
        .join(Body, Body.id == Visit.body_id)
        .join(Holder, Holder.id == Visit.holder_id)
        .join(District, District.id == Holder.district_id)
        .join(Person, Person.id == Visit.person_id)
    )


def visits(
    session: Session,
    scope: Scope,
    wanted: VisitFilter,
    paging: Paging,
    *,
    on: date,
    newest_first: bool = False,
) -> Page[VisitRow]:
    """By day and time. A stall sees the visit to its market that is for its instruments too."""
    statement = _visits().where(_inside(scope, on), *_conditions(wanted))
    by = (Visit.day, Visit.starts, Visit.id)
    return page_of(session, statement, paging, by=by, row=VisitRow, newest_first=newest_first)


def all_visits(session: Session, scope: Scope, wanted: VisitFilter, *, on: date) -> list[VisitRow]:
    """The whole list, for a calendar."""
    statement = _visits().where(_inside(scope, on), *_conditions(wanted))
    found = session.execute(statement.order_by(Visit.day, Visit.starts, Visit.id))
    return [VisitRow(*row) for row in found]


def count_visits(session: Session, scope: Scope, wanted: VisitFilter, *, on: date) -> int:
    """How many the whole list holds."""
    statement = _visits().where(_inside(scope, on), *_conditions(wanted))
    return session.scalars(statement.with_only_columns(func.count(Visit.id))).one()


def narrowed_to(caller: Caller, wanted: VisitFilter) -> VisitFilter:
    """What a technician may see is the own body's, wherever that works."""
    return replace(wanted, body_id=caller.body_id) if caller.role is Role.TECHNICIAN else wanted


def _inside(scope: Scope, on: date) -> ColumnElement[bool]:
    seen = within_scope(scope, on=on, district=Holder.district_id, holder=Visit.holder_id)
    if scope.holder_id is None:
        return seen
    own = within_scope(scope, on=on, district=Instrument.district_id, holder=Instrument.holder_id)
    return or_(
        seen,
        exists().where(
            VisitInstrument.visit_id == Visit.id, Instrument.id == VisitInstrument.instrument_id, own
        ),
    )


def _conditions(wanted: VisitFilter) -> Iterable[ColumnElement[bool]]:
    equal = {
        Visit.body_id: wanted.body_id,
        Visit.holder_id: wanted.holder_id,
        Visit.person_id: wanted.person_id,
        Visit.plan_id: wanted.plan_id,
    }
    yield from (column == value for column, value in equal.items() if value is not None)
    if wanted.first_on is not None:
        yield Visit.day >= wanted.first_on
    if wanted.last_on is not None:
        yield Visit.day <= wanted.last_on
    if wanted.statuses is not None:
        yield Visit.status.in_(wanted.statuses)


def visit_row(session: Session, number: int, caller: Caller | None = None, *, on: date) -> VisitRow:
    """One visit; raises VisitUnknown, or OutsideScope when it is not the caller's to see."""
    statement = _visits().where(Visit.id == number)
    found = session.execute(statement).one_or_none()
    if found is None:
        raise VisitUnknown(visit=number)
    if caller is not None:
        its = _conditions(narrowed_to(caller, VisitFilter()))
        if session.execute(statement.where(_inside(caller.scope, on), *its)).one_or_none() is None:
            raise OutsideScope(what=number)
    return VisitRow(*found)


def visits_of_round(session: Session, person_id: int, day: date) -> list[VisitRow]:
    """Where somebody is expected on a day, and has been, in order."""
    statement = _visits().where(
        Visit.person_id == person_id, Visit.day == day, Visit.status != VisitStatus.CANCELLED
    )
    return [VisitRow(*row) for row in session.execute(statement.order_by(Visit.starts, Visit.id))]


def visit_for_update(session: Session, number: int) -> Visit:
    """Load and lock; raises VisitUnknown."""
    visit = session.get(Visit, number, with_for_update=True, populate_existing=True)
    if visit is None:
        raise VisitUnknown(visit=number)
    return visit


def instruments_of(session: Session, visit_id: int) -> list[VisitInstrumentRow]:
    """What a visit is for, by whose it is."""
    return instruments_of_visits(session, [visit_id])[visit_id]


def instruments_of_visits(
    session: Session, visit_ids: Iterable[int]
) -> Mapping[int, list[VisitInstrumentRow]]:
    """The same for several visits, in one statement."""
    statement: Select[*tuple[Any, ...]] = (
        select(
            VisitInstrument.visit_id,
            Instrument.id,
            InstrumentKind.key,
            InstrumentKind.name_zh,
            InstrumentKind.name_en,
            Instrument.serial,
            Holder.id,
            Holder.name,
            Instrument.status,
            Instrument.verified_on,
            Instrument.valid_until,
        )
        .join(VisitInstrument, VisitInstrument.instrument_id == Instrument.id)
        .join(InstrumentKind, InstrumentKind.id == Instrument.kind_id)
        .join(Holder, Holder.id == Instrument.holder_id)
        .where(VisitInstrument.visit_id.in_(list(visit_ids)))
        .order_by(Holder.id, Instrument.id)
    )
    found: dict[int, list[VisitInstrumentRow]] = defaultdict(list)
    for visit_id, *row in session.execute(statement):
        found[visit_id].append(VisitInstrumentRow(*row))
    return found


def is_own_site(session: Session, holder_id: int, own: int | None) -> bool:
    """Whether a site is somebody's own, or a stall under it."""
    statement = exists().where(Holder.id == holder_id, or_(Holder.id == own, Holder.parent_id == own))
    return bool(session.scalar(select(statement)))
