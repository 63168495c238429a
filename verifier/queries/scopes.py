"""Where somebody may look, as a condition every list and report carries."""

from datetime import date

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from verifier.db import Session
from verifier.models import Holder
from verifier.queries.districts import subtree
from verifier.rules.access import Scope


def is_within(session: Session, district_id: int, root_id: int, *, on: date) -> bool:
    """Whether a district lies in the subtree of another as the tree stands on that day."""
    tree = subtree(root_id, on)
    return bool(session.scalar(select(exists().where(tree.c.id == district_id))))


def within_scope(
    scope: Scope,
    *,
    on: date,
    district: InstrumentedAttribute[int],
    holder: InstrumentedAttribute[int],
) -> ColumnElement[bool]:
    """The condition that a row lies in the scope; a holder sees the stalls under it too."""
    if scope.holder_id is not None:
        own = select(Holder.id).where(or_(Holder.id == scope.holder_id, Holder.parent_id == scope.holder_id))
        return holder.in_(own)
    if scope.district_id is not None:
        return district.in_(select(subtree(scope.district_id, on).c.id))
    return true()
