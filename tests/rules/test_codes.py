import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.rules.codes import NotAnInstrumentCode, instrument_code, instrument_id

numbers = st.integers(1, 10**9)


@given(numbers)
def test_a_code_leads_back_to_its_instrument(number):
    assert instrument_id(f" {instrument_code(number)} ") == number


@given(numbers, st.data())
def test_one_mistyped_digit_is_noticed(number, data):
    code = instrument_code(number)
    place = data.draw(st.integers(0, len(code) - 1))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != code[place]]))
    with pytest.raises(NotAnInstrumentCode):
        instrument_id(code[:place] + digit + code[place + 1 :])


@pytest.mark.parametrize("text", ["", "abc", "12", "１２３４５６７８", "-0000012"])
def test_what_is_no_code_is_refused(text):
    with pytest.raises(NotAnInstrumentCode):
        instrument_id(text)


def test_a_code_has_eight_digits():
    assert len(instrument_code(1)) == 8
