from decimal import Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.perfect import DEVICES, REGULATIONS, perfect
from verifier.rules.dsi import digital_unit
from verifier.rules.stages import Stage
from verifier.rules.verdict import judge

# Money is measured by nobody.
NO_QUANTITY = {"CNY"}


@pytest.mark.parametrize(
    ("unit", "notation"),
    [
        ("kg", r"\kilogram"),
        ("mg", r"\milli\gram"),
        ("t", r"\tonne"),
        ("kPa", r"\kilo\pascal"),
        ("°C", r"\degreecelsius"),
        ("%", r"\percent"),
        ("", r"\one"),
        ("mmol/L", r"\milli\mole\per\litre"),
        ("mg/dL", r"\milli\gram\per\deci\litre"),
        ("kPa/min", r"\kilo\pascal\per\minute"),
        ("/min", r"\minute\tothe{-1}"),
        ("m⁻¹", r"\metre\tothe{-1}"),
        ("μV", r"\micro\volt"),
        ("µV", r"\micro\volt"),
    ],
)
def test_a_unit_of_the_si_is_written_out(unit, notation):
    found = digital_unit(unit)
    assert found is not None
    assert (found.notation, found.factor, found.definition) == (notation, Decimal(1), "")


@pytest.mark.parametrize(
    ("unit", "notation", "one_is"),
    [
        ("mmHg", r"\kilo\pascal", "1 mmHg = 0.133322 kPa"),
        ("mmHg/s", r"\kilo\pascal\per\second", "1 mmHg/s = 0.133322 kPa/s"),
        ("斤", r"\kilogram", "1 斤 = 0.5 kg"),
        ("两", r"\kilogram", "1 两 = 0.05 kg"),
        ("lb", r"\kilogram", "1 lb = 0.45359237 kg"),
        ("oz", r"\kilogram", "1 oz = 0.028349523125 kg"),
    ],
)
def test_a_unit_the_si_does_not_know_is_converted(unit, notation, one_is):
    found = digital_unit(unit)
    assert found is not None
    assert (found.notation, found.definition) == (notation, one_is)
    assert f"{found.moved(Decimal(1))}" == one_is.split()[3]


@pytest.mark.parametrize("unit", ["CNY", "torr", "kg/mmHg", "kg/", "kg//s", "公里", "kg "])
def test_what_is_no_unit_of_the_si_is_none(unit):
    assert digital_unit(unit) is None


@given(st.decimals(-(10**9), 10**9, places=12))
def test_a_converted_figure_loses_no_digit(figure):
    found = digital_unit("oz")
    assert found is not None
    wide = Context(prec=200)
    assert found.moved(figure) == wide.multiply(figure, Decimal("0.028349523125"))


@pytest.mark.parametrize("code", REGULATIONS)
@pytest.mark.parametrize("stage", [Stage.INITIAL, Stage.SUBSEQUENT])
def test_every_unit_of_a_shipped_regulation_can_be_said(code, stage):
    regulation, device = REGULATIONS[code], DEVICES[code]
    judged = judge(regulation, stage, device, perfect(regulation, stage))
    units = {item.unit for item in judged.items} - NO_QUANTITY
    assert [unit for unit in units if digital_unit(unit) is None] == []
