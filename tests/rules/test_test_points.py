"""Where an item is read: lists out of class, Max, Min and e, and lists a regulation states."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.perfect import (
    AUTOMATED,
    BENCH,
    DEVICES,
    DIAL,
    DIGITAL,
    IN_SERVICE,
    MERCURY,
    REGULATIONS,
    SCALE,
    SUBSEQUENT,
    TWO_RANGES,
    D,
    perfect,
    reading,
    scale,
)
from verifier.rules.asking import PointNotRead
from verifier.rules.device import Device
from verifier.rules.items import Method, Need
from verifier.rules.limits import ReadingField
from verifier.rules.regulation import Regulation
from verifier.rules.units import plain
from verifier.rules.verdict import Expected, expected, judge


def asked(regulation: Regulation, key: str, device: Device) -> Expected:
    [found] = [item for item in expected(regulation, SUBSEQUENT, device) if item.key == key]
    return found


def loads(regulation: Regulation, key: str, device: Device) -> list[str]:
    return [plain(point.at) for point in asked(regulation, key, device).points if point.at is not None]


@pytest.mark.parametrize(
    ("device", "at"),
    [
        (SCALE, ["0.1", "2.5", "7.5", "10", "15"]),
        (TWO_RANGES, ["0.04", "1", "4", "6", "10", "15"]),
        (scale("100", "0.1", "IIII"), ["1", "5", "20", "50", "100"]),
        (scale("2.5", "0.005"), ["0.1", "0.625", "1.25", "1.875", "2.5"]),
        (scale("5", "0.005"), ["0.1", "1.25", "2.5", "3.75", "5"]),
        (replace(SCALE, minimum=D("0.2")), ["0.2", "2.5", "7.5", "10", "15"]),
    ],
    ids=["III 15 kg", "III 6/15 kg", "IIII 100 kg", "no change point", "one at half", "stated Min"],
)
def test_a_digital_scale_is_loaded_five_times_at_least(device: Device, at: list[str]) -> None:
    assert loads(DIGITAL, "indication_error", device) == at


def test_a_dial_scale_is_loaded_in_quarters_and_where_the_limit_changes() -> None:
    device = scale("100", "0.02", kind="nawi_analog_spring_dial")

    assert loads(DIAL, "indication_error", device) == ["0", "0.4", "10", "25", "40", "50", "75", "100"]


def test_a_change_point_at_max_is_max_alone() -> None:
    device = scale("10", "0.005", kind="nawi_analog_spring_dial")

    assert loads(DIAL, "indication_error", device) == ["0", "0.1", "2.5", "5", "7.5", "10"]


def test_a_load_that_is_no_whole_e_is_rounded_to_one() -> None:
    device = scale("20.01", "0.01", kind="nawi_nonself_bench_platform")

    assert loads(BENCH, "eccentricity", device) == ["6.67"]
    assert loads(BENCH, "discrimination", device) == ["0.2", "10.01", "20.01"]


@given(
    st.sampled_from(["III", "IIII"]),
    st.sampled_from(["0.005", "0.01", "0.02", "0.05"]),
    st.integers(500, 1000),
)
def test_the_loads_rise_within_the_range_each_once(accuracy_class: str, e: str, n: int) -> None:
    device = scale(str(D(e) * n), e, accuracy_class)
    at = [D(load) for load in loads(DIGITAL, "indication_error", device)]

    assert at == sorted(set(at))
    assert len(at) >= 5
    assert (at[0], at[-1]) == (D(e) * (20 if accuracy_class == "III" else 10), device.maximum)


def test_about_means_a_tenth_of_max_up_or_down() -> None:
    readings = [one for one in perfect(DIGITAL) if one.item != "repeatability"]

    def weighed(load: str) -> None:
        judge(DIGITAL, SUBSEQUENT, SCALE, [*readings, *[reading("repeatability", load, load)] * 3])

    weighed("13.5")
    weighed("10.5")
    with pytest.raises(PointNotRead):
        weighed("13.505")


def test_a_stated_point_is_the_one_of_the_unit_shown() -> None:
    assert loads(MERCURY, "indication_error", Device(kind="bp_mercury", unit="kPa")) == [
        *("6", "14", "22", "30", "38")
    ]
    assert loads(MERCURY, "indication_error", Device(kind="bp_mercury", unit="mmHg")) == [
        *("45", "105", "165", "225", "285")
    ]


def test_a_pressure_need_not_stand_exactly_at_its_point() -> None:
    device = DEVICES[MERCURY.code]
    readings = [one for one in perfect(MERCURY) if one.reference != 14]

    def read(at: str) -> None:
        judge(MERCURY, SUBSEQUENT, device, [*readings, reading("indication_error", at, at)])

    read("13")
    read("15")
    with pytest.raises(PointNotRead) as refused:
        read("15.1")
    assert (refused.value.facts["at"], refused.value.facts["unit"]) == ("14", "kPa")


def test_a_pressure_is_read_rising_and_falling() -> None:
    found = asked(AUTOMATED, "static_pressure_error", DEVICES[AUTOMATED.code])

    assert [point.positions for point in found.points] == [("up", "down")] * 5 + [("up",)]


def test_a_phone_is_told_what_to_ask_for() -> None:
    found = asked(DIGITAL, "indication_error", SCALE)

    assert (found.name_en, found.method, found.need) == ("Error of indication", Method.ERROR, Need.REQUIRED)
    assert (found.unit, found.readings, found.proportion, found.decisive) == ("kg", 1, D(100), False)
    assert (found.applicable, found.rule) == (True, "JJG 539-2016; OIML R 76-1, table 6, A.4.4.3")
    assert found.fields == (ReadingField.REFERENCE, ReadingField.INDICATION)
    assert found.optional_fields == (ReadingField.ADDED,)
    assert [(point.lower, point.upper, point.strict) for point in found.points[1:3]] == [
        (D("-0.0025"), D("0.0025"), False),
        (D("-0.005"), D("0.005"), False),
    ]


@pytest.mark.parametrize(
    ("code", "key", "unit", "fields", "optional"),
    [
        ("JJG 539-2016", "marks_and_seals", "", "finding", ""),
        ("JJG 539-2016", "repeatability", "kg", "reference indication", "added"),
        ("JJG 539-2016", "discrimination", "kg", "reference", "indication finding"),
        ("JJG 14-2016", "discrimination", "kg", "reference finding", ""),
        ("JJG 14-2016", "sensitivity", "mm", "indication", "reference"),
        ("JJG 270-2008", "air_leak", "kPa/min", "indication", "reference"),
        ("JJG 99-2022", "uncertainty", "mg", "indication", "reference"),
    ],
)
def test_each_method_asks_for_its_own_fields(
    code: str, key: str, unit: str, fields: str, optional: str
) -> None:
    found = asked(REGULATIONS[code], key, DEVICES[code])

    assert (found.unit, found.fields, found.optional_fields) == (
        unit,
        tuple(fields.split()),
        tuple(optional.split()),
    )


def test_what_is_not_asked_for_says_so_without_limits() -> None:
    found = {item.key: item for item in expected(MERCURY, IN_SERVICE, DEVICES[MERCURY.code])}

    assert (found["sensitivity"].need, found["sensitivity"].points) == (Need.NOT_REQUIRED, ())
    assert (found["pointer"].applicable, found["pointer"].points) == (False, ())
    assert found["zero_mercury"].points[0].lower == D("-0.2")


def test_a_limit_that_depends_on_the_value_is_not_said_beforehand() -> None:
    glucose, ecg = REGULATIONS["GB/T 19634-2021"], REGULATIONS["JJG 543-2008"]
    free = [
        asked(glucose, "accuracy", DEVICES[glucose.code]).points[0],
        asked(ecg, "voltage", DEVICES[ecg.code]).points[0],
    ]

    assert [(point.at, point.lower, point.upper) for point in free] == [(None, None, None)] * 2
