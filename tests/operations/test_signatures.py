from dataclasses import replace
from datetime import date

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
from verifier.models import Body, Certificate, Competence, JournalEntry, Signature
from verifier.operations.admission import VerifierMissing, VerifierNotCompetent
from verifier.operations.certificates import (
    NumberTaken,
    RevocationReasonMissing,
    RevokeCertificate,
    RevokedAlready,
    revoke_certificate,
)
from verifier.operations.signatures import (
    APPROVERS_NOT_RECORDED,
    COMPETENCES_NOT_RECORDED,
    NotAnApprover,
    PaperIssued,
    ReasonWithoutReturn,
    RecordReturned,
    RecordSuperseded,
    ReturnReasonMissing,
    SignedAlready,
    SignerOfAnotherBody,
    SigningTurnOver,
    SignRecord,
    sign_record,
)
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.queries.certificates import CertificateFilter, CertificateUnknown, certificate_row, certificates
from verifier.queries.signatures import (
    Queue,
    WaitingFilter,
    count_waiting,
    queue_of,
    returned_to,
    signatures_of,
    waiting,
)
from verifier.queries.verifications import VerificationUnknown
from verifier.rules.access import Caller, Role, Scope
from verifier.rules.certificates import CHECK_ALPHABET, CHECK_LENGTH, CertificateState
from verifier.rules.papers import DocumentKind, PaperRegulation, paper_from_json
from verifier.rules.practice import Practice
from verifier.rules.signing import Decision, SigningRole
from verifier.rules.verdict import Outcome, Stage

DAY = date(2026, 4, 20)
EVERYWHERE = Scope()


@pytest.fixture
def instrument(session):
    holder = make_holder(session, "浮桥镇牌楼村卫生室")
    return make_instrument(session, holder, kind_key="bp_mercury")


@pytest.fixture
def people(session):
    """Verifier, checker, approver."""
    found = [make_person(session, name) for name in ("周检定", "沈核验", "陆批准")]
    found[2].is_approver = True
    session.flush()
    return found


@pytest.fixture
def record(session, who, instrument, people):
    def recorded(practice=Practice(), **facts):  # noqa: B008  a frozen value
        command = {"performed_on": DAY, "outcome": Outcome.PASSED, "technician": people[0].id} | facts
        if command["outcome"] is Outcome.FAILED:
            command.setdefault("reasons", ["示值误差超差"])
        return record_verification(
            session,
            RecordVerification(**{"instrument_id": instrument.id} | command),
            who=who,
            practice=practice,
        )

    return recorded


@pytest.fixture
def sign(session, who):
    def signed(number, person, practice=Practice(), **facts):  # noqa: B008  a frozen value
        return sign_record(
            session, number, SignRecord(technician=person.id, **facts), who=who, practice=practice
        )

    return signed


def queue(session, person=None, signatures=3):
    return Queue(
        body_id=office_body(session).id, signatures=signatures, person_id=person.id if person else None
    )


def test_checker_and_approver_sign_and_the_last_signature_issues_the_certificate(
    session, record, sign, people, today
):
    recorded = record()
    assert recorded.certificate is None
    checked = sign(recorded.id, people[1])
    assert (checked.role, checked.next, checked.certificate) == (
        SigningRole.CHECKER,
        SigningRole.APPROVER,
        None,
    )
    approved = sign(recorded.id, people[2])
    assert (approved.role, approved.next) == (SigningRole.APPROVER, None)
    assert approved.certificate.number == "office2026-LX-000001"
    assert approved.certificate.document is DocumentKind.CERTIFICATE
    assert len(approved.certificate.check_code) == CHECK_LENGTH
    assert set(approved.certificate.check_code) <= set(CHECK_ALPHABET)
    assert approved.certificate.issued_on == today
    assert [(one.role, one.person) for one in signatures_of(session, recorded.id)] == [
        (SigningRole.CHECKER, "沈核验"),
        (SigningRole.APPROVER, "陆批准"),
    ]


def test_the_paper_says_who_what_and_until_when(session, record, sign, people, instrument):
    make_tariff(session, "bp_mercury", fee_fen=2050)
    recorded = record(environment={"temperature_c": 22.5, "room": "2"}, remark="桌面平稳", adjusted=True)
    sign(recorded.id, people[1])
    sign(recorded.id, people[2])
    certificate = session.scalars(select(Certificate)).one()
    paper = paper_from_json(certificate.content)
    assert (paper.verifier, paper.checker, paper.approver) == ("周检定", "沈核验", "陆批准")
    assert (paper.number, paper.outcome, paper.kind) == (
        certificate.number,
        Outcome.PASSED,
        DocumentKind.CERTIFICATE,
    )
    assert (paper.holder.name, paper.instrument.serial) == ("浮桥镇牌楼村卫生室", instrument.serial)
    assert (paper.performed_on, paper.valid_until) == (DAY, date(2026, 10, 19))
    assert paper.regulation == PaperRegulation(code="JJG 270-2008")
    assert paper.environment == (("温度 Temperature", "22.5 °C"), ("room", "2"))
    assert (paper.fee_line, paper.work_done, paper.remark) == ("免费检定 免收20.50元", "已调整", "桌面平稳")
    assert paper.check_url == (f"http://127.0.0.1:8000/c/office2026-LX-000001?code={certificate.check_code}")
    assert (paper.what_to_do, paper.failed_reasons, paper.replaces) == ((), (), "")


def test_a_failure_gets_a_notice_with_reasons_and_what_to_do(session, record, sign, people):
    recorded = record(outcome=Outcome.FAILED)
    sign(recorded.id, people[1])
    sign(recorded.id, people[2])
    paper = paper_from_json(session.scalars(select(Certificate.content)).one())
    assert (paper.kind, paper.valid_until, paper.conclusion_class) == (
        DocumentKind.REJECTION_NOTICE,
        None,
        "",
    )
    assert paper.failed_reasons == ("示值误差超差",)
    assert len(paper.what_to_do) == 3
    assert paper.fee_line == "免费检定"


@pytest.mark.parametrize(
    ("kind_key", "stage"), [("glucose_meter", Stage.SUBSEQUENT), ("bp_mercury", Stage.IN_SERVICE)]
)
def test_without_a_regulation_and_in_service_there_is_a_test_record(
    session, record, sign, people, kind_key, stage
):
    other = make_instrument(session, make_holder(session), kind_key=kind_key)
    recorded = record(instrument_id=other.id, stage=stage)
    sign(recorded.id, people[1])
    assert sign(recorded.id, people[2]).certificate.document is DocumentKind.TEST_RECORD


def test_where_one_signature_is_enough_the_paper_is_there_at_once(record):
    assert record(Practice(signatures=1)).certificate.number == "office2026-LX-000001"


def test_where_two_are_enough_the_checker_is_the_last(record, sign, people):
    two = Practice(signatures=2)
    signed = sign(record(two).id, people[1], two)
    assert (signed.role, signed.certificate.number) == (SigningRole.CHECKER, "office2026-LX-000001")


def test_a_record_fully_signed_under_a_stricter_setting_is_issued_by_anybodys_word(
    session, record, sign, people
):
    recorded = record()
    sign(recorded.id, people[1])
    signed = sign(recorded.id, people[2], Practice(signatures=2))
    assert (signed.role, signed.certificate.number) == (None, "office2026-LX-000001")
    assert session.scalars(select(func.count()).select_from(Signature)).one() == 1


def test_a_stall_stands_under_its_market_on_paper(session, record, sign, people):
    market = make_holder(session, "浮桥镇中心农贸市场")
    stall = make_holder(session, "张小妹", market=market, stall_no="A-17")
    scale = make_instrument(session, stall, kind_key="nawi_price_computing")
    recorded = record(instrument_id=scale.id)
    sign(recorded.id, people[1])
    sign(recorded.id, people[2])
    paper = paper_from_json(session.scalars(select(Certificate.content)).one())
    assert (paper.holder.name, paper.holder.stall) == ("浮桥镇中心农贸市场 张小妹", "A-17")


def test_nobody_signs_the_own_record_nor_twice(record, sign, people):
    recorded = record()
    with pytest.raises(SignedAlready) as own:
        sign(recorded.id, people[0])
    assert own.value.facts == {
        "verification": recorded.id,
        "person": "周检定",
        "role": SigningRole.VERIFIER,
    }
    sign(recorded.id, people[1])
    with pytest.raises(SignedAlready) as twice:
        sign(recorded.id, people[1])
    assert twice.value.facts["role"] is SigningRole.CHECKER


def test_only_the_body_that_verified_signs(session, record, sign):
    other = Body(code="other", name="昆山所", district_id=district(session, "320583").id)
    session.add(other)
    session.flush()
    stranger = make_person(session, "外人", other)
    with pytest.raises(SignerOfAnotherBody):
        sign(record().id, stranger)


def test_once_approvers_are_named_only_they_approve(session, record, sign, people):
    recorded = record()
    sign(recorded.id, people[1])
    with pytest.raises(NotAnApprover) as refused:
        sign(recorded.id, make_person(session, "路人"))
    assert refused.value.facts == {"person": "路人", "body": "太仓市计量测试所"}


def test_a_body_without_approvers_is_told_so(session, record, sign, people):
    people[2].is_approver = False
    session.flush()
    recorded = record()
    assert sign(recorded.id, people[1]).warnings == (COMPETENCES_NOT_RECORDED,)
    assert sign(recorded.id, people[2]).warnings == (APPROVERS_NOT_RECORDED,)


def test_a_checker_needs_the_competence_of_a_verifier(session, record, sign, people):
    facts = {"valid_from": date(2026, 1, 1), "valid_until": date(2026, 12, 31)}
    mercury = kind(session, "bp_mercury").id
    session.add(Competence(person_id=people[0].id, kind_id=mercury, **facts))
    session.flush()
    recorded = record()
    with pytest.raises(VerifierNotCompetent):
        sign(recorded.id, people[1])
    session.add(Competence(person_id=people[1].id, kind_id=mercury, regulation="JJG 270", **facts))
    session.flush()
    assert sign(recorded.id, people[1]).warnings == ()


def test_a_returned_record_gets_no_paper_and_waits_for_its_verifier(session, record, sign, people):
    recorded = record()
    with pytest.raises(ReturnReasonMissing):
        sign(recorded.id, people[1], decision=Decision.RETURNED, reason=" ")
    with pytest.raises(ReasonWithoutReturn):
        sign(recorded.id, people[1], reason="型号不符")
    returned = sign(recorded.id, people[1], decision=Decision.RETURNED, reason="型号不符")
    assert (returned.next, returned.certificate) == (None, None)
    assert returned_to(session, people[0].id) == [recorded.id]
    with pytest.raises(RecordReturned) as refused:
        sign(recorded.id, people[2])
    assert refused.value.facts == {"verification": recorded.id, "person": "沈核验", "reason": "型号不符"}
    again = record(supersedes=recorded.id)
    assert returned_to(session, people[0].id) == []
    sign(again.id, people[1])
    assert sign(again.id, people[2]).certificate.number == "office2026-LX-000001"


def test_a_superseded_record_is_signed_no_more(record, sign, people):
    wrong = record()
    record(supersedes=wrong.id, outcome=Outcome.FAILED)
    with pytest.raises(RecordSuperseded):
        sign(wrong.id, people[1])


def test_an_issued_paper_is_not_signed_again(record, sign, people):
    recorded = record(Practice(signatures=1))
    with pytest.raises(PaperIssued) as refused:
        sign(recorded.id, people[1])
    assert refused.value.facts == {"verification": recorded.id, "number": "office2026-LX-000001"}


def test_somebody_who_meant_another_signature_is_told(record, sign, people):
    with pytest.raises(SigningTurnOver):
        sign(record().id, people[2], role=SigningRole.APPROVER)


def test_what_is_not_there_is_not_signed(sign, people):
    with pytest.raises(VerificationUnknown):
        sign(999, people[0])


def test_the_office_says_who_signs(session, record, who):
    with pytest.raises(VerifierMissing):
        sign_record(session, record().id, SignRecord(), who=who)


def test_the_queue_holds_what_waits_and_for_whom(session, record, sign, people, today):
    first, second = record(), record(outcome=Outcome.FAILED)
    sign(first.id, people[1])
    everything = waiting(session, queue(session), WaitingFilter(), on=today)
    assert [(row.id, row.turn) for row in everything] == [
        (first.id, SigningRole.APPROVER),
        (second.id, SigningRole.CHECKER),
    ]
    for wanted, numbers in (
        (WaitingFilter(turn=SigningRole.CHECKER), [second.id]),
        (WaitingFilter(outcome=Outcome.PASSED), [first.id]),
        (WaitingFilter(performed_on=date(2026, 4, 19)), []),
        (WaitingFilter(district_id=district(session, "320585").id), [first.id, second.id]),
        (WaitingFilter(district_id=district(session, "320583").id), []),
    ):
        assert [row.id for row in waiting(session, queue(session), wanted, on=today)] == numbers
        assert count_waiting(session, queue(session), wanted, on=today) == len(numbers)
    for person, numbers in zip(people, ([], [second.id], [first.id, second.id]), strict=True):
        found = waiting(session, queue(session, person), WaitingFilter(), on=today)
        assert [row.id for row in found] == numbers
    sign(first.id, people[2])
    sign(second.id, people[1], decision=Decision.RETURNED, reason="重做")
    assert waiting(session, queue(session), WaitingFilter(), on=today) == []


def test_what_was_verified_before_papers_were_issued_here_waits_for_none(session, record, today):
    record()
    for since, waits in ((date(2026, 4, 20), 1), (date(2026, 4, 21), 0)):
        office_body(session).papers_from = since
        session.flush()
        assert count_waiting(session, queue(session), WaitingFilter(), on=today) == waits


def test_only_approvers_see_what_waits_for_approval(session, record, sign, people, today):
    first, second = record(), record(outcome=Outcome.FAILED)
    sign(first.id, people[1])
    newcomer = make_person(session, "新来")
    for person, seen in ((newcomer, [second.id]), (people[2], [first.id, second.id])):
        caller = Caller(1, "x", Role.TECHNICIAN, EVERYWHERE, person.body_id, person.id)
        mine = queue_of(session, caller, signatures=3)
        assert [row.id for row in waiting(session, mine, WaitingFilter(), on=today)] == seen
    people[2].is_approver = False
    session.flush()
    caller = Caller(1, "x", Role.TECHNICIAN, EVERYWHERE, newcomer.body_id, newcomer.id)
    assert queue_of(session, caller, signatures=3).may_approve


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_once_however_long_it_is(session, record, statements, today, count):
    for _ in range(count):
        other = make_instrument(session, make_holder(session), kind_key="bp_mercury")
        record(instrument_id=other.id)
    mine = queue(session)
    statements.clear()
    assert len(waiting(session, mine, WaitingFilter(), on=today, after=0, limit=50)) == count
    assert len(statements) == 1


def test_numbers_count_on_within_the_year_and_begin_again_in_the_next(session, record, who):
    one = Practice(signatures=1)
    numbers = [record(one).certificate.number, record(one, outcome=Outcome.FAILED).certificate.number]
    later = replace(who, today=date(2027, 1, 4))
    other = make_instrument(session, make_holder(session), kind_key="clin_therm_ir_ear")
    command = RecordVerification(
        instrument_id=other.id,
        performed_on=DAY,
        outcome=Outcome.PASSED,
        technician=make_person(session).id,
    )
    issued = record_verification(session, command, who=later, practice=one).certificate
    assert issued is not None
    numbers.append(issued.number)
    assert numbers == ["office2026-LX-000001", "office2026-LX-000002", "office2027-RX-000001"]


def test_a_number_another_body_has_is_refused_and_nothing_is_issued(session, record):
    office_body(session).certificate_pattern = "N{yyyy}-{seq}"
    other = Body(code="other", name="昆山所", certificate_pattern="N{yyyy}-{seq}")
    session.add(other)
    session.flush()
    one = Practice(signatures=1)
    first = record(one)
    assert first.certificate.number == "N2026-1"
    elsewhere = make_instrument(session, make_holder(session), kind_key="bp_mercury")
    with pytest.raises(NumberTaken):
        record(one, instrument_id=elsewhere.id, technician=make_person(session, "昆山人", other).id)


def test_a_superseding_record_says_which_paper_it_replaces(session, record, today):
    one = Practice(signatures=1)
    wrong = record(one)
    right = record(one, supersedes=wrong.id, outcome=Outcome.FAILED)
    content = session.scalars(
        select(Certificate.content).where(Certificate.number == right.certificate.number)
    ).one()
    assert paper_from_json(content).replaces == wrong.certificate.number
    row = certificate_row(session, wrong.certificate.number, EVERYWHERE, on=today)
    assert row.state(today) is CertificateState.SUPERSEDED


def test_a_later_failure_cancels_the_mark(session, record, today):
    one = Practice(signatures=1)
    passed = record(one)
    row = certificate_row(session, passed.certificate.number, EVERYWHERE, on=today)
    assert (row.state(today), row.failed_on) == (CertificateState.GENUINE, None)
    record(one, performed_on=date(2026, 4, 25), outcome=Outcome.FAILED)
    row = certificate_row(session, passed.certificate.number, EVERYWHERE, on=today)
    assert (row.state(today), row.failed_on) == (CertificateState.REVOKED, date(2026, 4, 25))
    assert row.state(date(2026, 4, 24)) is CertificateState.GENUINE


def test_a_revoked_certificate_says_why_and_is_revoked_once(session, record, who, today):
    number = record(Practice(signatures=1)).certificate.number
    with pytest.raises(RevocationReasonMissing):
        revoke_certificate(session, number, RevokeCertificate(reason=" "), who=who)
    revoke_certificate(session, number, RevokeCertificate(reason=" 标准器失准 "), who=who)
    row = certificate_row(session, number, EVERYWHERE, on=today)
    assert (row.state(today), row.revoked_on, row.revocation_reason) == (
        CertificateState.REVOKED,
        today,
        "标准器失准",
    )
    with pytest.raises(RevokedAlready):
        revoke_certificate(session, number, RevokeCertificate(reason="再次"), who=who)
    with pytest.raises(CertificateUnknown):
        revoke_certificate(session, "N-0", RevokeCertificate(reason="无"), who=who)


def test_papers_are_found_by_what_people_know(session, record, instrument, today):
    number = record(Practice(signatures=1)).certificate.number
    for wanted, found in (
        (CertificateFilter(), 1),
        (CertificateFilter(q="000001"), 1),
        (CertificateFilter(q=instrument.serial.lower()), 1),
        (CertificateFilter(q="牌楼"), 1),
        (CertificateFilter(q="%"), 0),
        (CertificateFilter(document=DocumentKind.TEST_RECORD), 0),
        (CertificateFilter(issued_from=today, issued_to=today), 1),
        (CertificateFilter(issued_from=date(2026, 5, 2)), 0),
        (CertificateFilter(issued_to=date(2026, 4, 30)), 0),
        (CertificateFilter(holder_id=instrument.holder_id), 1),
        (CertificateFilter(holder_id=0), 0),
        (CertificateFilter(instrument_id=instrument.id), 1),
        (CertificateFilter(district_id=district(session, "320583").id), 0),
    ):
        rows = certificates(session, EVERYWHERE, wanted, on=today)
        assert [row.number for row in rows] == [number] * found


def test_every_deed_is_in_the_journal(session, record, sign, people):
    recorded = record()
    sign(recorded.id, people[1])
    sign(recorded.id, people[2])
    deeds = session.scalars(
        select(JournalEntry.deed)
        .where(JournalEntry.subject.in_(("verification", "certificate")))
        .order_by(JournalEntry.id)
    )
    assert list(deeds) == ["record_verification", "sign_record", "sign_record", "issue_certificate"]
