from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from tests.factories import district, make_holder, make_instrument, make_person, make_tariff
from tests.factories import enrolment as enrolled
from verifier.models import Enrolment, Programme
from verifier.operations.enrolments import (
    AddEnrolment,
    WithdrawEnrolment,
    add_enrolment,
    enrol,
    withdraw_enrolment,
)
from verifier.operations.programmes import CreateProgramme, create_programme, start_programme
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.queries.completion import By, completion
from verifier.queries.holders import HolderFilter, HoldersOfProgramme, holders
from verifier.queries.instruments import Figure, InstrumentFilter, OfProgramme, instruments
from verifier.rules.access import Scope
from verifier.rules.entitlement import Eligibility, ProgrammeKind
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import WithdrawalReason
from verifier.rules.purposes import Purpose
from verifier.rules.verdict import Outcome

FUQIAO, CHENGXIANG, KUNSHAN_TOWN = "320585103", "320585100", "320583100"
FIRST, LAST = date(2026, 3, 1), date(2026, 10, 31)


@pytest.fixture
def technician(session):
    return make_person(session)


def programme(session, who, district_code="320500") -> Programme:
    command = CreateProgramme(
        code="P",
        name="免费检定",
        kind=ProgrammeKind.VOLUNTARY_FREE,
        starts_on=FIRST,
        ends_on=LAST,
        district=district_code,
        eligibility=Eligibility(),
    )
    created = create_programme(session, command, who=who)
    enrol(session, "P", who=who)
    start_programme(session, "P", who=who)
    return created


def record(session, who, technician, instrument, *, day=date(2026, 4, 1), passed=True, **said):
    reasons = [] if passed else ["示值误差超差"]
    command = RecordVerification(
        instrument_id=instrument.id,
        programme="P",
        performed_on=day,
        outcome=Outcome.PASSED if passed else Outcome.FAILED,
        reasons=reasons,
        technician=technician.id,
        **said,
    )
    return record_verification(session, command, who=who)


def asked(session, root="320500", *, on=date(2026, 5, 1), by=By.DISTRICT):
    session.flush()
    number = session.scalars(select(Programme.id).where(Programme.code == "P")).one()
    return completion(session, number, district(session, root).id, on=on, by=by)


def counts(row):
    return (row.base, row.verified, row.passed, row.first_passed)


def units(row):
    return (row.holders, row.holders_completed)


def test_an_empty_programme_has_rows_of_nothing(session, who):
    programme(session, who, "320585")
    found = asked(session, "320585")
    assert [row.code for row in found.rows] == [
        "320585100",
        "320585101",
        "320585102",
        "320585103",
        "320585104",
        "320585105",
        "320585400",
        "320585403",
    ]
    assert {counts(row) for row in found.rows} == {(0, 0, 0, 0)}
    assert (found.total.code, counts(found.total)) == ("320585", (0, 0, 0, 0))


def test_every_level_from_province_to_township_says_the_same(session, who, technician):
    one, other = make_holder(session, district_code=FUQIAO), make_holder(session, district_code=CHENGXIANG)
    done = [make_instrument(session, one) for _ in range(2)] + [make_instrument(session, other)]
    make_instrument(session, other)
    make_tariff(session)
    programme(session, who)
    for instrument in done:
        record(session, who, technician, instrument)

    for root in ("320000", "320500", "320585"):
        total = asked(session, root).total
        assert (counts(total), units(total), total.fee_waived_fen) == ((4, 3, 3, 3), (2, 1), 12_000)
    assert [(row.code, counts(row)) for row in asked(session, "320585").rows if row.base] == [
        (CHENGXIANG, (2, 1, 1, 1)),
        (FUQIAO, (2, 2, 2, 2)),
    ]
    assert counts(asked(session, FUQIAO).total) == (2, 2, 2, 2)


def test_a_failure_is_verified_but_not_passed_and_a_repair_does_not_change_the_first_pass(
    session, who, technician
):
    make_tariff(session)
    instrument = make_instrument(session)
    programme(session, who)
    record(session, who, technician, instrument, passed=False)
    assert counts(asked(session).total) == (1, 1, 0, 0)
    record(session, who, technician, instrument, day=date(2026, 4, 9), repaired=True)
    total = asked(session).total
    assert counts(total) == (1, 1, 1, 0)
    # Two actions, one instrument, one fee: the second look after a failure is not billable.
    assert (total.actions, total.fee_waived_fen, total.without_tariff) == (2, 4000, 0)


def test_an_unknown_tariff_is_counted_and_adds_nothing(session, who, technician):
    instrument = make_instrument(session)
    programme(session, who)
    record(session, who, technician, instrument)
    total = asked(session).total
    assert (total.fee_waived_fen, total.without_tariff) == (0, 1)


def test_a_superseded_record_counts_nowhere(session, who, technician):
    make_tariff(session)
    instrument = make_instrument(session)
    programme(session, who)
    wrong = record(session, who, technician, instrument, passed=False)
    record(session, who, technician, instrument, supersedes=wrong.id)
    total = asked(session).total
    assert (counts(total), total.actions, total.fee_waived_fen) == ((1, 1, 1, 1), 1, 4000)


def test_the_bridge_leads_from_the_frozen_base_to_todays(session, who):
    stay, scrapped, moved, doubled = (make_instrument(session) for _ in range(4))
    made = programme(session, who)
    found = make_instrument(session)
    add_enrolment(session, AddEnrolment(programme="P", instrument_id=found.id, reason="新增"), who=who)
    for instrument, reason in (
        (scrapped, WithdrawalReason.SCRAPPED),
        (moved, WithdrawalReason.TRANSFERRED),
        (doubled, WithdrawalReason.DUPLICATE),
    ):
        withdraw_enrolment(
            session,
            enrolled(session, made, instrument).id,
            WithdrawEnrolment(reason=reason),
            who=who,
        )
    total = asked(session).total
    assert (total.frozen, total.found, total.scrapped, total.moved, total.otherwise_withdrawn) == (
        4,
        1,
        1,
        1,
        1,
    )
    assert total.frozen + total.found - total.scrapped - total.moved - total.otherwise_withdrawn == total.base
    assert stay.id in {row.id for row in listed(session, Figure.BASE)}


def test_work_on_what_was_withdrawn_later_stays_paid_for_and_leaves_the_percentage(session, who, technician):
    make_tariff(session)
    gone, kept = make_instrument(session), make_instrument(session)
    made = programme(session, who)
    record(session, who, technician, gone, passed=False)
    record(session, who, technician, kept)
    withdraw_enrolment(
        session,
        enrolled(session, made, gone).id,
        WithdrawEnrolment(reason=WithdrawalReason.SCRAPPED),
        who=who,
    )
    total = asked(session).total
    assert (counts(total), total.actions, total.fee_waived_fen) == ((1, 1, 1, 1), 2, 8000)


def test_a_report_shows_the_day_it_is_asked_for(session, who, technician):
    instrument = make_instrument(session)
    made = programme(session, who)
    record(session, who, technician, instrument, day=date(2026, 4, 10))
    withdraw_enrolment(
        session,
        enrolled(session, made, instrument).id,
        WithdrawEnrolment(reason=WithdrawalReason.SCRAPPED, on=date(2026, 4, 20)),
        who=who,
    )
    days = [date(2026, 2, 28), FIRST, date(2026, 4, 10), date(2026, 4, 19), date(2026, 4, 20)]
    assert [counts(asked(session, on=day).total)[:2] for day in days] == [
        (0, 0),
        (1, 0),
        (1, 1),
        (1, 1),
        (0, 0),
    ]


def test_on_time_means_before_the_earlier_verification_ran_out(session, who, technician):
    in_time = make_instrument(session, stated_verified_on=date(2025, 4, 2))
    late = make_instrument(session, stated_verified_on=date(2025, 4, 1))
    never = make_instrument(session)
    programme(session, who)
    for instrument in (in_time, late, never):
        record(session, who, technician, instrument, day=date(2026, 4, 1))
    total = asked(session).total
    assert (total.had_due_date, total.on_time) == (2, 1)
    assert [row.id for row in listed(session, Figure.LATE)] == [late.id]


def test_a_holder_with_instruments_in_two_towns_is_one_holder_of_the_city(session, who):
    holder = make_holder(session, district_code=FUQIAO)
    make_instrument(session, holder)
    make_instrument(session, holder, district_id=district(session, CHENGXIANG).id)
    programme(session, who)
    found = asked(session, "320585")
    assert [units(row) for row in found.rows if row.base] == [(1, 0), (1, 0)]
    assert units(found.total) == (1, 0)


def test_what_lies_in_the_county_itself_has_a_row_of_its_own(session, who):
    make_instrument(session, make_holder(session, district_code="320585"))
    make_instrument(session, make_holder(session, district_code=FUQIAO))
    programme(session, who)
    found = asked(session, "320585")
    assert [(row.code, row.base) for row in found.rows if row.base] == [("320585", 1), (FUQIAO, 1)]


def test_a_merged_district_reports_under_its_successor_from_then_on(session, who):
    make_instrument(session, make_holder(session, district_code="320584"))
    programme(session, who)

    def where(day):
        found = completion(
            session,
            session.scalars(select(Programme.id)).one(),
            district(session, "320500").id,
            on=day,
            by=By.DISTRICT,
        )
        return [row.code for row in found.rows if row.base]

    session.execute(update(Enrolment).values(enrolled_on=date(2009, 1, 1)))
    assert where(date(2009, 6, 1)) == ["320584"]
    assert where(date(2026, 5, 1)) == ["320509"]


def test_rows_by_holder_kind_and_by_purpose(session, who, technician):
    market = make_holder(session, "农贸市场", kind=HolderKind.MARKET)
    stall = make_holder(session, "王摊", kind=HolderKind.STALL, market=market, stall_no="1")
    scale = make_instrument(session, stall, kind_key="nawi_price_computing", purpose=Purpose.TRADE)
    make_instrument(session, purpose=None)
    programme(session, who)
    record(session, who, technician, scale)

    by_kind = asked(session, by=By.HOLDER_KIND)
    by_purpose = asked(session, by=By.PURPOSE)

    assert [(row.code, counts(row)[:2]) for row in by_kind.rows] == [
        ("stall", (1, 1)),
        ("village_clinic", (1, 0)),
    ]
    assert [(row.code, counts(row)[:2]) for row in by_purpose.rows] == [
        ("trade", (1, 1)),
        ("unknown", (1, 0)),
    ]
    assert (by_kind.total.code, counts(by_kind.total), units(by_kind.total)) == (
        "320500",
        (2, 1, 1, 1),
        (2, 1),
    )


@pytest.mark.parametrize("by", list(By))
@pytest.mark.parametrize("count", [1, 3])
def test_a_report_is_one_statement_however_many_there_are(session, who, statements, by, count):
    for _ in range(count):
        make_instrument(session)
    made = programme(session, who)
    root = district(session, "320500").id
    session.flush()
    statements.clear()
    completion(session, made.id, root, on=who.today, by=by)
    assert len(statements) == 1


def listed(session, figure, root="320500"):
    wanted = OfProgramme(
        programme_id=session.scalars(select(Programme.id).where(Programme.code == "P")).one(),
        root_id=district(session, root).id,
        figure=figure,
    )
    return instruments(session, Scope(), InstrumentFilter(of_programme=wanted), on=date(2026, 5, 1))


@st.composite
def histories(draw):
    """What happens to one instrument: where it is, its records, whether and when it is withdrawn."""
    days = sorted(draw(st.lists(st.integers(0, 60), unique=True, max_size=3)))
    return {
        "town": draw(st.sampled_from([FUQIAO, CHENGXIANG, KUNSHAN_TOWN, "320585"])),
        "holder": draw(st.integers(0, 1)),
        "tariff": draw(st.booleans()),
        "stated": draw(st.booleans()),
        "records": [(day, draw(st.booleans()), draw(st.booleans())) for day in days],
        "withdrawn": draw(st.none() | st.sampled_from(list(WithdrawalReason))),
    }


@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(worlds=st.lists(histories(), min_size=1, max_size=5))
def test_the_database_counts_what_a_naive_recount_counts(sessions, who, worlds):
    with sessions() as session:
        world = _live(session, who, worlds)
        for root in ("320500", "320585", FUQIAO):
            found = asked(session, root)
            inside = [
                item for item in world if item["town"].startswith(root[:4] if root == "320500" else root)
            ]
            assert _recount(inside) == _counted(found.total)
            for name in ("base", "verified", "actions", "fee_waived_fen", "frozen"):
                assert sum(getattr(row, name) for row in found.rows) == getattr(found.total, name)
            for figure in Figure:
                assert len(listed(session, figure, root)) == _behind(figure, found.total, inside)
            for completed, expected in ((True, found.total.holders_completed), (None, found.total.holders)):
                of = HoldersOfProgramme(
                    programme_id=session.scalars(select(Programme.id)).one(),
                    root_id=district(session, root).id,
                    completed=completed,
                )
                rows = holders(session, Scope(), HolderFilter(of_programme=of), on=date(2026, 5, 1))
                assert len(rows) == expected
        session.rollback()


def _live(session, who, worlds):
    technician = make_person(session)
    make_tariff(session, "bp_auto", 4000)
    people = {}
    for world in worlds:
        key = (world["town"], world["holder"])
        if key not in people:
            people[key] = make_holder(session, district_code=world["town"])
        world["holder_id"] = people[key].id
        stated = date(2025, 4, 1) if world["stated"] else None
        kind_key = "bp_auto" if world["tariff"] else "bp_aneroid"
        world["instrument"] = make_instrument(
            session, people[key], kind_key=kind_key, stated_verified_on=stated
        )
    made = programme(session, who)
    for world in worlds:
        for offset, passed, adjusted in world["records"]:
            day = FIRST + timedelta(days=offset)
            record(session, who, technician, world["instrument"], day=day, passed=passed, adjusted=adjusted)
        if world["withdrawn"]:
            enrolment = enrolled(session, made, world["instrument"])
            withdraw_enrolment(session, enrolment.id, WithdrawEnrolment(reason=world["withdrawn"]), who=who)
    return worlds


def _recount(world):
    base = [item for item in world if not item["withdrawn"]]
    verified = [item for item in base if item["records"]]
    people = {item["holder_id"] for item in base}
    return {
        "base": len(base),
        "verified": len(verified),
        "passed": sum(item["records"][-1][1] for item in verified),
        "first_passed": sum(item["records"][0][1] and not item["records"][0][2] for item in verified),
        "holders": len(people),
        "holders_completed": sum(
            all(item["records"] for item in base if item["holder_id"] == person) for person in people
        ),
        "actions": sum(len(item["records"]) for item in world),
        "fee_waived_fen": sum(4000 * _billable(item) for item in world if item["tariff"]),
        "without_tariff": sum(_billable(item) for item in world if not item["tariff"]),
    }


def _billable(item):
    outcomes = [passed for _, passed, _ in item["records"]]
    return len(outcomes) - sum(not before for before, _ in pairwise(outcomes))


def _counted(row):
    return {
        name: getattr(row, name)
        for name in (
            "base",
            "verified",
            "passed",
            "first_passed",
            "holders",
            "holders_completed",
            "actions",
            "fee_waived_fen",
            "without_tariff",
        )
    }


def _behind(figure, row, inside):
    apart = {
        Figure.OUTSTANDING: row.base - row.verified,
        Figure.FAILED: row.verified - row.passed,
        Figure.LATE: row.had_due_date - row.on_time,
        Figure.ACTIONS: sum(bool(item["records"]) for item in inside),
        Figure.WITHOUT_TARIFF: sum(bool(_billable(item)) and not item["tariff"] for item in inside),
    }
    return apart[figure] if figure in apart else getattr(row, figure.value)
