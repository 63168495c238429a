from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.perfect import (
    AUTOMATED,
    DEVICES,
    DIGITAL,
    REGULATIONS,
    SCALE,
    SUBSEQUENT,
    WEIGHTS,
    perfect,
    reading,
)
from verifier.rules.device import Characteristic, Device
from verifier.rules.planning import missing_characteristics
from verifier.rules.readings import Finding3
from verifier.rules.verdict import expected, judge
from verifier.rules.worst import worst_point

C = Characteristic


def missing(regulation, device):
    return missing_characteristics(regulation, SUBSEQUENT, device)


def test_of_a_scale_everything_r76_needs_is_asked_at_once():
    assert missing(DIGITAL, Device(kind="nawi_digital")) == (C.UNIT, C.ACCURACY_CLASS, C.MAXIMUM, C.E)
    assert missing(DIGITAL, replace(SCALE, accuracy_class=None)) == (C.ACCURACY_CLASS,)


def test_min_follows_from_class_and_e_and_is_not_asked():
    assert missing(DIGITAL, replace(SCALE, minimum=None)) == ()


def test_of_a_scale_that_cannot_be_nothing_more_is_asked():
    assert missing(DIGITAL, replace(SCALE, accuracy_class="IIII")) == ()


def test_of_other_instruments_what_the_limits_need_is_asked():
    assert missing(AUTOMATED, Device(kind="bp_auto")) == (C.UNIT,)
    assert C.ACCURACY_CLASS in missing(WEIGHTS, Device(kind="weights", unit="kg", nominal=Decimal(1)))


@pytest.mark.parametrize("code", sorted(REGULATIONS))
def test_what_is_known_well_enough_has_a_plan(code):
    assert missing(REGULATIONS[code], DEVICES[code]) == ()
    assert expected(REGULATIONS[code], SUBSEQUENT, DEVICES[code])


# The worst point.


def worst(error):
    at_max = Decimal(15)
    readings = [
        replace(one, indication=at_max + error)
        if (one.item, one.reference) == ("indication_error", at_max)
        else one
        for one in perfect(DIGITAL)
    ]
    return worst_point(judge(DIGITAL, SUBSEQUENT, SCALE, readings))


@given(st.decimals("-0.02", "0.02", places=4))
def test_the_worst_point_is_the_one_that_uses_most_of_its_limit(error):
    found = worst(error)
    assert found.share == abs(error) / Decimal("0.0075")
    if error:
        assert (found.item.key, found.point.error) == ("indication_error", error)


def test_without_readings_against_a_limit_there_is_no_worst_point():
    judged = judge(DIGITAL, SUBSEQUENT, SCALE, [reading("marks_and_seals", finding=Finding3.NOT_OK)])
    assert worst_point(judged) is None
