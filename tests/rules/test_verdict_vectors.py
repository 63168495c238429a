"""Weights, pressures, temperatures, electrocardiographs, glucose meters: the figures of their texts."""

import csv
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.rules.perfect import (
    AUTOMATED,
    DEVICES,
    DIGITAL_ECG,
    EAR,
    ECG,
    ELECTRONIC,
    GLASS,
    GLUCOSE,
    IN_SERVICE,
    INITIAL,
    MERCURY,
    MONITOR,
    REGULATIONS,
    SUBSEQUENT,
    WEIGHTS,
    D,
    judged_with,
    perfect,
    reading,
    result,
    without,
)
from verifier.rules.asking import ReadingMissing
from verifier.rules.device import Device
from verifier.rules.limits import BeyondLimits, UnitNotShown
from verifier.rules.readings import Finding3
from verifier.rules.regulation import Regulation
from verifier.rules.stages import Confidence, Stage
from verifier.rules.verdict import ItemVerdict, Outcome, expected, judge

TABLE = Path(__file__).parents[2] / "verifier" / "data" / "mpe_weights.csv"
CLASSES = ("E1", "E2", "F1", "F2", "M1", "M1-2", "M2", "M2-3", "M3")


def weight(nominal: str, unit: str, accuracy_class: str) -> Device:
    return Device(kind="weights", unit=unit, accuracy_class=accuracy_class, nominal=D(nominal))


@pytest.mark.parametrize(
    ("nominal", "unit", "accuracy_class", "limit"),
    [
        ("100", "g", "E1", "0.05"),
        ("100", "g", "F1", "0.5"),
        ("100", "g", "M1", "5"),
        ("1", "kg", "E1", "0.5"),
        ("1", "kg", "F1", "5"),
        ("1000", "g", "M1", "50"),
    ],
)
def test_the_six_cells_of_the_table_of_weights_that_were_read(
    nominal: str, unit: str, accuracy_class: str, limit: str
) -> None:
    device = weight(nominal, unit, accuracy_class)
    point = judged_with(WEIGHTS, reading("conventional_mass", None, "0"), device=device)

    assert point.upper == D(limit)


def test_the_shipped_table_of_weights_is_r_111_1_table_1() -> None:
    lines = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
    [limit] = REGULATIONS["JJG 99-2022"].items[-1].limits

    assert limit.by_nominal == {
        (name, D(line["nominal_mg"])): D(line[f"{name}_mg"])
        for line in lines
        for name in CLASSES
        if line[f"{name}_mg"]
    }


def test_a_class_that_does_not_exist_at_a_nominal_value_is_refused() -> None:
    with pytest.raises(BeyondLimits, match=r"M3.*500 mg"):
        expected(WEIGHTS, INITIAL, weight("500", "mg", "M3"))


@pytest.mark.parametrize(
    ("deviation", "passed"), [("40", True), ("-40", True), ("40.1", False), ("-40.000001", False)]
)
def test_the_uncertainty_narrows_the_limit_of_a_weight(deviation: str, passed: bool) -> None:  # noqa: FBT001  a case
    """R 111-1, 5.3: within nominal ±(δm - U); 1 kg of class M1, δm 50 mg, U 10 mg."""
    device = DEVICES[WEIGHTS.code]
    readings = [
        *without(without(perfect(WEIGHTS), "uncertainty"), "conventional_mass"),
        reading("uncertainty", None, "10"),
        reading("conventional_mass", None, deviation),
    ]
    [point] = result(judge(WEIGHTS, INITIAL, device, readings), "conventional_mass").points

    assert (point.passed, point.lower, point.upper) == (passed, D(-40), D(40))


@pytest.mark.parametrize(
    ("uncertainty", "passed"),
    [("16.666666666666", True), ("16.666666666667", False), ("0", True), ("-1", False)],
)
def test_the_uncertainty_of_a_weight_is_a_third_of_its_limit_at_most(uncertainty: str, passed: bool) -> None:  # noqa: FBT001  a case
    assert judged_with(WEIGHTS, reading("uncertainty", None, uncertainty)).passed is passed


def test_without_its_uncertainty_a_weight_is_not_judged() -> None:
    with pytest.raises(ReadingMissing, match="Expanded uncertainty"):
        judge(WEIGHTS, INITIAL, DEVICES[WEIGHTS.code], without(perfect(WEIGHTS), "uncertainty"))


def passes(
    regulation: Regulation,
    item: str,
    figures: dict[str, bool],
    stage: Stage = SUBSEQUENT,
    unit: str | None = None,
) -> None:
    """Each indication of an item without reference passes or fails as written."""
    device = DEVICES[regulation.code] if unit is None else replace(DEVICES[regulation.code], unit=unit)
    found = {
        figure: judged_with(regulation, reading(item, None, figure), stage, device).passed
        for figure in figures
    }
    assert found == figures


@pytest.mark.parametrize("stage", Stage)
def test_the_zero_of_a_mercury_column_may_be_high_rather_than_low(stage: Stage) -> None:
    passes(
        MERCURY,
        "zero_mercury",
        {"-0.2": True, "-0.21": False, "0.5": True, "0.51": False},
        stage,
    )
    passes(
        MERCURY,
        "zero_mercury",
        {"-1.5": True, "-1.6": False, "3.75": True, "3.76": False},
        stage,
        unit="mmHg",
    )


def test_a_mercury_column_swings_by_0_3_kpa() -> None:
    passes(MERCURY, "sensitivity", {"0.3": True, "0.29": False})
    passes(MERCURY, "sensitivity", {"2.25": True, "2.24": False}, INITIAL, unit="mmHg")


def test_a_sphygmomanometer_in_use_may_leak_more_than_a_new_one() -> None:
    passes(MERCURY, "air_leak", {"0.5": True, "0.51": False}, INITIAL)
    passes(MERCURY, "air_leak", {"0.8": True, "0.81": False}, SUBSEQUENT)
    passes(MERCURY, "air_leak", {"3.75": True, "3.76": False}, INITIAL, unit="mmHg")
    passes(MERCURY, "air_leak", {"6": True, "6.01": False}, IN_SERVICE, unit="mmHg")


def test_an_aneroid_gauge_has_a_pointer_instead_of_a_column() -> None:
    gauge = Device(kind="bp_aneroid", unit="mmHg")
    found = judge(MERCURY, SUBSEQUENT, gauge, perfect(MERCURY, SUBSEQUENT, gauge))
    absent = [item.key for item in found.items if item.verdict is ItemVerdict.NOT_APPLICABLE]

    assert (found.outcome, absent) == (Outcome.PASSED, ["zero_mercury", "sensitivity"])


def test_the_swing_is_said_per_minute() -> None:
    assert (
        result(judge(MERCURY, SUBSEQUENT, DEVICES[MERCURY.code], perfect(MERCURY)), "air_leak").unit
        == "kPa/min"
    )


def error_passes(
    regulation: Regulation, item: str, cases: dict[tuple[str, str], bool], stage: Stage, device: Device
) -> None:
    """(reference, indication) pairs pass or fail as written."""
    found = {
        (at, shown): judged_with(regulation, reading(item, at, shown, position="up"), stage, device).passed
        for at, shown in cases
    }
    assert found == cases


@pytest.mark.parametrize("stage", Stage)
def test_a_sphygmomanometer_errs_by_0_5_kpa_at_every_stage(stage: Stage) -> None:
    cases = {("14", "14.5"): True, ("14", "14.51"): False, ("14", "13.5"): True, ("14", "13.49"): False}
    error_passes(MERCURY, "indication_error", cases, stage, DEVICES[MERCURY.code])


def test_3_9_mmhg_passes_the_limit_in_mmhg_and_fails_the_one_in_kpa() -> None:
    mmhg, kpa = DEVICES[AUTOMATED.code], replace(DEVICES[AUTOMATED.code], unit="kPa")
    error_passes(AUTOMATED, "static_pressure_error", {("100", "103.9"): True}, SUBSEQUENT, mmhg)
    error_passes(AUTOMATED, "static_pressure_error", {("13.332", "13.852"): False}, SUBSEQUENT, kpa)


def test_a_new_automated_sphygmomanometer_has_a_tighter_limit() -> None:
    device = DEVICES[AUTOMATED.code]
    cases = {("100", "103"): True, ("100", "103.1"): False}
    error_passes(AUTOMATED, "static_pressure_error", cases, INITIAL, device)
    for stage in (SUBSEQUENT, IN_SERVICE):
        cases = {("100", "104"): True, ("100", "104.1"): False}
        error_passes(AUTOMATED, "static_pressure_error", cases, stage, device)


def test_the_other_items_of_jjg_692() -> None:
    passes(AUTOMATED, "static_range", {"260": True, "259": False}, INITIAL)
    passes(AUTOMATED, "static_range", {"34.7": True, "34.6": False}, INITIAL, unit="kPa")
    passes(AUTOMATED, "air_leak", {"6": True, "6.1": False}, INITIAL)
    passes(AUTOMATED, "deflation_rate", {"2": True, "3": True, "1.9": False, "3.1": False})
    passes(AUTOMATED, "deflation_rate", {"0.3": True, "0.4": True, "0.29": False, "0.41": False}, unit="kPa")
    spread = [
        judged_with(AUTOMATED, reading("reading_repeatability", "5", shown, position="systolic")).passed
        for shown in ("10", "10.1")
    ]
    assert spread == [True, False]


def test_a_monitor_errs_by_3_mmhg_or_2_percent_whichever_is_larger() -> None:
    cases = {("100", "103"): True, ("100", "103.1"): False, ("245", "250"): True, ("245.1", "240.1"): False}
    for stage in Stage:
        error_passes(MONITOR, "static_pressure_error", cases, stage, DEVICES[MONITOR.code])


def test_a_unit_the_law_does_not_know_is_refused() -> None:
    looked_at = reading("appearance", finding=Finding3.OK)
    with pytest.raises(UnitNotShown, match=r"psi.*kPa, mmHg"):
        judge(MERCURY, SUBSEQUENT, Device(kind="bp_mercury", unit="psi"), [looked_at])


def test_a_glass_thermometer_may_show_too_little_rather_than_too_much() -> None:
    cases = {("37", "37.10"): True, ("37", "37.11"): False, ("37", "36.85"): True, ("37", "36.84"): False}
    error_passes(GLASS, "indication_error", cases, INITIAL, DEVICES[GLASS.code])


@pytest.mark.parametrize(
    ("regulation", "limits"),
    [
        (
            ELECTRONIC,
            {"35.2": "0.3", "35.3": "0.2", "36.9": "0.2", "37.0": "0.1", "39.0": "0.1", "39.1": "0.2"}
            | {"41.0": "0.2", "41.1": "0.3"},
        ),
        (EAR, {"34.9": "0.3", "35.0": "0.2", "42.0": "0.2", "42.1": "0.3"}),
    ],
    ids=["electronic", "ear"],
)
def test_the_bands_of_thermometers(regulation: Regulation, limits: dict[str, str]) -> None:
    found = {at: judged_with(regulation, reading("indication_error", at, at)).upper for at in limits}

    assert found == {at: D(limit) for at, limit in limits.items()}


def test_every_one_of_three_readings_of_an_ear_thermometer_counts() -> None:
    assert judged_with(EAR, reading("indication_error", "37", "37.21")).passed is False
    assert expected(EAR, SUBSEQUENT, DEVICES[EAR.code])[0].readings == 3


def test_common_mode_rejection_of_a_digital_electrocardiograph_is_strictly_more_than_89_db() -> None:
    passes(DIGITAL_ECG, "cmrr", {"89": False, "89.1": True}, INITIAL)
    passes(ECG, "cmrr", {"89": True, "88.9": False})


def test_the_voltage_of_an_electrocardiograph_may_err_a_little_more_when_small() -> None:
    """JJG 543-2008: ±10 (1 + 0.1 mV / U) %: ±0.11 mV at 1 mV, ±0.03 mV at 0.2 mV; time with 0.06 s."""
    found = [
        judged_with(ECG, reading(item, at, at)).upper for item, at in (("voltage", "1"), ("voltage", "0.2"))
    ]
    assert found == [D("0.11"), D("0.03")]
    assert judged_with(ECG, reading("time", "1", "1")).upper == D("0.106")


@pytest.mark.parametrize(
    ("item", "figures"),
    [
        ("frequency_response", {"-10": True, "-10.1": False, "5": True, "5.1": False}),
        ("polarisation", {"-5": True, "5": True, "5.1": False}),
        ("noise", {"35": True, "35.1": False}),
        ("sensitivity", {"5": True, "-5.1": False}),
        ("paper_speed", {"-5": True, "5.1": False}),
        ("lag", {"0.5": True, "0.51": False}),
        ("overshoot", {"10": True, "10.1": False}),
        ("time_constant", {"3.2": True, "3.19": False}),
        ("baseline_width", {"1": True, "1.01": False}),
        ("baseline_drift", {"5": True, "5.1": False}),
        ("input_impedance", {"2.4": True, "2.39": False}),
    ],
)
def test_the_single_figures_of_jjg_543(item: str, figures: dict[str, bool]) -> None:
    passes(ECG, item, figures, INITIAL)


def test_the_figures_of_a_digital_electrocardiograph() -> None:
    passes(DIGITAL_ECG, "noise", {"20": True, "20.1": False})
    passes(DIGITAL_ECG, "weighting", {"10": True, "-10.1": False}, IN_SERVICE)
    passes(DIGITAL_ECG, "frequency_response_high", {"-30": True, "-30.1": False, "5.1": False}, INITIAL)
    passes(DIGITAL_ECG, "frequency_response_low", {"-10": True, "-10.1": False, "5.1": False}, INITIAL)
    passes(DIGITAL_ECG, "time_constant", {"3.2": True, "3.1": False}, INITIAL)
    # ±(5 % of the reading + 1): 80/min shown may be 5 off.
    cases = {("75", "80"): True, ("74.9", "80"): False}
    error_passes(DIGITAL_ECG, "heart_rate", cases, IN_SERVICE, DEVICES[DIGITAL_ECG.code])


def compared(*pairs: tuple[str, str]) -> ItemVerdict:
    readings = [
        reading("control_solution", finding=Finding3.OK),
        *(reading("accuracy", at, shown) for at, shown in pairs),
    ]
    return result(judge(GLUCOSE, SUBSEQUENT, DEVICES[GLUCOSE.code], readings), "accuracy").verdict


@pytest.mark.parametrize(
    ("at", "limit"), [("5.54", "0.83"), ("5.55", "0.8325"), ("10", "1.5"), ("3.00", "0.83")]
)
def test_a_glucose_meter_errs_by_0_83_below_5_55_and_15_percent_from_there(at: str, limit: str) -> None:
    inside, outside = D(at) + D(limit), D(at) - D(limit) - D("0.0001")

    assert compared((at, str(inside))) is ItemVerdict.PASS
    assert compared((at, str(outside))) is ItemVerdict.FAIL


@pytest.mark.parametrize(("wrong", "verdict"), [(1, ItemVerdict.PASS), (2, ItemVerdict.FAIL)])
def test_19_of_20_glucose_results_are_enough(wrong: int, verdict: ItemVerdict) -> None:
    assert compared(*[("5", "5")] * (20 - wrong), *[("5", "6")] * wrong) is verdict


def test_a_glucose_meter_that_is_only_checked_with_control_solution_gets_its_record() -> None:
    device = replace(DEVICES[GLUCOSE.code], lacks=frozenset({"comparison"}))
    found = judge(GLUCOSE, SUBSEQUENT, device, [reading("control_solution", finding=Finding3.NOT_OK)])

    assert (GLUCOSE.document, found.outcome) == ("test_record", Outcome.FAILED)
    assert (found.reasons, found.confidence) == (("质控液核查不合格",), Confidence.MEDIUM)


def test_every_figure_is_exact() -> None:
    assert isinstance(judged_with(ECG, reading("voltage", "0.3", "0.3")).upper, Decimal)
