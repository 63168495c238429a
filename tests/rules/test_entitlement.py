from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.rules.entitlement import (
    Candidate,
    Eligibility,
    FeeTreatment,
    Ineligible,
    Mandate,
    ProgrammeKind,
    fee_waived,
    ineligibility,
    split_by_share,
)
from verifier.rules.holders import HolderKind
from verifier.rules.lifecycle import InstrumentStatus
from verifier.rules.purposes import Purpose

SCALE = Candidate(
    InstrumentStatus.IN_USE,
    HolderKind.STALL,
    "nawi_price_computing",
    Mandate.MANDATORY,
    Purpose.TRADE,
    15_000,
)
METER = replace(SCALE, kind_key="glucose_meter", mandate=Mandate.VOLUNTARY, purpose=Purpose.MEDICAL)
FREE, VOLUNTARY = ProgrammeKind.MANDATORY_FREE, ProgrammeKind.VOLUNTARY_FREE
ALL = Eligibility()


def test_a_scale_at_a_stall_is_free():
    assert ineligibility(SCALE, ALL, FREE) is None


def test_a_glucose_meter_is_free_only_when_listed_or_in_a_voluntary_programme():
    listed = Eligibility(instrument_kinds=("glucose_meter",))
    assert ineligibility(METER, ALL, FREE) is Ineligible.NOT_MANDATORY
    assert ineligibility(METER, listed, FREE) is None
    assert ineligibility(METER, ALL, VOLUNTARY) is None


def test_a_kind_nobody_is_sure_of_is_not_taken_as_mandatory():
    assert ineligibility(replace(SCALE, mandate=Mandate.UNSURE), ALL, FREE) is Ineligible.NOT_MANDATORY


@pytest.mark.parametrize(
    ("eligibility", "reason"),
    [
        (Eligibility(holder_kinds=(HolderKind.VILLAGE_CLINIC,)), Ineligible.HOLDER_KIND),
        (Eligibility(instrument_kinds=("bp_auto",)), Ineligible.INSTRUMENT_KIND),
        (Eligibility(purposes=(Purpose.MEDICAL,)), Ineligible.PURPOSE),
        (Eligibility(max_capacity_kg=Decimal("14.999")), Ineligible.CAPACITY),
    ],
)
def test_each_limit_keeps_out_with_its_own_reason(eligibility, reason):
    assert ineligibility(SCALE, eligibility, FREE) is reason


def test_a_capacity_limit_includes_its_own_figure():
    assert ineligibility(SCALE, Eligibility(max_capacity_kg=Decimal(15)), FREE) is None


def test_an_unknown_capacity_is_not_within_a_limit():
    unknown = replace(SCALE, max_capacity_g=None)
    assert (
        ineligibility(unknown, Eligibility(max_capacity_kg=Decimal(500)), FREE) is Ineligible.CAPACITY_UNKNOWN
    )
    assert ineligibility(unknown, ALL, FREE) is None


def test_a_use_outside_the_laws_four_purposes_is_not_mandatory():
    other, unknown = replace(SCALE, purpose=Purpose.OTHER), replace(SCALE, purpose=None)
    assert ineligibility(other, ALL, FREE) is Ineligible.PURPOSE
    assert ineligibility(other, ALL, VOLUNTARY) is None
    assert ineligibility(other, Eligibility(purposes=(Purpose.OTHER,)), FREE) is None
    assert ineligibility(unknown, ALL, FREE) is None


@pytest.mark.parametrize("status", [s for s in InstrumentStatus if s not in ("in_use", "suspended")])
def test_what_is_retired_cannot_be_enrolled(status):
    assert ineligibility(replace(SCALE, status=status), ALL, FREE) is Ineligible.NOT_IN_USE


def test_a_suspended_instrument_may_be_enrolled():
    assert ineligibility(replace(SCALE, status=InstrumentStatus.SUSPENDED), ALL, FREE) is None


def test_an_unknown_tariff_is_never_zero():
    assert fee_waived(None, FeeTreatment.WAIVED) is None
    assert fee_waived(4000, FeeTreatment.WAIVED) == 4000


def test_a_second_look_after_a_failure_costs_nobody_anything():
    assert fee_waived(4000, FeeTreatment.NOT_BILLABLE) == 0
    assert fee_waived(None, FeeTreatment.NOT_BILLABLE) == 0


@st.composite
def shares(draw):
    cuts = sorted(draw(st.lists(st.integers(1, 99), unique=True, max_size=8)))
    return [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]


@given(fen=st.integers(0, 10**11), parts=shares())
def test_funders_parts_sum_to_the_amount_and_are_off_by_less_than_a_fen(fen, parts):
    split = split_by_share(fen, parts)
    assert sum(split) == fen
    assert all(abs(100 * part - fen * share) < 100 for part, share in zip(split, parts, strict=True))


def test_the_fen_left_over_goes_to_the_largest_remainder():
    assert split_by_share(101, [50, 50]) == [51, 50]
    assert split_by_share(100, [33, 33, 34]) == [33, 33, 34]
    assert split_by_share(10, [25, 75]) == [3, 7]
