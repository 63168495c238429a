"""The completion report: one statement, everything counted by the database."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    case,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from verifier.db import Session
from verifier.models import District, Holder, Instrument
from verifier.queries.districts import edges
from verifier.queries.programme_items import programme_items

_SUMS = (
    "base",
    "verified",
    "passed",
    "first_passed",
    "had_due_date",
    "on_time",
    "actions",
    "without_tariff",
    "fee_waived_fen",
    "frozen",
    "found",
    "scrapped",
    "moved",
    "otherwise_withdrawn",
)


class By(StrEnum):
    DISTRICT = "district"
    HOLDER_KIND = "holder-kind"
    PURPOSE = "purpose"


@dataclass(frozen=True)
class CompletionRow:
    """Counts of one district, holder kind or purpose; product.md section 2 says what they mean."""

    code: str
    name: str
    name_en: str
    level: str
    base: int
    verified: int
    passed: int
    first_passed: int
    had_due_date: int
    on_time: int
    actions: int
    without_tariff: int
    fee_waived_fen: int
    # The bridge: frozen + found - scrapped - moved - otherwise_withdrawn = base.
    frozen: int
    found: int
    scrapped: int
    moved: int
    otherwise_withdrawn: int
    holders: int
    holders_completed: int


@dataclass(frozen=True)
class Completion:
    rows: tuple[CompletionRow, ...]
    total: CompletionRow


def completion(session: Session, programme_id: int, root_id: int, *, on: date, by: By) -> Completion:
    """Totals of the root's whole subtree and one row per child district, holder kind or purpose.

    A district shows its children as the tree stands on that day; what lies in the root itself, or in a
    district that no longer or not yet exists and has no successor, has a row of its own, so that rows
    always sum to the total (instruments; a holder with instruments in two rows counts in both).
    """
    found = session.execute(_statement(programme_id, root_id, on, by)).all()
    rows = [CompletionRow(*row[1:]) for row in found if not row[0]]
    (total,) = (CompletionRow(*row[1:]) for row in found if row[0])
    return Completion(tuple(rows), total)


def _statement(programme_id: int, root_id: int, on: date, by: By) -> Select[*tuple[Any, ...]]:
    items = programme_items(programme_id, root_id, on)
    keyed = union_all(
        _keyed(items, by), _keyed(items, None), _seeds(root_id, on, by), _seed(literal(1), null())
    ).cte("keyed")
    per_holder = (
        select(
            keyed.c.is_total,
            keyed.c.key,
            *(func.sum(keyed.c[name]).label(name) for name in _SUMS),
            _flag(func.sum(keyed.c.base) > 0).label("holders"),
            _flag(
                and_(func.sum(keyed.c.base) > 0, func.sum(keyed.c.base) == func.sum(keyed.c.verified))
            ).label("holders_completed"),
        )
        .group_by(keyed.c.is_total, keyed.c.key, keyed.c.holder_id)
        .cte("per_holder")
    )
    sums = (
        select(
            per_holder.c.is_total,
            per_holder.c.key,
            *(
                func.sum(per_holder.c[name]).cast(BigInteger).label(name)
                for name in (*_SUMS, "holders", "holders_completed")
            ),
        )
        .group_by(per_holder.c.is_total, per_holder.c.key)
        .cte("sums")
    )
    return _named(sums, root_id, by)


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _keyed(items: CTE, by: By | None) -> Select[*tuple[Any, ...]]:
    """The items with the key of the row they belong to; without `by`, of the total."""
    counts = [items.c[name] for name in _SUMS]
    if by is None:
        return select(
            literal(1).label("is_total"), null().cast(String).label("key"), items.c.holder_id, *counts
        )
    key: ColumnElement[str] = {
        By.DISTRICT: items.c.top_id.cast(String),
        By.HOLDER_KIND: Holder.kind.cast(String),
        By.PURPOSE: func.coalesce(Instrument.purpose.cast(String), "unknown"),
    }[by]
    chosen = select(literal(0).label("is_total"), key.label("key"), items.c.holder_id, *counts)
    if by is By.HOLDER_KIND:
        return chosen.join(Holder, Holder.id == items.c.holder_id)
    if by is By.PURPOSE:
        return chosen.join(Instrument, Instrument.id == items.c.instrument_id)
    return chosen


def _seeds(root_id: int, on: date, by: By) -> Select[*tuple[Any, ...]]:
    """An empty row for every child district of that day: officials look for who has nothing yet."""
    if by is not By.DISTRICT:
        return _seed(literal(0), null()).where(literal(1) == 0)
    tree = edges(on)
    return (
        _seed(literal(0), District.id.cast(String))
        .join(tree, tree.c.district_id == District.id)
        .where(
            tree.c.parent_id == root_id,
            or_(District.valid_from.is_(None), District.valid_from <= on),
            or_(District.valid_to.is_(None), District.valid_to >= on),
        )
    )


def _seed(is_total: ColumnElement[int], key: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    return select(
        is_total.label("is_total"),
        key.cast(String).label("key"),
        null().cast(Integer).label("holder_id"),
        *(literal(0).label(name) for name in _SUMS),
    )


def _named(sums: CTE, root_id: int, by: By) -> Select[*tuple[Any, ...]]:
    """Put codes and names to the keys; the total carries the root's."""
    is_root = and_(sums.c.is_total == 1, District.id == root_id)
    is_row = and_(sums.c.is_total == 0, District.id.cast(String) == sums.c.key)
    of_district = or_(is_root, is_row) if by is By.DISTRICT else is_root
    counts = [sums.c[name] for name in (*_SUMS, "holders", "holders_completed")]
    return (
        select(
            sums.c.is_total,
            func.coalesce(District.code, sums.c.key),
            func.coalesce(District.name_zh, sums.c.key),
            func.coalesce(District.name_en, sums.c.key),
            func.coalesce(District.level, ""),
            *counts,
        )
        .select_from(sums)
        .outerjoin(District, of_district)
        .order_by(sums.c.is_total, func.coalesce(District.code, sums.c.key))
    )
