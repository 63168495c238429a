"""Questions about districts: lists, paths, and the tree as it stands on a day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Subquery, and_, case, func, literal, or_, select

from verifier.db import Session
from verifier.errors import NotFound
from verifier.i18n import mark
from verifier.models import District, DistrictSuccessor
from verifier.rules.district_names import DistrictIndex, Place, Resolved


class DistrictUnknown(NotFound):
    message = mark("There is no district {district}.")


@dataclass(frozen=True)
class DistrictRow:
    id: int
    code: str
    level: str
    parent_id: int | None
    name_zh: str
    name_en: str
    lat: float | None
    lon: float | None
    valid_from: date | None
    valid_to: date | None
    code_system: str
    code_confidence: str
    coord_confidence: str
    source: str
    note: str


ROW: tuple[Any, ...] = (
    District.id,
    District.code,
    District.level,
    District.parent_id,
    District.name_zh,
    District.name_en,
    District.lat,
    District.lon,
    District.valid_from,
    District.valid_to,
    District.code_system,
    District.code_confidence,
    District.coord_confidence,
    District.source,
    District.note,
)


# Five levels, and a few generations of heirs.
_DEEPEST = 20


def edges(on: date) -> Subquery:
    """Columns `district_id` and `parent_id`: in which district each one lies on that day.

    A district abolished before that day lies in the one that took its place. One that was split,
    or that nobody succeeded, stays where it lay.
    """
    moved = _moved(on)
    return (
        select(
            District.id.label("district_id"),
            func.coalesce(moved.c.heir_id, District.parent_id).label("parent_id"),
        )
        .outerjoin(moved, moved.c.district_id == District.id)
        .subquery()
    )


def _moved(on: date) -> CTE:
    """Columns `district_id` and `heir_id`: what was abolished before that day and went to one other."""
    heir_id = func.min(DistrictSuccessor.successor_id).label("heir_id")
    return (
        select(DistrictSuccessor.district_id, heir_id)
        .join(District, District.id == DistrictSuccessor.district_id)
        .where(District.valid_to < on)
        .group_by(DistrictSuccessor.district_id)
        .having(func.count() == 1)
        .cte()
    )


def subtree(root_id: int, on: date) -> CTE:
    """Columns `id` and `top_id`: every district in the root's tree on that day, with itself.

    `top_id` is the child of the root in which the district lies, or is; of the root, the root.
    """
    moved = _moved(on)
    heirs = moved.alias()
    below = (
        select(District.id.label("id"), District.id.label("top_id"))
        .where(District.id == root_id)
        .cte(recursive=True)
    )
    lies_in = func.coalesce(moved.c.heir_id, District.parent_id)
    # Says no more than `lies_in`, but so that SQLite finds its index by it: without, a province takes long.
    may_lie_in = or_(
        District.parent_id == below.c.id,
        District.id.in_(select(heirs.c.district_id).where(heirs.c.heir_id == below.c.id)),
    )
    top_id = case((below.c.id == root_id, District.id), else_=below.c.top_id)
    # Not UNION ALL: should districts ever lie in a circle, the question must still end.
    return below.union(
        select(District.id, top_id)
        .join_from(below, District, may_lie_in)
        .outerjoin(moved, moved.c.district_id == District.id)
        .where(lies_in == below.c.id)
    )


def districts(session: Session) -> list[DistrictRow]:
    """Every district there is or was, by code."""
    return _rows(session, select(*ROW).order_by(District.code))


def children(session: Session, parent_id: int | None, *, on: date) -> list[DistrictRow]:
    """The districts that exist on that day directly below one, or at the top, by code."""
    tree = edges(on)
    is_below = tree.c.parent_id.is_(None) if parent_id is None else tree.c.parent_id == parent_id
    statement = (
        select(*ROW)
        .join(tree, tree.c.district_id == District.id)
        .where(is_below, exists_on(on))
        .order_by(District.code)
    )
    return _rows(session, statement)


def district_by_code(session: Session, code: str) -> DistrictRow:
    """One district; raises DistrictUnknown."""
    row = session.execute(select(*ROW).where(District.code == code)).one_or_none()
    if row is None:
        raise DistrictUnknown(district=code)
    return DistrictRow(*row)


def district_by_id(session: Session, district_id: int) -> DistrictRow:
    """One district; raises DistrictUnknown."""
    row = session.execute(select(*ROW).where(District.id == district_id)).one_or_none()
    if row is None:
        raise DistrictUnknown(district=district_id)
    return DistrictRow(*row)


def path(session: Session, district_id: int, *, on: date) -> list[DistrictRow]:
    """From the top of the tree of that day down to the district itself; raises DistrictUnknown."""
    tree = edges(on)
    above = (
        select(District.id.label("id"), literal(0).label("steps"))
        .where(District.id == district_id)
        .cte(recursive=True)
    )
    above = above.union_all(
        select(tree.c.parent_id, above.c.steps + 1)
        .join_from(above, tree, and_(tree.c.district_id == above.c.id, tree.c.parent_id.is_not(None)))
        # Should districts ever lie in a circle, the question must still end.
        .where(above.c.steps < _DEEPEST)
    )
    statement = select(*ROW).join(above, above.c.id == District.id).order_by(above.c.steps.desc())
    rows = _rows(session, statement)
    if not rows:
        raise DistrictUnknown(district=district_id)
    return rows


def district_index(session: Session, *, on: date) -> DistrictIndex:
    """Every district of that day's tree by its names, in one question, for those who look up many."""
    tree = edges(on)
    statement = select(
        District.id,
        District.code,
        District.level,
        District.name_zh,
        District.name_en,
        tree.c.parent_id,
        case((exists_on(on), True), else_=False),
    ).join(tree, tree.c.district_id == District.id)
    return DistrictIndex(Place(*row) for row in session.execute(statement.order_by(District.code)))


def resolve_district(session: Session, text: str, within: int | None, *, on: date) -> Resolved:
    """The one district a register means by a code, a name or several names; see DistrictIndex.resolve."""
    return district_index(session, on=on).resolve(text, within)


def exists_on(on: date) -> ColumnElement[bool]:
    return and_(
        or_(District.valid_from.is_(None), District.valid_from <= on),
        or_(District.valid_to.is_(None), District.valid_to >= on),
    )


def _rows(session: Session, statement: Select[Any]) -> list[DistrictRow]:
    return [DistrictRow(*row) for row in session.execute(statement)]
