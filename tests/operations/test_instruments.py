from datetime import date

import pytest

from tests.factories import district, make_holder, make_instrument, make_person
from tests.factories import enrolment as enrolled
from verifier.models import Holder, Instrument
from verifier.operations.enrolments import enrol
from verifier.operations.holders import (
    ChangeContact,
    CreditCodeWrong,
    HolderExists,
    MarketWrong,
    RegisterHolder,
    change_contact,
    register_holder,
)
from verifier.operations.imports import ImportRegister, import_register
from verifier.operations.instruments import (
    DayInFuture,
    InstrumentExists,
    MoveInstrument,
    MoveNotAllowed,
    NotVerifiedSinceFailure,
    RegisterInstrument,
    SerialMissing,
    move_instrument,
    register_instrument,
)
from verifier.operations.journal import Doer
from verifier.operations.programmes import CreateProgramme, create_programme, start_programme
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.queries.catalogue import KindUnknown
from verifier.queries.holders import HolderUnknown
from verifier.rules.access import Caller, OutsideScope, Role, Scope
from verifier.rules.entitlement import ProgrammeKind
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import InstrumentStatus, WithdrawalReason
from verifier.rules.verdict import Outcome


def coordinator_of(session, code: str, who: Doer) -> Doer:
    scope = Scope(district_id=district(session, code).id)
    return Doer("c", who.today, who.now, Caller(1, "c", Role.COORDINATOR, scope, None, None))


@pytest.fixture
def market(session, who):
    command = RegisterHolder(name="城厢农贸市场", kind=HolderKind.MARKET, district="320585100")
    return register_holder(session, command, who=who)


@pytest.fixture
def register(session, who, market):
    def registered(**said):
        values = {
            "holder_id": market.id,
            "kind": "nawi_price_computing",
            "serial": "S1",
            "manufacturer": "某厂",
        }
        return register_instrument(session, RegisterInstrument(**(values | said)), who=who)

    return registered


def test_a_stall_stands_under_its_market(session, who, market):
    command = RegisterHolder(
        name="王小妹", kind=HolderKind.STALL, district="320585100", market_id=market.id, stall_no="A12"
    )
    stall = register_holder(session, command, who=who)
    assert (stall.parent_id, stall.initials) == (market.id, "wxm")
    with pytest.raises(HolderExists):
        register_holder(session, command, who=who)


def test_nothing_is_a_stall_under_a_clinic(session, who):
    clinic = make_holder(session)
    command = RegisterHolder(name="王", kind=HolderKind.STALL, district="320585100", market_id=clinic.id)
    with pytest.raises(MarketWrong):
        register_holder(session, command, who=who)


def test_a_credit_code_is_checked_and_written_the_one_way(session, who):
    command = RegisterHolder(
        name="城厢镇卫生服务中心",
        kind=HolderKind.COMMUNITY_HEALTH_CENTRE,
        district="320585100",
        uscc="52320585708412569y",
    )
    assert register_holder(session, command, who=who).uscc == "52320585708412569Y"
    wrong = RegisterHolder(name="x", kind=HolderKind.CLINIC, district="320585100", uscc="52320585708412569X")
    with pytest.raises(CreditCodeWrong):
        register_holder(session, wrong, who=who)


def test_a_contact_changes_only_where_it_is_said(session, who):
    holder = make_holder(session)
    holder.address = "人民路1号"
    change_contact(session, holder, ChangeContact(contact_phone="0512-5350"), who=who)
    assert (holder.address, holder.contact_phone) == ("人民路1号", "0512-5350")


def test_an_instrument_is_registered_once(register):
    first = register(verified_on=date(2025, 5, 23))
    assert (first.verified_on, first.valid_until) == (date(2025, 5, 23), date(2026, 5, 22))
    with pytest.raises(InstrumentExists):
        register()
    assert register(model="ACS-30").id != first.id


def test_registered_by_hand_and_by_file_is_the_same_instrument(session, who, register):
    register(serial=" Ｓ１ ", model="ACS-30")
    content = (
        "使用单位,所属市场,使用地点行政区划,器具名称,型号规格,出厂编号,生产厂家\n"
        "城厢农贸市场,城厢农贸市场,城厢镇,电子计价秤,ACS-30,S1,某厂\n"
    ).encode()
    imported = import_register(session, content, "r.csv", ImportRegister(), who=who)
    assert (imported.created, imported.unchanged, imported.faults) == (0, 1, ())


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"serial": " "}, SerialMissing),
        ({"kind": "magic"}, KindUnknown),
        ({"holder_id": 999_999}, HolderUnknown),
        ({"verified_on": date(2026, 5, 2)}, DayInFuture),
        ({"manufactured_on": date(2026, 5, 2)}, DayInFuture),
    ],
)
def test_what_cannot_be_registered_is_refused(register, said, refusal):
    with pytest.raises(refusal):
        register(**said)


def test_a_coordinator_keeps_only_the_own_district(session, who, market):
    stranger = coordinator_of(session, "320583", who)
    clinic = RegisterHolder(name="x", kind=HolderKind.CLINIC, district="320585100")
    scale = RegisterInstrument(holder_id=market.id, kind="nawi_price_computing", serial="S1")
    instrument = make_instrument(session)
    for deed in (
        lambda: register_holder(session, clinic, who=stranger),
        lambda: register_instrument(session, scale, who=stranger),
        lambda: change_contact(session, session.get(Holder, market.id), ChangeContact(), who=stranger),
        lambda: move_instrument(
            session,
            session.get(Instrument, instrument.id),
            MoveInstrument(status=InstrumentStatus.SCRAPPED, reason="x"),
            who=stranger,
        ),
    ):
        with pytest.raises(OutsideScope):
            deed()


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (InstrumentStatus.SCRAPPED, WithdrawalReason.SCRAPPED),
        (InstrumentStatus.CONFISCATED, WithdrawalReason.OUT_OF_SCOPE),
        (InstrumentStatus.REMOVED, WithdrawalReason.TRANSFERRED),
    ],
)
def test_what_leaves_service_leaves_the_lists_of_running_programmes(session, who, status, reason):
    instrument = make_instrument(session)
    plan = CreateProgramme(
        code="P",
        name="x",
        kind=ProgrammeKind.MANDATORY_FREE,
        starts_on=date(2026, 3, 1),
        ends_on=date(2026, 10, 31),
        district="320585",
    )
    programme = create_programme(session, plan, who=who)
    enrol(session, "P", who=who)
    start_programme(session, "P", who=who)

    move_instrument(session, instrument, MoveInstrument(status=status, reason="坏"), who=who)

    enrolment = enrolled(session, programme, instrument)
    session.refresh(enrolment)
    assert (instrument.status, enrolment.withdrawn_on, enrolment.withdrawal_reason) == (
        status,
        who.today,
        reason,
    )


def test_what_is_scrapped_stays_scrapped(session, who):
    instrument = make_instrument(session, status=InstrumentStatus.SCRAPPED)
    with pytest.raises(MoveNotAllowed):
        move_instrument(
            session, instrument, MoveInstrument(status=InstrumentStatus.IN_USE, reason="x"), who=who
        )


def test_a_suspension_leaves_the_lists_alone(session, who):
    instrument = make_instrument(session)
    move_instrument(
        session, instrument, MoveInstrument(status=InstrumentStatus.SUSPENDED, reason="送修"), who=who
    )
    assert instrument.status is InstrumentStatus.SUSPENDED


def test_what_failed_comes_back_only_by_a_passed_verification(session, who):
    instrument = make_instrument(session)
    technician = make_person(session)

    def record(day, outcome, **said):
        command = RecordVerification(
            instrument_id=instrument.id, performed_on=day, outcome=outcome, technician=technician.id, **said
        )
        record_verification(session, command, who=who)

    back = MoveInstrument(status=InstrumentStatus.IN_USE, reason="x")
    record(date(2026, 4, 1), Outcome.FAILED, reasons=["超差"])
    with pytest.raises(NotVerifiedSinceFailure):
        move_instrument(session, instrument, back, who=who)
    record(date(2026, 4, 9), Outcome.PASSED, repaired=True)
    move_instrument(
        session, instrument, MoveInstrument(status=InstrumentStatus.SUSPENDED, reason="送修"), who=who
    )
    move_instrument(session, instrument, back, who=who)
    assert instrument.status is InstrumentStatus.IN_USE
