"""Questions about holders."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from verifier.db import Session
from verifier.errors import NotFound
from verifier.i18n import mark
from verifier.models import District, Holder
from verifier.queries.districts import subtree
from verifier.queries.parts import WHOLE, Part
from verifier.queries.programme_items import items_in_part, programme_items
from verifier.queries.scopes import within_scope
from verifier.rules.access import OutsideScope, Scope
from verifier.rules.holders import HolderKind


class HolderUnknown(NotFound):
    message = mark("There is no holder {holder}.")


@dataclass(frozen=True, kw_only=True)
class HoldersOfProgramme:
    """Holders with something in the base; `completed`: all of it is verified, or not."""

    programme_id: int
    root_id: int
    completed: bool | None = None
    part: Part = WHOLE


@dataclass(frozen=True, kw_only=True)
class HolderFilter:
    district_id: int | None = None
    kind: HolderKind | None = None
    market_id: int | None = None
    of_programme: HoldersOfProgramme | None = None
    # Name, pinyin initials or unified social credit code.
    q: str | None = None


@dataclass(frozen=True)
class HolderRow:
    id: int
    name: str
    kind: HolderKind
    uscc: str | None
    district: str
    district_name: str
    market_id: int | None
    market_name: str | None
    stall_no: str
    address: str
    contact_name: str
    contact_phone: str
    version: int


def _rows() -> Select[*tuple[Any, ...]]:
    market = aliased(Holder)
    return (
        select(
            Holder.id,
            Holder.name,
            Holder.kind,
            Holder.uscc,
            District.code,
            District.name_zh,
            market.id,
            market.name,
            Holder.stall_no,
            Holder.address,
            Holder.contact_name,
            Holder.contact_phone,
            Holder.version,
        )
        .join(District, District.id == Holder.district_id)
        .outerjoin(market, market.id == Holder.parent_id)
    )


def _inside(scope: Scope, on: date) -> ColumnElement[bool]:
    return within_scope(scope, on=on, district=Holder.district_id, holder=Holder.id)


def holders(
    session: Session,
    scope: Scope,
    wanted: HolderFilter,
    *,
    on: date,
    after: int | None = None,
    limit: int | None = None,
) -> list[HolderRow]:
    """In the order of their numbers, from the one after `after`."""
    statement = _rows().where(_inside(scope, on), *_conditions(wanted, on))
    if after is not None:
        statement = statement.where(Holder.id > after)
    return [HolderRow(*row) for row in session.execute(statement.order_by(Holder.id).limit(limit))]


def count_holders(session: Session, scope: Scope, wanted: HolderFilter, *, on: date) -> int:
    """How many the whole list holds."""
    statement = _rows().where(_inside(scope, on), *_conditions(wanted, on))
    return session.scalars(statement.with_only_columns(func.count(Holder.id))).one()


def _conditions(wanted: HolderFilter, on: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.district_id is not None:
        conditions.append(Holder.district_id.in_(select(subtree(wanted.district_id, on).c.id)))
    if wanted.kind is not None:
        conditions.append(Holder.kind == wanted.kind)
    if wanted.market_id is not None:
        conditions.append(Holder.parent_id == wanted.market_id)
    if wanted.of_programme is not None:
        conditions.append(_with_base(wanted.of_programme, on))
    if wanted.q:
        q = wanted.q.strip()
        conditions.append(
            or_(
                Holder.name.contains(q, autoescape=True),
                Holder.initials.startswith(q.lower(), autoescape=True),
                Holder.uscc == q.upper(),
            )
        )
    return conditions


def _with_base(wanted: HoldersOfProgramme, on: date) -> ColumnElement[bool]:
    items = programme_items(wanted.programme_id, wanted.root_id, on)
    base, verified = func.sum(items.c.base), func.sum(items.c.verified)
    having = [base > 0]
    if wanted.completed is not None:
        having.append(base == verified if wanted.completed else base > verified)
    chosen = select(items.c.holder_id).where(*items_in_part(items, wanted.root_id, wanted.part))
    return Holder.id.in_(chosen.group_by(items.c.holder_id).having(*having))


def holder_row(session: Session, number: int, scope: Scope, *, on: date) -> HolderRow:
    """One holder; raises HolderUnknown, or OutsideScope when it is not the caller's to see."""
    row = session.execute(_rows().add_columns(_inside(scope, on)).where(Holder.id == number)).one_or_none()
    if row is None:
        raise HolderUnknown(holder=number)
    *values, is_inside = row
    if not is_inside:
        raise OutsideScope(what=values[1])
    return HolderRow(*values)


def holder_for_update(session: Session, number: int) -> Holder:
    """Load and lock; raises HolderUnknown."""
    holder = session.get(Holder, number, with_for_update=True, populate_existing=True)
    if holder is None:
        raise HolderUnknown(holder=number)
    return holder


def holder_by_identity(session: Session, identity: str) -> int | None:
    return session.scalar(select(Holder.id).where(Holder.identity == identity))
