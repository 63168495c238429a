"""Readings as they are typed in: what no display shows is refused, the rest is kept digit by digit."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from verifier.rules.readings import Finding3, Reading, ReadingImpossible, reading_from_json, reading_json

D = Decimal
FIGURES = st.none() | st.decimals(-(10**9), 10**9, places=12) | st.decimals(-99, 99, places=1)


@given(FIGURES, FIGURES, FIGURES, st.none() | st.sampled_from(Finding3), st.sampled_from(["", "up", "3"]))
def test_a_reading_comes_back_digit_by_digit(
    reference: Decimal | None,
    indication: Decimal | None,
    added: Decimal | None,
    finding: Finding3 | None,
    position: str,
) -> None:
    one = Reading(
        item="zero",
        reference=reference,
        indication=indication,
        added=added,
        finding=finding,
        position=position,
    )
    back = reading_from_json(reading_json(one))

    assert (back, str(back)) == (one, str(one))


def test_blanks_are_left_out_and_noughts_are_kept() -> None:
    assert reading_json(Reading(item="x", indication=D("0.0"))) == {"item": "x", "indication": "0.0"}
    assert reading_json(Reading(item="x", finding=Finding3.NOT_OK, position="up")) == {
        "item": "x",
        "finding": "not_ok",
        "position": "up",
    }


@pytest.mark.parametrize("field", ["reference", "indication", "added"])
@pytest.mark.parametrize(
    "value",
    ["NaN", "sNaN", "Infinity", "-Infinity", "1000000000.000000000001", "1E+10", "1E-13", "1E-999999"],
)
def test_what_no_display_shows_is_no_reading(field: str, value: str) -> None:
    figures: dict[str, Any] = {field: D(value)}
    with pytest.raises(ReadingImpossible):
        Reading(item="x", **figures)
    with pytest.raises((ValidationError, ReadingImpossible)):
        TypeAdapter(Reading).validate_python({"item": "x", field: value})


@pytest.mark.parametrize("value", ["1000000000", "-1000000000", "0.000000000001", "-0", "1E+9"])
def test_the_bounds_themselves_are_readings(value: str) -> None:
    assert TypeAdapter(Reading).validate_python({"item": "x", "indication": value}).indication == D(value)


@pytest.mark.parametrize(
    "written",
    [
        {"item": ""},
        {"item": "x" * 61},
        {"item": "x", "position": "x" * 41},
        {"item": "x", "finding": "maybe"},
    ],
)
def test_texts_have_their_bounds_too(written: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Reading).validate_python(written)
