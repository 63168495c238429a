"""Large demands: weeks first, then neighbours; every limit kept, the same plan again, stopped in time."""

import time
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler import routing
from scheduler.ground import lay_out
from scheduler.improving import Improver
from scheduler.parts import Cut
from scheduler.plan_checker import faults
from scheduler.plan_values import Appointment, Effort, Shift, Stop
from scheduler.routing import PlanningCancelled, Watch, plan_rounds
from scheduler.weeks import week_of_days, weeks_of
from tests.scheduler.planned import line, shift, stop

PLACES = 8
TRAVEL = line(PLACES, apart=15)
MONTH = [shift(who, day) for who in (1, 2) for day in range(10)]
demands = st.lists(
    st.fixed_dictionaries(
        {
            "place": st.integers(1, PLACES - 1),
            "service": st.integers(5, 300),
            "prize": st.integers(0, 50),
            "days": st.integers(1, 10),
            "latest_day": st.sampled_from((None, None, 2, 6)),
            "told": st.sampled_from((None, None, Appointment(1, 1), Appointment(7, 2))),
            "moving_price": st.just(60),
            "mandatory": st.booleans(),
            "competences": st.sampled_from((frozenset(), frozenset(), frozenset({"mass"}))),
        }
    ),
    min_size=1,
    max_size=25,
)
crews = st.lists(
    st.builds(
        shift,
        st.integers(1, 3),
        st.integers(0, 11),
        competences=st.sampled_from(((), ("mass",))).map(frozenset),
    ),
    min_size=1,
    max_size=9,
    unique_by=lambda each: (each.technician, each.day),
)


@pytest.fixture
def in_parts(monkeypatch):
    """Any demand is a large one."""
    monkeypatch.setattr(routing, "MOST_AT_ONCE", 0)


def town(count: int) -> list[Stop]:
    return [
        stop(i, place=1 + i % (PLACES - 1), service=40 + 11 * i % 90, prize=5 + i % 17, days=10)
        for i in range(count)
    ]


@settings(max_examples=15, deadline=None)
@given(demands, crews)
def test_a_demand_in_parts_gives_a_plan_that_can_be_kept_or_a_reason_per_stop(demand, crew):
    stops = [stop(i, **facts) for i, facts in enumerate(demand)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routing, "MOST_AT_ONCE", 0)
        effort = Effort(seconds=20, iterations=10, workers=0)
        plan = plan_rounds(stops, crew, TRAVEL, effort)
        assert faults(plan, stops, crew, TRAVEL.minutes) == []
        assert plan == plan_rounds(stops, crew, TRAVEL, effort)
        told = [replace(each, told=plan.visited.get(each.id)) for each in stops]
        assert plan_rounds(told, crew, TRAVEL, effort, previous=plan) is plan


@pytest.mark.usefixtures("in_parts")
def test_a_counted_plan_in_parts_is_the_same_from_any_number_of_children():
    stops = town(40)
    plans = [
        plan_rounds(stops, MONTH, TRAVEL, Effort(seconds=60, iterations=60, seed=3, workers=workers))
        for workers in (0, 2)
    ]
    assert plans[0] == plans[1]
    assert plans[0].was_counted
    assert len(plans[0].visited) == 40


@pytest.mark.usefixtures("in_parts")
def test_a_search_in_parts_is_stopped_in_time_and_told_of_on_the_way():
    heard: list[tuple[int, int]] = []
    watch = Watch(better=lambda visited, wanted: heard.append((visited, wanted)))
    start = time.perf_counter()
    plan = plan_rounds(town(60), MONTH, TRAVEL, Effort(seconds=3, iterations=10_000_000), watch=watch)
    assert time.perf_counter() - start < 4
    assert len(plan.visited) == 60
    assert not plan.was_counted
    assert [visited for visited, _ in heard] == sorted({visited for visited, _ in heard})
    assert heard[-1] == (60, 60)


@pytest.mark.usefixtures("in_parts")
def test_a_large_planning_nobody_wants_any_more_ends():
    with pytest.raises(PlanningCancelled):
        plan_rounds(town(5), MONTH, TRAVEL, Effort(seconds=30), watch=Watch(is_cancelled=lambda: True))
    assert plan_rounds(town(1), [], TRAVEL, Effort(seconds=30)).rounds == ()


@pytest.mark.usefixtures("in_parts")
def test_a_new_stop_in_a_large_plan_moves_nobody_who_was_told():
    stops = town(40)
    effort = Effort(seconds=60, iterations=60, workers=0)
    plan = plan_rounds(stops, MONTH, TRAVEL, effort)
    again = plan_rounds([*stops, stop(99, place=3, days=10)], MONTH, TRAVEL, effort, previous=plan)
    assert {number: again.visited[number] for number in plan.visited} == plan.visited
    assert 99 in again.visited


# -- weeks


def weeks(stops: Sequence[Stop], crew: Sequence[Shift] = MONTH) -> dict[int, int]:
    return weeks_of(lay_out(stops, crew, TRAVEL.minutes), stops, crew)


def test_five_working_days_are_a_week_whatever_lies_between_them():
    crew = [shift(day=day) for day in (0, 1, 2, 3, 6, 7, 9)]
    assert week_of_days(crew) == {0: 0, 1: 0, 2: 0, 3: 0, 6: 0, 7: 1, 9: 1}


def test_neighbours_go_to_one_week_and_work_is_spread_over_the_weeks():
    stops = [stop(i, place=place, service=100, days=10) for i, place in enumerate((1, 1, 1, 7, 7, 7))]
    found = weeks(stops)
    assert [len({found[i] for i in group}) for group in ((0, 1, 2), (3, 4, 5))] == [1, 1]
    assert found[0] != found[3]


def test_a_week_is_never_after_the_last_day_and_what_was_told_stays():
    stops = [
        *(stop(i, service=400, days=10, latest_day=2, place=1) for i in range(4)),
        stop(8, days=10, told=Appointment(7, 1)),
        stop(9, days=10, place=2, competences=frozenset({"mass"})),
    ]
    assert weeks(stops) == {0: 0, 1: 0, 2: 0, 3: 0, 4: 1}


# -- parts


@settings(max_examples=25, deadline=None)
@given(demands, crews, st.integers(1, 4), st.integers(0, 9))
def test_parts_share_no_stop_and_no_shift_and_put_together_are_the_whole(demand, crew, count: int, seed: int):
    stops = tuple(stop(i, **facts) for i, facts in enumerate(demand))
    cut = Cut(lay_out(stops, crew, TRAVEL.minutes), stops, tuple(crew))
    routes = Improver(cut.ground, seed).completed([[] for _ in crew])
    for parts in (cut.weeks(routes), cut.neighbours(routes, count, Random(seed))):  # noqa: S311  no secret
        assert sorted(shift for part in parts for shift in part.shifts) == list(range(len(crew)))
        chosen = [number for part in parts for number in part.stops]
        assert len(chosen) == len(set(chosen))
        put_together: dict[int, list[int]] = {}
        for part in parts:
            small, its, minutes = cut.demand(part)
            ground = lay_out(small, its, minutes)
            begin = part.beginning(routes)
            assert [len(route) for route in begin] == [len(routes[number]) for number in part.shifts]
            for route in begin:
                for choice in route:
                    assert (
                        small[ground.stop_of[choice]].id == stops[cut.ground.stop_of[part.choices[choice]]].id
                    )
            put_together |= part.whole([list(route) for route in begin])
        assert [put_together[number] for number in range(len(crew))] == routes
