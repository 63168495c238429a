"""Plans through the door: every limit kept, a reason for whoever is left out, the same if asked again."""

import time
from dataclasses import replace
from itertools import chain
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler import routing_pyvrp, routing_vroom
from scheduler.completion_price import completion_curve
from scheduler.dividing import load_cars, split_stop
from scheduler.plan_checker import faults
from scheduler.plan_values import Appointment, Effort, Kit, Plan, Reason, Shift, Stop, Window
from scheduler.reasons import Slot, slots
from scheduler.routing import KitInTwoCars, PlanningCancelled, Watch, plan_rounds
from scheduler.travel import TravelSource
from scheduler.working_axis import client_windows
from tests.scheduler.planned import DAY, QUICK, line, shift, stop

PLACES = 6
TRAVEL = line(PLACES, apart=20)
COMPETENCES = st.frozensets(st.sampled_from(("mass", "pressure")), max_size=2)
WEIGHTS = Kit(1, frozenset({"F1"}), last_day=0)
windows = st.builds(
    lambda day, opens, length: Window(day, opens, opens + length),
    st.integers(0, 2),
    st.integers(420, 900),
    st.integers(30, 500),
)
demands = st.lists(
    st.fixed_dictionaries(
        {
            "place": st.integers(1, PLACES - 1),
            "service": st.integers(5, 300),
            "prize": st.integers(0, 50),
            "windows": st.lists(windows, max_size=3).map(tuple),
            "mandatory": st.booleans(),
            "competences": COMPETENCES,
            "kits": st.sampled_from((frozenset(), frozenset({"F1"}))),
            "latest_day": st.sampled_from((None, 0, 1)),
            "promised": st.sampled_from((None, None, None, Appointment(0, 1), Appointment(1, 2))),
        }
    ),
    max_size=7,
)
crews = st.lists(st.tuples(st.integers(1, 2), st.integers(0, 2)), max_size=4, unique=True).flatmap(
    lambda who: st.tuples(
        *(
            st.builds(
                shift,
                st.just(technician),
                st.just(day),
                end=st.integers(600, 1020),
                overtime=st.sampled_from((0, 45)),
                competences=COMPETENCES,
                kits=st.just((WEIGHTS,) if technician == 1 else ()),
            )
            for technician, day in who
        )
    )
)


def plan_of(stops: list[Stop], crew: list[Shift] | tuple[Shift, ...], **facts: Any) -> Plan:
    return plan_rounds(stops, crew, TRAVEL, facts.pop("effort", QUICK), **facts)


def orders(plan: Plan) -> list[list[int]]:
    return [[visit.stop for visit in one.visits] for one in plan.rounds]


@settings(max_examples=25, deadline=None)
@given(demands, crews)
def test_any_demand_gives_a_plan_that_can_be_kept_or_a_reason_per_stop(demand, crew):
    stops = [stop(i, **facts) for i, facts in enumerate(demand)]
    plan = plan_of(stops, crew, effort=replace(QUICK, iterations=8))
    assert faults(plan, stops, crew, TRAVEL.minutes) == []
    assert all("{" not in left.told() and "{" not in left.told("zh_CN") for left in plan.left_out)
    again = plan_of(stops, crew, previous=plan)
    assert again is plan
    announced = [replace(each, told=plan.visited.get(each.id), moving_price=60) for each in stops]
    assert plan_of(announced, crew, previous=plan) is plan


def test_the_same_demand_and_seed_give_the_same_plan_from_children():
    stops = [stop(i, place=1 + i % 5, service=50 + 7 * i % 60, prize=10 + i, days=2) for i in range(14)]
    crew = [shift(1), shift(2, day=1)]
    effort = Effort(seconds=60, iterations=60, seed=3)
    one = plan_rounds(stops, crew, TRAVEL, effort)
    other = plan_rounds(stops[::-1], crew[::-1], TRAVEL, effort)
    assert one == other
    assert one.was_counted
    assert one.travel_source is TravelSource.TABLE


def test_a_search_is_stopped_in_time_and_the_best_plan_so_far_counts():
    stops = [stop(i, place=1 + i % 5) for i in range(12)]
    heard: list[tuple[int, int]] = []
    start = time.perf_counter()
    plan = plan_rounds(
        stops,
        [shift()],
        TRAVEL,
        Effort(seconds=3, iterations=10_000_000),
        watch=Watch(better=lambda visited, wanted: heard.append((visited, wanted))),
    )
    assert time.perf_counter() - start < 4
    assert len(plan.visited) >= 7
    assert not plan.was_counted
    assert heard
    assert all(wanted == 12 for _, wanted in heard)


def test_a_planning_nobody_wants_any_more_ends():
    with pytest.raises(PlanningCancelled):
        plan_rounds([stop(1)], [shift()], TRAVEL, Effort(seconds=30), watch=Watch(is_cancelled=lambda: True))


def test_without_people_or_work_there_is_an_empty_plan():
    assert plan_of([], [shift()]).rounds[0].visits == ()
    left = plan_of([stop(1)], []).left_out
    assert [(each.stop, each.reason) for each in left] == [(1, Reason.NEVER_OPEN)]


def test_a_technician_leaves_when_the_first_door_opens_and_overtime_has_a_price():
    late = stop(1, windows=(Window(0, 960, 1080),), service=70)
    plan = plan_of([late], [shift(overtime=60)])
    (one,) = plan.rounds
    assert (one.leaves, one.returns, one.overtime) == (940, 1050, 30)
    assert [(v.arrives, v.starts, v.ends) for v in one.visits] == [(960, 960, 1030)]
    assert plan_of([late], [shift(overtime=29)]).left_out[0].reason is Reason.OPENING


def test_a_kit_in_two_cars_is_refused():
    kit = Kit(7, frozenset({"F1"}))
    with pytest.raises(KitInTwoCars) as refused:
        plan_of([], [shift(1, kits=(kit,)), shift(2, kits=(kit,))])
    assert refused.value.sentence() == "Kit 7 cannot be in two cars on day 0: technicians 1 and 2."
    assert plan_of([], [shift(1, kits=(kit,)), shift(2, day=1, kits=(kit,))]).left_out == ()


# -- why somebody is left out


@pytest.mark.parametrize(
    ("wanted", "reason", "sentence"),
    [
        (
            {"windows": (Window(0, 480, 539), Window(9, 480, 1020))},
            Reason.NEVER_OPEN,
            "It is open for 60 minutes on none of the days it may be planned.",
        ),
        (
            {"service": 521},
            Reason.TOO_LONG,
            "It takes 561 minutes with the way there and back; the longest day has 540.",
        ),
        (
            {"competences": frozenset({"pressure"})},
            Reason.COMPETENCE,
            "It needs the competence pressure: 0 have it, none is free; #1 has time on #0.",
        ),
        (
            {"kits": frozenset({"F1"})},
            Reason.KIT,
            "It needs F1 in the car; with it #1 could come on #0.",
        ),
        (
            {"promised": Appointment(0, 2)},
            Reason.PROMISE,
            "What was promised cannot be kept; #0 with #1 would be possible.",
        ),
        (
            {"windows": (Window(0, 700, 770),), "place": 2},
            Reason.OPENING,
            "The opening hours do not fit; were it open on #0 from 13:40 to 14:40, it would.",
        ),
        (
            {"service": 330, "windows": (Window(0, 480, 1300),)},
            Reason.DAY_LENGTH,
            "The days are full; 130 more minutes for #1 on #0 would do.",
        ),
        (
            {"service": 330},
            Reason.OUTWEIGHED,
            "Other visits are worth more; it would take the place of one of them.",
        ),
    ],
)
def test_who_is_left_out_hears_why_and_what_would_help(wanted: dict[str, Any], reason: Reason, sentence: str):
    # A long visit that must be made, so that the day is short.
    first = stop(1, service=300, mandatory=True, windows=(Window(0, 500, 800),))
    plan = plan_of([first, stop(2, **{"place": 1, **wanted})], [shift()])
    (left,) = plan.left_out
    assert (left.stop, left.reason, left.told()) == (2, reason, sentence)


def test_a_last_day_is_a_reason_of_its_own():
    first = stop(1, service=480, mandatory=True, windows=(Window(0, 480, 1020),))
    plan = plan_of([first, stop(2, days=2, latest_day=0)], [shift(), shift(day=1)])
    (left,) = plan.left_out
    assert left.told() == "There is no room until #0; #1 would be possible."


# -- replanning


def test_a_new_stop_moves_nobody_who_was_told_and_a_better_order_does_not_pay_for_it():
    stops = [stop(i, place=i, days=2) for i in (1, 2, 3)]
    crew = [shift(), shift(day=1)]
    plan = plan_of(stops, crew)
    again = plan_of([*stops, stop(4, days=2)], crew, previous=plan)
    assert {number: again.visited[number] for number in (1, 2, 3)} == plan.visited
    assert 4 in again.visited


def test_whoever_cannot_be_visited_as_told_is_moved_and_nobody_else():
    stops = [stop(i, place=i, days=2) for i in (1, 2, 3)]
    crew = [shift(), shift(day=1)]
    plan = plan_of(stops, crew)
    day = plan.visited[2].day
    closed = replace(stops[1], windows=(Window(1 - day, *DAY),))
    again = plan_of([stops[0], closed, stops[2]], crew, previous=plan)
    assert again.visited[2].day == 1 - day
    assert {number: again.visited[number] for number in (1, 3)} == {
        number: plan.visited[number] for number in (1, 3)
    }


def test_a_promise_is_kept_and_a_mere_announcement_has_its_price():
    crew = [shift(1), shift(2)]
    promised = stop(1, promised=Appointment(0, 2))
    assert plan_of([promised, stop(2)], crew).visited[1] == Appointment(0, 2)
    told = stop(1, told=Appointment(0, 2), moving_price=1_000)
    assert plan_of([told, stop(2)], crew).visited[1] == Appointment(0, 2)


# -- slots, the price of everything, parts and kits


def test_the_three_cheapest_places_in_a_plan_that_stands():
    stops = [stop(1, days=2), stop(3, days=2)]
    crew = [shift(), shift(day=1)]
    plan = plan_of(stops, crew)
    (busy,) = [one.shift.day for one in plan.rounds if one.visits]
    asking = stop(2, days=2)
    found = slots(asking, [*stops, asking], TRAVEL.minutes, plan.rounds)
    assert [(slot.appointment.day, slot.price) for slot in found] == [(busy, 60), (1 - busy, 140)]
    assert slots(asking, [*stops, asking], TRAVEL.minutes, plan.rounds, most=1) == found[:1]


def test_a_holder_who_asks_again_is_not_in_the_way_of_itself():
    asking = stop(1, service=480)
    plan = plan_of([asking], [shift()])
    assert slots(asking, [asking], TRAVEL.minutes, plan.rounds) == [Slot(Appointment(0, 1), 0, 500, 520, 0)]


def test_what_more_days_would_bring():
    stops = [stop(i, place=1, service=240, days=4, prize=10 + i) for i in range(5)]
    curve = completion_curve(stops, [shift()], TRAVEL, QUICK, more=[shift(day=day) for day in (1, 2, 3)])
    assert [(step.shifts, step.visited, step.wanted) for step in curve] == [(1, 2, 5), (2, 4, 5), (3, 5, 5)]
    assert [step.prize for step in curve] == [27, 50, 60]
    assert curve[0].of_prize == 60


@given(st.integers(1, 3000), st.integers(0, 500), st.integers(1, 600))
def test_parts_have_together_what_the_whole_had(service: int, prize: int, longest: int):
    whole = stop(1, service=service, prize=prize)
    parts = split_stop(whole, longest, 100)
    assert sum(part.service for part in parts) == service
    assert sum(part.prize for part in parts) == prize
    assert max(part.service for part in parts) <= longest
    assert len(parts) == -(-service // longest)
    assert max(part.service for part in parts) - min(part.service for part in parts) <= 1
    if len(parts) > 1:
        assert [(part.id, part.part_of) for part in parts] == [(100 + i, 1) for i in range(len(parts))]


def test_a_promised_visit_is_not_divided_and_a_part_is_not_nothing():
    promised = stop(1, service=900, promised=Appointment(0, 1))
    assert split_stop(promised, 400, 100) == (promised,)
    with pytest.raises(ValueError, match="at least one unit"):
        split_stop(promised, 0, 100)


def test_kits_go_to_the_cars_where_they_are_worth_most():
    mass, gauges = Kit(1, frozenset({"F1"})), Kit(2, frozenset({"P"}), last_day=0)
    stops = [
        stop(1, kits=frozenset({"F1"}), competences=frozenset({"mass"}), days=2),
        stop(2, kits=frozenset({"P"}), competences=frozenset({"pressure"}), days=2),
    ]
    crew = [
        shift(who, day, competences=frozenset({can}))
        for day in (0, 1)
        for who, can in ((1, "mass"), (2, "pressure"))
    ]
    loaded = load_cars(crew, [gauges, mass], stops)
    assert [each.kits for each in loaded] == [(mass,), (gauges,), (mass,), ()]


# -- the solvers, each on its own


def test_days_in_a_row_that_are_open_all_hours_are_one_window_of_the_axis():
    days = [(480, 1020), (480, 1020), (480, 1020)]
    whole = [Window(day, 400, 1100) for day in range(3)]
    assert client_windows(whole, 60, days) == [(480, 2 * 1021 + 960)]
    morning = [whole[0], Window(1, 480, 700), whole[2]]
    assert client_windows(morning, 60, days) == [(480, 1021 + 640), (2 * 1021 + 480, 2 * 1021 + 960)]
    assert client_windows([Window(1, 480, 530), Window(7, 480, 1020)], 60, days) == []


CREW = [shift(1, competences=frozenset({"mass"})), shift(2, day=1)]
DEMAND = [
    stop(1, days=2, competences=frozenset({"mass"})),
    stop(2, days=2, promised=Appointment(1, 2)),
    stop(3, windows=(Window(0, 480, 600), Window(1, 480, 600))),
    stop(4, days=2, competences=frozenset({"pressure"})),
]


def test_pyvrp_keeps_competences_promises_and_mornings():
    model = routing_pyvrp.build(DEMAND, CREW, TRAVEL.minutes)
    assert model is not None
    heard: list[tuple[int, list[int]]] = []
    found = routing_pyvrp.search(
        model, None, seed=1, is_over=lambda made: made >= 50, heard=lambda *route: heard.append(route)
    )
    assert sorted(chain.from_iterable(found)) == [0, 1, 2]
    assert 0 in found[0]
    assert 1 in found[1]
    again = routing_pyvrp.search(model, found, seed=1, is_over=lambda _made: True, heard=lambda *_route: None)
    assert again == found
    assert {shift for shift, _ in heard} == {0, 1}
    assert routing_pyvrp.build([], CREW, TRAVEL.minutes) is None
    assert routing_pyvrp.build(DEMAND, [], TRAVEL.minutes) is None


def test_vroom_keeps_competences_promises_and_mornings():
    found = routing_vroom.search(DEMAND, CREW, TRAVEL.minutes, seconds=5)
    assert sorted(chain.from_iterable(found)) == [0, 1, 2]
    assert 0 in found[0]
    assert 1 in found[1]
    assert routing_vroom.search([], CREW, TRAVEL.minutes, seconds=1) == [[], []]
    assert routing_vroom.search(DEMAND, [], TRAVEL.minutes, seconds=1) == []
    assert routing_vroom.search(
        [stop(1, competences=frozenset({"mass"}))], [shift()], TRAVEL.minutes, seconds=1
    ) == [[]]
