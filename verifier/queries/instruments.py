"""Questions about instruments: one, to be changed; lists, filtered and paged."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import CTE, ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from verifier.db import Session
from verifier.errors import NotFound
from verifier.i18n import mark
from verifier.models import District, Holder, Instrument, InstrumentKind
from verifier.queries.districts import subtree
from verifier.queries.narrowing import equal
from verifier.queries.parts import WHOLE, Part
from verifier.queries.programme_items import items_in_part, programme_items
from verifier.queries.scopes import within_scope
from verifier.rules.access import OutsideScope, Scope
from verifier.rules.codes import NotAnInstrumentCode, instrument_code, instrument_id
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import InstrumentStatus
from verifier.rules.purposes import Purpose


class InstrumentUnknown(NotFound):
    message = mark("There is no instrument {instrument}.")


class Figure(StrEnum):
    """The figures of a completion report that have a list of instruments behind them."""

    BASE = "base"
    VERIFIED = "verified"
    OUTSTANDING = "outstanding"
    PASSED = "passed"
    FAILED = "failed"
    FIRST_PASSED = "first_passed"
    ON_TIME = "on_time"
    LATE = "late"
    WITHOUT_TARIFF = "without_tariff"
    FROZEN = "frozen"
    FOUND = "found"
    SCRAPPED = "scrapped"
    MOVED = "moved"
    OTHERWISE_WITHDRAWN = "otherwise_withdrawn"
    ACTIONS = "actions"


@dataclass(frozen=True, kw_only=True)
class OfProgramme:
    """The instruments behind one figure of a programme's report under one district."""

    programme_id: int
    root_id: int
    figure: Figure = Figure.BASE
    part: Part = WHOLE


@dataclass(frozen=True, kw_only=True)
class InstrumentFilter:
    """Every condition left out is no condition."""

    district_id: int | None = None
    of_programme: OfProgramme | None = None
    kind: str | None = None
    status: InstrumentStatus | None = None
    holder_id: int | None = None
    holder_kind: HolderKind | None = None
    purpose: Purpose | Literal["unknown"] | None = None
    due_before: date | None = None
    # Verified at any time, or never.
    verified: bool | None = None
    # Serial, holder's name or pinyin initials, or the instrument's code.
    q: str | None = None


@dataclass(frozen=True)
class InstrumentRow:
    id: int
    kind: str
    kind_name_zh: str
    kind_name_en: str
    serial: str
    model: str
    manufacturer: str
    holder_id: int
    holder_name: str
    district: str
    district_name: str
    purpose: Purpose | None
    status: InstrumentStatus
    verified_on: date | None
    valid_until: date | None
    version: int

    @property
    def code(self) -> str:
        return instrument_code(self.id)


_ROW = (
    Instrument.id,
    InstrumentKind.key,
    InstrumentKind.name_zh,
    InstrumentKind.name_en,
    Instrument.serial,
    Instrument.model,
    Instrument.manufacturer,
    Holder.id,
    Holder.name,
    District.code,
    District.name_zh,
    Instrument.purpose,
    Instrument.status,
    Instrument.verified_on,
    Instrument.valid_until,
    Instrument.version,
)


def instrument_for_update(session: Session, number: int) -> Instrument:
    """Load and lock; raises InstrumentUnknown."""
    instrument = session.get(Instrument, number, with_for_update=True, populate_existing=True)
    if instrument is None:
        raise InstrumentUnknown(instrument=number)
    return instrument


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(*_ROW)
        .join(InstrumentKind, InstrumentKind.id == Instrument.kind_id)
        .join(Holder, Holder.id == Instrument.holder_id)
        .join(District, District.id == Instrument.district_id)
    )


def instruments(
    session: Session,
    scope: Scope,
    wanted: InstrumentFilter,
    *,
    on: date,
    after: int | None = None,
    limit: int | None = None,
) -> list[InstrumentRow]:
    """In the order of their numbers, from the one after `after`."""
    statement = _narrowed(_rows(), scope, wanted, on)
    if after is not None:
        statement = statement.where(Instrument.id > after)
    return [InstrumentRow(*row) for row in session.execute(statement.order_by(Instrument.id).limit(limit))]


def count_instruments(session: Session, scope: Scope, wanted: InstrumentFilter, *, on: date) -> int:
    """How many the whole list holds."""
    counted = select(func.count()).select_from(_narrowed(_rows(), scope, wanted, on).subquery())
    return session.scalars(counted).one()


def _narrowed(
    statement: Select[*tuple[Any, ...]], scope: Scope, wanted: InstrumentFilter, on: date
) -> Select[*tuple[Any, ...]]:
    narrowed = statement.where(
        within_scope(scope, on=on, district=Instrument.district_id, holder=Instrument.holder_id),
        *_conditions(wanted, on),
    )
    return narrowed if wanted.of_programme is None else _of_programme(narrowed, wanted.of_programme, on)


def _conditions(wanted: InstrumentFilter, on: date) -> list[ColumnElement[bool]]:
    same: dict[InstrumentedAttribute[Any], object] = {
        InstrumentKind.key: wanted.kind,
        Instrument.status: wanted.status,
        Instrument.purpose: None if wanted.purpose == "unknown" else wanted.purpose,
        Holder.kind: wanted.holder_kind,
    }
    conditions = equal(same)
    if wanted.purpose == "unknown":
        conditions.append(Instrument.purpose.is_(None))
    if wanted.district_id is not None:
        conditions.append(Instrument.district_id.in_(select(subtree(wanted.district_id, on).c.id)))
    if wanted.holder_id is not None:
        conditions.append(or_(Holder.id == wanted.holder_id, Holder.parent_id == wanted.holder_id))
    if wanted.due_before is not None:
        conditions.append(Instrument.valid_until < wanted.due_before)
    if wanted.verified is not None:
        known = Instrument.verified_on.is_not(None)
        conditions.append(known if wanted.verified else ~known)
    if wanted.q:
        conditions.append(_found_by(wanted.q.strip()))
    return conditions


def _found_by(q: str) -> ColumnElement[bool]:
    found = or_(
        Instrument.serial.icontains(q, autoescape=True),
        Holder.name.contains(q, autoescape=True),
        Holder.initials.startswith(q.lower(), autoescape=True),
    )
    try:
        return or_(found, Instrument.id == instrument_id(q))
    except NotAnInstrumentCode:
        return found


def _of_programme(
    statement: Select[*tuple[Any, ...]], wanted: OfProgramme, on: date
) -> Select[*tuple[Any, ...]]:
    items = programme_items(wanted.programme_id, wanted.root_id, on)
    return statement.join(items, items.c.instrument_id == Instrument.id).where(
        _behind(wanted.figure, items), *items_in_part(items, wanted.root_id, wanted.part)
    )


def _behind(figure: Figure, items: CTE) -> ColumnElement[bool]:
    """The condition under which an item is counted in the figure."""
    apart: dict[Figure, ColumnElement[bool]] = {
        Figure.OUTSTANDING: and_(items.c.base == 1, items.c.verified == 0),
        Figure.FAILED: and_(items.c.verified == 1, items.c.passed == 0),
        Figure.LATE: and_(items.c.had_due_date == 1, items.c.on_time == 0),
    }
    return apart[figure] if figure in apart else items.c[figure.value] > 0


def instrument_row(session: Session, number: int, scope: Scope, *, on: date) -> InstrumentRow:
    """One instrument; raises InstrumentUnknown, or OutsideScope when it is not the caller's to see."""
    inside = within_scope(scope, on=on, district=Instrument.district_id, holder=Instrument.holder_id)
    row = session.execute(_rows().add_columns(inside).where(Instrument.id == number)).one_or_none()
    if row is None:
        raise InstrumentUnknown(instrument=number)
    *values, is_inside = row
    if not is_inside:
        raise OutsideScope(what=instrument_code(number))
    return InstrumentRow(*values)


def identity_stands(session: Session, identity: str) -> bool:
    return session.scalar(select(Instrument.id).where(Instrument.identity == identity)) is not None
