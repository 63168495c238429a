"""A body's plan, from the register to the draft."""

from datetime import date

import pytest

from scheduler.plan_values import Effort
from scheduler.planning import HorizonWrong, NobodyToSend, Wanted, demand_for, make_plan, travel_for
from scheduler.travel import Position
from tests.factories import district, kind, make_holder, make_instrument, make_person, office_body
from verifier import db
from verifier.models import (
    Absence,
    Competence,
    Kit,
    KitKind,
    KitStandard,
    OfficeDay,
    OpeningHours,
    Standard,
    StandardCalibration,
    Vehicle,
    Visit,
    VisitInstrument,
    WorkingHours,
    WorkNorm,
)
from verifier.queries.plans import left_out_of, plan_row, rounds_of
from verifier.queries.staff import body_serving
from verifier.rules.holders import HolderKind
from verifier.rules.verdict import Outcome
from verifier.rules.visiting import VisitStatus
from verifier.settings import Settings

MONDAY = date(2026, 5, 11)
BEFORE, DUE_ON = date(2025, 5, 13), date(2026, 5, 12)
SETTINGS = Settings(_env_file=None)
LITTLE = Effort(seconds=20, iterations=30, workers=0)


@pytest.fixture
def register(session):
    """Two clinics, a market with two stalls, one technician."""
    person = make_person(session)
    clinics = [make_holder(session), make_holder(session, district_code="320585104")]
    market = make_holder(session, "浮桥市场", kind=HolderKind.MARKET)
    stalls = [make_holder(session, f"摊位{n}", kind=HolderKind.STALL, market=market) for n in (1, 2)]
    its = [
        make_instrument(session, one, verified_on=date(2025, 5, 13), valid_until=DUE_ON) for one in clinics
    ]
    its += [make_instrument(session, one, kind_key="nawi_price_computing") for one in stalls]
    session.commit()
    return person, clinics, market, its


def wanted(session, days: int = 2) -> Wanted:
    return Wanted(body_id=office_body(session).id, first_on=MONDAY, days=days)


def planned(session, sessions, who, days: int = 2):
    asked = wanted(session, days)
    session.commit()
    number = make_plan(sessions, asked, SETTINGS, who=who, effort=LITTLE)
    found = plan_row(session, number, on=who.today), rounds_of(session, number), left_out_of(session, number)
    session.commit()
    return found


def told(session, register, day: date, who) -> Visit:
    """The first clinic was told of a visit for its instrument."""
    person, clinics, _, its = register
    visit = Visit(
        body_id=person.body_id,
        holder_id=clinics[0].id,
        person_id=person.id,
        day=day,
        starts=600,
        ends=620,
        announced_at=who.now,
        uid="u1",
        changed_at=who.now,
    )
    session.add(visit)
    session.flush()
    session.add(VisitInstrument(visit_id=visit.id, instrument_id=its[0].id))
    session.commit()
    return visit


def test_a_plan_is_saved_as_a_draft_with_its_rounds(session, sessions, who, register):
    person, clinics, market, its = register
    plan, rounds, left_out = planned(session, sessions, who)
    assert left_out == []
    assert (plan.visits, plan.left_out, plan.status.value, plan.was_counted) == (3, 0, "draft", True)
    assert (plan.first_on, plan.last_on) == (MONDAY, date(2026, 5, 12))
    stops = [stop for one in rounds for stop in one.stops]
    assert sorted((stop.holder_id, stop.instruments) for stop in stops) == sorted(
        [(clinics[0].id, [its[0].id]), (clinics[1].id, [its[1].id]), (market.id, [its[2].id, its[3].id])]
    )
    assert {one.person_id for one in rounds} == {person.id}
    assert [one.day for one in rounds] == [MONDAY, date(2026, 5, 12)]
    for one in rounds:
        served = sum(stop.service_minutes for stop in one.stops)
        assert one.returns - one.leaves >= served + one.travel_minutes
        assert [stop.position for stop in one.stops] == list(range(1, len(one.stops) + 1))


@pytest.mark.usefixtures("register")
def test_the_same_demand_gives_the_same_draft(session, sessions, who):
    first, second = planned(session, sessions, who), planned(session, sessions, who)
    assert first[0].visits == second[0].visits
    assert [[(stop.holder_id, stop.starts) for stop in one.stops] for one in first[1]] == [
        [(stop.holder_id, stop.starts) for stop in one.stops] for one in second[1]
    ]


def test_a_child_process_finds_as_much(who, database_url):
    """On a database of its own, because the search is in another process."""
    engine = db.connect(database_url)
    sessions = db.sessions_of(engine)
    with db.transaction(sessions) as own:
        make_person(own)
        make_instrument(own, make_holder(own))
        asked = wanted(own)
    effort = Effort(seconds=20, iterations=10, workers=1)
    number = make_plan(sessions, asked, SETTINGS, who=who, effort=effort)
    with db.reading(sessions) as own:
        assert plan_row(own, number, on=who.today).visits == 1
    engine.dispose()


def test_a_confirmed_visit_stays_where_it_is(session, sessions, who, register):
    _, clinics, _, _ = register
    visit = told(session, register, date(2026, 5, 12), who)
    visit.status = VisitStatus.CONFIRMED
    session.commit()
    _, rounds, _ = planned(session, sessions, who)
    kept = [
        (one.day, stop.is_pinned) for one in rounds for stop in one.stops if stop.holder_id == clinics[0].id
    ]
    assert kept == [(date(2026, 5, 12), True)]


def test_what_is_expected_on_another_day_is_not_planned_again(session, sessions, who, register):
    _, clinics, _, _ = register
    visit = told(session, register, date(2026, 5, 20), who)
    plan, rounds, _ = planned(session, sessions, who)
    assert clinics[0].id not in {stop.holder_id for one in rounds for stop in one.stops}
    assert plan.visits == 2
    # Missed: it is wanted again.
    visit.status = VisitStatus.MISSED
    session.commit()
    assert planned(session, sessions, who)[0].visits == 3


def test_who_is_away_does_not_work_and_hours_of_ones_own_hold(session, who, register):
    person, *_ = register
    session.add(Absence(person_id=person.id, first_on=MONDAY, last_on=MONDAY))
    session.add(WorkingHours(person_id=person.id, weekday=2, starts=540, ends=900, overtime_minutes=15))
    session.flush()
    shifts = demand_for(session, wanted(session), SETTINGS, on=who.today).shifts
    assert [(one.day, one.start, one.end, one.overtime) for one in shifts] == [(1, 540, 900, 15)]
    session.add(Absence(person_id=person.id, first_on=date(2026, 5, 12), last_on=date(2026, 5, 30)))
    session.flush()
    with pytest.raises(NobodyToSend):
        demand_for(session, wanted(session), SETTINGS, on=who.today)


def test_without_a_car_nobody_drives_where_cars_are_recorded(session, who, register):
    person, *_ = register
    session.add(Vehicle(body_id=person.body_id, plate="苏E·00001", driver_id=None))
    session.flush()
    with pytest.raises(NobodyToSend):
        demand_for(session, wanted(session), SETTINGS, on=who.today)


def test_nobody_verifies_what_the_competence_does_not_cover(session, sessions, who, register):
    person, _, market, _ = register
    session.add(
        Competence(
            person_id=person.id,
            kind_id=kind(session, "bp_auto").id,
            valid_from=date(2020, 1, 1),
            valid_until=date(2030, 1, 1),
        )
    )
    session.commit()
    _, _, left_out = planned(session, sessions, who)
    assert [(stop.holder_id, stop.reason) for stop in left_out] == [(market.id, "competence")]


def test_a_kit_that_runs_out_serves_no_longer(session, sessions, who, register):
    person, _, market, _ = register
    kit = Kit(body_id=person.body_id, name="砝码")
    standard = Standard(body_id=person.body_id, code="W1", name="砝码组", unit="g")
    session.add_all([kit, standard])
    session.flush()
    session.add_all(
        [
            KitKind(kit_id=kit.id, kind_id=kind(session, "nawi_price_computing").id),
            KitStandard(kit_id=kit.id, standard_id=standard.id),
            StandardCalibration(
                standard_id=standard.id,
                certificate_no="C1",
                calibrated_on=date(2025, 5, 12),
                outcome=Outcome.PASSED,
                valid_until=MONDAY,
                recorded_at=who.now,
                recorded_by="t",
            ),
        ]
    )
    session.commit()
    found = demand_for(session, wanted(session), SETTINGS, on=who.today)
    assert [(one.day, one.standards) for one in found.shifts] == [
        (0, frozenset({"nawi_price_computing"})),
        (1, frozenset()),
    ]
    _, rounds, left_out = planned(session, sessions, who)
    assert [one.day for one in rounds for stop in one.stops if stop.holder_id == market.id] == [MONDAY]
    # The cuffs need standards nobody has.
    assert {(stop.reason, stop.holder_id == market.id) for stop in left_out} == {("kit", False)}


def test_norms_opening_hours_and_days_of_the_office_are_heard(session, who, register):
    _, clinics, _, _ = register
    session.add(WorkNorm(kind_id=kind(session, "bp_auto").id, setup_minutes=3, minutes=50, lead_days=20))
    session.add(OpeningHours(holder_id=clinics[0].id, weekday=3, opens=600, closes=700))
    session.add(OfficeDay(day=date(2026, 5, 12), is_working=False))
    session.flush()
    found = demand_for(session, wanted(session), SETTINGS, on=who.today)
    assert found.days == (MONDAY, date(2026, 5, 13))
    (stop,) = [one.stop for one in found.stops if one.holder_id == clinics[0].id]
    assert (stop.service, [(w.day, w.opens) for w in stop.windows]) == (53, [(1, 600)])


@pytest.mark.parametrize("days", [0, 66])
def test_a_horizon_is_one_to_sixty_five_days(session, who, days):
    with pytest.raises(HorizonWrong):
        demand_for(session, wanted(session, days), SETTINGS, on=who.today)


def test_two_places_at_one_point_are_a_few_minutes_apart():
    here = Position(31.45, 121.1)
    assert travel_for([here, here, here], SETTINGS).minutes == ((0, 3, 3), (3, 0, 3), (3, 3, 0))


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("more", [0, 3])
def test_a_demand_is_read_with_as_many_questions_whatever_there_is(session, who, statements, more):
    for _ in range(more):
        make_instrument(session, make_holder(session))
        make_person(session)
    session.commit()
    asked = wanted(session)
    statements.clear()
    demand_for(session, asked, SETTINGS, on=who.today)
    assert len(statements) == 16


def test_the_body_nearest_above_serves_a_district(session, who):
    assert body_serving(session, district(session, "320585103").id, on=who.today).code == "office"
