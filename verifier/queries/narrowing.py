"""What lists have in common: the rows around a verification, and the filters that narrow them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from verifier.models import District, Holder, Instrument, InstrumentKind, Programme, Verification
from verifier.queries.districts import subtree


def with_register(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """A question for verifications, joined to what each was made on, for whom and where."""
    return (
        statement.join(Instrument, Instrument.id == Verification.instrument_id)
        .join(InstrumentKind, InstrumentKind.id == Instrument.kind_id)
        .join(Holder, Holder.id == Verification.holder_id)
        .join(District, District.id == Verification.district_id)
        .outerjoin(Programme, Programme.id == Verification.programme_id)
    )


def equal(wanted: Mapping[InstrumentedAttribute[Any], object]) -> list[ColumnElement[bool]]:
    """A condition for each column something is wanted of."""
    return [column == value for column, value in wanted.items() if value is not None]


def of_place(holder_id: int | None, district_id: int | None, *, on: date) -> list[ColumnElement[bool]]:
    """Verifications at a holder and the stalls under it, and in a district's subtree."""
    conditions: list[ColumnElement[bool]] = []
    if holder_id is not None:
        conditions.append(or_(Holder.id == holder_id, Holder.parent_id == holder_id))
    if district_id is not None:
        conditions.append(Verification.district_id.in_(select(subtree(district_id, on).c.id)))
    return conditions
