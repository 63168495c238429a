"""The judge attacked with random readings, and held against a second one written from the tables alone."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.perfect import (
    AUTOMATED,
    DEVICES,
    DIGITAL,
    MERCURY,
    MONITOR,
    D,
    judged_with,
    perfect,
    reading,
    result,
    scale,
    without,
)
from verifier.rules.device import Device
from verifier.rules.regulation import Regulation
from verifier.rules.stages import Stage
from verifier.rules.verdict import judge

STAGES = st.sampled_from(Stage)
# Class, e in grams, n: scales as they stand in markets, hospitals and jewellers' shops.
SCALES = {
    "I": [("0.001", 60_000), ("0.01", 220_000), ("1", 300_000)],
    "II": [("0.01", 6_000), ("0.1", 22_000), ("1", 100_000)],
    "III": [("5", 3_000), ("10", 3_000), ("200", 600), ("1", 10_000)],
    "IIII": [("20", 400), ("100", 1_000), ("5", 100)],
}
BANDS = {"I": (50_000, 200_000), "II": (5_000, 20_000), "III": (500, 2_000), "IIII": (50, 200)}


@st.composite
def weighings(draw: st.DrawFn) -> tuple[Device, Decimal, Decimal, Stage]:
    """A scale, a load on it near some place of interest, the error it shows, and the stage."""
    accuracy_class = draw(st.sampled_from(sorted(SCALES)))
    e, n = draw(st.sampled_from(SCALES[accuracy_class]))
    edge = draw(st.sampled_from([*BANDS[accuracy_class], n, 0]))
    steps = draw(st.integers(-3, 3)) if edge else draw(st.integers(0, n))
    load = min(max(D(edge + steps), D(0)), D(n)) * D(e)
    error = draw(st.integers(-40, 40)) * D(e) / 10
    device = scale(str(D(n) * D(e)), e, accuracy_class, "g")
    return device, load, error, draw(STAGES)


def naive_scale(device: Device, load: Decimal, error: Decimal, stage: Stage) -> bool:
    """R 76-1, table 6, by hand and in fractions."""
    e = Fraction(device.intervals[0].e)
    first, second = BANDS[device.accuracy_class or ""]
    m = Fraction(load) / e
    halves = 1 if m <= first else 2 if m <= second else 3
    allowed = Fraction(halves, 2) * e * (2 if stage is Stage.IN_SERVICE else 1)
    return abs(Fraction(error)) <= allowed


def shown(
    regulation: Regulation, item: str, device: Device, load: Decimal, error: Decimal, stage: Stage
) -> bool:
    extra = reading(item, str(load), str(load + error), position="up")
    return judged_with(regulation, extra, stage, device).passed is True


@given(weighings())
def test_both_judges_say_the_same_of_a_scale(case: tuple[Device, Decimal, Decimal, Stage]) -> None:
    device, load, error, stage = case

    assert shown(DIGITAL, "indication_error", device, load, error, stage) == naive_scale(*case)


@settings(max_examples=50)
@given(weighings(), st.decimals(0, 1, places=2))
def test_a_scale_with_a_smaller_error_never_fails_where_the_larger_passed(
    case: tuple[Device, Decimal, Decimal, Stage], part: Decimal
) -> None:
    device, load, error, stage = case
    for sign in (1, -1):
        larger = shown(DIGITAL, "indication_error", device, load, error, stage)
        smaller = shown(DIGITAL, "indication_error", device, load, sign * error * part, stage)
        assert smaller or not larger


@settings(max_examples=50)
@given(weighings())
def test_a_scale_may_show_as_much_too_little_as_too_much(
    case: tuple[Device, Decimal, Decimal, Stage],
) -> None:
    device, load, error, stage = case

    assert shown(DIGITAL, "indication_error", device, load, error, stage) == shown(
        DIGITAL, "indication_error", device, load, -error, stage
    )


@pytest.mark.parametrize("accuracy_class", SCALES)
def test_on_every_edge_of_a_band_one_digit_decides(accuracy_class: str) -> None:
    e, n = SCALES[accuracy_class][0 if accuracy_class != "I" else 1]
    device, digit = scale(str(D(n) * D(e)), e, accuracy_class, "g"), D("0.000001")
    for edge, halves in zip(BANDS[accuracy_class], (1, 2), strict=True):
        load = min(D(edge), D(n)) * D(e)
        for beyond, allowed in ((D(0), halves), (digit, halves + 1)):
            if load + beyond > D(n) * D(e):
                continue
            limit = allowed * D(e) / 2
            found = [
                shown(DIGITAL, "indication_error", device, load + beyond, error, Stage.INITIAL)
                for error in (limit, limit + digit, -limit, -limit - digit)
            ]
            assert found == [True, False, True, False]


# Regulation, item, unit, stage: lower and upper limit, as the table of sphygmomanometers has them.
PRESSURES = (
    {("JJG 270-2008", "kPa", stage): (Fraction(-1, 2), Fraction(1, 2)) for stage in Stage}
    | {("JJG 270-2008", "mmHg", stage): (Fraction(-15, 4), Fraction(15, 4)) for stage in Stage}
    | {
        ("JJG 692-2010", "kPa", Stage.INITIAL): (Fraction(-2, 5), Fraction(2, 5)),
        ("JJG 692-2010", "mmHg", Stage.INITIAL): (Fraction(-3), Fraction(3)),
        ("JJG 692-2010", "kPa", Stage.SUBSEQUENT): (Fraction(-1, 2), Fraction(1, 2)),
        ("JJG 692-2010", "mmHg", Stage.SUBSEQUENT): (Fraction(-4), Fraction(4)),
        ("JJG 692-2010", "kPa", Stage.IN_SERVICE): (Fraction(-1, 2), Fraction(1, 2)),
        ("JJG 692-2010", "mmHg", Stage.IN_SERVICE): (Fraction(-4), Fraction(4)),
    }
)
GAUGES = {
    "JJG 270-2008": (MERCURY, "indication_error", "bp_mercury"),
    "JJG 692-2010": (AUTOMATED, "static_pressure_error", "bp_auto"),
}


@given(st.sampled_from(sorted(PRESSURES)), st.decimals(0, 300, places=1), st.decimals(-6, 6, places=2))
def test_both_judges_say_the_same_of_a_sphygmomanometer(
    case: tuple[str, str, Stage], pressure: Decimal, error: Decimal
) -> None:
    code, unit, stage = case
    regulation, item, kind = GAUGES[code]
    lower, upper = PRESSURES[case]
    found = shown(regulation, item, Device(kind=kind, unit=unit), pressure, error, stage)

    assert found == (lower <= Fraction(error) <= upper)


@given(st.decimals(0, 300, places=1), st.decimals(-9, 9, places=2))
def test_both_judges_say_the_same_of_a_monitor(pressure: Decimal, error: Decimal) -> None:
    device = DEVICES[MONITOR.code]
    allowed = max(Fraction(3), abs(Fraction(pressure) + Fraction(error)) / 50)

    assert shown(MONITOR, "static_pressure_error", device, pressure, error, Stage.SUBSEQUENT) == (
        abs(Fraction(error)) <= allowed
    )


@given(st.decimals(-1, 1, places=3), STAGES)
def test_the_zero_of_a_mercury_column_is_not_symmetric(zero: Decimal, stage: Stage) -> None:
    found = judged_with(MERCURY, reading("zero_mercury", None, str(zero)), stage).passed

    assert found == (Fraction(-1, 5) <= Fraction(zero) <= Fraction(1, 2))


@given(st.integers(0, 50), st.integers(-10, 10), st.integers(0, 50))
def test_both_judges_find_the_same_error_prior_to_rounding(tenths: int, steps: int, zero_tenths: int) -> None:
    """Ec = I + 0.5 e - ΔL - L - E0, e = 5 g, in fractions."""
    device = scale("15000", "5", unit="g")
    readings = [
        *without(perfect(DIGITAL, device=device), "zero_setting"),
        reading("zero_setting", "0", "0", added=str(D(zero_tenths) / 10)),
        reading("indication_error", "2500", str(2500 + 5 * steps), added=str(D(tenths) / 10)),
    ]
    point = result(judge(DIGITAL, Stage.INITIAL, device, readings), "indication_error").points[-1]
    zero = Fraction(5, 2) - Fraction(zero_tenths, 10)
    error = 5 * steps + Fraction(5, 2) - Fraction(tenths, 10) - zero

    assert (Fraction(point.error or 0), point.passed) == (error, abs(error) <= Fraction(5, 2))
