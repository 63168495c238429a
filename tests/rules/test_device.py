"""What is known of an instrument: out of a register, off its nameplate, and whether it can be."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tests.rules.perfect import DEVICES, DIGITAL, SCALE, SUBSEQUENT, TWO_RANGES, D, scale
from verifier.operations.demo_kit import MAKES
from verifier.rules.device import (
    Characteristic,
    CharacteristicMissing,
    Device,
    DeviceStated,
    Interval,
    completed,
    device_from_register,
    from_json,
)
from verifier.rules.nawi import DeviceImpossible, fitting
from verifier.rules.units import converted, plain
from verifier.rules.verdict import expected


def steps(device: Device) -> list[tuple[str | None, str]]:
    return [(None if one.upto is None else plain(one.upto), plain(one.e)) for one in device.intervals]


@pytest.mark.parametrize(
    ("texts", "unit", "accuracy_class", "minimum", "maximum", "e"),
    [
        (("(0~15)kg", "Ⅲ", "5g"), "kg", "III", None, "15", [(None, "0.005")]),
        (("0.1~30kg", "III级", "10g"), "kg", "III", "0.1", "30", [(None, "0.01")]),
        (("6/15kg", "中准确度", "2/5g"), "kg", "III", None, "15", [("6", "0.002"), ("15", "0.005")]),
        (("30kg/15kg", "", "5g/10g"), "kg", None, None, "30", [("15", "0.005"), ("30", "0.01")]),
        (("6/15kg", "III", "5g"), "kg", "III", None, "15", []),
        (("Max=15kg e=5g", "Ⅲ", ""), "kg", "III", None, "15", [(None, "0.005")]),
        (("Max 15kg Min 100g", "III", "e=5g d=5g"), "kg", "III", "0.1", "15", [(None, "0.005")]),
        (("最大秤量:30kg 最小秤量:200g", "Ⅳ", "10 克"), "kg", "IIII", "0.2", "30", [(None, "0.01")]),
        (("０～１５千克", "（三级）", "５克"), "kg", "III", None, "15", [(None, "0.005")]),
        (("0.2kg~30KG", "(III)", "e=d=10g"), "kg", "III", "0.2", "30", [(None, "0.01")]),
        (("1,000kg", "3", ""), "kg", "III", None, "1000", []),
        (("(0~1)t", "普通", "500g"), "t", "IIII", None, "1", [(None, "0.0005")]),
        (("40g~15kg", "", ""), "kg", None, "0.04", "15", []),
        (("(0~40)kPa", "", "0.5kPa"), "kPa", None, None, "40", [(None, "0.5")]),
        (("（０～２９９）ｍｍＨｇ", "", ""), "mmHg", None, None, "299", []),
        (("(0-300)毫米汞柱", "", "1mmHg"), "mmHg", None, None, "300", [(None, "1")]),
        (("(1.1~33.3)mmol/L", "", ""), "mmol/L", None, "1.1", "33.3", []),
        (("(32.0~42.9)℃", "", ""), "°C", None, "32", "42.9", []),
        (("(-20~+20)m⁻¹", "", ""), "m⁻¹", None, "-20", "20", []),
        (("(0~15)斤", "", ""), "斤", None, None, "15", []),
        (("(0~15)kg", "", "5"), "kg", None, None, "15", []),
        (("", "M1级", ""), None, "M1", None, None, []),
        (("30", "0.3级", "5g"), None, "0.3", None, None, []),
        (("(0~30", "", ""), None, None, None, None, []),
        (("100 g/L", "", ""), None, None, None, None, []),
        (("5 kgf", "", ""), None, None, None, None, []),
        (("2kg/cm2", "", ""), None, None, None, None, []),
        (("见铭牌", "", "见铭牌"), None, None, None, None, []),
    ],
)
def test_a_register_is_read_as_far_as_it_is_clear(
    texts: tuple[str, str, str],
    unit: str | None,
    accuracy_class: str | None,
    minimum: str | None,
    maximum: str | None,
    e: list[tuple[str | None, str]],
) -> None:
    found = device_from_register(*texts, kind="nawi_digital")
    figures = [None if figure is None else plain(figure) for figure in (found.minimum, found.maximum)]

    assert (found.unit, found.accuracy_class, figures, steps(found)) == (
        unit,
        accuracy_class,
        [minimum, maximum],
        e,
    )


@pytest.mark.parametrize(
    ("written", "d"), [("d=0.1mg e=1mg", "0.0001"), ("e=1mg", None), ("e=d=1mg", "0.001")]
)
def test_an_auxiliary_indication_has_a_finer_d(written: str, d: str | None) -> None:
    found = device_from_register("220g", "I", written)

    assert (steps(found), None if found.d is None else plain(found.d)) == ([(None, "0.001")], d)


def test_a_weight_has_a_nominal_value_instead_of_a_capacity() -> None:
    found = device_from_register("20kg", "M1", "", kind="weights")
    whole_set = device_from_register("1mg~500g", "F1", "", kind="weights")

    assert (found.nominal, found.maximum, found.unit) == (D(20), None, "kg")
    assert (whole_set.nominal, whole_set.maximum) == (None, None)


@given(st.text(max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_nothing_that_stands_in_a_register_breaks_the_reader(one: str, two: str, three: str) -> None:
    found = device_from_register(one, two, three)

    assert from_json(found.to_json()) == found


@given(st.decimals("0.01", 9999, places=3), st.sampled_from(["kg", "g", "t", "mg"]))
def test_a_capacity_is_read_as_it_is_written(capacity: Decimal, unit: str) -> None:
    found = device_from_register(f"(0～{capacity}){unit}", "", "")

    assert (found.maximum, found.unit) == (capacity, unit)


@pytest.mark.parametrize(
    "device", [*DEVICES.values(), TWO_RANGES, Device(), replace(SCALE, lacks=frozenset("ab"))]
)
def test_a_device_comes_back_from_the_database_as_it_was(device: Device) -> None:
    assert from_json(device.to_json()) == device


def test_what_is_read_on_the_instrument_goes_before_the_register() -> None:
    stated = DeviceStated(
        accuracy_class="Ⅳ",
        maximum=D(30),
        minimum=D("0.2"),
        e=D("0.01"),
        d=D("0.01"),
        supports=3,
        additive_tare=D(1),
        lacks=("tare",),
    )
    assert completed(SCALE, stated) == Device(
        kind="nawi_digital",
        unit="kg",
        accuracy_class="IIII",
        maximum=D(30),
        minimum=D("0.2"),
        intervals=(Interval(e=D("0.01")),),
        d=D("0.01"),
        supports=3,
        additive_tare=D(1),
        lacks=frozenset({"tare"}),
    )
    assert completed(SCALE, DeviceStated()) == SCALE
    assert completed(SCALE, DeviceStated(intervals=TWO_RANGES.intervals)) == TWO_RANGES
    assert completed(Device(), DeviceStated(nominal=D(1), unit="kg")) == Device(nominal=D(1), unit="kg")


def test_a_unit_of_mass_takes_the_figures_along_exactly() -> None:
    grams = completed(TWO_RANGES, DeviceStated(unit="g"))

    assert (grams.maximum, steps(grams)) == (D(15000), [("6000", "2"), ("15000", "5")])


def test_another_unit_leaves_them_behind() -> None:
    gauge = Device(unit="kPa", maximum=D(40), intervals=(Interval(e=D("0.5")),))

    assert completed(gauge, DeviceStated(unit="mmHg")) == Device(unit="mmHg")


@given(st.decimals(-(10**9), 10**9, places=9), *[st.sampled_from(["t", "kg", "g", "mg"])] * 2)
def test_mass_is_converted_there_and_back_without_loss(figure: Decimal, unit: str, other: str) -> None:
    there = converted(figure, unit, other)

    assert there is not None
    assert converted(there, other, unit) == figure
    assert converted(figure, unit, "kPa") is None


@pytest.mark.parametrize("value", ["NaN", "Infinity", "0", "-1", "1e10", "0.0000000001"])
def test_a_stated_figure_that_no_instrument_has_is_refused_at_the_door(value: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(DeviceStated).validate_python({"e": value})


def test_a_stated_device_is_read_from_json() -> None:
    written = b'{"unit": "kg", "maximum": "15", "intervals": [{"upto": "6", "e": 0.002}], "lacks": ["tare"]}'

    assert TypeAdapter(DeviceStated).validate_json(written) == DeviceStated(
        unit="kg", maximum=D(15), intervals=(Interval(upto=D(6), e=D("0.002")),), lacks=("tare",)
    )


@pytest.mark.parametrize(
    ("accuracy_class", "e", "minimum"),
    [
        ("I", "0.01", "1"),
        ("II", "0.05", "1"),
        ("II", "0.1", "5"),
        ("III", "2", "40"),
        ("III", "5", "100"),
        ("IIII", "20", "200"),
    ],
)
def test_min_comes_out_of_class_and_e(accuracy_class: str, e: str, minimum: str) -> None:
    n = {"I": 50_000, "II": 5_000, "III": 1_000, "IIII": 100}[accuracy_class]
    device = scale(str(D(e) * n), e, accuracy_class, "g")

    assert fitting(device).minimum == D(minimum)
    assert fitting(replace(device, minimum=D(7))).minimum == D(7)


@pytest.mark.parametrize(
    ("device", "what"),
    [
        (scale("15", "0.005", "V"), "class"),
        (scale("15", "0.003"), "form_of_e"),
        (scale("15", "0.000005"), "size_of_e"),
        (scale("15", "0.00007", "II", "g"), "form_of_e"),
        (scale("2.495", "0.005"), "too_few"),
        (scale("50.005", "0.005"), "too_many"),
        (scale("0.199", "0.002"), "too_few"),
        (scale("9.9", "0.1", "IIII"), "too_few"),
        (scale("100.1", "0.1", "IIII"), "too_many"),
        (scale("100001", "1", "II", "g"), "too_many"),
        (scale("499.9", "0.1", "II", "g"), "too_few"),
        (scale("49.999", "0.001", "I", "g"), "too_few"),
        (replace(SCALE, d=D("0.001")), "d"),
        (scale("6000", "0.1", "II", "g", d=D("0.009")), "d"),
        (scale("6000", "0.1", "II", "g", d=D("0.2")), "d"),
        (scale("15", "0.005", unit="kPa"), "unit"),
        (replace(TWO_RANGES, intervals=TWO_RANGES.intervals[::-1]), "ranges"),
        (replace(TWO_RANGES, maximum=D(30)), "ranges"),
        (replace(TWO_RANGES, intervals=(Interval(e=D("0.002")), TWO_RANGES.intervals[1])), "ranges"),
    ],
)
def test_a_scale_that_cannot_be_is_refused(device: Device, what: str) -> None:
    with pytest.raises(DeviceImpossible) as refused:
        expected(DIGITAL, SUBSEQUENT, device)
    assert refused.value.facts["what"] == what


@pytest.mark.parametrize(
    "device",
    [
        scale("2.5", "0.005"),
        scale("50", "0.005"),
        scale("0.2", "0.002"),
        scale("10", "0.1", "IIII"),
        scale("100", "0.1", "IIII"),
        scale("100000", "1", "II", "g"),
        scale("50", "0.001", "I", "g"),
        scale("6000", "0.1", "II", "g", d=D("0.01")),
        replace(TWO_RANGES, intervals=(TWO_RANGES.intervals[0], Interval(e=D("0.005")))),
    ],
)
def test_the_bounds_of_a_class_belong_to_it(device: Device) -> None:
    assert fitting(device).accuracy_class == device.accuracy_class


@pytest.mark.parametrize(
    ("device", "what"),
    [
        (replace(SCALE, accuracy_class=None), Characteristic.ACCURACY_CLASS),
        (replace(SCALE, unit=None), Characteristic.UNIT),
        (replace(SCALE, maximum=None), Characteristic.MAXIMUM),
        (replace(SCALE, intervals=()), Characteristic.E),
    ],
)
def test_what_is_not_known_of_a_scale_is_asked_for_by_name(device: Device, what: Characteristic) -> None:
    with pytest.raises(CharacteristicMissing) as refused:
        expected(DIGITAL, SUBSEQUENT, device)
    assert refused.value.facts == {"what": what}


def test_d_is_e_where_nothing_else_is_stated() -> None:
    assert SCALE.scale_interval(D(1)) == D("0.005")
    assert replace(SCALE, d=D("0.001")).scale_interval(D(1)) == D("0.001")
    with pytest.raises(CharacteristicMissing):
        Device().scale_interval(None)
    with pytest.raises(CharacteristicMissing):
        Device().interval_at(None)


def test_every_scale_of_the_demo_is_read() -> None:
    unread = [
        make.model
        for kind in ("nawi_price_computing", "nawi_digital", "platform_1t", "nawi_nonself_bench_platform")
        for make in MAKES[kind]
        if not fitting(
            device_from_register(make.measuring_range, make.accuracy_class, make.scale_interval)
        ).intervals
    ]
    assert unread == []
