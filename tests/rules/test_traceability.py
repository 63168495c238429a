from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.operations.standards import weight_errors
from verifier.rules.traceability import (
    UNITS,
    WEIGHT_CLASSES,
    Calibrated,
    Doubt,
    Quality,
    Quantity,
    StandardState,
    converted,
    error_at,
    good_enough,
    in_doubt,
    quantity_of,
    state_on,
    unit_named,
)
from verifier.rules.verdict import Outcome

D = Decimal
WEIGHTS = weight_errors()
PASSED, FAILED = Outcome.PASSED, Outcome.FAILED
DAY = date(2026, 4, 20)

units = st.sampled_from(UNITS)
figures = st.decimals(min_value=0, max_value=10**6, places=6)


def m1(value, unit, of_class="M1"):
    return error_at(Quality("kg", of_class), D(value), unit, WEIGHTS)


@pytest.mark.parametrize(
    ("load", "unit", "error"),
    [
        ("1", "kg", "0.00005"),
        ("2.5", "kg", "0.000125"),
        ("2500", "g", "0.125"),
        ("4", "g", "0.0024"),
        ("9", "g", "0.0040"),
        ("0.001", "g", "0.0002"),
        ("150", "kg", "0.0075"),
        ("0", "kg", "0"),
        ("-5", "kg", "0.00025"),
        ("1.234567", "kg", "0.00006875"),
    ],
)
def test_a_load_is_made_up_of_the_fewest_m1_weights_and_their_errors_add_up(load, unit, error):
    assert m1(load, unit) == D(error)


@pytest.mark.parametrize(
    ("load", "of_class"),
    [("0.0005", "M1"), ("0.5", "M3"), ("75000", "M1-2")],
)
def test_what_no_weights_of_a_class_make_up_has_no_error(load, of_class):
    assert m1(load, "g", of_class) is None


def test_a_class_counts_50_kg_weights_only_where_it_has_no_others():
    assert m1("100", "kg", "M2-3") == D("0.032")


def test_the_table_of_weights_is_the_one_of_r_111():
    """Table 1 of R 111-1: 24 values for E1 to M1, 18 for M2, 15 for M3, 50 kg alone for what lies between."""
    counted = [sum(1 for known, _ in WEIGHTS if known == of_class) for of_class in WEIGHT_CLASSES]

    assert counted == [24, 24, 24, 24, 24, 1, 18, 1, 15]
    assert (WEIGHTS["E1", D(100_000)], WEIGHTS["F1", D(10**6)]) == (D("0.05"), D("5.0"))


@given(load=st.integers(0, 2 * 10**8), of_class=st.sampled_from(["E1", "E2", "F1", "F2", "M1"]))
def test_any_load_down_to_a_milligram_can_be_made_up_and_a_better_class_is_never_worse(load, of_class):
    better, worse = (error_at(Quality("g", each), D(load), "mg", WEIGHTS) for each in ("E1", of_class))

    assert better is not None
    assert worse is not None
    assert 0 <= better <= worse


@pytest.mark.parametrize(
    ("quality", "value", "unit", "error"),
    [
        (Quality("kPa", absolute=D("0.1")), "20", "kPa", "0.1"),
        (Quality("kPa", absolute=D("0.133322")), "100", "mmHg", "1"),
        (Quality("mmHg", absolute=D("1")), "20", "kPa", "0.133322"),
        (Quality("mV", percent=D("1")), "2", "mV", "0.02"),
        (Quality("mV", absolute=D("0.01"), percent=D("1")), "0.5", "mV", "0.01"),
        (Quality("mV", absolute=D("0.01"), percent=D("1")), "-5", "mV", "0.05"),
        (Quality("mV", absolute=D("0.01")), "500", "μV", "10"),
        (Quality("kg", weight_class="M1", absolute=D("0.0001")), "1", "kg", "0.0001"),
    ],
)
def test_of_all_that_is_stated_the_largest_counts_in_the_unit_asked_for(quality, value, unit, error):
    assert error_at(quality, D(value), unit, WEIGHTS) == D(error)


@pytest.mark.parametrize(
    ("quality", "unit"),
    [
        (Quality("kPa", absolute=D(1)), "kg"),
        (Quality("kPa", absolute=D(1)), "kPa/min"),
        (Quality("kPa/min", absolute=D(1)), "kPa/min"),
        (Quality("kPa"), "kPa"),
    ],
)
def test_a_standard_says_nothing_of_another_quantity_or_where_nothing_is_stated(quality, unit):
    assert error_at(quality, D(1), unit, WEIGHTS) is None


def test_a_third_of_the_limit_is_good_enough_and_the_next_digit_is_not():
    """R 76-1, 3.7.1: the error of standard weights is at most a third of the limit at that load."""
    assert good_enough(D("0.5"), D("1.5"))
    assert not good_enough(D("0.500000000001"), D("1.5"))
    assert good_enough(D("0.5"), D("-1.5"))


@given(error=figures, limit=figures, more=figures)
def test_a_better_standard_or_a_wider_limit_never_makes_it_worse(error, limit, more):
    if good_enough(error + more, limit):
        assert good_enough(error, limit)
    if good_enough(error, limit):
        assert good_enough(error, limit + more)


@given(figure=figures, unit=units, into=units)
def test_there_and_back_is_the_same_figure(figure, unit, into):
    if quantity_of(unit) is quantity_of(into):
        back = converted(converted(figure, unit, into), into, unit)

        assert abs(back - figure) <= abs(figure) * D("1e-25")
    else:
        with pytest.raises(ValueError, match="not known as units of one quantity"):
            converted(figure, unit, into)


@pytest.mark.parametrize(
    ("figure", "unit", "into", "same"),
    [
        ("1", "t", "kg", "1000"),
        ("1", "kg", "mg", "1000000"),
        ("1", "mmHg", "kPa", "0.133322"),
        ("1", "MPa", "kPa", "1000"),
        ("1", "V", "μV", "1000000"),
        ("1", "min", "s", "60"),
        ("1", "s", "ms", "1000"),
        ("1", "L", "mL", "1000"),
        ("37.5", "°C", "℃", "37.5"),
        ("5.5", "mmol/L", "mmol/L", "5.5"),
        ("50", "Hz", "Hz", "50"),
    ],
)
def test_units_of_one_quantity_are_converted_exactly(figure, unit, into, same):
    assert converted(D(figure), unit, into) == D(same)


def test_a_unit_nobody_knows_is_not_converted_even_into_itself():
    with pytest.raises(ValueError, match="not known"):
        converted(D(1), "kPa/min", "kPa/min")


def test_a_unit_has_one_spelling():
    assert [unit_named(written) for written in (" ℃ ", "µV", "μV", "kPa")] == ["°C", "μV", "μV", "kPa"]
    assert quantity_of("µV") is Quantity.VOLTAGE
    assert quantity_of("斤") is None


def test_every_quantity_has_a_unit():
    assert {quantity_of(unit) for unit in UNITS} == set(Quantity)


def found(day, outcome=PASSED, until=date(2027, 4, 19)):
    return Calibrated(day, outcome, until if outcome is PASSED else None)


@pytest.mark.parametrize(
    ("newest", "retired_on", "on", "state"),
    [
        (found(DAY), None, DAY, StandardState.VALID),
        (found(DAY), None, date(2027, 4, 19), StandardState.VALID),
        (found(DAY), None, date(2027, 4, 20), StandardState.EXPIRED),
        (found(DAY, FAILED), None, DAY, StandardState.FAILED),
        (None, None, DAY, StandardState.UNCALIBRATED),
        (found(DAY), DAY, DAY, StandardState.RETIRED),
        (found(DAY), DAY + timedelta(1), DAY, StandardState.VALID),
        (None, DAY, DAY, StandardState.RETIRED),
    ],
)
def test_a_standard_is_valid_to_its_last_day_and_until_it_is_retired(newest, retired_on, on, state):
    assert state_on(newest, retired_on, on) is state


def test_a_failure_puts_in_doubt_what_was_done_since_it_was_last_found_good():
    first, second, third, fourth = (DAY + timedelta(days=30 * step) for step in range(4))

    assert in_doubt([]) is None
    assert in_doubt([found(first), found(second)]) is None
    assert in_doubt([found(first), found(second), found(third, FAILED)]) == Doubt(second, third)
    assert in_doubt([found(third, FAILED)]) == Doubt(None, third)
    assert in_doubt([found(first, FAILED), found(second), found(third, FAILED)]) == Doubt(second, third)
    # Found good again after a repair, what was doubtful stays so and nothing joins it.
    assert in_doubt([found(fourth), found(third, FAILED), found(first)]) == Doubt(first, third)
    assert in_doubt([found(third), found(third, FAILED)]) == Doubt(third, third)
