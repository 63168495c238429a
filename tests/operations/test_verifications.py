from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests.factories import (
    district,
    kind,
    make_holder,
    make_instrument,
    make_person,
    make_tariff,
    office_body,
)
from tests.factories import enrolment as enrolled
from verifier.models import Body, BodyScope, Competence, JournalEntry, Verification
from verifier.operations.admission import (
    COMPETENCES_NOT_RECORDED,
    SCOPE_NOT_RECORDED,
    BodyNotInScope,
    InstrumentRetired,
    NotEnrolled,
    PerformedBeforeMade,
    PerformedInFuture,
    PerformedTooEarly,
    ProgrammeClosed,
    ProgrammeNotStarted,
    RegulationNotInForce,
    VerifierMissing,
    VerifierNotCompetent,
    VerifierUnknown,
)
from verifier.operations.enrolments import WithdrawEnrolment, enrol, withdraw_enrolment
from verifier.operations.examinations import ReasonsMissing, ReasonsWithoutFailure
from verifier.operations.programmes import CreateProgramme, close_programme, create_programme, start_programme
from verifier.operations.standings import AlreadyRecorded, SupersedesAnother
from verifier.operations.verifications import (
    INTERVAL_UNKNOWN,
    TARIFF_UNKNOWN,
    InstrumentMissing,
    RecordVerification,
    record_verification,
)
from verifier.queries.instruments import InstrumentUnknown
from verifier.queries.programmes import ProgrammeUnknown
from verifier.rules.codes import instrument_code
from verifier.rules.entitlement import Eligibility, FeeTreatment, ProgrammeKind
from verifier.rules.lifecycle import RETIRED, InstrumentStatus, WithdrawalReason
from verifier.rules.practice import Practice
from verifier.rules.verdict import Outcome, Stage

DAY = date(2026, 4, 20)


@pytest.fixture
def instrument(session):
    return make_instrument(session, stated_verified_on=date(2025, 4, 17), valid_until=date(2026, 4, 16))


@pytest.fixture
def technician(session):
    return make_person(session)


@pytest.fixture
def record(session, who, instrument, technician):
    def recorded(**said):
        values = {
            "instrument_id": instrument.id,
            "performed_on": DAY,
            "outcome": Outcome.PASSED,
            "technician": technician.id,
        }
        return record_verification(session, RecordVerification(**(values | said)), who=who)

    return recorded


def running_programme(session, who, code="P", **changes):
    values = {
        "code": code,
        "name": "免费检定",
        "kind": ProgrammeKind.MANDATORY_FREE,
        "starts_on": date(2026, 3, 1),
        "ends_on": date(2026, 10, 31),
        "district": "320585",
    }
    programme = create_programme(session, CreateProgramme(**(values | changes)), who=who)
    enrol(session, code, who=who)
    start_programme(session, code, who=who)
    return programme


def test_a_pass_moves_validity_and_freezes_tariff_and_edition(session, instrument, record):
    make_tariff(session, "bp_auto", 4000)

    recorded = record()

    kept = session.get(Verification, recorded.id)
    assert (recorded.verdict, recorded.valid_until) == (Outcome.PASSED, date(2027, 4, 19))
    assert (recorded.tariff_fen, recorded.fee_waived_fen) == (4000, 4000)
    assert (instrument.verified_on, instrument.valid_until) == (DAY, date(2027, 4, 19))
    assert instrument.status is InstrumentStatus.IN_USE
    assert kept.regulation_edition_id is not None
    assert (kept.due_on, kept.fee_treatment) == (date(2026, 4, 16), FeeTreatment.WAIVED)
    assert recorded.warnings == (COMPETENCES_NOT_RECORDED, SCOPE_NOT_RECORDED)


def test_a_failure_suspends_and_the_free_second_look_lifts_it(session, instrument, record):
    make_tariff(session, "bp_auto", 4000)

    failed = record(outcome=Outcome.FAILED, reasons=["示值误差超差"])
    suspended = instrument.status
    lifted = record(performed_on=DAY + timedelta(days=3), repaired=True)

    kept = session.get(Verification, lifted.id)
    assert (failed.valid_until, suspended) == (None, InstrumentStatus.SUSPENDED)
    assert (lifted.tariff_fen, lifted.fee_waived_fen) == (4000, 0)
    assert (kept.fee_treatment, kept.as_found) == (FeeTreatment.NOT_BILLABLE, Outcome.FAILED)
    assert (instrument.status, instrument.valid_until) == (InstrumentStatus.IN_USE, date(2027, 4, 22))


def test_an_unknown_tariff_stays_unknown(record):
    recorded = record()
    assert (recorded.tariff_fen, recorded.fee_waived_fen) == (None, None)
    assert TARIFF_UNKNOWN in recorded.warnings


def test_the_tariff_of_the_day_counts_not_todays(session, record):
    make_tariff(session, "bp_auto", 4000, since=date(2026, 4, 21))
    assert record().tariff_fen is None


def test_a_kind_whose_interval_nobody_knows_gets_no_last_day(session, who, technician):
    steelyard = make_instrument(session, kind_key="nawi_steelyard")
    command = RecordVerification(
        instrument_id=steelyard.id, performed_on=DAY, outcome=Outcome.PASSED, technician=technician.id
    )
    recorded = record_verification(session, command, who=who)
    assert recorded.valid_until is None
    assert INTERVAL_UNKNOWN in recorded.warnings


def test_an_in_service_inspection_does_not_lengthen_validity(instrument, record):
    record(performed_on=date(2026, 4, 1))
    inspected = record(performed_on=date(2026, 4, 28), stage=Stage.IN_SERVICE)
    assert inspected.valid_until == date(2027, 3, 31)
    assert instrument.valid_until == date(2027, 3, 31)


def test_an_office_may_count_without_the_day_less(session, who, instrument, technician):
    command = RecordVerification(
        instrument_id=instrument.id, performed_on=DAY, outcome=Outcome.PASSED, technician=technician.id
    )
    recorded = record_verification(session, command, who=who, practice=Practice(minus_one_day=False))
    assert recorded.valid_until == date(2027, 4, 20)


def test_a_late_protocol_does_not_turn_back_the_clock(instrument, record):
    record()
    late = record(performed_on=date(2026, 2, 2), outcome=Outcome.FAILED, reasons=["外观"])
    assert late.valid_until is None
    assert (instrument.verified_on, instrument.status) == (DAY, InstrumentStatus.IN_USE)


def test_the_label_on_the_instrument_is_enough(instrument, record):
    assert record(instrument_id=None, instrument_code=instrument_code(instrument.id)).instrument_id == (
        instrument.id
    )


def test_two_names_of_two_instruments_are_refused(instrument, record):
    with pytest.raises(InstrumentMissing):
        record(instrument_code=instrument_code(instrument.id + 1))
    with pytest.raises(InstrumentMissing):
        record(instrument_id=None)


def test_an_unknown_instrument_is_refused(record):
    with pytest.raises(InstrumentUnknown):
        record(instrument_id=999_999)


@pytest.mark.parametrize("status", sorted(RETIRED))
def test_a_retired_instrument_is_refused(instrument, record, status):
    instrument.status = status
    with pytest.raises(InstrumentRetired):
        record()


def test_tomorrow_cannot_have_happened(record, today):
    assert record(performed_on=today).verdict is Outcome.PASSED
    with pytest.raises(PerformedInFuture):
        record(performed_on=today + timedelta(days=1))


def test_nothing_is_verified_before_it_was_made(instrument, record):
    instrument.manufactured_on = DAY
    with pytest.raises(PerformedBeforeMade):
        record(performed_on=DAY - timedelta(days=1))
    assert record().verdict is Outcome.PASSED


def test_a_failure_says_why_and_a_pass_has_no_why(record):
    with pytest.raises(ReasonsMissing):
        record(outcome=Outcome.FAILED)
    with pytest.raises(ReasonsWithoutFailure):
        record(reasons=["外观"])


def test_only_the_edition_in_force_may_be_named(record):
    with pytest.raises(RegulationNotInForce):
        record(regulation="JJG 692-1990")
    assert record(regulation="JJG 692-2010").verdict is Outcome.PASSED


def test_an_edition_whose_day_nobody_knows_may_be_named_and_is_never_chosen(session, who, technician):
    pump = make_instrument(session, kind_key="fuel_dispenser")

    def recorded(day, **said):
        command = RecordVerification(
            instrument_id=pump.id, performed_on=day, outcome=Outcome.PASSED, technician=technician.id, **said
        )
        number = record_verification(session, command, who=who).id
        return session.get(Verification, number).regulation_edition_id

    assert recorded(DAY) is None
    assert recorded(DAY + timedelta(days=1), regulation="JJG 443-2023") is not None


def test_the_same_verification_is_recorded_once(record):
    first = record()
    with pytest.raises(AlreadyRecorded) as refused:
        record()
    assert refused.value.facts == {"verification": first.id}


def test_a_superseded_record_no_longer_counts(session, instrument, record):
    wrong = record(outcome=Outcome.FAILED, reasons=["示值误差超差"])
    right = record(supersedes=wrong.id)
    assert (instrument.status, instrument.valid_until) == (InstrumentStatus.IN_USE, date(2027, 4, 19))
    assert session.get(Verification, right.id).fee_treatment is FeeTreatment.WAIVED
    assert session.get(Verification, wrong.id).outcome is Outcome.FAILED


def test_a_record_is_superseded_once_and_by_one_of_its_own_instrument(session, record):
    wrong = record()
    record(supersedes=wrong.id, remark="更正")
    with pytest.raises(SupersedesAnother):
        record(supersedes=wrong.id)
    other = make_instrument(session)
    with pytest.raises(SupersedesAnother):
        record(instrument_id=other.id, supersedes=wrong.id)


def test_somebody_has_to_sign(record):
    with pytest.raises(VerifierMissing):
        record(technician=None)
    with pytest.raises(VerifierUnknown):
        record(technician=999_999)


def test_once_a_body_records_competences_every_verifier_needs_one_of_the_day(session, technician, record):
    def competence(key, since, until):
        session.add(
            Competence(
                person_id=technician.id, kind_id=kind(session, key).id, valid_from=since, valid_until=until
            )
        )
        session.flush()

    competence("bp_mercury", date(2020, 1, 1), date(2030, 1, 1))
    with pytest.raises(VerifierNotCompetent):
        record()
    competence("bp_auto", date(2020, 1, 1), DAY - timedelta(days=1))
    with pytest.raises(VerifierNotCompetent):
        record()
    competence("bp_auto", DAY, DAY)
    assert record().warnings == (SCOPE_NOT_RECORDED, TARIFF_UNKNOWN)


def test_a_body_verifies_only_the_kinds_it_is_authorised_for(session, record):
    body = office_body(session)
    session.add(BodyScope(body_id=body.id, kind_id=kind(session, "bp_mercury").id))
    session.flush()
    with pytest.raises(BodyNotInScope):
        record()
    session.add(BodyScope(body_id=body.id, kind_id=kind(session, "bp_auto").id))
    session.flush()
    assert record().warnings == (COMPETENCES_NOT_RECORDED, TARIFF_UNKNOWN)


def test_a_body_verifies_only_in_its_own_territory(session, record):
    kunshan = Body(code="KS", name="昆山市计量所", district_id=district(session, "320583").id)
    suzhou = Body(code="SZ", name="苏州市计量院", district_id=district(session, "320500").id)
    session.add_all([kunshan, suzhou])
    session.flush()
    with pytest.raises(BodyNotInScope):
        record(technician=make_person(session, "李外", kunshan).id)
    assert record(technician=make_person(session, "赵内", suzhou).id).verdict is Outcome.PASSED


def test_a_programme_takes_what_is_enrolled_and_only_in_its_period(session, who, record):
    running_programme(session, who)
    later = make_instrument(session)
    assert record(programme="P").verdict is Outcome.PASSED
    with pytest.raises(NotEnrolled):
        record(programme="P", instrument_id=later.id)
    with pytest.raises(ProgrammeClosed):
        record(programme="P", performed_on=date(2026, 2, 28))
    with pytest.raises(ProgrammeUnknown):
        record(programme="Q", performed_on=date(2026, 4, 21))


def test_a_programme_that_has_not_started_or_is_closed_takes_nothing(session, who, record):
    command = CreateProgramme(
        code="P",
        name="免费检定",
        kind=ProgrammeKind.MANDATORY_FREE,
        starts_on=date(2026, 3, 1),
        ends_on=date(2026, 10, 31),
        district="320585",
        eligibility=Eligibility(),
    )
    create_programme(session, command, who=who)
    enrol(session, "P", who=who)
    with pytest.raises(ProgrammeNotStarted):
        record(programme="P")
    start_programme(session, "P", who=who)
    close_programme(session, "P", who=who)
    with pytest.raises(ProgrammeClosed):
        record(programme="P")


def test_what_was_withdrawn_counts_until_the_day_before(session, who, instrument, record):
    programme = running_programme(session, who)
    enrolment = enrolled(session, programme, instrument)
    withdraw_enrolment(
        session,
        enrolment.id,
        WithdrawEnrolment(reason=WithdrawalReason.TRANSFERRED, on=date(2026, 4, 22)),
        who=who,
    )
    assert record(programme="P", performed_on=date(2026, 4, 21)).verdict is Outcome.PASSED
    with pytest.raises(NotEnrolled):
        record(programme="P", performed_on=date(2026, 4, 22))


def test_a_refusal_changes_nothing(session, instrument, record):
    before = (instrument.verified_on, instrument.valid_until, instrument.status, instrument.version)
    with pytest.raises(ReasonsMissing):
        record(outcome=Outcome.FAILED)
    with pytest.raises(RegulationNotInForce):
        record(regulation="JJG 1-1111")
    session.flush()
    assert (instrument.verified_on, instrument.valid_until, instrument.status, instrument.version) == before
    assert session.scalar(select(func.count()).select_from(Verification)) == 0


def test_every_record_is_noted_in_the_journal(session, record):
    recorded = record()
    entry = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one()
    assert (entry.deed, entry.subject, entry.subject_id, entry.who) == (
        "record_verification",
        "verification",
        recorded.id,
        "office",
    )
    assert entry.facts["performed_on"] == "2026-04-20"


@pytest.mark.parametrize("records", [1, 3])
def test_recording_costs_the_same_however_long_the_history_is(session, record, statements, records):
    for month in range(1, records):
        record(performed_on=date(2026, month, 10))
    session.flush()
    session.expire_all()
    statements.clear()
    record()
    session.flush()
    assert len(statements) == 12


def test_the_stall_sees_where_it_was_when_it_moves_later(session, record, instrument):
    recorded = record()
    other = make_holder(session, district_code="320585100")
    instrument.holder_id, instrument.district_id = other.id, other.district_id
    session.flush()
    kept = session.get(Verification, recorded.id)
    assert (kept.holder_id, kept.district_id) != (other.id, other.district_id)


def test_nothing_was_verified_before_anything_in_use_was_made(record):
    with pytest.raises(PerformedTooEarly):
        record(performed_on=date(1899, 1, 1))
    assert record(performed_on=date(1950, 1, 1)).verdict is Outcome.PASSED


def test_a_blank_reason_is_none(record):
    with pytest.raises(ReasonsMissing):
        record(outcome=Outcome.FAILED, reasons=["外观", "  "])
