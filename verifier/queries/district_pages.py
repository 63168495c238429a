"""Districts as a list that is filtered and paged."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from verifier.db import Session
from verifier.models import District
from verifier.queries.districts import ROW, DistrictRow, edges, exists_on
from verifier.queries.paging import Page, Paging, page_of


@dataclass(frozen=True)
class DistrictFilter:
    """`on` is the day whose tree is asked; None in the others: not filtered by it."""

    on: date
    parent_id: int | None = None
    level: str | None = None
    # Part of a name, or the beginning of a code.
    q: str | None = None


def district_page(session: Session, filter: DistrictFilter, paging: Paging) -> Page[DistrictRow]:
    """The districts that exist on the day, by code."""
    tree = edges(filter.on)
    statement = select(*ROW).join(tree, tree.c.district_id == District.id).where(exists_on(filter.on))
    if filter.parent_id is not None:
        statement = statement.where(tree.c.parent_id == filter.parent_id)
    if filter.level is not None:
        statement = statement.where(District.level == filter.level)
    if filter.q:
        statement = statement.where(_found_by(filter.q.strip()))
    return page_of(session, statement, paging, by=[District.code], row=DistrictRow)


def _found_by(words: str) -> ColumnElement[bool]:
    return or_(
        District.code.startswith(words, autoescape=True),
        District.name_zh.contains(words, autoescape=True),
        District.name_en.icontains(words, autoescape=True),
    )
