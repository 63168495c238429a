from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.rules.completion import base_digest, percent, yuan

wholes = st.integers(1, 10**7)


def test_the_figures_everybody_will_check():
    assert percent(600, 600) == "100.0"
    assert percent(599, 600) == "99.8"
    assert percent(1999, 2000) == "99.9"
    assert percent(1, 3000) == "0.1"
    assert percent(0, 600) == "0.0"
    assert percent(1, 8) == "12.5"
    assert percent(1, 16) == "6.3"


def test_an_office_may_round_otherwise():
    assert percent(1, 16, "half_even") == "6.2"
    assert percent(1, 16, "down") == "6.2"


def test_an_empty_base_has_no_percentage():
    assert percent(0, 0) is None


@pytest.mark.parametrize(("part", "whole"), [(2, 1), (-1, 1), (1, 0)])
def test_more_than_all_or_less_than_nothing_is_a_bug(part, whole):
    with pytest.raises(ValueError, match="is not a part of"):
        percent(part, whole)


@given(whole=wholes, data=st.data())
def test_a_hundred_means_complete_and_zero_means_nothing(whole, data):
    part = data.draw(st.integers(0, whole))
    said = percent(part, whole)
    assert (said == "100.0") == (part == whole)
    assert (said == "0.0") == (part == 0)


@given(whole=wholes, data=st.data())
def test_a_percentage_is_never_further_off_than_a_tenth(whole, data):
    part = data.draw(st.integers(0, whole))
    assert abs(Decimal(percent(part, whole) or "none") * whole - 100 * part) <= Decimal("0.1") * whole


@given(whole=wholes, data=st.data())
def test_doing_more_never_lowers_the_percentage(whole, data):
    part = data.draw(st.integers(0, whole - 1))
    assert Decimal(percent(part, whole) or "none") <= Decimal(percent(part + 1, whole) or "none")


@given(st.integers(0, 10**12))
def test_yuan_keep_every_fen(fen):
    assert Decimal(yuan(fen)) * 100 == fen


def test_yuan_have_two_decimals():
    assert [yuan(1_540_000), yuan(5), yuan(0)] == ["15400.00", "0.05", "0.00"]


@given(st.lists(st.text(), unique=True))
def test_the_digest_of_a_base_does_not_depend_on_its_order(lines):
    assert base_digest(lines) == base_digest(reversed(lines))


def test_the_digest_of_a_base_depends_on_every_line():
    assert base_digest(["1\ta", "2\tb"]) != base_digest(["1\ta", "2\tc"])
