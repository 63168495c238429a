from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.rules.certificates import (
    CHECK_ALPHABET,
    CHECK_LENGTH,
    CertificateFacts,
    CertificateStanding,
    CertificateState,
    check_code,
    standing_of,
    state_of,
)
from verifier.rules.papers import DocumentKind

LAST_DAY = date(2027, 4, 30)
DAY = timedelta(days=1)
CERTIFICATE, NOTICE, RECORD = DocumentKind
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
maybe = st.none() | days


def certificate(**more):
    return CertificateFacts(document=CERTIFICATE, **{"valid_until": LAST_DAY, **more})


def told(facts, on):
    found = standing_of(facts, on=on)
    return found.state, found.since


def test_a_certificate_is_genuine_through_its_last_day():
    assert told(certificate(), LAST_DAY) == (CertificateState.GENUINE, None)
    assert told(certificate(), LAST_DAY + DAY) == (CertificateState.EXPIRED, LAST_DAY + DAY)


def test_a_certificate_without_a_last_day_does_not_expire():
    assert state_of(certificate(valid_until=None), on=date(2099, 1, 1)) is CertificateState.GENUINE


def test_a_revocation_counts_from_its_day():
    facts = certificate(revoked_on=date(2026, 7, 1))

    assert told(facts, date(2026, 6, 30)) == (CertificateState.GENUINE, None)
    assert told(facts, date(2026, 7, 1)) == (CertificateState.REVOKED, date(2026, 7, 1))


def test_a_superseded_record_takes_its_paper_along():
    facts = certificate(is_superseded=True, superseded_on=date(2026, 7, 1))

    assert told(facts, date(2026, 7, 1)) == (CertificateState.SUPERSEDED, date(2026, 7, 1))
    assert told(certificate(is_superseded=True), LAST_DAY) == (CertificateState.SUPERSEDED, None)


def test_a_later_failure_cancels_the_mark_from_its_day():
    facts = certificate(failed_on=date(2026, 7, 1))

    assert told(facts, date(2026, 6, 30)) == (CertificateState.GENUINE, None)
    assert told(facts, date(2026, 7, 1)) == (CertificateState.REVOKED, date(2026, 7, 1))


@pytest.mark.parametrize(
    ("failed_on", "expected"),
    [
        (LAST_DAY, (CertificateState.REVOKED, LAST_DAY)),
        (LAST_DAY + DAY, (CertificateState.REVOKED, LAST_DAY + DAY)),
        (LAST_DAY + 2 * DAY, (CertificateState.EXPIRED, LAST_DAY + DAY)),
    ],
)
def test_of_failure_and_end_the_earlier_is_told_and_on_one_day_the_failure(failed_on, expected):
    assert told(certificate(failed_on=failed_on), date(2028, 1, 1)) == expected


@pytest.mark.parametrize("document", [NOTICE, RECORD])
def test_a_notice_and_a_test_record_stay_genuine_after_a_later_failure(document):
    facts = CertificateFacts(document=document, failed_on=date(2026, 7, 1))

    assert state_of(facts, on=date(2028, 1, 1)) is CertificateState.GENUINE


@pytest.mark.parametrize("document", list(DocumentKind))
def test_every_paper_can_be_revoked_and_superseded(document):
    day = date(2026, 7, 1)

    assert (
        state_of(CertificateFacts(document=document, revoked_on=day), on=day),
        state_of(CertificateFacts(document=document, is_superseded=True), on=day),
    ) == (CertificateState.REVOKED, CertificateState.SUPERSEDED)


@given(maybe, maybe, maybe, st.booleans(), days)
def test_the_gravest_reason_is_told(revoked_on, failed_on, valid_until, is_superseded, on):
    facts = CertificateFacts(
        document=CERTIFICATE,
        valid_until=valid_until,
        revoked_on=revoked_on,
        failed_on=failed_on,
        is_superseded=is_superseded,
    )
    if revoked_on is not None and revoked_on <= on:
        expected = CertificateStanding(CertificateState.REVOKED, revoked_on)
    elif is_superseded:
        expected = CertificateStanding(CertificateState.SUPERSEDED)
    elif (
        failed_on is not None and failed_on <= on and (valid_until is None or failed_on <= valid_until + DAY)
    ):
        expected = CertificateStanding(CertificateState.REVOKED, failed_on)
    elif valid_until is not None and valid_until < on:
        expected = CertificateStanding(CertificateState.EXPIRED, valid_until + DAY)
    else:
        expected = CertificateStanding(CertificateState.GENUINE)

    assert standing_of(facts, on=on) == expected


@given(maybe, maybe, maybe, days, st.integers(0, 400))
def test_no_paper_becomes_genuine_again(revoked_on, failed_on, valid_until, on, later):
    facts = CertificateFacts(
        document=CERTIFICATE, valid_until=valid_until, revoked_on=revoked_on, failed_on=failed_on
    )
    was_genuine = state_of(facts, on=on) is CertificateState.GENUINE
    is_genuine = state_of(facts, on=on + later * DAY) is CertificateState.GENUINE

    assert was_genuine or not is_genuine


def test_check_codes_have_fifty_bits_and_no_look_alikes():
    assert len(set(CHECK_ALPHABET)) ** CHECK_LENGTH >= 2**50
    assert set(CHECK_ALPHABET) & set("ILOUilou") == set()


@pytest.mark.parametrize(
    "typed", ["7k02-m9xa1c", " 7KO2 M9XA IC ", "７Ｋ０２－Ｍ９ＸＡ１Ｃ", "7kO2m9xalc", "7K02M9XA1C"]
)
def test_a_code_is_understood_however_it_is_typed(typed):
    assert check_code(typed) == "7K02M9XA1C"


@given(st.text(CHECK_ALPHABET, min_size=1))
def test_a_code_as_it_is_kept_stays_as_it_is(code):
    assert check_code(code) == code
