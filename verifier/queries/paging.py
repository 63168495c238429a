"""Lists in pages that stay right while rows are added: the next page begins after the last row seen."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeDecorator, TypeEngine

from verifier.db import Session
from verifier.errors import Invalid
from verifier.i18n import mark

LIMIT = 50
MOST = 500

T = TypeVar("T")


class AfterUnknown(Invalid):
    message = mark("The value of after is not one that an earlier page gave as next.")


@dataclass(frozen=True)
class Paging:
    """What a caller asks for: how many rows, after which one."""

    limit: int = LIMIT
    after: str | None = None


@dataclass(frozen=True)
class Page(Generic[T]):
    """`next` is None on the last page, or what to give as `after` for the following one."""

    items: list[T]
    next: str | None


def page_of(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    paging: Paging,
    *,
    by: Sequence[InstrumentedAttribute[Any]],
    row: Callable[..., T],
    newest_first: bool = False,
) -> Page[T]:
    """One page of a statement, ordered by columns that are never null and together unique.

    `row` gets the statement's own columns, in their order.
    """
    if paging.after is not None:
        last = _opened(paging.after, by)
        here = tuple_(*by)
        seen = tuple_(*(literal(value, column.type) for value, column in zip(last, by, strict=True)))
        beyond: ColumnElement[bool] = here < seen if newest_first else here > seen
        statement = statement.where(beyond)
    order = [column.desc() if newest_first else column.asc() for column in by]
    found = session.execute(statement.add_columns(*by).order_by(*order).limit(paging.limit + 1)).all()
    kept = found[: paging.limit]
    following = _sealed(kept[-1][-len(by) :]) if len(found) > len(kept) else None
    return Page([row(*line[: -len(by)]) for line in kept], following)


def page_in(rows: Sequence[T], paging: Paging, *, key: Callable[[T], int | str]) -> Page[T]:
    """One page of a short list that is read whole anyway; no two rows have the same key."""
    begin = 0
    if paging.after is not None:
        keys = [_sealed([key(row)]) for row in rows]
        if paging.after not in keys:
            raise AfterUnknown
        begin = keys.index(paging.after) + 1
    kept = list(rows[begin : begin + paging.limit])
    has_more = begin + len(kept) < len(rows)
    return Page(kept, _sealed([key(kept[-1])]) if has_more and kept else None)


def _sealed(values: Sequence[object]) -> str:
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, ensure_ascii=False).encode()).decode().rstrip("=")


def _opened(after: str, by: Sequence[InstrumentedAttribute[Any]]) -> list[object]:
    try:
        plain = json.loads(base64.b64decode(after + "=" * (-len(after) % 4), altchars=b"-_", validate=True))
        if not isinstance(plain, list) or len(plain) != len(by):
            raise AfterUnknown
        return [_typed(value, _kind(column)) for value, column in zip(plain, by, strict=True)]
    except (binascii.Error, ValueError, TypeError):
        raise AfterUnknown from None


def _kind(column: InstrumentedAttribute[Any]) -> type:
    of: TypeEngine[Any] = column.type
    return of.impl_instance.python_type if isinstance(of, TypeDecorator) else of.python_type


def _typed(value: object, kind: type) -> object:
    if isinstance(value, str) and kind in (date, datetime):
        return datetime.fromisoformat(value) if kind is datetime else date.fromisoformat(value)
    if type(value) is not kind:
        raise AfterUnknown
    return value


def page_by_number(
    paging: Paging, fetch: Callable[[int | None, int], list[T]], *, number: Callable[[T], int]
) -> Page[T]:
    """One page of a list in the order of its rows' numbers: `fetch(after, limit)` asks for the rows."""
    if paging.after is not None and not paging.after.isdecimal():
        raise AfterUnknown
    rows = fetch(None if paging.after is None else int(paging.after), paging.limit + 1)
    kept = rows[: paging.limit]
    return Page(kept, str(number(kept[-1])) if len(rows) > len(kept) else None)
