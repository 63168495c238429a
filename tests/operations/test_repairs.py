from datetime import date

import pytest
from sqlalchemy import select

from tests.factories import make_holder, make_instrument, make_person
from verifier.models import JournalEntry, Repair
from verifier.operations.instruments import (
    DayInFuture,
    MoveInstrument,
    NotVerifiedSinceFailure,
    move_instrument,
)
from verifier.operations.repairs import (
    NotRepairable,
    RecordRepair,
    RepairBeforeFailure,
    RepairTextMissing,
    RepairWithoutFailure,
    record_repair,
)
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.queries.repairs import Aftermath, aftermath, repairs_of
from verifier.rules.lifecycle import AfterFailure, InstrumentStatus, Step
from verifier.rules.verdict import Outcome

FAILED_ON = date(2026, 4, 20)
REPAIR = RecordRepair(repaired_on=date(2026, 4, 22), repairer="太仓衡器修理部", work="更换传感器")
AFTER_STOP = (Step.REPAIR, Step.PASS, Step.FAIL, Step.SCRAP, Step.CONFISCATE, Step.REMOVE)


@pytest.fixture
def instrument(session):
    return make_instrument(session, make_holder(session), kind_key="nawi_price_computing")


@pytest.fixture
def verify(session, who, instrument):
    verifier = make_person(session)

    def verified(outcome, on=FAILED_ON):
        reasons = ["示值误差超差"] if outcome is Outcome.FAILED else []
        command = RecordVerification(
            instrument_id=instrument.id,
            performed_on=on,
            outcome=outcome,
            reasons=reasons,
            technician=verifier.id,
        )
        return record_verification(session, command, who=who)

    return verified


def state_of(session, instrument):
    found = aftermath(session, instrument.id, instrument.status)
    assert found is not None
    return found.state


def test_after_a_failure_the_instrument_is_stopped_then_repaired_then_passes(
    session, who, instrument, verify
):
    assert aftermath(session, instrument.id, instrument.status) is None
    verify(Outcome.FAILED)
    stopped = aftermath(session, instrument.id, instrument.status)
    assert stopped == Aftermath(FAILED_ON, AfterFailure.STOPPED, AFTER_STOP)
    record_repair(session, instrument, REPAIR, who=who)
    assert instrument.status is InstrumentStatus.SUSPENDED
    repaired = aftermath(session, instrument.id, instrument.status)
    assert repaired == Aftermath(FAILED_ON, AfterFailure.REPAIRED, AFTER_STOP)
    with pytest.raises(NotVerifiedSinceFailure):
        move_instrument(
            session, instrument, MoveInstrument(status=InstrumentStatus.IN_USE, reason="已修"), who=who
        )
    passed = verify(Outcome.PASSED, date(2026, 4, 25))
    assert (instrument.status, passed.fee_waived_fen) == (InstrumentStatus.IN_USE, 0)
    assert aftermath(session, instrument.id, instrument.status) is None


def test_a_repair_before_another_failure_does_not_count_for_it(session, who, instrument, verify):
    verify(Outcome.FAILED)
    record_repair(session, instrument, REPAIR, who=who)
    verify(Outcome.FAILED, date(2026, 4, 25))
    assert state_of(session, instrument) is AfterFailure.STOPPED


def test_a_repair_is_written_down_as_it_was(session, who, instrument, verify):
    verify(Outcome.FAILED)
    record_repair(session, instrument, REPAIR, who=who)
    [row] = repairs_of(session, instrument.id)
    assert (row.repaired_on, row.repairer, row.work, row.recorded_by) == (
        date(2026, 4, 22),
        "太仓衡器修理部",
        "更换传感器",
        "office",
    )
    entry = session.scalars(select(JournalEntry).where(JournalEntry.deed == "record_repair")).one()
    assert (entry.subject, entry.subject_id) == ("instrument", instrument.id)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (InstrumentStatus.SCRAPPED, AfterFailure.SCRAPPED),
        (InstrumentStatus.CONFISCATED, AfterFailure.CONFISCATED),
        (InstrumentStatus.REMOVED, AfterFailure.REMOVED),
    ],
)
def test_what_left_service_after_its_failure_is_repaired_no_more(
    session, who, instrument, verify, status, state
):
    verify(Outcome.FAILED)
    move_instrument(session, instrument, MoveInstrument(status=status, reason="失准"), who=who)
    assert state_of(session, instrument) is state
    with pytest.raises(NotRepairable):
        record_repair(session, instrument, REPAIR, who=who)


def test_what_did_not_fail_needs_no_repair(session, who, instrument, verify):
    with pytest.raises(RepairWithoutFailure):
        record_repair(session, instrument, REPAIR, who=who)
    verify(Outcome.PASSED)
    with pytest.raises(RepairWithoutFailure):
        record_repair(session, instrument, REPAIR, who=who)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"repaired_on": date(2026, 4, 19)}, RepairBeforeFailure),
        ({"repaired_on": date(2026, 5, 2)}, DayInFuture),
        ({"repairer": "  "}, RepairTextMissing),
        ({"work": " "}, RepairTextMissing),
    ],
)
def test_an_impossible_repair_is_refused_and_nothing_is_written(
    session, who, instrument, verify, changed, refusal
):
    verify(Outcome.FAILED)
    with pytest.raises(refusal):
        record_repair(session, instrument, RecordRepair(**(vars(REPAIR) | changed)), who=who)
    assert session.scalars(select(Repair)).all() == []


def test_a_repair_on_the_very_day_counts(session, who, instrument, verify):
    verify(Outcome.FAILED)
    same_day = RecordRepair(repaired_on=FAILED_ON, repairer="自修", work="清理")
    record_repair(session, instrument, same_day, who=who)
    assert state_of(session, instrument) is AfterFailure.REPAIRED
