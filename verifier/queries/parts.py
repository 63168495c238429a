"""One row of a report as a condition, so that the list behind a figure holds what the figure counts."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, SQLColumnExpression, select

from verifier.models import Holder, Instrument
from verifier.rules.holders import HolderKind
from verifier.rules.purposes import Purpose


@dataclass(frozen=True, kw_only=True)
class Part:
    """What lies in the root district itself and not below, one holder kind, or one purpose."""

    directly: bool = False
    holder_kind: HolderKind | None = None
    purpose: Purpose | Literal["unknown"] | None = None


WHOLE = Part()


def in_part(
    part: Part,
    *,
    lies_in_root: ColumnElement[bool],
    holder_id: SQLColumnExpression[Any],
    instrument_id: SQLColumnExpression[Any],
) -> list[ColumnElement[bool]]:
    """The conditions under which an enrolment with these keys is counted in that row."""
    conditions: list[ColumnElement[bool]] = []
    if part.directly:
        conditions.append(lies_in_root)
    if part.holder_kind is not None:
        conditions.append(holder_id.in_(select(Holder.id).where(Holder.kind == part.holder_kind)))
    if part.purpose is not None:
        purpose = None if part.purpose == "unknown" else part.purpose
        used_so = select(Instrument.id).where(Instrument.purpose.is_not_distinct_from(purpose))
        conditions.append(instrument_id.in_(used_so))
    return conditions
