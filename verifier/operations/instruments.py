"""Instruments: written down one at a time, and moved between their states."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from annotated_types import Len
from sqlalchemy import update

from verifier.db import Session
from verifier.errors import Conflict, Invalid
from verifier.i18n import mark
from verifier.models import Enrolment, Holder, Instrument, InstrumentKind
from verifier.operations.journal import Doer, note
from verifier.operations.territory import check_place
from verifier.queries.catalogue import kind_by_id, kind_by_key
from verifier.queries.districts import district_by_code
from verifier.queries.holders import holder_for_update
from verifier.queries.instruments import identity_stands
from verifier.queries.programmes import running_programme_ids
from verifier.queries.verifications import findings
from verifier.rules import validity
from verifier.rules.cells import text
from verifier.rules.codes import instrument_code
from verifier.rules.lifecycle import INSTRUMENT_MOVES, RETIRED, InstrumentStatus, WithdrawalReason
from verifier.rules.purposes import Purpose
from verifier.rules.register import instrument_identity
from verifier.rules.verdict import Outcome


class InstrumentExists(Conflict):
    message = mark("This instrument, {serial}, is registered already.")


class SerialMissing(Invalid):
    message = mark("An instrument needs its serial number.")


class MaxCapacityNotPositive(Invalid):
    message = mark("The maximum capacity must be more than 0 kg, not {capacity}.")


class DayInFuture(Invalid):
    message = mark("{day} lies in the future.")


class NotVerifiedSinceFailure(Conflict):
    message = mark("Instrument {instrument} failed its last verification; only a passed one brings it back.")


class MoveNotAllowed(Conflict):
    message = mark("Instrument {instrument} is {status} and cannot become {wanted}.")


_LEAVES_LISTS_AS = {
    InstrumentStatus.SCRAPPED: WithdrawalReason.SCRAPPED,
    InstrumentStatus.CONFISCATED: WithdrawalReason.OUT_OF_SCOPE,
    InstrumentStatus.REMOVED: WithdrawalReason.TRANSFERRED,
}


@dataclass(frozen=True, kw_only=True)
class RegisterInstrument:
    holder_id: int
    # The catalogue's key of the kind.
    kind: str
    serial: Annotated[str, Len(1, 80)]
    model: Annotated[str, Len(max_length=80)] = ""
    manufacturer: Annotated[str, Len(max_length=120)] = ""
    measuring_range: Annotated[str, Len(max_length=80)] = ""
    accuracy_class: Annotated[str, Len(max_length=40)] = ""
    scale_interval: Annotated[str, Len(max_length=40)] = ""
    max_capacity_kg: Decimal | None = None
    purpose: Purpose | None = None
    is_fair_scale: bool = False
    # Code of the district where it is used; None: the holder's.
    district: str | None = None
    place: Annotated[str, Len(max_length=200)] = ""
    manufactured_on: date | None = None
    verified_on: date | None = None
    remark: Annotated[str, Len(max_length=500)] = ""


@dataclass(frozen=True, kw_only=True)
class MoveInstrument:
    status: InstrumentStatus
    reason: Annotated[str, Len(1, 200)]


def register_instrument(
    session: Session, command: RegisterInstrument, *, who: Doer, minus_one_day: bool = True
) -> Instrument:
    """Write down one instrument; raises InstrumentExists for one that stands already."""
    holder = holder_for_update(session, command.holder_id)
    district_id = (
        holder.district_id if command.district is None else district_by_code(session, command.district).id
    )
    check_place(session, district_id, holder.name, who)
    kind = kind_by_id(session, kind_by_key(session, command.kind).id)
    for day in (command.manufactured_on, command.verified_on):
        if day is not None and day > who.today:
            raise DayInFuture(day=day)
    capacity = command.max_capacity_kg
    if capacity is not None and not (capacity.is_finite() and capacity > 0):
        raise MaxCapacityNotPositive(capacity=capacity)
    identity = _identity(command, holder)
    if identity_stands(session, identity):
        raise InstrumentExists(serial=command.serial)
    instrument = _instrument(command, holder, kind, who.today)
    instrument.identity, instrument.district_id = identity, district_id
    instrument.valid_until = validity.last_day(
        kind.form, kind.interval_months, command.verified_on, minus_one_day=minus_one_day
    )
    session.add(instrument)
    session.flush()
    note(session, who, "register_instrument", "instrument", instrument.id, serial=instrument.serial)
    return instrument


def _identity(command: RegisterInstrument, holder: Holder) -> str:
    serial = text(command.serial)
    if not serial:
        raise SerialMissing
    where = (holder.uscc,) if holder.uscc else (holder.name, "", holder.stall_no)
    return "\t".join(
        instrument_identity(
            command.kind,
            serial,
            manufacturer=text(command.manufacturer),
            model=text(command.model),
            holder=where,
        )
    )


def _instrument(command: RegisterInstrument, holder: Holder, kind: InstrumentKind, today: date) -> Instrument:
    capacity = command.max_capacity_kg
    return Instrument(
        kind_id=kind.id,
        holder_id=holder.id,
        serial=text(command.serial),
        model=text(command.model),
        manufacturer=text(command.manufacturer),
        measuring_range=command.measuring_range,
        accuracy_class=command.accuracy_class,
        scale_interval=command.scale_interval,
        max_capacity_g=None if capacity is None else int(capacity * 1000),
        purpose=command.purpose,
        is_fair_scale=command.is_fair_scale,
        place=command.place,
        manufactured_on=command.manufactured_on,
        registered_on=today,
        stated_verified_on=command.verified_on,
        verified_on=command.verified_on,
        remark=command.remark,
    )


def move_instrument(session: Session, instrument: Instrument, command: MoveInstrument, *, who: Doer) -> None:
    """Suspend, scrap, confiscate, remove or bring back; `instrument` comes locked.

    What leaves service leaves the lists of running programmes on the same day, with its reason.
    """
    check_place(session, instrument.district_id, instrument_code(instrument.id), who)
    if command.status not in INSTRUMENT_MOVES[instrument.status]:
        raise MoveNotAllowed(
            instrument=instrument_code(instrument.id),
            status=instrument.status,
            wanted=command.status,
        )
    if command.status is InstrumentStatus.IN_USE:
        found = findings(session, instrument.id)
        if found and max(found).outcome is Outcome.FAILED:
            raise NotVerifiedSinceFailure(instrument=instrument_code(instrument.id))
    instrument.status = command.status
    if command.status in RETIRED:
        session.execute(
            update(Enrolment)
            .where(
                Enrolment.instrument_id == instrument.id,
                Enrolment.withdrawn_on.is_(None),
                Enrolment.programme_id.in_(running_programme_ids()),
            )
            .values(
                withdrawn_on=who.today,
                withdrawal_reason=_LEAVES_LISTS_AS[command.status],
                version=Enrolment.version + 1,
            )
        )
    session.flush()
    facts = {"status": command.status.value, "reason": command.reason}
    note(session, who, "move_instrument", "instrument", instrument.id, **facts)
