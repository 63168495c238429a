from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select

from tests.factories import district, make_body, make_holder, make_instrument, make_person, office
from verifier.models import Appointment, AppointmentInstrument, Body, Instrument, JournalEntry, Visit
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.operations.visits import (
    AskToMove,
    CancelVisit,
    MakeVisit,
    MoveVisit,
    TooLateToMove,
    VisitDayPast,
    VisitIsOver,
    VisitNotOpen,
    VisitTimesWrong,
    ask_to_move,
    cancel_visit,
    confirm_visit,
    end_visits,
    make_visit,
    move_visit,
)
from verifier.queries.paging import Paging
from verifier.queries.staff import TechnicianUnknown
from verifier.queries.visits import (
    VisitFilter,
    VisitUnknown,
    count_visits,
    visit_for_update,
    visit_row,
    visits,
)
from verifier.rules.access import Caller, OutsideScope, Role, Scope
from verifier.rules.appointments import AppointmentStatus, AskedBecause
from verifier.rules.verdict import Outcome
from verifier.rules.visiting import VisitStatus

MONDAY = date(2026, 5, 11)


@pytest.fixture
def clinic(session):
    return make_holder(session)


@pytest.fixture
def its(session, clinic):
    return [make_instrument(session, clinic) for _ in range(2)]


@pytest.fixture
def command(session, clinic, its) -> MakeVisit:
    body = make_body(session)
    return MakeVisit(
        body_id=body.id,
        holder_id=clinic.id,
        person_id=make_person(session, body=body).id,
        day=MONDAY,
        starts=540,
        ends=600,
        instruments=[one.id for one in its],
    )


@pytest.fixture
def visit(session, command, who) -> Visit:
    return make_visit(session, command, who=who)


def holder_acts(who, holder_id):
    caller = Caller(1, "clinic", Role.HOLDER, Scope(holder_id=holder_id), None, None)
    return replace(who, caller=caller)


def coordinator_acts(who, district_id):
    return replace(who, caller=Caller(1, "c", Role.COORDINATOR, Scope(district_id=district_id), None, None))


# -- making


@pytest.mark.parametrize(
    ("wrong", "refused"),
    [
        ({"day": date(2026, 4, 30)}, VisitDayPast),
        ({"starts": 600}, VisitTimesWrong),
        ({"ends": 1441}, VisitTimesWrong),
        ({"person_id": 99_999}, TechnicianUnknown),
    ],
)
def test_a_visit_needs_a_day_to_come_times_and_a_technician(session, command, who, wrong, refused):
    with pytest.raises(refused):
        make_visit(session, replace(command, **wrong), who=who)


def test_only_who_keeps_the_body_makes_its_visits(session, command, who):
    elsewhere = coordinator_acts(who, district(session, "320583").id)
    with pytest.raises(OutsideScope):
        make_visit(session, command, who=elsewhere)


# -- confirming and asking for another time


def test_a_holder_confirms_once(session, visit, clinic, who):
    clinic_itself = holder_acts(who, clinic.id)
    for _ in range(2):
        confirm_visit(session, visit, who=clinic_itself)
    assert (visit.status, visit.sequence) == (VisitStatus.CONFIRMED, 1)
    notes = select(func.count(JournalEntry.id)).where(JournalEntry.deed == "confirm_visit")
    assert session.scalar(notes) == 1


def test_a_market_answers_for_its_stalls_and_nobody_for_another(session, command, visit, clinic, who):
    stall = make_holder(session, market=clinic, stall_no="12")
    to_stall = make_visit(session, replace(command, holder_id=stall.id), who=who)
    confirm_visit(session, to_stall, who=holder_acts(who, clinic.id))
    assert to_stall.status is VisitStatus.CONFIRMED
    other = holder_acts(who, make_holder(session).id)
    with pytest.raises(OutsideScope):
        confirm_visit(session, visit, who=other)
    with pytest.raises(OutsideScope):
        ask_to_move(session, visit, AskToMove(wanted="Friday"), who=other, notice_days=2)


def test_another_time_is_asked_for_until_two_working_days_before(session, visit, clinic):
    # Monday the 11th; the 9th is a Saturday on which the calendar has people work.
    late = holder_acts(office(date(2026, 5, 9)), clinic.id)
    with pytest.raises(TooLateToMove) as refused:
        ask_to_move(session, visit, AskToMove(wanted="周五下午"), who=late, notice_days=2)
    assert refused.value.facts["last_on"] == date(2026, 5, 8)
    in_time = holder_acts(office(date(2026, 5, 8)), clinic.id)
    ask_to_move(session, visit, AskToMove(wanted="周五下午"), who=in_time, notice_days=2)
    assert (visit.status, visit.remark, visit.day) == (VisitStatus.MOVE_ASKED, "周五下午", MONDAY)
    confirm_visit(session, visit, who=in_time)
    assert (visit.status, visit.remark) == (VisitStatus.CONFIRMED, "")


def test_without_notice_another_time_is_asked_for_on_the_day_itself(session, visit, clinic):
    ask_to_move(
        session, visit, AskToMove(wanted="noon"), who=holder_acts(office(MONDAY), clinic.id), notice_days=0
    )
    assert visit.status is VisitStatus.MOVE_ASKED


# -- moving and cancelling


def test_a_moved_visit_is_announced_again_with_its_length(session, visit, who):
    confirm_visit(session, visit, who=who)
    other = make_person(session, "李检定")
    command = MoveVisit(day=date(2026, 5, 15), starts=time(14, 30), person_id=other.id)
    move_visit(session, visit, command, who=who)
    assert (visit.day, visit.starts, visit.ends, visit.person_id) == (
        date(2026, 5, 15),
        870,
        930,
        other.id,
    )
    assert (visit.status, visit.sequence, visit.announced_at) == (VisitStatus.ANNOUNCED, 2, who.now)
    move_visit(session, visit, MoveVisit(day=MONDAY, starts=time(9), minutes=45), who=who)
    assert (visit.starts, visit.ends, visit.person_id) == (540, 585, other.id)


@pytest.mark.parametrize(
    ("wrong", "refused"),
    [
        (MoveVisit(day=date(2026, 4, 30), starts=time(9)), VisitDayPast),
        (MoveVisit(day=MONDAY, starts=time(23, 30)), VisitTimesWrong),
        (MoveVisit(day=MONDAY, starts=time(9), person_id=99_999), TechnicianUnknown),
    ],
)
def test_a_visit_is_moved_to_a_day_to_come(session, visit, who, wrong, refused):
    with pytest.raises(refused):
        move_visit(session, visit, wrong, who=who)


def test_who_does_not_keep_the_body_moves_and_cancels_nothing(session, visit, who):
    elsewhere = coordinator_acts(who, district(session, "320583").id)
    with pytest.raises(OutsideScope):
        move_visit(session, visit, MoveVisit(day=MONDAY, starts=time(9)), who=elsewhere)
    with pytest.raises(OutsideScope):
        cancel_visit(session, visit, CancelVisit(reason="rain"), who=elsewhere)
    with pytest.raises(OutsideScope):
        confirm_visit(session, visit, who=elsewhere)


def test_a_cancelled_visit_says_why_and_nothing_more_happens_to_it(session, visit, who):
    cancel_visit(session, visit, CancelVisit(reason="台风"), who=who)
    assert (visit.status, visit.remark, visit.sequence) == (VisitStatus.CANCELLED, "台风", 1)
    for again in (
        lambda: confirm_visit(session, visit, who=who),
        lambda: ask_to_move(session, visit, AskToMove(wanted="x"), who=who, notice_days=0),
        lambda: move_visit(session, visit, MoveVisit(day=MONDAY, starts=time(9)), who=who),
        lambda: cancel_visit(session, visit, CancelVisit(reason="x"), who=who),
    ):
        with pytest.raises(VisitNotOpen):
            again()


def test_on_the_day_after_nothing_is_answered_any_more(session, visit):
    late = office(MONDAY + timedelta(days=1))
    for answered in (
        lambda: confirm_visit(session, visit, who=late),
        lambda: move_visit(session, visit, MoveVisit(day=date(2026, 6, 1), starts=time(9)), who=late),
        lambda: cancel_visit(session, visit, CancelVisit(reason="x"), who=late),
    ):
        with pytest.raises(VisitIsOver):
            answered()


# -- ending


@pytest.fixture
def verify(session, visit):
    def recorded(instrument, day, who):
        command = RecordVerification(
            instrument_id=instrument.id,
            performed_on=day,
            outcome=Outcome.PASSED,
            technician=visit.person_id,
        )
        return record_verification(session, command, who=who)

    return recorded


@pytest.fixture
def asked_for(session, visit, its, who) -> Appointment:
    """A request for both instruments that has the visit."""
    request = Appointment(
        holder_id=visit.holder_id,
        because=AskedBecause.DUE,
        status=AppointmentStatus.SCHEDULED,
        asked_on=who.today,
        asked_at=who.now,
        asked_by="clinic",
        answer_by=who.today,
        visit_id=visit.id,
    )
    session.add(request)
    session.flush()
    session.add_all(AppointmentInstrument(appointment_id=request.id, instrument_id=one.id) for one in its)
    session.flush()
    return request


@pytest.mark.parametrize(
    ("verified", "status", "request_is"),
    [
        (0, VisitStatus.MISSED, AppointmentStatus.ACCEPTED),
        (1, VisitStatus.PARTLY_DONE, AppointmentStatus.ACCEPTED),
        (2, VisitStatus.DONE, AppointmentStatus.DONE),
    ],
)
def test_a_visit_ends_as_what_was_verified(session, asked_for, verify, verified, status, request_is):
    visit = session.get(Visit, asked_for.visit_id)
    tuesday = office(MONDAY + timedelta(days=1))
    its = session.scalars(select(Instrument).order_by(Instrument.id)).all()
    for instrument in its[:verified]:
        verify(instrument, MONDAY, tuesday)
    assert end_visits(session, who=office(MONDAY)) == 0
    assert end_visits(session, who=tuesday) == 1
    assert (visit.status, asked_for.status) == (status, request_is)
    assert asked_for.visit_id == (visit.id if verified == 2 else None)
    assert end_visits(session, who=tuesday) == 0


def test_a_record_entered_late_completes_what_looked_missed(session, visit, its, verify):
    end_visits(session, who=office(MONDAY + timedelta(days=1)))
    later = office(MONDAY + timedelta(days=5))
    verify(its[0], MONDAY, later)
    # Verified on another day since: that was no part of this visit.
    verify(its[1], MONDAY + timedelta(days=2), later)
    assert end_visits(session, who=later) == 1
    assert visit.status == VisitStatus.PARTLY_DONE
    verify(its[1], MONDAY, later)
    assert end_visits(session, who=later) == 1
    assert visit.status == VisitStatus.DONE


def test_records_of_two_months_ago_change_no_visit(session, visit, its, verify):
    end_visits(session, who=office(MONDAY + timedelta(days=1)))
    much_later = office(MONDAY + timedelta(days=61))
    verify(its[0], MONDAY, much_later)
    assert end_visits(session, who=much_later) == 0
    assert visit.status is VisitStatus.MISSED


# -- who sees what


def test_a_stall_sees_the_visit_to_its_market_and_others_do_not(session, command, who, today):
    market = make_holder(session, "城厢农贸市场")
    stall = make_holder(session, market=market, stall_no="3")
    scale = make_instrument(session, stall, kind_key="nawi_price_computing")
    other = make_holder(session, market=market, stall_no="4")
    made = make_visit(session, replace(command, holder_id=market.id, instruments=[scale.id]), who=who)

    def seen(holder_id: int) -> list[int]:
        found = visits(session, Scope(holder_id=holder_id), VisitFilter(), Paging(), on=today)
        assert count_visits(session, Scope(holder_id=holder_id), VisitFilter(), on=today) == len(found.items)
        return [row.id for row in found.items]

    assert (seen(market.id), seen(stall.id), seen(other.id)) == ([made.id], [made.id], [])


def test_visits_are_narrowed_by_day_person_plan_and_status(session, command, visit, today, who):
    later = make_visit(
        session,
        replace(
            command,
            day=date(2026, 5, 20),
            person_id=make_person(session, body=session.get(Body, visit.body_id)).id,
        ),
        who=who,
    )
    confirm_visit(session, later, who=who)

    def found(**wanted) -> list[int]:
        return [row.id for row in visits(session, Scope(), VisitFilter(**wanted), Paging(), on=today).items]

    assert found() == [visit.id, later.id]
    assert found(first_on=date(2026, 5, 12)) == [later.id]
    assert found(last_on=date(2026, 5, 12)) == [visit.id]
    assert found(person_id=later.person_id) == [later.id]
    assert found(statuses=frozenset({VisitStatus.CONFIRMED})) == [later.id]
    assert found(plan_id=1) == []
    assert found(holder_id=visit.holder_id, body_id=visit.body_id) == [visit.id, later.id]


def test_one_visit_is_shown_to_who_may_see_it(session, visit, clinic, today):
    row = visit_row(session, visit.id, on=today)
    assert (row.holder, row.person, row.instruments, row.is_open) == (clinic.name, "王检定", 2, True)
    stranger = Caller(1, "x", Role.HOLDER, Scope(holder_id=make_holder(session).id), None, None)
    with pytest.raises(OutsideScope):
        visit_row(session, visit.id, stranger, on=today)
    other_body = Caller(1, "t", Role.TECHNICIAN, Scope(), visit.body_id + 1, None)
    with pytest.raises(OutsideScope):
        visit_row(session, visit.id, other_body, on=today)
    for unknown in (lambda: visit_row(session, 9_999, on=today), lambda: visit_for_update(session, 9_999)):
        with pytest.raises(VisitUnknown):
            unknown()
