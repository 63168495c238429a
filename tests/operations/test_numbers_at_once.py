"""Many who issue at once, and one who is killed half-way: numbers have no gap and are never used twice."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.factories import make_holder, make_instrument, make_person
from verifier import db
from verifier.models import Certificate, Signature
from verifier.operations.signatures import SignRecord, sign_record
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.queries.chain import walk
from verifier.rules.practice import Practice
from verifier.rules.verdict import Outcome

DAY = date(2026, 4, 20)
TWO = Practice(signatures=2)
MANY = 50


@pytest.fixture
def engine(database_url):
    made = db.connect(database_url)
    yield made
    made.dispose()


@pytest.fixture
def records(engine, who):
    """Records that wait for their checker, and the checker."""
    with db.transaction(db.sessions_of(engine)) as session:
        verifier, checker = make_person(session), make_person(session, "沈核验")
        holder = make_holder(session)
        numbers = []
        for _ in range(MANY):
            instrument = make_instrument(session, holder, kind_key="bp_mercury")
            command = RecordVerification(
                instrument_id=instrument.id, performed_on=DAY, outcome=Outcome.PASSED, technician=verifier.id
            )
            numbers.append(record_verification(session, command, who=who, practice=TWO).id)
    return numbers, checker.id


def number_of(signed):
    assert signed.certificate is not None
    return signed.certificate.number


def test_fifty_who_issue_at_once_get_the_numbers_one_to_fifty(engine, records, who):
    sessions = db.sessions_of(engine)
    numbers, checker = records

    def issue(number):
        with db.transaction(sessions) as session:
            signed = sign_record(session, number, SignRecord(technician=checker), who=who, practice=TWO)
        return number_of(signed)

    with ThreadPoolExecutor(MANY) as pool:
        issued = list(pool.map(issue, numbers))
    assert sorted(issued) == [f"office2026-LX-{count:06d}" for count in range(1, MANY + 1)]
    with db.reading(sessions) as session:
        assert list(session.scalars(select(Certificate.sequence).order_by(Certificate.sequence))) == list(
            range(1, MANY + 1)
        )
        assert walk(session).broken == ()


def test_a_refused_one_in_between_leaves_no_gap(engine, records, who):
    sessions = db.sessions_of(engine)
    numbers, checker = records

    def issue(number, *, fails):
        with db.transaction(sessions) as session:
            signed = sign_record(session, number, SignRecord(technician=checker), who=who, practice=TWO)
            if fails:
                raise RuntimeError
        return number_of(signed)

    assert issue(numbers[0], fails=False) == "office2026-LX-000001"
    with pytest.raises(RuntimeError):
        issue(numbers[1], fails=True)
    assert issue(numbers[2], fails=False) == "office2026-LX-000002"
    assert issue(numbers[1], fails=False) == "office2026-LX-000003"


KILLED = """
import os, signal, sys
from datetime import UTC, date, datetime
from verifier import db
from verifier.operations import certificates
from verifier.operations.journal import Doer
from verifier.operations.signatures import SignRecord, sign_record
from verifier.rules.practice import Practice

url, number, checker, place = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
who = Doer("office", date(2026, 5, 1), datetime(2026, 5, 1, 8, tzinfo=UTC))

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

# The process ends where the deed would go on: between the signature and its number, or after the number.
setattr(certificates, place, die)
with db.transaction(db.sessions_of(db.connect(url))) as session:
    sign_record(session, number, SignRecord(technician=checker), who=who, practice=Practice(signatures=2))
"""


@pytest.mark.parametrize("place", ["last_sequence", "enchain"])
def test_who_is_killed_between_signature_and_number_leaves_neither(engine, database_url, records, who, place):
    numbers, checker = records
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, database_url, str(numbers[0]), str(checker), place],
        check=False,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    )
    assert ended.returncode == -signal.SIGKILL
    sessions = db.sessions_of(engine)
    with db.reading(sessions) as session:
        for table in (Signature, Certificate):
            assert session.scalars(select(func.count()).select_from(table)).one() == 0
        assert walk(session).broken == ()
    with db.transaction(sessions) as session:
        signed = sign_record(session, numbers[0], SignRecord(technician=checker), who=who, practice=TWO)
    assert number_of(signed) == "office2026-LX-000001"
