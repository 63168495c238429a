"""What a programme promised and what became of it: one row an enrolment, the ground of every figure.

Reports add these rows up and lists show them, so a figure and the list behind it cannot differ.
"""

from datetime import date

from sqlalchemy import CTE, ColumnElement, Integer, and_, case, func, select

from verifier.models import Enrolment, Verification
from verifier.queries.districts import subtree
from verifier.queries.parts import Part, in_part
from verifier.queries.verifications import counts_still
from verifier.rules.lifecycle import WithdrawalReason
from verifier.rules.verdict import Outcome


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _works(programme_id: int, on: date) -> CTE:
    """One row an instrument verified in the programme: what was done to it up to that day."""
    instrument = Verification.instrument_id
    order = (Verification.performed_on, Verification.id)
    backwards = (Verification.performed_on.desc(), Verification.id.desc())
    ranked = (
        select(
            Verification.instrument_id,
            Verification.performed_on,
            Verification.outcome,
            Verification.as_found,
            Verification.due_on,
            Verification.fee_waived_fen,
            func.row_number().over(partition_by=instrument, order_by=order).label("nth"),
            func.row_number().over(partition_by=instrument, order_by=backwards).label("nth_last"),
        )
        .where(Verification.programme_id == programme_id, Verification.performed_on <= on, counts_still())
        .cte("ranked")
    )
    first, last = ranked.c.nth == 1, ranked.c.nth_last == 1
    return (
        select(
            ranked.c.instrument_id,
            func.count().label("actions"),
            func.coalesce(func.sum(ranked.c.fee_waived_fen), 0).label("fee_waived_fen"),
            func.sum(_flag(ranked.c.fee_waived_fen.is_(None))).label("without_tariff"),
            func.max(_flag(and_(last, ranked.c.outcome == Outcome.PASSED))).label("passed"),
            func.max(_flag(and_(first, ranked.c.as_found == Outcome.PASSED))).label("first_passed"),
            func.max(_flag(and_(first, ranked.c.due_on.is_not(None)))).label("had_due_date"),
            func.max(_flag(and_(first, ranked.c.performed_on <= ranked.c.due_on))).label("on_time"),
        )
        .group_by(ranked.c.instrument_id)
        .cte("works")
    )


def programme_items(programme_id: int, root_id: int, on: date) -> CTE:
    """Columns: the enrolment's keys, `top_id` (child of the root it lies under) and 0/1 flags or counts.

    The flags `verified`, `passed`, `first_passed`, `had_due_date` and `on_time` are set only for what is
    in the base on that day; `actions` and fees count work done on withdrawn instruments too.
    """
    tree, works = subtree(root_id, on), _works(programme_id, on)
    withdrawn = and_(Enrolment.withdrawn_on.is_not(None), Enrolment.withdrawn_on <= on)
    in_base = _flag(~withdrawn)

    def reason(*reasons: WithdrawalReason) -> ColumnElement[int]:
        return _flag(and_(withdrawn, Enrolment.withdrawal_reason.in_(reasons)))

    def counted(name: str) -> ColumnElement[int]:
        return (in_base * func.coalesce(works.c[name], 0)).cast(Integer).label(name)

    scrapped, moved = WithdrawalReason.SCRAPPED, WithdrawalReason.TRANSFERRED
    others = [other for other in WithdrawalReason if other not in (scrapped, moved)]
    return (
        select(
            Enrolment.id.label("enrolment_id"),
            Enrolment.instrument_id,
            Enrolment.holder_id,
            tree.c.top_id,
            in_base.label("base"),
            (in_base * _flag(works.c.instrument_id.is_not(None))).label("verified"),
            counted("passed"),
            counted("first_passed"),
            counted("had_due_date"),
            counted("on_time"),
            func.coalesce(works.c.actions, 0).label("actions"),
            func.coalesce(works.c.without_tariff, 0).label("without_tariff"),
            func.coalesce(works.c.fee_waived_fen, 0).label("fee_waived_fen"),
            _flag(Enrolment.is_in_frozen_base.is_(True)).label("frozen"),
            _flag(Enrolment.is_in_frozen_base.is_(False)).label("found"),
            reason(scrapped).label("scrapped"),
            reason(moved).label("moved"),
            reason(*others).label("otherwise_withdrawn"),
        )
        .join(tree, tree.c.id == Enrolment.district_id)
        .outerjoin(works, works.c.instrument_id == Enrolment.instrument_id)
        .where(Enrolment.programme_id == programme_id, Enrolment.enrolled_on <= on)
        .cte("items")
    )


def items_in_part(items: CTE, root_id: int, part: Part) -> list[ColumnElement[bool]]:
    return in_part(
        part,
        lies_in_root=items.c.top_id == root_id,
        holder_id=items.c.holder_id,
        instrument_id=items.c.instrument_id,
    )
