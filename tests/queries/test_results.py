from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import district, kind, make_holder, make_instrument, make_person, make_tariff
from tests.operations.test_examinations import GOOD, SCALE, TOO_MUCH
from tests.rules.perfect import DIGITAL
from verifier.db import Session
from verifier.models import ChainLink, RegulationRules, StandardCalibration, VerificationStandard
from verifier.operations.calibrations import AddCalibration, AddStandard, add_calibration, add_standard
from verifier.operations.certificates import RevokeCertificate, revoke_certificate
from verifier.operations.chain import link_existing
from verifier.operations.signatures import SignRecord, sign_record
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.queries.results import result_of
from verifier.queries.verifications import VerificationUnknown
from verifier.rules.access import OutsideScope, Scope
from verifier.rules.certificates import CertificateState
from verifier.rules.codes import instrument_code
from verifier.rules.entitlement import FeeTreatment
from verifier.rules.holders import HolderKind
from verifier.rules.papers import DocumentKind
from verifier.rules.practice import Practice
from verifier.rules.readings import reading_json
from verifier.rules.results import (
    FORMAT,
    ReadingsTaken,
    ResultBody,
    ResultFee,
    ResultHolder,
    ResultInstrument,
    ResultStandard,
)
from verifier.rules.signing import Decision, SigningRole
from verifier.rules.verdict import Outcome, Stage

DAY = date(2026, 4, 20)
EVERYWHERE = Scope()
AT_ONCE = Practice(signatures=1)


@pytest.fixture
def instrument(session):
    market = make_holder(session, "浮桥镇农贸市场", kind=HolderKind.MARKET)
    stall = make_holder(session, "李四", kind=HolderKind.STALL, market=market, stall_no="A12")
    columns: dict[str, Any] = {
        "manufacturer": "常州某衡器厂",
        "model": "ACS-15",
        "place": "三号摊",
        "serial": "A1",
    } | SCALE
    return make_instrument(session, stall, kind_key="nawi_digital", **columns)


@pytest.fixture
def people(session):
    """Verifier, checker, approver."""
    found = [make_person(session, name) for name in ("周检定", "沈核验", "陆批准")]
    found[2].is_approver = True
    session.flush()
    return found


@pytest.fixture
def record(session, who, instrument, people):
    def recorded(practice=AT_ONCE, **facts):
        command = {"instrument_id": instrument.id, "performed_on": DAY, "technician": people[0].id} | facts
        return record_verification(session, RecordVerification(**command), who=who, practice=practice).id

    return recorded


@pytest.fixture
def weights(session, who):
    """A set of weights, calibrated."""
    standard = add_standard(
        session,
        AddStandard(
            code="F2-01", name="砝码组", model="M", serial="88", measuring_range="1mg~20kg", unit="g"
        ),
        who=who,
    )
    calibration = AddCalibration(
        certificate_no="SZ-1",
        calibrated_by="苏州市计量测试院",
        calibrated_on=date(2026, 1, 5),
        valid_until=date(2027, 1, 4),
        error_absolute=Decimal("0.010"),
    )
    add_calibration(session, standard, calibration, who=who)
    return standard


def told(session: Session, number: int, on: date) -> Any:
    """A result; what a test looks for in it is there, or the test fails."""
    return result_of(session, number, EVERYWHERE, on=on)


def test_everything_kept_of_a_verification_is_there(session, record, instrument, weights, today):
    make_tariff(session, "nawi_digital", 5000)
    number = record(
        readings=GOOD,
        standards=[weights.code],
        environment={"temperature_c": 22.5},
        remark="桌面平稳",
        device=None,
    )
    found = told(session, number, today)
    assert (found.format, found.id, found.performed_on, found.stage) == (
        FORMAT,
        number,
        DAY,
        Stage.SUBSEQUENT,
    )
    assert found.instrument == ResultInstrument(
        id=instrument.id,
        code=instrument_code(instrument.id),
        kind="nawi_digital",
        kind_name_zh=kind(session, "nawi_digital").name_zh,
        kind_name_en=kind(session, "nawi_digital").name_en,
        manufacturer="常州某衡器厂",
        model="ACS-15",
        serial="A1",
        measuring_range="(0~15)kg",
        accuracy_class="III",
        scale_interval="5g",
        place="三号摊",
        district="320585103",
    )
    assert found.holder == ResultHolder(
        id=instrument.holder_id, name="李四", market="浮桥镇农贸市场", stall_no="A12", address="", uscc=None
    )
    rules = session.scalars(select(RegulationRules).where(RegulationRules.code == DIGITAL.code)).one()
    assert (found.regulation.code, found.regulation.sha256) == (DIGITAL.code, rules.digest)
    assert found.regulation.effective_from == DIGITAL.effective_from
    assert found.regulation.rules["item"] == rules.document["item"]
    assert found.readings == ReadingsTaken(as_found=None, as_left=[reading_json(one) for one in GOOD])
    assert found.device["unit"] == "kg"
    assert (found.judgement.as_found, found.judgement.as_left["outcome"]) == (None, "passed")
    assert (found.outcome, found.as_found, found.reasons) == (Outcome.PASSED, Outcome.PASSED, [])
    assert (found.adjusted, found.repaired, found.remark) == (False, False, "桌面平稳")
    assert found.standards_named == ["F2-01"]
    assert found.standards == [
        ResultStandard(
            code="F2-01",
            name="砝码组",
            model="M",
            serial="88",
            measuring_range="1mg~20kg",
            unit="g",
            certificate_no="SZ-1",
            calibrated_by="苏州市计量测试院",
            calibrated_on=date(2026, 1, 5),
            valid_until=date(2027, 1, 4),
            weight_class="",
            error_absolute=Decimal("0.010"),
            error_percent=None,
        )
    ]
    assert str(found.standards[0].error_absolute) == "0.010"
    assert found.environment == {"temperature_c": 22.5}
    assert found.fee == ResultFee(treatment=FeeTreatment.WAIVED, tariff_fen=5000, waived_fen=5000)
    assert (found.due_on, found.valid_until) == (None, date(2027, 4, 19))
    assert (found.programme, found.supersedes, found.superseded_by) == (None, None, None)
    assert found.recorded_by == "office"
    assert found.body == ResultBody(
        code="office",
        name="太仓市计量测试所",
        authorisation_no="",
        address="",
        phone="",
        postcode="",
        email="",
    )


def test_the_paper_is_told_with_what_it_is_worth_today(session, record, who, today):
    number = record(readings=GOOD)
    found = told(session, number, today).certificate
    assert (found.document, found.issued_on, found.state) == (
        DocumentKind.CERTIFICATE,
        today,
        CertificateState.GENUINE,
    )
    later = told(session, number, date(2028, 1, 1)).certificate
    assert later == replace(found, state=CertificateState.EXPIRED)
    revoke_certificate(session, found.number, RevokeCertificate(reason="标准器超差"), who=who)
    revoked = told(session, number, today).certificate
    assert (revoked.state, revoked.revoked_on, revoked.revocation_reason) == (
        CertificateState.REVOKED,
        today,
        "标准器超差",
    )


def test_a_failure_afterwards_cancels_the_paper(session, record, today):
    number = record(readings=GOOD)
    record(readings=[*GOOD, TOO_MUCH], performed_on=date(2026, 4, 25))
    assert told(session, number, today).certificate.state is CertificateState.REVOKED


def test_superseding_is_told_on_both_sides(session, record, today):
    wrong = record(readings=GOOD)
    right = record(readings=GOOD, supersedes=wrong)
    before, after = (told(session, number, today) for number in (wrong, right))
    assert (before.supersedes, before.superseded_by) == (None, right)
    assert (after.supersedes, after.superseded_by) == (wrong, None)
    assert before.certificate.state is CertificateState.SUPERSEDED
    assert (before.certificate.replaces, after.certificate.replaces) == (None, before.certificate.number)


def test_who_signed_is_told_in_the_order_of_signing(session, record, who, people, today):
    number = record(practice=Practice(), readings=GOOD)
    first = told(session, number, today)
    assert (first.certificate, [person.name for person in first.people]) == (None, ["周检定"])
    sign_record(session, number, SignRecord(technician=people[1].id), who=who)
    returned = SignRecord(technician=people[2].id, decision=Decision.RETURNED, reason="示值写错")
    sign_record(session, number, returned, who=who)
    people_told = told(session, number, today).people
    assert [(one.role, one.decision, one.name, one.at, one.reason) for one in people_told] == [
        (SigningRole.VERIFIER, Decision.SIGNED, "周检定", who.now, ""),
        (SigningRole.CHECKER, Decision.SIGNED, "沈核验", who.now, ""),
        (SigningRole.APPROVER, Decision.RETURNED, "陆批准", who.now, "示值写错"),
    ]


def test_as_found_and_as_left_are_both_there(session, record, today):
    number = record(readings=GOOD, as_found=[*GOOD, TOO_MUCH], adjusted=True)
    found = told(session, number, today)
    assert (found.as_found, found.outcome) == (Outcome.FAILED, Outcome.PASSED)
    assert found.readings.as_found[-1] == reading_json(TOO_MUCH)
    assert found.judgement.as_found["outcome"] == "failed"


def test_where_only_the_outcome_was_recorded_nothing_is_made_up(session, record, today):
    found = told(session, record(outcome=Outcome.PASSED), today)
    assert (found.readings, found.judgement, found.device) == (None, None, None)
    assert (found.regulation.code, found.regulation.rules, found.regulation.sha256) == (
        DIGITAL.code,
        None,
        None,
    )


def test_a_kind_without_a_regulation_has_none(session, who, people, today):
    pump = make_instrument(session, kind_key="fuel_dispenser")
    command = RecordVerification(
        instrument_id=pump.id, performed_on=DAY, technician=people[0].id, outcome=Outcome.PASSED
    )
    recorded = record_verification(session, command, who=who)
    found = told(session, recorded.id, today)
    assert found.regulation is None


def test_the_links_of_the_record_and_of_all_it_rests_on_are_there(
    session, record, who, people, weights, today
):
    record(readings=GOOD, standards=[weights.code], performed_on=date(2026, 4, 21))
    number = record(practice=Practice(), readings=GOOD, standards=[weights.code])
    for person in people[1:]:
        sign_record(session, number, SignRecord(technician=person.id), who=who)
    certificate = told(session, number, today).certificate
    revoke_certificate(session, certificate.number, RevokeCertificate(reason="错"), who=who)
    # As the end of a transaction does.
    link_existing(session)
    links = told(session, number, today).chain
    used = session.scalars(
        select(VerificationStandard).where(VerificationStandard.verification_id == number)
    ).one()
    subjects = {(link.subject, link.subject_id) for link in links}
    assert {name for name, _ in subjects} == {
        "verification",
        "examination",
        "regulation_rules",
        "verification_standard",
        "standard_calibration",
        "signature",
        "certificate",
        "revocation",
    }
    assert ("verification", number) in subjects
    assert ("verification_standard", used.id) in subjects
    assert ("standard_calibration", session.scalars(select(StandardCalibration.id)).one()) in subjects
    # Two signatures; one of everything else.
    assert len(links) == 9
    assert [link.position for link in links] == sorted(link.position for link in links)
    kept = session.scalars(select(ChainLink).where(ChainLink.subject == "examination")).all()[-1]
    [link] = [link for link in links if link.subject == "examination"]
    assert (link.body, link.position, link.subject_id) == ("office", kept.position, number)
    assert (link.record_digest, link.digest) == (kept.record_digest, kept.digest)


def test_a_record_that_is_not_there_or_not_the_callers_is_refused(session, record, today):
    number = record(readings=GOOD)
    with pytest.raises(VerificationUnknown):
        told(session, number + 1000, today)
    kunshan = Scope(district_id=district(session, "320583").id)
    with pytest.raises(OutsideScope):
        result_of(session, number, kunshan, on=today)


def test_it_takes_four_statements_however_much_there_is(session, record, weights, statements, today):
    number = record(readings=GOOD, standards=[weights.code])
    session.flush()
    session.expire_all()
    statements.clear()
    told(session, number, today)
    assert len(statements) == 4
