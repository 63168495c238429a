from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.factories import district, make_holder, make_instrument
from tests.factories import enrolment as enrolled
from verifier.models import Enrolment, Funder, JournalEntry
from verifier.operations.enrolments import (
    AddEnrolment,
    AdditionDayWrong,
    AlreadyEnrolled,
    AlreadyWithdrawn,
    Enrolled,
    InstrumentElsewhere,
    WithdrawalDayWrong,
    WithdrawEnrolment,
    add_enrolment,
    enrol,
    withdraw_enrolment,
)
from verifier.operations.journal import Doer
from verifier.operations.programmes import (
    CapacityNotPositive,
    CreateProgramme,
    EligibleKindUnknown,
    FunderShare,
    FunderTwice,
    PeriodBackwards,
    ProgrammeCodeWrong,
    ProgrammeExists,
    ProgrammeNotOpen,
    SharesNotWhole,
    close_programme,
    create_programme,
    start_programme,
)
from verifier.queries.programmes import (
    base_lines,
    eligibility_of,
    funders,
    programmes,
)
from verifier.rules.access import Caller, OutsideScope, Role, Scope
from verifier.rules.completion import base_digest
from verifier.rules.entitlement import Eligibility, ProgrammeKind
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import InstrumentStatus, ProgrammeStatus, WithdrawalReason
from verifier.rules.purposes import Purpose

PLAN: dict[str, Any] = {
    "code": "2026-CLINICS",
    "name": "基层医疗卫生机构免费检定",
    "kind": ProgrammeKind.MANDATORY_FREE,
    "starts_on": date(2026, 3, 1),
    "ends_on": date(2026, 10, 31),
    "district": "320585",
}


@pytest.fixture
def create(session, who):
    def created(**changes):
        return create_programme(session, CreateProgramme(**(PLAN | changes)), who=who)

    return created


@pytest.fixture
def programme(create):
    return create()


def coordinator_of(session, code: str, who: Doer) -> Doer:
    scope = Scope(district_id=district(session, code).id)
    caller = Caller(1, "coordinator", Role.COORDINATOR, scope, None, None)
    return Doer("coordinator", who.today, who.now, caller)


def enrolled_instruments(session, programme) -> list[int]:
    return list(
        session.scalars(
            select(Enrolment.instrument_id)
            .where(Enrolment.programme_id == programme.id, Enrolment.withdrawn_on.is_(None))
            .order_by(Enrolment.instrument_id)
        )
    )


def test_a_programme_keeps_its_plan(session, create):
    eligibility = Eligibility(
        holder_kinds=(HolderKind.STALL, HolderKind.MARKET),
        instrument_kinds=("nawi_price_computing",),
        purposes=(Purpose.TRADE,),
        max_capacity_kg=Decimal(500),
    )
    shares = [FunderShare(name="市财政", share_percent=60), FunderShare(name="区财政", share_percent=40)]
    programme = create(eligibility=eligibility, funders=shares)
    assert eligibility_of(programme) == eligibility
    assert [(funder.name, funder.share_percent) for funder in funders(session, programme.id)] == [
        ("市财政", 60),
        ("区财政", 40),
    ]
    assert programme.status is ProgrammeStatus.DRAFT


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"code": "2026/1"}, ProgrammeCodeWrong),
        ({"ends_on": date(2026, 2, 28)}, PeriodBackwards),
        ({"eligibility": Eligibility(instrument_kinds=("bp_auto", "magic"))}, EligibleKindUnknown),
        ({"eligibility": Eligibility(max_capacity_kg=Decimal(0))}, CapacityNotPositive),
        ({"eligibility": Eligibility(max_capacity_kg=Decimal("NaN"))}, CapacityNotPositive),
        ({"funders": [FunderShare(name="市财政", share_percent=60)]}, SharesNotWhole),
        ({"funders": [FunderShare(name="市财政", share_percent=50)] * 2}, FunderTwice),
    ],
)
def test_a_plan_that_cannot_be_is_refused(session, create, change, refusal):
    with pytest.raises(refusal):
        create(**change)
    assert session.scalar(select(func.count()).select_from(Funder)) == 0


def test_a_code_is_used_once(create):
    create()
    with pytest.raises(ProgrammeExists):
        create()


def test_a_coordinator_plans_only_below_the_own_district(session, who):
    with pytest.raises(OutsideScope):
        create_programme(session, CreateProgramme(**PLAN), who=coordinator_of(session, "320583", who))
    created = create_programme(session, CreateProgramme(**PLAN), who=coordinator_of(session, "320500", who))
    assert created.code == "2026-CLINICS"


def test_enrolling_by_rule_takes_what_is_eligible_and_says_why_not_the_rest(session, who, programme):
    auto = make_instrument(session)
    make_instrument(session, kind_key="glucose_meter")
    make_instrument(session, kind_key="glucose_meter")
    make_instrument(session, status=InstrumentStatus.SCRAPPED)
    make_instrument(session, make_holder(session, district_code="320583"))

    assert enrol(session, programme.code, who=who) == Enrolled(1, 0, {"not_in_use": 1, "not_mandatory": 2})
    assert enrolled_instruments(session, programme) == [auto.id]


def test_a_preview_counts_and_changes_nothing(session, who, programme):
    make_instrument(session)
    assert enrol(session, programme.code, who=who, dry_run=True) == Enrolled(1, 0, {})
    assert enrolled_instruments(session, programme) == []


def test_enrolling_twice_adds_nothing(session, who, programme):
    make_instrument(session)
    enrol(session, programme.code, who=who)
    assert enrol(session, programme.code, who=who) == Enrolled(0, 1, {})


def test_starting_freezes_a_named_list_with_its_digest(session, who, programme):
    make_instrument(session, serial="A")
    make_instrument(session, serial="B")
    enrol(session, programme.code, who=who)

    start_programme(session, programme.code, who=who)
    lines = base_lines(session, programme.id)

    assert (programme.status, programme.frozen_on) == (ProgrammeStatus.RUNNING, who.today)
    assert (programme.base_count, programme.base_digest) == (2, base_digest(lines))
    assert [enrolment.is_in_frozen_base for enrolment in session.scalars(select(Enrolment))] == [True, True]
    entry = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one()
    assert (entry.deed, entry.facts["base_digest"]) == ("start_programme", base_digest(lines))


def test_what_is_promised_before_the_start_counts_from_the_programmes_first_day(session, who, create):
    make_instrument(session)
    programme = create(starts_on=date(2009, 3, 1), ends_on=date(2009, 12, 31))
    enrol(session, programme.code, who=who)
    assert [e.enrolled_on for e in session.scalars(select(Enrolment))] == [date(2009, 3, 1)]


def test_a_programme_starts_once_and_closes_once(session, who, programme):
    with pytest.raises(ProgrammeNotOpen):
        close_programme(session, programme.code, who=who)
    start_programme(session, programme.code, who=who)
    with pytest.raises(ProgrammeNotOpen):
        start_programme(session, programme.code, who=who)
    close_programme(session, programme.code, who=who)
    with pytest.raises(ProgrammeNotOpen):
        enrol(session, programme.code, who=who)


def test_what_is_found_later_is_added_by_name_even_a_glucose_meter(session, who, programme):
    start_programme(session, programme.code, who=who)
    meter = make_instrument(session, kind_key="glucose_meter")
    command = AddEnrolment(programme=programme.code, instrument_id=meter.id, reason="现场发现")
    enrolment = add_enrolment(session, command, who=who)
    assert (enrolment.is_in_frozen_base, enrolment.enrolled_on, enrolment.added_reason) == (
        False,
        who.today,
        "现场发现",
    )
    with pytest.raises(AlreadyEnrolled):
        add_enrolment(session, command, who=who)


@pytest.mark.parametrize("on", [date(2026, 2, 28), date(2026, 5, 2)])
def test_an_addition_lies_between_the_programmes_start_and_today(session, who, programme, on):
    instrument = make_instrument(session)
    command = AddEnrolment(programme=programme.code, instrument_id=instrument.id, reason="x", on=on)
    with pytest.raises(AdditionDayWrong):
        add_enrolment(session, command, who=who)


def test_only_what_is_used_in_the_district_is_added(session, who, programme):
    elsewhere = make_instrument(session, make_holder(session, district_code="320583"))
    with pytest.raises(InstrumentElsewhere):
        add_enrolment(
            session,
            AddEnrolment(programme=programme.code, instrument_id=elsewhere.id, reason="x"),
            who=who,
        )


@pytest.mark.parametrize("reason", list(WithdrawalReason))
def test_a_withdrawal_has_a_day_and_a_reason_and_can_be_taken_back(session, who, programme, reason):
    instrument = make_instrument(session)
    enrol(session, programme.code, who=who)
    enrolment = enrolled(session, programme, instrument)

    withdraw_enrolment(session, enrolment.id, WithdrawEnrolment(reason=reason, on=date(2026, 4, 2)), who=who)
    assert (enrolment.withdrawn_on, enrolment.withdrawal_reason) == (date(2026, 4, 2), reason)
    with pytest.raises(AlreadyWithdrawn):
        withdraw_enrolment(session, enrolment.id, WithdrawEnrolment(reason=reason), who=who)

    add_enrolment(
        session,
        AddEnrolment(programme=programme.code, instrument_id=instrument.id, reason="误撤"),
        who=who,
    )
    assert (enrolment.withdrawn_on, enrolment.withdrawal_reason) == (None, None)


@pytest.mark.parametrize("on", [date(2026, 2, 27), date(2026, 5, 2)])
def test_a_withdrawal_lies_between_enrolment_and_today(session, who, programme, on):
    make_instrument(session)
    enrol(session, programme.code, who=who)
    enrolment = session.scalars(select(Enrolment)).one()
    with pytest.raises(WithdrawalDayWrong):
        withdraw_enrolment(
            session, enrolment.id, WithdrawEnrolment(reason=WithdrawalReason.SCRAPPED, on=on), who=who
        )


def test_a_coordinator_of_elsewhere_changes_nothing_here(session, who, programme):
    instrument = make_instrument(session)
    enrol(session, programme.code, who=who)
    enrolment = enrolled(session, programme, instrument)
    stranger = coordinator_of(session, "320583", who)
    for deed in (
        lambda: enrol(session, programme.code, who=stranger),
        lambda: start_programme(session, programme.code, who=stranger),
        lambda: withdraw_enrolment(
            session, enrolment.id, WithdrawEnrolment(reason=WithdrawalReason.SCRAPPED), who=stranger
        ),
    ):
        with pytest.raises(OutsideScope):
            deed()


def test_one_sees_programmes_below_and_above_the_own_district(session, who, create):
    create(code="TC")
    create(code="SZ", district="320500")
    create(code="KS", district="320583")

    def seen(code):
        scope = Scope(district_id=district(session, code).id)
        return sorted(row.code for row in programmes(session, scope, on=who.today))

    assert seen("320585") == ["SZ", "TC"]
    assert seen("320500") == ["KS", "SZ", "TC"]
    assert seen("320585103") == ["SZ", "TC"]
    holder = make_holder(session)
    assert sorted(row.code for row in programmes(session, Scope(holder_id=holder.id), on=who.today)) == [
        "SZ",
        "TC",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_enrolling_costs_the_same_however_many_there_are(session, who, programme, statements, count):
    for _ in range(count):
        make_instrument(session)
    session.flush()
    statements.clear()
    enrol(session, programme.code, who=who)
    session.flush()
    assert len(statements) == 4
