"""Writing the demo down: holders and instruments, thousands at a time."""

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import insert

from verifier.db import Session
from verifier.models import Holder, Instrument
from verifier.operations.demo_register import DemoHolder, DemoInstrument
from verifier.rules import holders
from verifier.rules.pinyin import initials
from verifier.rules.register import instrument_identity

# Rows with empty columns go with the others instead of each in a statement of its own.
ONE_SHAPE = {"render_nulls": True}

# Until when the verification holds that the register states.
StatedUntil = Callable[[DemoInstrument], date | None]


def store_holders(session: Session, wanted: Sequence[DemoHolder]) -> None:
    """Markets before the stalls under them."""
    for is_stall in (False, True):
        new = [holder for holder in wanted if (holder.market is not None) is is_stall]
        if new:
            statement = (
                insert(Holder)
                .returning(Holder.id, sort_by_parameter_order=True)
                .execution_options(**ONE_SHAPE)
            )
            numbers = session.scalars(statement, [_holder_columns(holder) for holder in new])
            for holder, number in zip(new, numbers, strict=True):
                holder.id = number


def _holder_columns(holder: DemoHolder) -> dict[str, object]:
    market = holder.market.name if holder.market else ""
    return {
        "identity": holders.identity(holder.name, holder.town.code, market=market, stall_no=holder.stall_no),
        "name": holder.name,
        "initials": initials(holder.name)[:120],
        "kind": holder.kind,
        "uscc": holder.uscc,
        "district_id": holder.town.id,
        "parent_id": holder.market.id if holder.market else None,
        "stall_no": holder.stall_no,
        "address": holder.address,
        "contact_name": holder.contact_name,
        "version": 1,
    }


def store_instruments(session: Session, new: Sequence[DemoInstrument], until: StatedUntil) -> None:
    """As the register has them: until something is recorded, its own statement is what stands."""
    if not new:
        return
    statement = (
        insert(Instrument)
        .returning(Instrument.id, sort_by_parameter_order=True)
        .execution_options(**ONE_SHAPE)
    )
    numbers = session.scalars(statement, [_instrument_columns(item, until(item)) for item in new])
    for item, number in zip(new, numbers, strict=True):
        item.id = number


def _identity(item: DemoInstrument) -> str:
    make = item.make
    return "\t".join(
        instrument_identity(item.kind.key, item.serial, manufacturer=make.maker, model=make.model, holder=())
    )


def _instrument_columns(item: DemoInstrument, until: date | None) -> dict[str, object]:
    make, kind = item.make, item.kind
    return {
        "identity": _identity(item),
        "kind_id": kind.id,
        "holder_id": item.holder.id,
        "district_id": item.holder.town.id,
        "serial": item.serial,
        "model": make.model,
        "manufacturer": make.maker,
        "measuring_range": make.measuring_range,
        "accuracy_class": make.accuracy_class,
        "scale_interval": make.scale_interval,
        "max_capacity_g": make.max_capacity_g,
        "purpose": item.purpose,
        "is_fair_scale": item.is_fair_scale,
        "place": f"{item.holder.stall_no}摊位" if item.holder.stall_no else "",
        "manufactured_on": item.manufactured_on,
        "registered_on": item.registered_on,
        "stated_verified_on": item.stated_verified_on,
        "status": item.status,
        "verified_on": item.stated_verified_on,
        "valid_until": until,
        "remark": item.remark,
        "version": item.version,
    }
