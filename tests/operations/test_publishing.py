from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests.factories import make_holder, make_instrument, make_person, office, office_body
from tests.planned import a_round, a_stop, an_empty_plan
from verifier.models import (
    Appointment,
    AppointmentInstrument,
    Holder,
    Instrument,
    Person,
    Visit,
    VisitInstrument,
    VisitPlan,
)
from verifier.operations.plans import save_plan
from verifier.operations.publishing import (
    NOTHING_LEFT,
    PUT_OFF,
    PlanIsOver,
    PlanNotDraft,
    Published,
    discard_plan,
    publish_plan,
)
from verifier.operations.visits import MakeVisit, confirm_visit, make_visit
from verifier.queries.plan_comparison import Change, compare_plans
from verifier.rules.appointments import AppointmentStatus, AskedBecause
from verifier.rules.visiting import PlanStatus, VisitStatus

MONDAY = date(2026, 5, 11)
TUESDAY = MONDAY + timedelta(days=1)


@dataclass
class Town:
    """Two technicians, and three clinics with one instrument each."""

    people: list[Person]
    clinics: list[Holder]
    its: list[Instrument]


@pytest.fixture
def town(session) -> Town:
    clinics = [make_holder(session) for _ in range(3)]
    people = [make_person(session, "王检定"), make_person(session, "李检定")]
    return Town(people, clinics, [make_instrument(session, clinic) for clinic in clinics])


@pytest.fixture
def plan(session, town, who):
    """`plan({(0, MONDAY): [(clinic, starts), …]}, out=[clinic])`: a draft of Monday and Tuesday."""

    def saved(rounds, out=(), **facts) -> int:
        command = replace(
            an_empty_plan(office_body(session).id, MONDAY),
            last_on=TUESDAY,
            rounds=[
                a_round(
                    town.people[person].id,
                    day,
                    *(a_stop(town.clinics[at].id, (town.its[at].id,), starts) for at, starts in stops),
                )
                for (person, day), stops in rounds.items()
            ],
            left_out=[a_stop(town.clinics[at].id, (town.its[at].id,)) for at in out],
            **facts,
        )
        return save_plan(session, command, who=who).id

    return saved


def visits(session) -> list[Visit]:
    return list(session.scalars(select(Visit).order_by(Visit.id)))


def test_publishing_announces_every_visit_with_its_instruments(session, town, plan, who):
    number = plan({(0, MONDAY): [(0, 540), (1, 600)], (1, TUESDAY): [(2, 480)]})
    assert publish_plan(session, number, who=who) == Published(number, 3, 0, 0, 0)
    assert [
        (one.holder_id, one.person_id, one.day, one.starts, one.ends, one.status, one.sequence)
        for one in visits(session)
    ] == [
        (town.clinics[0].id, town.people[0].id, MONDAY, 540, 570, VisitStatus.ANNOUNCED, 0),
        (town.clinics[1].id, town.people[0].id, MONDAY, 600, 630, VisitStatus.ANNOUNCED, 0),
        (town.clinics[2].id, town.people[1].id, TUESDAY, 480, 510, VisitStatus.ANNOUNCED, 0),
    ]
    its = session.execute(select(VisitInstrument.instrument_id).order_by(VisitInstrument.visit_id))
    assert [one for (one,) in its] == [one.id for one in town.its]
    found = session.get(VisitPlan, number)
    assert (found.status, found.published_by, found.published_at) == (PlanStatus.PUBLISHED, who.name, who.now)


def test_visits_at_the_same_time_stay_others_move_and_what_is_gone_is_cancelled(session, town, plan, who):
    first = plan({(0, MONDAY): [(0, 540), (1, 600), (2, 660)]})
    publish_plan(session, first, who=who)
    for visit in visits(session):
        confirm_visit(session, visit, who=who)
    second = plan({(0, MONDAY): [(0, 540)], (1, TUESDAY): [(1, 480)]}, out=[2], previous_id=first)
    assert publish_plan(session, second, who=who) == Published(second, 0, 1, 1, 1)
    kept, moved, gone = visits(session)
    assert (kept.status, kept.sequence, kept.plan_id) == (VisitStatus.CONFIRMED, 1, first)
    assert (moved.status, moved.sequence, moved.day, moved.starts, moved.person_id, moved.plan_id) == (
        VisitStatus.ANNOUNCED,
        2,
        TUESDAY,
        480,
        town.people[1].id,
        second,
    )
    assert (gone.status, gone.remark, gone.sequence) == (VisitStatus.CANCELLED, PUT_OFF, 2)
    assert session.get(VisitPlan, first).status is PlanStatus.REPLACED


def test_who_needs_no_visit_any_more_hears_that(session, plan, who):
    publish_plan(session, plan({(0, MONDAY): [(0, 540)]}), who=who)
    publish_plan(session, plan({(0, MONDAY): [(1, 540)]}), who=who)
    assert visits(session)[0].remark == NOTHING_LEFT


def test_another_technician_at_the_confirmed_time_changes_the_calendar_alone(session, town, plan, who):
    publish_plan(session, plan({(0, MONDAY): [(0, 540)]}), who=who)
    (visit,) = visits(session)
    confirm_visit(session, visit, who=who)
    publish_plan(session, plan({(1, MONDAY): [(0, 540)]}), who=who)
    assert (visit.person_id, visit.status, visit.sequence) == (
        town.people[1].id,
        VisitStatus.CONFIRMED,
        2,
    )


def test_a_visit_made_by_hand_follows_the_plan_and_is_never_cancelled_by_it(session, town, plan, who):
    def by_hand(at: int, day: date) -> Visit:
        command = MakeVisit(
            body_id=office_body(session).id,
            holder_id=town.clinics[at].id,
            person_id=town.people[0].id,
            day=day,
            starts=600,
            ends=660,
            instruments=[town.its[at].id],
        )
        return make_visit(session, command, who=who)

    planned, unplanned = by_hand(0, MONDAY), by_hand(1, MONDAY)
    later = by_hand(2, MONDAY + timedelta(days=30))
    published = publish_plan(session, plan({(1, TUESDAY): [(0, 540), (2, 600)]}), who=who)
    assert (published.announced, published.moved, published.kept, published.cancelled) == (0, 1, 1, 0)
    assert (planned.day, planned.starts) == (TUESDAY, 540)
    assert (unplanned.day, unplanned.status) == (MONDAY, VisitStatus.ANNOUNCED)
    assert (later.day, later.sequence) == (MONDAY + timedelta(days=30), 0)


def test_a_request_gets_its_day_and_waits_again_when_the_visit_falls_through(session, town, plan, who):
    request = Appointment(
        holder_id=town.clinics[0].id,
        because=AskedBecause.AFTER_REPAIR,
        status=AppointmentStatus.ACCEPTED,
        asked_on=who.today,
        asked_at=who.now,
        asked_by="clinic",
        answer_by=who.today,
    )
    session.add(request)
    session.flush()
    session.add(AppointmentInstrument(appointment_id=request.id, instrument_id=town.its[0].id))
    session.flush()
    publish_plan(session, plan({(0, MONDAY): [(0, 540)]}), who=who)
    assert (request.status, request.visit_id) == (AppointmentStatus.SCHEDULED, visits(session)[0].id)
    publish_plan(session, plan({(0, MONDAY): [(1, 540)]}), who=who)
    assert (request.status, request.visit_id) == (AppointmentStatus.ACCEPTED, None)


def test_a_plan_whose_last_day_is_over_is_not_published(session, plan):
    number = plan({(0, MONDAY): [(0, 540)]})
    with pytest.raises(PlanIsOver):
        publish_plan(session, number, who=office(TUESDAY + timedelta(days=1)))


def test_neither_a_published_nor_a_discarded_plan_is_a_draft(session, plan, who):
    number, other = plan({(0, MONDAY): [(0, 540)]}), plan({})
    publish_plan(session, number, who=who)
    discard_plan(session, other, who=who)
    for one in (number, other):
        with pytest.raises(PlanNotDraft):
            publish_plan(session, one, who=who)
        with pytest.raises(PlanNotDraft):
            discard_plan(session, one, who=who)
    assert session.get(VisitPlan, other).status is PlanStatus.DISCARDED


def test_days_gone_by_are_announced_to_nobody(session, plan):
    number = plan({(0, MONDAY): [(0, 540)], (0, TUESDAY): [(1, 540)]})
    assert publish_plan(session, number, who=office(TUESDAY)).announced == 1


@pytest.mark.parametrize("more", [0, 2])
def test_publishing_asks_as_many_questions_however_many_visits_there_are(
    session, plan, who, statements, more
):
    publish_plan(session, plan({(0, MONDAY): [(at, 540 + 30 * at) for at in range(1 + more)]}), who=who)
    number = plan({(0, TUESDAY): [(at, 540 + 30 * at) for at in range(1 + more)]})
    statements.clear()
    publish_plan(session, number, who=who)
    reading = [one for one in statements if one.startswith(("SELECT", "WITH")) and "advisory" not in one]
    assert len(reading) == 12


# -- the plan against the one before


def test_a_plan_is_compared_with_the_one_before_visit_by_visit(session, town, plan, today, statements):
    first = plan({(0, MONDAY): [(0, 540), (1, 600)]}, out=[2])
    second = plan({(0, MONDAY): [(0, 540)], (1, TUESDAY): [(2, 480)]}, out=[1], previous_id=first)
    third = plan({(1, MONDAY): [(0, 540)]}, previous_id=second)
    session.flush()
    statements.clear()
    compared = compare_plans(session, second, on=today)
    assert len(statements) == 7
    assert [(row.change, row.holder_id) for row in compared.changes] == [
        (Change.KEPT, town.clinics[0].id),
        (Change.NEW, town.clinics[2].id),
        (Change.DROPPED, town.clinics[1].id),
    ]
    dropped = compared.changes[-1]
    assert dropped.was is not None
    assert dropped.left_out is not None
    assert (dropped.was.starts, dropped.now, dropped.left_out.reason) == (600, None, "day_length")
    again = compare_plans(session, third, on=today)
    assert [row.change for row in again.changes] == [Change.MOVED, Change.DROPPED]
    assert again.changes[-1].left_out is None
    assert {change: again.count(change) for change in Change} == {
        Change.KEPT: 0,
        Change.MOVED: 1,
        Change.NEW: 0,
        Change.DROPPED: 1,
    }


def test_without_a_plan_before_everything_is_new(session, plan, today):
    compared = compare_plans(session, plan({(0, MONDAY): [(0, 540)]}), on=today)
    assert (compared.previous, [row.change for row in compared.changes]) == (None, [Change.NEW])
    assert session.scalar(select(func.count(Visit.id))) == 0
