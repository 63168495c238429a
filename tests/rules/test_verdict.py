"""Scales judged by their readings; the paragraphs are those of OIML R 76-1 and the regulations (JJG)."""

from dataclasses import replace
from decimal import localcontext

import pytest

from tests.rules.perfect import (
    BENCH,
    DEVICES,
    DIAL,
    DIGITAL,
    ECG,
    IN_SERVICE,
    INITIAL,
    REGULATIONS,
    SCALE,
    SUBSEQUENT,
    TWO_RANGES,
    D,
    judged_with,
    limits_at,
    perfect,
    reading,
    result,
    scale,
    without,
)
from verifier.rules.asking import PointNotRead, ReadingFieldUnused, ReadingMissing, ReadingsTooFew
from verifier.rules.device import CharacteristicMissing, Device
from verifier.rules.limits import BeyondLimits, LimitMissing, ReadingFieldMissing, UnitNotShown
from verifier.rules.readings import Finding3
from verifier.rules.stages import Confidence, Stage
from verifier.rules.verdict import (
    FindingNotAllowed,
    FoundBy,
    ItemUnknown,
    ItemVerdict,
    Outcome,
    ReadingNotApplicable,
    StageNotCovered,
    as_found,
    expected,
    judge,
    judgement_from_json,
)

ASKED = [
    pytest.param(code, stage, id=f"{code} {stage.value}")
    for code in REGULATIONS
    for stage in Stage
    if (code, stage) != ("JJG 543-2008", IN_SERVICE)
]


@pytest.mark.parametrize(("code", "stage"), ASKED)
def test_an_instrument_without_any_error_passes_every_regulation(code: str, stage: Stage) -> None:
    found = judge(REGULATIONS[code], stage, DEVICES[code], perfect(REGULATIONS[code], stage))

    assert (found.outcome, found.reasons, found.regulation, found.stage) == (Outcome.PASSED, (), code, stage)
    assert ItemVerdict.FAIL not in {item.verdict for item in found.items}


@pytest.mark.parametrize(("code", "stage"), ASKED)
def test_a_judgement_comes_back_from_the_database_as_it_was(code: str, stage: Stage) -> None:
    found = judge(REGULATIONS[code], stage, DEVICES[code], perfect(REGULATIONS[code], stage))

    assert judgement_from_json(found.to_json()) == found


@pytest.mark.parametrize(
    ("device", "limits"),
    [
        (
            scale("15", "0.005"),
            {"2.5": "0.0025", "2.505": "0.005", "10": "0.005", "10.005": "0.0075", "15": "0.0075"},
        ),
        (scale("30", "0.01"), {"5": "0.005", "20": "0.010", "30": "0.015"}),
        (TWO_RANGES, {"1": "0.001", "4": "0.002", "6": "0.003", "10": "0.005", "15": "0.0075"}),
        (scale("100", "0.1", "IIII"), {"5": "0.050", "20": "0.100", "100": "0.150"}),
    ],
    ids=["III 15 kg", "III 30 kg", "III 6/15 kg", "IIII 100 kg"],
)
def test_the_limits_of_r_76_1_table_6(device: Device, limits: dict[str, str]) -> None:
    found = list(limits_at(DIGITAL, "indication_error", list(limits), device=device))

    assert found == [(-D(limit), D(limit)) for limit in limits.values()]


def test_in_service_the_limits_are_twice_as_wide() -> None:
    found = limits_at(DIGITAL, "indication_error", ["2.5", "10", "15"], IN_SERVICE)

    assert [upper for _, upper in found] == [D("0.005"), D("0.01"), D("0.015")]


@pytest.mark.parametrize("stage", [INITIAL, SUBSEQUENT])
def test_a_load_of_exactly_500_e_still_has_the_smaller_limit(stage: Stage) -> None:
    found = list(limits_at(DIGITAL, "indication_error", ["2.5", "2.500000000001"], stage))

    assert found == [(D("-0.0025"), D("0.0025")), (D("-0.005"), D("0.005"))]


def test_class_ii_has_half_an_e_up_to_5000_e_not_20000() -> None:
    balance = scale("10000", "1", "II", "g")

    assert [
        upper for _, upper in limits_at(DIGITAL, "indication_error", ["5000", "5001"], device=balance)
    ] == [
        D("0.5"),
        D(1),
    ]


def test_a_load_beyond_the_last_band_has_no_limit() -> None:
    full = scale("50", "0.005")
    with pytest.raises(BeyondLimits, match=r"50\.005 kg"):
        judged_with(DIGITAL, reading("indication_error", "50.005", "50.005"), device=full)


def test_the_error_prior_to_rounding_of_r_76_1_a_4_4_3() -> None:
    """e 5 g, L 50 g, I 50 g, ΔL 2 g: P 50.5 g, E +0.5 g."""
    grams = scale("15000", "5", unit="g")
    readings = without(perfect(DIGITAL, device=grams), "zero_setting")
    zero = reading("zero_setting", "0", "0", added="2.5")
    vector = reading("indication_error", "50", "50", added="2")
    found = result(judge(DIGITAL, SUBSEQUENT, grams, [*readings, zero, vector]), "indication_error").points[
        -1
    ]

    assert (found.error, found.found_by, found.zero_error) == (D("0.5"), FoundBy.CHANGEOVER, D(0))


def test_the_zero_error_is_taken_off_the_error_prior_to_rounding() -> None:
    """E0 at 10 e, because zero is tracked: 50 + 2.5 - 1.5 - 50 = +1 g, allowed 1.25 g."""
    grams = scale("15000", "5", unit="g")
    readings = without(perfect(DIGITAL, device=grams), "zero_setting")
    zero = reading("zero_setting", "50", "50", added="1.5")
    loaded = reading("indication_error", "2500", "2500", added="4")
    found = judge(DIGITAL, SUBSEQUENT, grams, [*readings, zero, loaded])
    point = result(found, "indication_error").points[-1]

    assert (point.zero_error, point.error, point.passed) == (D(1), D("-2.5"), True)
    assert result(found, "zero_setting").points[0].error == D(1)


def test_without_changeover_weights_the_record_says_so_and_the_indication_decides() -> None:
    found = judged_with(DIGITAL, reading("indication_error", "2.5", "2.505"))

    assert (found.error, found.found_by, found.zero_error, found.passed) == (
        D("0.005"),
        FoundBy.INDICATION,
        None,
        False,
    )


def test_an_error_prior_to_rounding_needs_a_zero_error_as_fine() -> None:
    with pytest.raises(ReadingFieldMissing, match="Accuracy of zero-setting") as refused:
        judged_with(DIGITAL, reading("indication_error", "2.5", "2.5", added="0.002"))
    assert refused.value.facts["field"].value == "added"  # type: ignore[attr-defined]


def test_zero_is_set_to_a_quarter_of_e() -> None:
    found = [
        judged_with(DIGITAL, reading("zero_setting", "0", "0", added=added)).passed
        for added in ("0.00125", "0.001249", "0.00375", "0.003751")
    ]
    assert found == [True, False, True, False]


@pytest.mark.parametrize(("supports", "load"), [(3, "5"), (4, "5"), (6, "3")])
def test_a_third_of_max_stands_on_each_support_and_less_on_many(supports: int, load: str) -> None:
    device = replace(SCALE, supports=supports)
    [asked] = [item for item in expected(DIGITAL, SUBSEQUENT, device) if item.key == "eccentricity"]
    [point] = asked.points

    assert point.at == D(load)
    assert point.positions == tuple(str(number) for number in range(1, supports + 1))


def test_the_additive_tare_counts_for_eccentric_loading() -> None:
    device = replace(SCALE, additive_tare=D(3))
    [asked] = [item for item in expected(DIGITAL, SUBSEQUENT, device) if item.key == "eccentricity"]

    assert asked.points[0].at == D(6)


def test_a_support_without_a_reading_is_named() -> None:
    readings = [one for one in perfect(DIGITAL) if (one.item, one.position) != ("eccentricity", "3")]
    with pytest.raises(PointNotRead) as refused:
        judge(DIGITAL, SUBSEQUENT, SCALE, readings)

    assert refused.value.facts == {
        "item": "偏载 / Eccentric loading",
        "at": "5",
        "unit": "kg",
        "position": "3",
    }


def test_a_scale_that_shows_too_much_on_one_support_fails_for_eccentricity() -> None:
    readings = [*perfect(DIGITAL), reading("eccentricity", "5", "5.01", position="2")]
    found = judge(DIGITAL, SUBSEQUENT, SCALE, readings)

    assert (found.outcome, found.reasons) == (Outcome.FAILED, ("偏载不合格",))


@pytest.mark.parametrize(("last", "passed"), [("12.0075", True), ("12.0076", False)])
def test_readings_of_one_load_lie_no_further_apart_than_the_limit(last: str, passed: bool) -> None:  # noqa: FBT001  a case
    found = judged_with(DIGITAL, reading("repeatability", "12", last))

    assert (found.passed, found.error, found.found_by) == (passed, D(last) - 12, FoundBy.SPREAD)


def test_a_weighing_of_another_load_tells_nothing_of_repeatability() -> None:
    with pytest.raises(ReadingsTooFew) as refused:
        judged_with(DIGITAL, reading("repeatability", "5", "5"))

    assert (refused.value.facts["found"], refused.value.facts["at"]) == (1, "5")


def test_repeatability_is_finer_with_changeover_weights_on_every_weighing() -> None:
    readings = without(perfect(DIGITAL), "repeatability")
    series = [
        reading("repeatability", "12", "12", added="0.004"),
        reading("repeatability", "12", "12.005", added="0.001"),
        reading("repeatability", "12", "12", added="0.002"),
    ]
    found = result(judge(DIGITAL, SUBSEQUENT, SCALE, [*readings, *series]), "repeatability")

    assert {point.error for point in found.points} == {D("0.008")}
    assert found.verdict is ItemVerdict.FAIL


def test_each_weighing_of_a_dial_scale_near_max_keeps_the_limit_too() -> None:
    device = DEVICES["JJG 13-2016"]
    readings = without(perfect(DIAL), "repeatability")
    off = [reading("repeatability", "8", "8.006")] * 3
    found = result(judge(DIAL, SUBSEQUENT, device, [*readings, *off]), "repeatability")

    assert [(point.found_by, point.passed) for point in found.points[:2]] == [
        (FoundBy.SPREAD, True),
        (FoundBy.INDICATION, False),
    ]


@pytest.mark.parametrize(("change", "passed"), [("0.005", True), ("0.004", False)])
def test_a_digital_scale_must_answer_to_1_4_d(change: str, passed: bool) -> None:  # noqa: FBT001  a case
    found = judged_with(DIGITAL, reading("discrimination", "15", change))

    assert (found.passed, found.lower, found.found_by) == (passed, D("0.005"), FoundBy.RESPONSE)


def test_the_extra_load_for_1_4_d_follows_the_partial_range() -> None:
    [asked] = [item for item in expected(DIGITAL, SUBSEQUENT, TWO_RANGES) if item.key == "discrimination"]

    assert [point.extra for point in asked.points] == [D("0.0028"), D("0.007"), D("0.007")]


@pytest.mark.parametrize(("change", "passed"), [("0.0035", True), ("0.0034", False)])
def test_the_pointer_moves_by_seven_tenths_of_the_extra_load(change: str, passed: bool) -> None:  # noqa: FBT001  a case
    found = judged_with(DIAL, reading("discrimination", "8", change))

    assert (found.passed, found.lower) == (passed, D("0.0035"))


def test_a_beam_must_be_seen_to_move_with_four_tenths_of_the_limit() -> None:
    [asked] = [
        item for item in expected(BENCH, SUBSEQUENT, DEVICES[BENCH.code]) if item.key == "discrimination"
    ]

    assert [point.extra for point in asked.points] == [D("0.010"), D("0.020"), D("0.020")]
    still = reading("discrimination", "50", finding=Finding3.NOT_OK)
    assert judged_with(BENCH, still).passed is False


@pytest.mark.parametrize(("maximum", "e", "least"), [("30", "0.01", "2"), ("50", "0.02", "5")])
def test_a_beam_of_a_large_scale_swings_further(maximum: str, e: str, least: str) -> None:
    device = scale(maximum, e, kind="nawi_nonself_bench_platform")

    assert judged_with(BENCH, reading("sensitivity", None, least), device=device).lower == D(least)


def test_a_price_is_right_to_the_last_money_step() -> None:
    priced = replace(SCALE, kind="nawi_price_computing")
    found = [
        judged_with(DIGITAL, reading("price_computing", "12.35", shown), device=priced).passed
        for shown in ("12.35", "12.36", "12.34")
    ]
    assert found == [True, False, False]


def test_a_broken_seal_fails_without_any_measurement() -> None:
    seal = reading("marks_and_seals", finding=Finding3.NOT_OK)
    found = judge(DIGITAL, SUBSEQUENT, Device(), [seal, reading("indication_error", "5", "9")])

    assert (found.outcome, found.reasons) == (Outcome.FAILED, ("检定标记、铅封与防作弊不合格",))
    assert [item.verdict for item in found.items] == [
        ItemVerdict.FAIL,
        *[ItemVerdict.NOT_EXAMINED] * (len(found.items) - 1),
    ]
    assert [point.passed for point in result(found, "indication_error").points] == [None]
    assert found.confidence is Confidence.HIGH


def test_what_a_stage_does_not_ask_for_is_kept_and_never_a_pass() -> None:
    mercury = REGULATIONS["JJG 270-2008"]
    swing = reading("sensitivity", None, "0.1")
    found = judge(
        mercury,
        IN_SERVICE,
        DEVICES[mercury.code],
        [*perfect(mercury, IN_SERVICE, DEVICES[mercury.code]), swing],
    )

    assert result(found, "sensitivity").verdict is ItemVerdict.NOT_REQUIRED
    assert [(point.reading, point.passed) for point in result(found, "sensitivity").points] == [(swing, None)]
    assert found.outcome is Outcome.PASSED


def test_a_function_the_instrument_lacks_is_not_applicable() -> None:
    device = replace(SCALE, lacks=frozenset({"tare"}))
    found = judge(DIGITAL, SUBSEQUENT, device, perfect(DIGITAL, SUBSEQUENT, device))

    assert result(found, "tare_setting").verdict is ItemVerdict.NOT_APPLICABLE
    with pytest.raises(ReadingNotApplicable, match="Accuracy of tare-setting"):
        judge(DIGITAL, SUBSEQUENT, device, perfect(DIGITAL))


def test_the_technician_may_say_on_the_spot_that_a_function_is_not_fitted() -> None:
    absent = reading("tare_setting", finding=Finding3.NOT_APPLICABLE)
    readings = without(perfect(DIGITAL), "tare_setting")
    found = judge(DIGITAL, SUBSEQUENT, SCALE, [*readings, absent])

    assert result(found, "tare_setting").verdict is ItemVerdict.NOT_APPLICABLE
    with pytest.raises(FindingNotAllowed):
        judge(DIGITAL, SUBSEQUENT, SCALE, [*perfect(DIGITAL), absent])


def test_what_every_instrument_has_cannot_be_waved_through() -> None:
    absent = reading("marks_and_seals", finding=Finding3.NOT_APPLICABLE)
    with pytest.raises(FindingNotAllowed, match="Marks, seals"):
        judge(DIGITAL, SUBSEQUENT, SCALE, [*without(perfect(DIGITAL), "marks_and_seals"), absent])


@pytest.mark.parametrize("item", [one.key for one in DIGITAL.items if one.key != "price_computing"])
def test_an_item_without_readings_is_named(item: str) -> None:
    with pytest.raises(ReadingMissing) as refused:
        judge(DIGITAL, SUBSEQUENT, SCALE, without(perfect(DIGITAL), item))
    assert refused.value.facts["item"] == next(one.title for one in DIGITAL.items if one.key == item)


def test_one_weighing_of_three_is_too_few() -> None:
    readings = without(perfect(DIGITAL), "repeatability")
    with pytest.raises(ReadingsTooFew) as refused:
        judge(DIGITAL, SUBSEQUENT, SCALE, [*readings, reading("repeatability", "12", "12")])

    assert (refused.value.facts["found"], refused.value.facts["wanted"]) == (1, 3)


def test_the_load_turns_at_max_and_is_read_there_once() -> None:
    [asked] = [item for item in expected(DIGITAL, SUBSEQUENT, SCALE) if item.key == "indication_error"]

    assert [(point.at, point.positions) for point in asked.points] == [
        *((D(load), ("up", "down")) for load in ("0.1", "2.5", "7.5", "10")),
        (D(15), ("up",)),
    ]


def test_a_reading_has_the_fields_its_item_needs_and_no_others() -> None:
    with pytest.raises(ReadingFieldMissing) as missing:
        judged_with(DIGITAL, reading("indication_error", "5"))
    with pytest.raises(ReadingFieldMissing) as silent:
        judged_with(DIGITAL, reading("discrimination", "15"))
    with pytest.raises(ReadingFieldUnused) as unused:
        judged_with(DIGITAL, reading("discrimination", "15", "0.005", added="0.001"))

    assert [str(one.value.facts["field"]) for one in (missing, silent, unused)] == [
        "indication",
        "indication",
        "added",
    ]


def test_what_the_regulation_does_not_know_is_refused_by_name() -> None:
    with pytest.raises(ItemUnknown, match="colour"):
        judge(DIGITAL, SUBSEQUENT, SCALE, [*perfect(DIGITAL), reading("colour", finding=Finding3.OK)])
    with pytest.raises(UnitNotShown, match="斤"):
        judge(REGULATIONS["JJG 111-2019"], SUBSEQUENT, Device(kind="clin_therm_glass", unit="斤"), [])
    with pytest.raises(LimitMissing, match="class II "):
        judged_with(DIAL, reading("indication_error", "5", "5"), device=scale("10", "0.001", "II"))
    with pytest.raises(StageNotCovered, match="in_service"):
        judge(ECG, IN_SERVICE, DEVICES[ECG.code], [])
    with pytest.raises(CharacteristicMissing) as kind:
        judge(DIGITAL, SUBSEQUENT, replace(SCALE, kind=""), perfect(DIGITAL))
    assert kind.value.facts["what"] == "kind"


def test_the_least_sure_figure_names_the_confidence() -> None:
    assert judge(DIGITAL, SUBSEQUENT, SCALE, perfect(DIGITAL)).confidence is Confidence.LOW


def test_a_verdict_does_not_depend_on_how_precisely_others_compute() -> None:
    with localcontext(prec=3):
        coarse = judge(
            DIGITAL, SUBSEQUENT, SCALE, [*perfect(DIGITAL), reading("repeatability", "12", "12.00751")]
        )

    assert coarse.outcome is Outcome.FAILED


def test_work_before_the_verdict_means_it_was_not_found_passing() -> None:
    assert as_found(Outcome.PASSED, worked_on=True) is Outcome.FAILED
    assert as_found(Outcome.PASSED, worked_on=False) is Outcome.PASSED
