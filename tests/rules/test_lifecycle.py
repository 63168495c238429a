from itertools import product

import pytest

from verifier.rules.lifecycle import (
    INSTRUMENT_MOVES,
    PROGRAMME_MOVES,
    RETIRED,
    InstrumentStatus,
    ProgrammeStatus,
    may_be_verified,
)

LEGAL = {
    ("in_use", "suspended"),
    ("in_use", "scrapped"),
    ("in_use", "confiscated"),
    ("in_use", "removed"),
    ("suspended", "in_use"),
    ("suspended", "scrapped"),
    ("suspended", "confiscated"),
    ("suspended", "removed"),
    ("removed", "suspended"),
}


@pytest.mark.parametrize(("old", "new"), list(product(InstrumentStatus, repeat=2)))
def test_every_move_of_an_instrument_is_legal_or_not(old, new):
    assert (new in INSTRUMENT_MOVES[old]) == ((old, new) in LEGAL)


def test_a_programme_only_goes_forward():
    assert {(old, new) for old in ProgrammeStatus for new in PROGRAMME_MOVES[old]} == {
        (ProgrammeStatus.DRAFT, ProgrammeStatus.RUNNING),
        (ProgrammeStatus.RUNNING, ProgrammeStatus.CLOSED),
    }


def test_what_is_retired_is_not_verified():
    assert {status for status in InstrumentStatus if not may_be_verified(status)} == RETIRED
