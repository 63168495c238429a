"""A small, believable programme: failures, withdrawals, things found later, unknown tariffs, moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tests.factories import (
    district,
    enrolment,
    make_holder,
    make_instrument,
    make_person,
    make_tariff,
    office,
)
from verifier.db import Session
from verifier.models import Holder, Instrument, Programme
from verifier.operations.enrolments import (
    AddEnrolment,
    WithdrawEnrolment,
    add_enrolment,
    enrol,
    withdraw_enrolment,
)
from verifier.operations.journal import Doer
from verifier.operations.programmes import CreateProgramme, FunderShare, create_programme, start_programme
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.rules.entitlement import ProgrammeKind
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import WithdrawalReason
from verifier.rules.purposes import Purpose
from verifier.rules.verdict import Outcome

CODE = "两免费-2026"
TAICANG, FUQIAO, CHENGXIANG, KUNSHAN_TOWN = "320585", "320585103", "320585100", "320583100"


@dataclass(frozen=True)
class World:
    """Numbers of what tests speak of."""

    clinic_id: int
    market_id: int
    stall_id: int
    hospital_id: int
    outstanding_id: int
    verifier_id: int


def small_world(session: Session, who: Doer) -> World:
    verifier = make_person(session)
    clinic = make_holder(session, "浮桥镇卫生院", kind=HolderKind.TOWNSHIP_HEALTH_CENTRE)
    hospital = make_holder(session, "太仓市医院", district_code=TAICANG, kind=HolderKind.HOSPITAL)
    market = make_holder(session, "城厢农贸市场", district_code=CHENGXIANG, kind=HolderKind.MARKET)
    stall = make_holder(
        session, "一号摊", district_code=CHENGXIANG, kind=HolderKind.STALL, market=market, stall_no="A1"
    )
    abroad = make_holder(session, "昆山卫生室", district_code=KUNSHAN_TOWN)
    make_tariff(session, "bp_auto", 4000)
    of_clinic = [_verified_before(session, clinic, date(2025, 11, 20)) for _ in range(4)]
    of_clinic += [_verified_before(session, clinic, date(2024, 1, 1)) for _ in range(2)]
    of_hospital = [make_instrument(session, hospital, purpose=None) for _ in range(2)]
    of_stall = [
        make_instrument(session, stall, kind_key="nawi_price_computing", purpose=Purpose.TRADE)
        for _ in range(3)
    ]
    of_abroad = [make_instrument(session, abroad) for _ in range(2)]
    programme = _started(session, who)
    found = make_instrument(session, clinic)
    add_enrolment(
        session,
        AddEnrolment(programme=CODE, instrument_id=found.id, reason="在现场发现"),
        who=office(date(2026, 4, 2)),
    )
    _record(session, verifier.id, [of_clinic[0], *of_clinic[4:], of_hospital[0], *of_stall, *of_abroad])
    _failures(session, verifier.id, [of_clinic[1], of_clinic[2], found])
    _withdrawals(session, programme, [of_hospital[1], of_stall[2], of_abroad[1]])
    # It went to another place while the programme ran; what was promised stays promised.
    of_abroad[0].district_id, of_abroad[0].holder_id = district(session, FUQIAO).id, clinic.id
    session.flush()
    return World(clinic.id, market.id, stall.id, hospital.id, of_clinic[3].id, verifier.id)


def _verified_before(session: Session, holder: Holder, on: date) -> Instrument:
    return make_instrument(session, holder, stated_verified_on=on, verified_on=on)


def _started(session: Session, who: Doer) -> Programme:
    command = CreateProgramme(
        code=CODE,
        name="太仓昆山两免费",
        kind=ProgrammeKind.VOLUNTARY_FREE,
        starts_on=date(2026, 3, 1),
        ends_on=date(2026, 10, 31),
        district="320500",
        funders=[
            FunderShare(name="苏州市财政", share_percent=60),
            FunderShare(name="县级财政", share_percent=40),
        ],
    )
    programme = create_programme(session, command, who=who)
    enrol(session, CODE, who=office(date(2026, 2, 20)))
    start_programme(session, CODE, who=office(date(2026, 3, 1)))
    return programme


def _record(session: Session, verifier_id: int, instruments: Sequence[Instrument], **said: object) -> None:
    for instrument in instruments:
        fields = {"performed_on": date(2026, 4, 1), "outcome": Outcome.PASSED} | said
        command = RecordVerification(
            instrument_id=instrument.id,
            programme=CODE,
            technician=verifier_id,
            **fields,  # type: ignore[arg-type]  # as said
        )
        record_verification(session, command, who=office(date(2026, 5, 1)))


def _failures(session: Session, verifier_id: int, instruments: Sequence[Instrument]) -> None:
    """One stays failed, one passes after adjustment, one was a slip of the pen and is superseded."""
    failed = {"outcome": Outcome.FAILED, "reasons": ["示值误差超差"], "performed_on": date(2026, 4, 3)}
    _record(session, verifier_id, instruments, **failed)
    _record(session, verifier_id, [instruments[1]], adjusted=True, performed_on=date(2026, 4, 9))
    slip = record_verification(
        session,
        RecordVerification(
            instrument_id=instruments[2].id,
            programme=CODE,
            technician=verifier_id,
            performed_on=date(2026, 4, 10),
            outcome=Outcome.PASSED,
        ),
        who=office(date(2026, 5, 1)),
    )
    _record(session, verifier_id, [instruments[2]], performed_on=date(2026, 4, 11), supersedes=slip.id)


def _withdrawals(session: Session, programme: Programme, instruments: Sequence[Instrument]) -> None:
    reasons = (WithdrawalReason.SCRAPPED, WithdrawalReason.TRANSFERRED, WithdrawalReason.OUT_OF_SCOPE)
    for instrument, reason in zip(instruments, reasons, strict=True):
        promised = enrolment(session, programme, instrument)
        withdraw_enrolment(
            session, promised.id, WithdrawEnrolment(reason=reason), who=office(date(2026, 4, 20))
        )
