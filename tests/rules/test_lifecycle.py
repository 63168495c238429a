from itertools import product

import pytest

from verifier.rules.lifecycle import (
    AFTER_FAILURE_STEPS,
    INSTRUMENT_MOVES,
    PROGRAMME_MOVES,
    RETIRED,
    AfterFailure,
    InstrumentStatus,
    ProgrammeStatus,
    Step,
    after_failure,
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


STATUSES = {status.value: status for status in InstrumentStatus}
AFTER_A_FAILURE = {
    ("stopped", "repair"): "repaired",
    ("stopped", "pass"): "restored",
    ("stopped", "fail"): "stopped",
    ("stopped", "scrap"): "scrapped",
    ("stopped", "confiscate"): "confiscated",
    ("stopped", "remove"): "removed",
    ("repaired", "repair"): "repaired",
    ("repaired", "pass"): "restored",
    ("repaired", "fail"): "stopped",
    ("repaired", "scrap"): "scrapped",
    ("repaired", "confiscate"): "confiscated",
    ("repaired", "remove"): "removed",
    ("removed", "bring_back"): "stopped",
}


@pytest.mark.parametrize(("state", "step"), list(product(AfterFailure, Step)))
def test_every_step_after_a_failure_leads_where_it_must_or_nowhere(state, step):
    assert AFTER_FAILURE_STEPS[state].get(step) == AFTER_A_FAILURE.get((state, step))


@pytest.mark.parametrize(
    ("status", "is_repaired", "expected"),
    [
        (InstrumentStatus.SUSPENDED, False, AfterFailure.STOPPED),
        (InstrumentStatus.SUSPENDED, True, AfterFailure.REPAIRED),
        (InstrumentStatus.IN_USE, False, AfterFailure.RESTORED),
        (InstrumentStatus.IN_USE, True, AfterFailure.RESTORED),
        (InstrumentStatus.SCRAPPED, True, AfterFailure.SCRAPPED),
        (InstrumentStatus.CONFISCATED, False, AfterFailure.CONFISCATED),
        (InstrumentStatus.REMOVED, False, AfterFailure.REMOVED),
    ],
)
def test_where_an_instrument_stands_after_a_failure(status, is_repaired, expected):
    assert after_failure(status, is_repaired=is_repaired) is expected


@pytest.mark.parametrize("state", list(AfterFailure))
def test_a_step_that_changes_the_status_is_a_move_the_instrument_may_make(state):
    status = {
        AfterFailure.STOPPED: InstrumentStatus.SUSPENDED,
        AfterFailure.REPAIRED: InstrumentStatus.SUSPENDED,
        AfterFailure.RESTORED: InstrumentStatus.IN_USE,
    }
    old = status.get(state) or STATUSES[state.value]
    for new_state in AFTER_FAILURE_STEPS[state].values():
        new = status.get(new_state) or STATUSES[new_state.value]
        assert new is old or new in INSTRUMENT_MOVES[old]
