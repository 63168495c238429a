"""Small makers of believable things, so that a test says only what it is about."""

from datetime import UTC, date, datetime
from itertools import count

from sqlalchemy import select

from verifier.db import Session
from verifier.models import (
    Body,
    District,
    Enrolment,
    Holder,
    Instrument,
    InstrumentKind,
    Person,
    Programme,
    Tariff,
)
from verifier.operations.journal import Doer
from verifier.queries.programmes import enrolment_of
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import InstrumentStatus
from verifier.rules.purposes import Purpose

_numbers = count(1)


def office(today: date) -> Doer:
    """The office itself, as the command line acts."""
    return Doer(name="office", today=today, now=datetime(today.year, today.month, today.day, 8, tzinfo=UTC))


def district(session: Session, code: str) -> District:
    return session.scalars(select(District).where(District.code == code)).one()


def kind(session: Session, key: str) -> InstrumentKind:
    return session.scalars(select(InstrumentKind).where(InstrumentKind.key == key)).one()


def office_body(session: Session) -> Body:
    return session.scalars(select(Body).where(Body.code == "office")).one()


def make_body(session: Session, code: str = "taicang", *, district_code: str = "320585") -> Body:
    body = Body(code=code, name="太仓市计量所", district_id=district(session, district_code).id)
    session.add(body)
    session.flush()
    return body


def make_person(session: Session, name: str = "王检定", body: Body | None = None) -> Person:
    person = Person(name=name, body_id=(body or office_body(session)).id)
    session.add(person)
    session.flush()
    return person


def make_holder(
    session: Session,
    name: str = "",
    *,
    district_code: str = "320585103",
    kind: HolderKind = HolderKind.VILLAGE_CLINIC,
    market: Holder | None = None,
    stall_no: str = "",
) -> Holder:
    name = name or f"浮桥镇第{next(_numbers)}卫生室"
    holder = Holder(
        identity=f"{name}|{district_code}|{market.id if market else ''}|{stall_no}",
        name=name,
        kind=kind,
        district_id=district(session, district_code).id,
        parent_id=market.id if market else None,
        stall_no=stall_no,
    )
    session.add(holder)
    session.flush()
    return holder


def make_instrument(
    session: Session,
    holder: Holder | None = None,
    *,
    kind_key: str = "bp_auto",
    serial: str = "",
    status: InstrumentStatus = InstrumentStatus.IN_USE,
    purpose: Purpose | None = Purpose.MEDICAL,
    **columns: object,
) -> Instrument:
    holder = holder or make_holder(session)
    serial = serial or f"S{next(_numbers):05d}"
    values: dict[str, object] = {"registered_on": date(2026, 1, 8), "district_id": holder.district_id}
    instrument = Instrument(
        identity=f"{kind_key}|{holder.id}|{serial}",
        kind_id=kind(session, kind_key).id,
        holder_id=holder.id,
        serial=serial,
        status=status,
        purpose=purpose,
        **(values | columns),
    )
    session.add(instrument)
    session.flush()
    return instrument


def make_tariff(
    session: Session, kind_key: str = "bp_auto", fee_fen: int = 4000, *, since: date = date(2020, 1, 1)
) -> Tariff:
    tariff = Tariff(
        kind_id=kind(session, kind_key).id, fee_fen=fee_fen, effective_from=since, document="样本"
    )
    session.add(tariff)
    session.flush()
    return tariff


def enrolment(session: Session, programme: Programme, instrument: Instrument) -> Enrolment:
    found = enrolment_of(session, programme.id, instrument.id)
    assert found is not None
    return found
