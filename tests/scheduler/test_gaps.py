"""Where one more stop fits, against trying every order; and the reasons in words with names."""

import json
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.gaps import Gaps
from scheduler.ground import is_feasible, lay_out
from scheduler.improving import Improver
from scheduler.plan_values import Names, Window, told
from scheduler.routing import plan_rounds, timed
from tests.scheduler.planned import QUICK, line, shift, stop

TRAVEL = line(6, apart=20)
WINDOWS = st.builds(
    lambda day, opens, length: Window(day, opens, opens + length),
    st.integers(0, 1),
    st.integers(420, 900),
    st.integers(30, 500),
)
DEMANDS = st.lists(
    st.fixed_dictionaries(
        {
            "place": st.integers(1, 5),
            "service": st.integers(5, 200),
            "windows": st.tuples(WINDOWS),
            "latest_day": st.sampled_from((None, 0)),
        }
    ),
    min_size=1,
    max_size=7,
)
CREW = [shift(1), shift(2, day=1, end=800, overtime=30)]


@settings(max_examples=60, deadline=None)
@given(DEMANDS)
def test_a_stop_fits_where_trying_says_so_and_its_price_is_what_is_added(demand):
    *stops, asking = [stop(i, **facts) for i, facts in enumerate(demand)]
    ground = lay_out([*stops, asking], CREW, TRAVEL.minutes)
    without = [
        [choice for choice in route if ground.stop_of[choice] != len(stops)]
        for route in Improver(ground, 0).completed([[], []])
    ]
    rounds = [timed(ground, [*stops, asking], each, i, without[i]) for i, each in enumerate(CREW)]
    found = Gaps({each.id: each for each in stops}, TRAVEL.minutes, rounds).slots(asking)
    tried = {}
    for i, each in enumerate(CREW):
        for choice in ground.windows[i].get(len(stops), ()):
            for at in range(len(without[i]) + 1):
                longer = [*without[i][:at], choice, *without[i][at:]]
                if is_feasible(ground, i, longer):
                    tried[each.day, at] = timed(ground, [*stops, asking], each, i, longer)
    assert {(slot.appointment.day, slot.position) for slot in found} == tried.keys()
    for slot in found:
        now = tried[slot.appointment.day, slot.position]
        (old,) = [one for one in rounds if one.shift == now.shift]
        back = old.returns if old.visits else old.shift.start
        assert slot.starts == now.visits[slot.position].starts
        assert slot.price == now.returns - back + 3 * (now.overtime - old.overtime)
    assert all(one.price <= other.price for one, other in pairwise(found))


NAMES = Names(
    days=("2 March", "3 March"),
    technicians={1: "Li Na"},
    competences={"nawi_retail": "retail scales"},
    kits={"platform_1t": "platform scales"},
)


def left(**facts: Any) -> tuple[str, dict[str, Any]]:
    first = stop(1, service=300, mandatory=True, windows=(Window(0, 500, 800),))
    (found,) = plan_rounds([first, stop(2, **{"place": 1, **facts})], [shift()], TRAVEL, QUICK).left_out
    # As it is stored with the plan and read again.
    return found.sentence, json.loads(json.dumps(found.facts))


def test_reasons_are_told_in_words_long_after_they_were_stored():
    needs = frozenset({"nawi_retail", "qt"})
    assert told(*left(competences=needs), "en", NAMES) == (
        "It needs the competence retail scales, qt: 0 have it, none is free; Li Na has time on 2 March."
    )
    assert told(*left(kits=frozenset({"platform_1t"})), "en", NAMES) == (
        "It needs platform scales in the car; with it Li Na could come on 2 March."
    )
    assert told(*left(windows=(Window(0, 700, 770),), place=2), "en", NAMES) == (
        "The opening hours do not fit; were it open on 2 March from 13:40 to 14:40, it would."
    )


def test_what_nobody_has_a_word_for_is_told_by_number_and_key():
    assert told("{day} {last} {technician}", {"day": 5, "last": 0, "technician": 9}, "en", NAMES) == (
        "#5 2 March #9"
    )
    assert told("{kits}: {service}", {"kits": ["F1", "M1"], "service": 60}, "zh_CN") == "F1、M1: 60"
