"""The judge of plans: each limit broken once, and found."""

from dataclasses import replace
from typing import Any

import pytest

from scheduler.plan_checker import faults
from scheduler.plan_values import Appointment, Kit, LeftOut, Plan, Reason, Round, Stop, Visit, Window
from scheduler.travel import TravelSource
from tests.scheduler.planned import line, shift, stop

TRAVEL = line(3)
STOPS = [stop(1), stop(2)]
SHIFT = shift()
# 10 minutes there, an hour, 10 more, an hour, 20 back.
ROUND = Round(SHIFT, (Visit(1, 490, 490, 550), Visit(2, 560, 560, 620)), 480, 640)


def plan(*rounds: Round, left_out: tuple[LeftOut, ...] = ()) -> Plan:
    return Plan(rounds=rounds, left_out=left_out, demand="", travel_source=TravelSource.TABLE)


def outside(number: int) -> LeftOut:
    return LeftOut(number, Reason.OUTWEIGHED, "", {})


def found(*rounds: Round, stops: list[Stop] = STOPS, left_out: tuple[LeftOut, ...] = ()) -> list[str]:
    return faults(plan(*rounds, left_out=left_out), stops, [one.shift for one in rounds], TRAVEL.minutes)


def with_shift(**facts: Any) -> Round:
    return replace(ROUND, shift=replace(SHIFT, **facts))


def with_first(**facts: Any) -> list[Stop]:
    return [replace(STOPS[0], **facts), STOPS[1]]


def test_a_plan_that_can_be_kept_has_no_faults():
    assert found(ROUND) == []
    assert found(replace(ROUND, visits=ROUND.visits[:1]), left_out=(outside(2),)) == []


@pytest.mark.parametrize(
    ("broken", "stops", "fault"),
    [
        (replace(ROUND, visits=ROUND.visits[:1]), STOPS, "stop 2 is visited 0 times and left out 0 times"),
        (replace(ROUND, leaves=479), STOPS, "technician 1 on day 0 leaves before the shift begins"),
        (replace(ROUND, leaves=481), STOPS, "technician 1 on day 0 cannot be at stop 1 at 490"),
        (
            replace(ROUND, visits=(Visit(1, 490, 489, 550), ROUND.visits[1])),
            STOPS,
            "the visit to stop 1 is too short",
        ),
        (
            replace(ROUND, visits=(Visit(1, 490, 490, 549), ROUND.visits[1])),
            STOPS,
            "the visit to stop 1 is too short",
        ),
        (replace(ROUND, returns=639), STOPS, "technician 1 on day 0 cannot be back at 639"),
        (with_shift(end=630, overtime=9), STOPS, "technician 1 on day 0 works longer than allowed"),
        (
            ROUND,
            with_first(windows=(Window(0, 491, 700), Window(1, 480, 700))),
            "stop 1 is closed during the visit on day 0",
        ),
        (ROUND, with_first(windows=(Window(0, 480, 549),)), "stop 1 is closed during the visit on day 0"),
        (ROUND, with_first(competences=frozenset({"mass"})), "technician 1 lacks ['mass'] for stop 1"),
        (
            with_shift(kits=(Kit(7, frozenset({"F1"}), last_day=-1),)),
            with_first(kits=frozenset({"F1"})),
            "no valid ['F1'] in the car for stop 1 on day 0",
        ),
        (ROUND, with_first(earliest_day=1), "stop 1 is visited on day 0, outside its days"),
        (ROUND, with_first(latest_day=-1), "stop 1 is visited on day 0, outside its days"),
        (ROUND, with_first(promised=Appointment(0, 2)), "stop 1 was promised another day or technician"),
    ],
)
def test_a_broken_limit_is_found(broken: Round, stops: list[Stop], fault: str):
    assert found(broken, stops=stops) == [fault]


def test_nobody_is_visited_twice_or_out_of_nowhere():
    assert found(ROUND, left_out=(outside(2), outside(9))) == [
        "stop 2 is visited 1 times and left out 1 times",
        "stop 9 is left out and not in the demand",
    ]
    assert found(ROUND, stops=STOPS[:1]) == ["stop 2 is not in the demand"]


def test_overtime_within_what_is_allowed_is_no_fault():
    assert found(with_shift(end=630, overtime=10)) == []


def test_valid_standards_and_competences_are_no_fault():
    able = with_shift(competences=frozenset({"mass"}), kits=(Kit(7, frozenset({"F1"}), last_day=0),))
    assert found(able, stops=with_first(competences=frozenset({"mass"}), kits=frozenset({"F1"}))) == []


def test_a_kit_is_in_one_car_at_a_time():
    kit = Kit(7, frozenset({"F1"}))
    one = replace(ROUND, shift=shift(1, kits=(kit,)), visits=ROUND.visits[:1], returns=560)
    other = Round(shift(2, kits=(kit,)), (Visit(2, 500, 500, 560),), 480, 580)
    assert found(one, other) == ["kit 7 is in 2 cars on day 0"]
    tomorrow = replace(other, shift=shift(2, day=1, kits=(kit,)))
    assert found(one, tomorrow, stops=[STOPS[0], stop(2, days=2)]) == []


def test_every_shift_has_its_round():
    assert faults(plan(ROUND), STOPS, [SHIFT, shift(2)], TRAVEL.minutes) == [
        "the rounds are not one for each shift"
    ]
