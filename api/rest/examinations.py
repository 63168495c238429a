"""What is examined on an instrument, and what is repaired after it failed."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Query
from fastapi.responses import Response

from api.deps import Paged, Reading, Today, Transaction, acts, needs
from api.examinations import grounds_of, with_items
from api.idempotency import Created, Once
from api.strict import rest_router
from verifier.operations.journal import Doer
from verifier.operations.repairs import RecordRepair, record_repair
from verifier.queries.instruments import instrument_for_update, instrument_row
from verifier.queries.paging import Page, page_in
from verifier.queries.repairs import RepairRow, repairs_of
from verifier.rules.access import Caller, Right
from verifier.rules.device import Bound, Characteristic, DeviceStated, Figure
from verifier.rules.stages import Confidence
from verifier.rules.verdict import Expected, Stage

router = rest_router("instruments")


@router.get("/{number}/repairs")
def repairs(
    number: int,
    session: Reading,
    caller: Annotated[Caller, needs(Right.READ_REGISTER)],
    paging: Paged,
    today: Today,
) -> Page[RepairRow]:
    """List what was repaired, the newest first."""
    instrument_row(session, number, caller.scope, on=today)
    return page_in(repairs_of(session, number), paging, key=lambda row: row.id)


@router.post("/{number}/repairs", status_code=201, response_model=RepairRow)
def repair(
    number: int,
    command: RecordRepair,
    session: Transaction,
    who: Annotated[Doer, acts(Right.RECORD)],
    answers: Once,
) -> Response:
    """Record a repair after a failure; the instrument stays suspended until it passes again."""

    def deed() -> Created[RepairRow]:
        done = record_repair(session, instrument_for_update(session, number), command, who=who)
        row = next(row for row in repairs_of(session, number) if row.id == done.id)
        return Created(row, f"{router.prefix}/{number}/repairs")

    return answers.once(session, command, deed)


def _stated(
    unit: Annotated[str | None, Query(min_length=1, max_length=20)] = None,
    accuracy_class: Annotated[str | None, Query(min_length=1, max_length=20)] = None,
    maximum: Bound | None = None,
    minimum: Bound | None = None,
    e: Figure | None = None,
    d: Figure | None = None,
    nominal: Figure | None = None,
    supports: Annotated[int | None, Query(ge=1, le=100)] = None,
) -> DeviceStated:
    """What stands on the instrument, where the register does not say it or is wrong."""
    return DeviceStated(
        unit=unit,
        accuracy_class=accuracy_class,
        maximum=maximum,
        minimum=minimum,
        e=e,
        d=d,
        nominal=nominal,
        supports=supports,
    )


@dataclass(frozen=True)
class PlanJson:
    """What is to be read; while something is missing there are no items."""

    # None: none is known for this kind on that day.
    regulation: str | None
    # False: only an outcome can be recorded.
    has_rules: bool
    confidence: Confidence | None
    stage: Stage
    on: date
    device: dict[str, Any] | None
    # Characteristics to be read off the instrument and stated first.
    missing: list[Characteristic]
    items: list[Expected]


@router.get("/{number}/examination")
def examination(
    number: int,
    session: Reading,
    caller: Annotated[Caller, needs(Right.READ_REGISTER)],
    today: Today,
    stated: Annotated[DeviceStated, Depends(_stated)],
    stage: Stage = Stage.SUBSEQUENT,
    on: Annotated[date | None, Query(description="The day of the verification; absent: today")] = None,
) -> PlanJson:
    """Say what the regulation in force asks for: items, test points, limits, how many readings."""
    instrument_row(session, number, caller.scope, on=today)
    plan = with_items(grounds_of(session, number, stage, stated, on=on or today))
    return PlanJson(
        regulation=plan.regulation_code,
        has_rules=plan.regulation is not None,
        confidence=plan.confidence,
        stage=stage,
        on=plan.on,
        device=None if plan.device is None else plan.device.to_json(),
        missing=list(plan.missing),
        items=list(plan.items),
    )
