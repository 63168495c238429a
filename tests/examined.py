"""Scales that were examined with readings, and records that were signed until their paper was issued."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from tests.factories import make_holder, make_instrument, make_person, office
from tests.rules.perfect import DIGITAL, perfect, scale
from verifier.db import Session
from verifier.models import Holder, Instrument, Person
from verifier.operations.signatures import SignRecord, sign_record
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.rules.practice import Practice
from verifier.rules.purposes import Purpose
from verifier.rules.readings import Reading
from verifier.rules.verdict import Outcome

# What the plate of the scale says, and what a load of 15 kg may differ by (1.5 e).
CAPACITY, INTERVAL = "15", "0.005"
PRICE_SCALE = scale(CAPACITY, INTERVAL, kind="nawi_price_computing")
PRACTICE = Practice(secret=b"a secret of tests, made by nobody", base_url="https://jl.example.cn")


@dataclass(frozen=True)
class Staff:
    verifier: Person
    checker: Person
    approver: Person


def make_staff(session: Session) -> Staff:
    found = Staff(*(make_person(session, name) for name in ("周检定", "沈核验", "陆批准")))
    found.approver.is_approver = True
    session.flush()
    return found


def make_scale(session: Session, holder: Holder | None = None, **columns: object) -> Instrument:
    """A price-computing scale of which the register says everything a limit needs."""
    plate: dict[str, object] = {"measuring_range": "0-15kg", "accuracy_class": "III", "scale_interval": "5g"}
    return make_instrument(
        session,
        holder or make_holder(session),
        kind_key="nawi_price_computing",
        purpose=Purpose.TRADE,
        **(plate | columns),  # type: ignore[arg-type]  # columns of its table
    )


def scale_readings(error: str = "0") -> list[Reading]:
    """Everything that is asked for; the error stands at Max, where the limit is 0.0075 kg."""
    return [
        replace(one, indication=one.indication + Decimal(error))
        if one.item == "indication_error"
        and one.reference == Decimal(CAPACITY)
        and one.indication is not None
        else one
        for one in perfect(DIGITAL, device=PRICE_SCALE)
    ]


def record_scale(
    session: Session,
    instrument: Instrument,
    verifier: Person,
    *,
    on: date = date(2026, 5, 1),
    error: str = "0",
    practice: Practice = PRACTICE,
    **more: object,
) -> int:
    """The number of a record made by readings."""
    command = RecordVerification(
        instrument_id=instrument.id,
        performed_on=on,
        technician=verifier.id,
        readings=scale_readings(error),
        **more,  # type: ignore[arg-type]  # as told
    )
    return record_verification(session, command, who=office(on), practice=practice).id


def record_outcome(
    session: Session, instrument: Instrument, verifier: Person, *, on: date = date(2026, 5, 1), **more: object
) -> int:
    """The number of a record that tells the outcome alone, a pass unless another is told."""
    told: dict[str, object] = {"outcome": Outcome.PASSED, **more}
    command = RecordVerification(
        instrument_id=instrument.id,
        performed_on=on,
        technician=verifier.id,
        **told,  # type: ignore[arg-type]  # as told
    )
    return record_verification(session, command, who=office(on), practice=PRACTICE).id


def sign_all(
    session: Session,
    number: int,
    staff: Staff,
    *,
    on: date = date(2026, 5, 1),
    practice: Practice = PRACTICE,
) -> str:
    """Sign as checker and as approver; the number of the paper that follows."""
    for person in (staff.checker, staff.approver):
        signed = sign_record(
            session, number, SignRecord(technician=person.id), who=office(on), practice=practice
        )
    assert signed.certificate is not None
    return signed.certificate.number
