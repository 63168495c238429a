"""Shapes of limits that an office may write and no shipped regulation needs."""

from typing import Any

import pytest

from tests.rules.perfect import SCALE, SUBSEQUENT, D, reading, result
from verifier.rules.asking import PointNotRead, ReadingMissing
from verifier.rules.device import CharacteristicMissing, Device
from verifier.rules.limits import BeyondLimits, LimitMissing, ReadingFieldMissing, UnitNotShown
from verifier.rules.readings import Finding3, Reading
from verifier.rules.regulation import Regulation, RegulationWrong, read_regulation
from verifier.rules.verdict import ItemResult, judge

GAUGE = Device(
    kind="pressure_gauge", unit="MPa", accuracy_class="1.6", minimum=D("-0.1"), maximum=D("1.5"), d=D("0.05")
)


NO_SEAL = reading("seal", finding=Finding3.NOT_APPLICABLE)
SECOND = {
    "key": "u",
    "name_zh": "不确定度",
    "name_en": "Uncertainty",
    "reference": "JJG 52-2013",
    "confidence": "low",
    "method": "value",
    "initial": "not_required",
    "subsequent": "not_required",
    "in_service": "not_required",
    "limit": [{"at_most": 1}],
}
SEAL = {
    "key": "seal",
    "name_zh": "铅封",
    "name_en": "Seal",
    "reference": "JJG 52-2013",
    "confidence": "low",
    "method": "check",
    "decisive": True,
    "function": "seal",
    "initial": "if_fitted",
    "subsequent": "if_fitted",
    "in_service": "if_fitted",
}


def written(limit: dict[str, Any], **item: Any) -> Regulation:
    """The file of an office: one item to try, an uncertainty, and a seal where there is one."""
    error = {
        "key": "error",
        "name_zh": "示值误差",
        "name_en": "Error of indication",
        "reference": "JJG 52-2013",
        "confidence": "low",
        "method": "error",
        "initial": "required",
        "subsequent": "required",
        "in_service": "required",
        "limit": [limit],
    }
    document = {
        "code": "JJG 52-2013",
        "title_zh": "弹性元件式一般压力表",
        "title_en": "Pressure gauges",
        "document": "certificate",
        "kinds": ["pressure_gauge"],
        "confidence": "low",
        "item": [error | item, SECOND, SEAL],
    }
    return read_regulation(document, source="office.toml")


def of(regulation: Regulation, *readings: Reading, device: Device = GAUGE) -> ItemResult:
    return result(judge(regulation, SUBSEQUENT, device, [*readings, NO_SEAL]), "error")


def test_a_gauge_errs_by_its_class_in_percent_of_the_span() -> None:
    gauge = written({"classes": ["1.6"], "of": "% of span", "plus_minus": "1.6"})
    found = of(gauge, reading("error", "1", "1.0256"), reading("error", "1", "1.0257"))

    assert [(point.upper, point.passed) for point in found.points] == [
        (D("0.0256"), True),
        (D("0.0256"), False),
    ]


def test_a_span_begins_at_nought_unless_said_otherwise_and_needs_an_end() -> None:
    gauge = written({"of": "% of span", "plus_minus": 1})
    from_nought = Device(kind="pressure_gauge", unit="MPa", maximum=D(2))

    assert of(gauge, reading("error", "1", "1"), device=from_nought).points[0].upper == D("0.02")
    with pytest.raises(CharacteristicMissing):
        of(gauge, reading("error", "1", "1"), device=Device(unit="MPa"))


def test_a_limit_may_be_counted_in_d() -> None:
    gauge = written({"of": "d", "plus_minus": "0.5"})

    assert of(gauge, reading("error", "1", "1")).points[0].upper == D("0.025")


def test_a_percentage_of_the_reference_is_of_its_size_alone() -> None:
    gauge = written({"of": "% of reference", "plus_minus": 10})

    assert of(gauge, reading("error", "-1", "-1")).points[0].upper == D("0.1")


def test_the_larger_of_two_limits_counts_on_each_side() -> None:
    gauge = written({"at_least": -1, "at_most": 2, "or_larger": {"at_least": -3, "at_most": 1}})
    open_below = written({"at_most": 2, "or_larger": {"plus_minus": 3}})
    point = of(gauge, reading("error", "1", "1")).points[0]

    assert (point.lower, point.upper) == (D(-3), D(2))
    assert of(open_below, reading("error", "1", "1")).points[0].lower is None


@pytest.mark.parametrize(
    ("limit", "passing"),
    [
        ({"more_than": 1, "less_than": 2}, ["1.5"]),
        ({"at_least": 1, "at_most": 2}, ["1", "1.5", "2"]),
        ({"more_than": 1}, ["1.5", "2", "9"]),
        ({"less_than": 2}, ["0", "1", "1.5"]),
        ({"at_least": 1}, ["1", "1.5", "2", "9"]),
        ({"at_most": 2}, ["0", "1", "1.5", "2"]),
        ({"plus_minus": 1, "plus": "0.5"}, ["0", "1", "1.5"]),
    ],
)
def test_bounds_are_inclusive_unless_they_say_more_or_less(limit: dict[str, Any], passing: list[str]) -> None:
    leak = written(limit, method="value", unit="kPa")
    values = ["0", "1", "1.5", "2", "9"]
    found = of(leak, *(reading("error", None, value) for value in values))

    assert [str(point.reading.indication) for point in found.points if point.passed] == passing


@pytest.mark.parametrize(
    ("at", "upper"), [("-10.01", "0.5"), ("-10", "0.25"), ("10", "0.25"), ("10.01", "0.5")]
)
def test_bands_below_nought_have_their_ends_too(at: str, upper: str) -> None:
    """JJG 892-2011, refractometers: from -10 to +10 m⁻¹ ±0.25, both ends included."""
    sphere = written(
        {
            "bands": [
                {"below": -10, "plus_minus": "0.5"},
                {"up_to": 10, "plus_minus": "0.25"},
                {"plus_minus": "0.5"},
            ]
        },
        unit="m⁻¹",
    )

    assert of(sphere, reading("error", at, at)).points[0].upper == D(upper)


def test_a_limit_for_small_instruments_is_passed_over_by_a_large_one() -> None:
    small = written({"up_to_max": "1500 g", "plus_minus": 1})
    one = Device(unit="kg", maximum=D("1.5"))

    assert of(small, reading("error", "1", "1"), device=one).points[0].upper == 1
    for other in (Device(unit="kg", maximum=D("1.6")), Device(unit="MPa", maximum=D("0.1"))):
        with pytest.raises(LimitMissing):
            of(small, reading("error", "1", "1"), device=other)


def test_points_of_another_unit_do_not_count() -> None:
    gauge = written({"plus_minus": 1}, points=[{"units": ["kPa"], "at": [100, 200]}])
    with pytest.raises(UnitNotShown, match="kPa"):
        of(gauge, reading("error", "1", "1"))


@pytest.mark.parametrize(
    ("word", "at"), [("2 e", "0.01"), ("Max", "15"), ("nominal", "20"), ("50 % Max", "7.5")]
)
def test_the_words_for_points(word: str, at: str) -> None:
    device = Device(
        unit="kg", maximum=SCALE.maximum, intervals=SCALE.intervals, nominal=D(20), accuracy_class="III"
    )
    gauge = written({"plus_minus": 1}, points=[{"at": [word]}])
    assert of(gauge, reading("error", at, at), device=device).points[0].passed is True
    with pytest.raises(PointNotRead):
        of(gauge, reading("error", "14", "14"), device=device)


def test_change_points_of_a_limit_in_the_unit_itself() -> None:
    gauge = written(
        {"bands": [{"up_to": "0.5", "plus_minus": 1}, {"up_to": 2, "plus_minus": 2}]},
        points=[{"at": ["change points"]}],
    )
    assert of(gauge, reading("error", "0.5", "0.5")).points[0].upper == 1
    with pytest.raises(PointNotRead):
        of(gauge, reading("error", "1", "1"))


def test_a_limit_in_another_unit_is_none() -> None:
    with pytest.raises(UnitNotShown, match=r"MPa.*kPa"):
        of(written({"units": ["kPa"], "plus_minus": 1}), reading("error", "1", "1"))


def test_a_value_whose_limit_is_a_percentage_needs_its_reference() -> None:
    leak = written({"of": "% of reference", "at_most": 10}, method="value")

    assert of(leak, reading("error", "10", "1")).points[0].upper == 1
    with pytest.raises(ReadingFieldMissing):
        of(leak, reading("error", None, "1"))


def test_a_difference_with_no_upper_limit_is_held_against_the_lower() -> None:
    spread = written({"at_least": 1}, method="spread", readings=2)

    assert of(spread, reading("error", None, "1"), reading("error", None, "3")).points[0].passed is True


def test_an_uncertainty_that_the_stage_does_not_ask_for_is_needed_all_the_same() -> None:
    guarded = written({"plus_minus": 1}, guard_from="u")
    with pytest.raises(ReadingMissing, match="Uncertainty"):
        of(guarded, reading("error", "1", "1"))


def test_a_decisive_failure_leaves_what_the_stage_does_not_ask_for_as_it_was() -> None:
    checked = written({"plus_minus": 1}, initial="not_required", subsequent="not_required")
    found = judge(checked, SUBSEQUENT, Device(), [reading("seal", finding=Finding3.NOT_OK)])

    assert [item.verdict.value for item in found.items] == ["not_required", "not_required", "fail"]


def test_a_zero_error_nobody_judged_must_be_whole_all_the_same() -> None:
    digital = written({"plus_minus": 1}, changeover=True, zero_from="u")
    with pytest.raises(ReadingFieldMissing):
        of(
            digital,
            reading("u", "0", added="0.1"),
            reading("error", "1", "1", added="0.1"),
            device=Device(unit="kg", intervals=SCALE.intervals),
        )


def test_a_weight_is_no_pressure() -> None:
    table = {"classes": ["M1"], "by_nominal": {"1 kg": [1]}}
    weights = written(table, method="value", unit="mg")
    with pytest.raises(BeyondLimits):
        of(weights, reading("error", "1", "1"), device=Device(unit="kPa", accuracy_class="M1"))
    with pytest.raises(RegulationWrong):
        written(table | {"by_nominal": {"1 kPa": [1]}})
