"""The planning benchmark: a made-up month, the office's way by hand, and what is promised."""

import json
from dataclasses import replace
from typing import Any

from benchmarks.planning import HAND, HANDS_WORK, HERE, Measured, expectations, main
from benchmarks.planning_demand import made_up
from benchmarks.planning_rivals import by_hand

ZERO: dict[str, Any] = dict.fromkeys(
    ("weighted", "visits", "missed", "travel", "overtime", "days", "seconds", "faults", "price"), 0
)
NOTHING = Measured(seed=1, planner=HERE, visited=frozenset(), kept=frozenset(), **ZERO)


def test_the_same_month_comes_out_of_the_same_seed():
    assert made_up(1, 30) == made_up(1, 30)
    assert made_up(1, 30).stops != made_up(2, 30).stops


def test_by_hand_a_round_stays_in_one_township_and_nobody_is_visited_twice():
    demand = made_up(1, 60)
    routes = by_hand(demand, 0, 0)
    townships = [{demand.townships[demand.stops[stop].id] for stop in route} for route in routes]
    assert max(map(len, townships)) == 1
    visited = [stop for route in routes for stop in route]
    assert len(visited) == len(set(visited)) > 30


def test_all_planners_are_measured_and_checked(capsys):
    main(["--seconds", "1", "--seeds", "1", "--sites", "12", "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    assert [one["planner"] for one in told["plans"]] == [
        HERE, HAND, HANDS_WORK, "PyVRP", "VROOM", "VROOM, no overtime", "OR-Tools",
    ]  # fmt: skip
    assert all(one["faults"] == 0 for one in told["plans"])
    assert told["expectations"]["every limit kept"]


def test_a_promise_is_broken_by_one_seed():
    plans = {
        HERE: replace(NOTHING, weighted=9, price=50, kept=frozenset({1})),
        HAND: replace(NOTHING, planner=HAND, travel=100, kept=frozenset({1})),
        HANDS_WORK: replace(NOTHING, planner=HANDS_WORK, travel=75),
        "VROOM": replace(NOTHING, planner="VROOM", weighted=9, price=50),
    }
    assert all(expectations(list(plans.values())).values())
    for name, broken in (
        (HANDS_WORK, {"travel": 76}),
        (HAND, {"kept": frozenset({2})}),
        ("VROOM", {"price": 49}),
        ("VROOM", {"faults": 1}),
        (HERE, {"seconds": 61}),
    ):
        worse = {**plans, name: replace(plans[name], **broken)}
        assert sum(not held for held in expectations(list(worse.values())).values()) == 1
