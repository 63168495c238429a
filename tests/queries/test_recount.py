"""What is stored agrees with the records, and what somebody changed by hand is found and named."""

from datetime import date

import pytest
from sqlalchemy import text

from tests.conftest import TODAY
from tests.factories import district, make_instrument, make_person
from verifier.db import Session
from verifier.operations.enrolments import enrol
from verifier.operations.instruments import MoveInstrument, move_instrument
from verifier.operations.journal import Doer
from verifier.operations.programmes import CreateProgramme, create_programme, start_programme
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.queries.recount import Difference, recount
from verifier.rules.codes import instrument_code
from verifier.rules.entitlement import ProgrammeKind
from verifier.rules.lifecycle import InstrumentStatus
from verifier.rules.verdict import Outcome

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED
IN_USE, SUSPENDED, SCRAPPED = InstrumentStatus.IN_USE, InstrumentStatus.SUSPENDED, InstrumentStatus.SCRAPPED


@pytest.fixture
def record(session: Session, who: Doer):
    """Record what was found on a day, as an office does."""
    person = make_person(session)

    def done(instrument, outcome, performed_on=TODAY, **more):
        reasons = ["示值超差"] if outcome is FAILED else []
        command = RecordVerification(
            instrument_id=instrument.id,
            performed_on=performed_on,
            outcome=outcome,
            reasons=reasons,
            technician=person.id,
            **more,
        )
        return record_verification(session, command, who=who)

    return done


def differences(session: Session) -> tuple[Difference, ...]:
    session.flush()
    return recount(session, minus_one_day=True).differences


def tamper(session: Session, table: str, number: int, change: str) -> None:
    session.flush()
    session.execute(text(f"UPDATE {table} SET {change} WHERE id = {number}"))


def test_an_empty_register_agrees(session):
    found = recount(session, minus_one_day=True)

    assert (found.instruments, found.programmes, found.differences) == (0, 0, ())


def test_an_offices_own_deeds_are_never_taken_for_tampering(session, record, who):
    make_instrument(session)
    never, stated = make_instrument(session), make_instrument(session, stated_verified_on=date(2026, 1, 5))
    stated.verified_on, stated.valid_until = date(2026, 1, 5), date(2027, 1, 4)
    passed, failed, cured, superseded, retired, brought_back = (make_instrument(session) for _ in range(6))
    record(passed, PASSED)
    record(failed, FAILED)
    record(cured, FAILED, date(2026, 4, 1))
    record(cured, PASSED, date(2026, 4, 9))
    wrong = record(superseded, PASSED)
    record(superseded, FAILED, supersedes=wrong.id)
    record(retired, PASSED)
    record(brought_back, PASSED)
    # A paper protocol that comes late.
    record(passed, FAILED, date(2026, 1, 3))
    for instrument, statuses in (
        (retired, [SCRAPPED]),
        (never, [SUSPENDED]),
        (brought_back, [SUSPENDED, IN_USE]),
    ):
        for status in statuses:
            move_instrument(session, instrument, MoveInstrument(status=status, reason="年检"), who=who)

    assert differences(session) == ()


@pytest.mark.parametrize(
    ("change", "column", "stored", "counted"),
    [
        ("verified_on = '2026-04-30'", "verified_on", date(2026, 4, 30), TODAY),
        ("verified_on = NULL", "verified_on", None, TODAY),
        ("valid_until = '2036-04-30'", "valid_until", date(2036, 4, 30), date(2027, 4, 30)),
        ("valid_until = NULL", "valid_until", None, date(2027, 4, 30)),
    ],
)
def test_a_changed_standing_is_found_and_named(session, record, change, column, stored, counted):
    instrument, untouched = make_instrument(session), make_instrument(session)
    for each in (instrument, untouched):
        each_done = record(each, PASSED)
        assert each_done.valid_until == date(2027, 4, 30)
    tamper(session, "instrument", instrument.id, change)

    code = instrument_code(instrument.id)
    assert differences(session) == (Difference("instrument", code, column, stored, counted),)


def test_a_failed_instrument_put_back_into_use_is_found(session, record):
    instrument = make_instrument(session)
    record(instrument, FAILED)
    tamper(session, "instrument", instrument.id, "status = 'in_use'")

    code = instrument_code(instrument.id)
    assert differences(session) == (Difference("instrument", code, "status", IN_USE, SUSPENDED),)


def test_a_statement_of_the_register_is_recounted_too(session):
    instrument = make_instrument(
        session,
        stated_verified_on=date(2026, 1, 5),
        verified_on=date(2026, 1, 5),
        valid_until=date(2028, 1, 4),
    )

    (found,) = differences(session)

    assert found.sentence("en") == (
        f"instrument {instrument_code(instrument.id)}: valid_until is 2028-01-04, "
        "but the records say 2027-01-04."
    )


def test_offices_that_count_without_the_day_less_are_recounted_their_way(session):
    make_instrument(
        session,
        stated_verified_on=date(2026, 1, 5),
        verified_on=date(2026, 1, 5),
        valid_until=date(2027, 1, 5),
    )
    session.flush()

    assert recount(session, minus_one_day=False).differences == ()
    assert len(recount(session, minus_one_day=True).differences) == 1


@pytest.fixture
def programme(session, who):
    for _ in range(3):
        make_instrument(session)
    command = CreateProgramme(
        code="FREE-2026",
        name="2026年免费检定",
        kind=ProgrammeKind.MANDATORY_FREE,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        district=district(session, "320585").code,
    )
    create_programme(session, command, who=who)
    enrol(session, "FREE-2026", who=who)
    return start_programme(session, "FREE-2026", who=who)


def test_a_frozen_base_agrees_with_its_list(session, programme):
    assert programme.base_count == 3
    assert differences(session) == ()


@pytest.mark.parametrize("count", [2, 4])
def test_a_changed_base_count_is_found_and_named(session, programme, count):
    tamper(session, "programme", programme.id, f"base_count = {count}")

    assert differences(session) == (Difference("programme", "FREE-2026", "base_count", count, 3),)


@pytest.mark.usefixtures("programme")
def test_a_line_taken_out_of_the_frozen_list_is_found(session):
    session.flush()
    session.execute(text("DELETE FROM enrolment WHERE id = (SELECT min(id) FROM enrolment)"))

    count, digest = differences(session)
    assert count == Difference("programme", "FREE-2026", "base_count", 3, 2)
    assert (digest.name, digest.column) == ("FREE-2026", "base_digest")


@pytest.mark.usefixtures("programme")
def test_one_frozen_line_put_in_the_place_of_another_is_found(session):
    other = make_instrument(session)
    session.flush()
    swap = "UPDATE enrolment SET instrument_id = :other WHERE id = (SELECT min(id) FROM enrolment)"
    session.execute(text(swap), {"other": other.id})

    assert [difference.column for difference in differences(session)] == ["base_digest"]


@pytest.mark.parametrize("count", [1, 3])
def test_recounting_asks_the_same_however_many_there_are(session, record, statements, count):
    for _ in range(count):
        record(make_instrument(session), PASSED)
    session.flush()
    statements.clear()

    assert recount(session, minus_one_day=True).instruments == count
    assert len(statements) == 3
