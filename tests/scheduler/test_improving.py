"""Our own search and the recombination: always a plan that can be kept, never worse than the beginning."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.ground import Ground, is_feasible, lay_out, route_cost, times, worth
from scheduler.improving import Improver
from scheduler.inserting import adopted
from scheduler.plan_values import Appointment, Shift, Window
from scheduler.recombining import recombined
from tests.scheduler.planned import line, shift, stop

PLACES = 7
TRAVEL = line(PLACES, apart=20)
windows = st.builds(
    lambda day, opens, length: Window(day, opens, opens + length),
    st.integers(0, 1),
    st.integers(420, 900),
    st.integers(30, 400),
)
demands = st.lists(
    st.fixed_dictionaries(
        {
            "place": st.integers(1, PLACES - 1),
            "service": st.integers(5, 200),
            "prize": st.integers(1, 50),
            "windows": st.lists(windows, min_size=1, max_size=3).map(tuple),
            "mandatory": st.booleans(),
        }
    ),
    min_size=1,
    max_size=9,
)
crews = st.lists(
    st.builds(
        shift, st.integers(1, 3), st.integers(0, 1), overtime=st.integers(0, 60), end=st.integers(700, 1020)
    ),
    min_size=1,
    max_size=3,
)


def ground_of(demand: Sequence[dict[str, Any]], crew: Sequence[Shift]) -> Ground:
    return lay_out([stop(i, **facts) for i, facts in enumerate(demand)], crew, TRAVEL.minutes)


def twice(ground: Ground, routes: list[list[int]]) -> bool:
    stops = [ground.stop_of[choice] for route in routes for choice in route]
    return len(stops) != len(set(stops))


@settings(max_examples=40, deadline=None)
@given(demands, crews, st.integers(0, 9))
def test_a_search_keeps_every_limit_and_never_gets_worse(demand, crew, seed: int):
    ground = ground_of(demand, crew)
    improver = Improver(ground, seed)
    begun = improver.completed([[] for _ in crew])
    found = improver.improve(begun, lambda i: i / 25)
    together = recombined(ground, improver.pool, found, seed)
    for routes in (begun, found, together):
        assert all(is_feasible(ground, i, route) for i, route in enumerate(routes))
        assert all(set(route) <= set(ground.menus[i].choices.tolist()) for i, route in enumerate(routes))
        assert not twice(ground, routes)
    assert worth(ground, begun) <= worth(ground, found)
    assert worth(ground, found)[0] <= worth(ground, together)[0]


@settings(max_examples=30, deadline=None)
@given(demands, crews)
def test_a_filled_plan_has_room_for_nothing_more(demand, crew):
    ground = ground_of(demand, crew)
    routes = Improver(ground, 0).completed([[] for _ in crew])
    visited = {ground.stop_of[choice] for route in routes for choice in route}
    for i, route in enumerate(routes):
        for choice in ground.menus[i].choices.tolist():
            if ground.stop_of[choice] not in visited:
                tried = ([*route[:at], choice, *route[at:]] for at in range(len(route) + 1))
                assert not any(is_feasible(ground, i, each) for each in tried)


@settings(max_examples=30, deadline=None)
@given(demands, crews)
def test_the_clock_of_a_route_agrees_with_whether_it_can_be_kept(demand, crew):
    ground = ground_of(demand, crew)
    for i, route in enumerate(Improver(ground, 0).completed([[] for _ in crew])):
        clock = times(ground, i, route)
        assert (
            len(clock.leaves) == len(clock.latest) == len(clock.starts) == len(clock.waits) == len(route) + 1
        )
        assert all(start <= latest for start, latest in zip(clock.starts, clock.latest, strict=True))
        assert clock.waits == sorted(clock.waits, reverse=True)


def test_a_mandatory_stop_comes_before_any_number_of_optional_ones():
    demand = [{"service": 500, "place": 1, "mandatory": True, "prize": 1}, {"place": 2, "prize": 1000}]
    ground = ground_of(demand, [shift()])
    assert Improver(ground, 0).completed([[]]) == [[0]]


def test_the_dearer_visit_makes_way_where_both_do_not_fit():
    demand = [{"service": 400, "place": 1, "prize": 10}, {"service": 400, "place": 2, "prize": 50}]
    ground = ground_of(demand, [shift()])
    improver = Improver(ground, 1)
    assert improver.improve([[0]], lambda i: i / 50) == [[1]]


def test_routes_seen_apart_are_put_together():
    demand = [{"service": 200, "place": place, "prize": 10} for place in (1, 1, 6, 6)]
    ground = ground_of(demand, [shift(1), shift(2)])
    improver = Improver(ground, 0)
    improver.remember(0, [0, 1])
    improver.remember(1, [2, 3])
    assert sorted(map(sorted, recombined(ground, improver.pool, [[0, 2], [1]], 0))) == [[0, 1], [2, 3]]


def test_a_stop_in_two_routes_stays_where_it_saves_least():
    demand = [{"service": 60, "place": place, "prize": 10} for place in (1, 6, 6)]
    ground = ground_of(demand, [shift(1), shift(2, end=800)])
    improver = Improver(ground, 0)
    improver.remember(0, [0, 1])
    improver.remember(1, [1, 2])
    assert recombined(ground, improver.pool, [[], []], 0) == [[0], [1, 2]]


def test_what_a_route_costs():
    told = {"told": Appointment(0, 2), "moving_price": 25}
    ground = ground_of(
        [{"place": 1, "service": 60}, {"place": 2, "service": 60, **told}], [shift(end=610, overtime=60)]
    )
    assert route_cost(ground, 0, []) == 0
    # 20 there, 60, 20 back; a tenth of the work for the shorter of two days alike.
    assert route_cost(ground, 0, [0]) == 40 + 10
    # 20, 60, 20, 60, 40: back at 680, 70 after the end; 25 for coming to somebody who was told another.
    assert route_cost(ground, 0, [0, 1]) == 80 + 20 + 3 * 70 + 25


def test_waiting_before_the_first_door_is_spent_at_home():
    ground = ground_of([{"place": 1, "service": 60, "windows": (Window(0, 600, 700),)}], [shift()])
    assert route_cost(ground, 0, [0]) == 40 + 10


@pytest.mark.parametrize(("order", "kept"), [([1, 0], [1, 0]), ([0, 1], [0])])
def test_a_foreign_order_is_taken_over_as_far_as_doors_are_open(order: list[int], kept: list[int]):
    demand = [
        {"place": 1, "windows": (Window(0, 700, 900), Window(0, 480, 560))},
        {"place": 2, "windows": (Window(0, 480, 600),)},
    ]
    crew = [shift()]
    ground = ground_of(demand, crew)
    if order == [0, 1]:
        ground = ground_of([{**demand[0], "windows": (Window(0, 700, 900),)}, demand[1]], crew)
    assert [ground.stop_of[choice] for choice in adopted(ground, 0, order)] == kept
    assert adopted(ground, 0, [0, 1]) == [] or is_feasible(ground, 0, adopted(ground, 0, order))


def test_nobody_open_nobody_visited():
    ground = ground_of([{"windows": (Window(5, 480, 900),), "place": 1}], [shift()])
    improver = Improver(ground, 0)
    assert improver.improve(improver.completed([[]]), lambda i: i / 10) == [[]]
    assert adopted(ground, 0, [0]) == []
