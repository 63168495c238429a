import base64
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.rules.labels import (
    LabelFacts,
    LabelUnreadable,
    check_address,
    label_text,
    last_four,
    payload_of,
    printable,
    read_statement,
    short_model,
    signed_bytes,
    statement,
)

SIGNATURE = bytes(range(64))
printed = st.text(st.characters(categories=("L", "N", "P")), max_size=24)
facts_of_any_label = st.builds(
    LabelFacts,
    number=printed,
    instrument_code=printed,
    kind=printed,
    model=printed,
    serial_last4=printed,
    performed_on=st.dates(),
    valid_until=st.none() | st.dates(),
    body=printed,
)
FACTS = LabelFacts(
    number="太检〔2026〕LX-000123",
    instrument_code="00000125",
    kind="nawi_price_computing",
    model="ACS-30",
    serial_last4="0817",
    performed_on=date(2026, 7, 10),
    valid_until=date(2027, 7, 9),
    body="office",
)


def written(payload, signature=SIGNATURE):
    return statement(payload, signature)


@given(facts_of_any_label, st.binary(min_size=64, max_size=64))
def test_a_statement_is_read_as_it_was_written(facts, signature):
    read = read_statement(statement(payload_of(facts), signature))

    assert (read.facts, read.payload, read.signature) == (facts, payload_of(facts), signature)


def test_the_whole_address_and_blanks_of_a_copied_text_are_read_too():
    text = label_text("https://jl.example.cn/", FACTS.number, "7KQ2M9XATC", written(payload_of(FACTS)))

    assert read_statement(f" {text[:150]}\n {text[150:]} ").facts == FACTS


def test_an_address_holds_the_number_in_any_script():
    assert check_address("https://jl.example.cn/", "太-1/2", "7K") == (
        "https://jl.example.cn/c/%E5%A4%AA-1%2F2?code=7K"
    )


def test_a_usual_label_keeps_its_code_readable():
    text = label_text("https://jl.example.cn", "TC2026-LX-000123", "7KQ2M9XATC", written(payload_of(FACTS)))

    assert len(text) <= 300


def test_the_version_is_signed_too():
    assert signed_bytes(b"x") == b"V1.x"


@given(st.text() | st.text("V1.#AQgw-_ \n", max_size=400))
def test_any_text_is_read_or_refused(text):
    try:
        read = read_statement(text)
    except LabelUnreadable:
        return
    assert payload_of(read.facts) == read.payload


@given(st.data())
def test_a_text_has_one_way_to_be_written(data):
    """A sign changed anywhere is another statement, or none."""
    text = written(payload_of(FACTS))
    place = data.draw(st.integers(0, len(text) - 1))
    sign = data.draw(st.characters().filter(lambda other: other != text[place]))
    changed = text[:place] + sign + text[place + 1 :]
    try:
        read = read_statement(changed)
    except LabelUnreadable:
        return
    assert (read.payload, read.signature) != (payload_of(FACTS), SIGNATURE)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        payload_of(FACTS) + b"\x1f",
        payload_of(FACTS).replace(b"20260710", b"2026-07-10"),
        payload_of(FACTS).replace(b"20260710", b"2026W285"),
        payload_of(FACTS).replace(b"20260710", b""),
        payload_of(FACTS).replace(b"20270709", b"20270732"),
        payload_of(FACTS).replace(b"ACS-30", b"ACS\n30"),
        payload_of(FACTS).replace(b"ACS-30", b"\xff"),
    ],
)
def test_a_payload_that_no_body_writes_is_refused(payload):
    with pytest.raises(LabelUnreadable):
        read_statement(written(payload))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "V1",
        "V2" + written(payload_of(FACTS))[2:],
        written(payload_of(FACTS)) + ".",
        written(payload_of(FACTS)) + "=",
        written(payload_of(FACTS), SIGNATURE[:63]),
        written(payload_of(FACTS), SIGNATURE + b"\0"),
        written(payload_of(FACTS))[:-1],
        # The last sign of a signature has bits that nobody reads.
        written(payload_of(FACTS))[:-1] + "x",
        written(payload_of(FACTS)).replace(".", "。"),
        " " * 4000 + written(payload_of(FACTS)),
    ],
)
def test_what_is_no_label_is_refused(text):
    with pytest.raises(LabelUnreadable):
        read_statement(text)


@pytest.mark.parametrize("text", ["a\x1fb", "a\nb", "a\u202eb"])
def test_no_text_with_control_signs_gets_onto_a_label(text):
    with pytest.raises(ValueError):
        LabelFacts(**{**vars(FACTS), "model": text})


@given(st.text())
def test_what_is_made_printable_is_so(text):
    assert printable(text).isprintable()
    assert printable(printable(text)) == printable(text)


def test_a_model_is_shortened_and_a_serial_number_known_by_its_end():
    assert (short_model("ACS\t30"), short_model("M" * 24), short_model("M" * 25)) == (
        "ACS 30",
        "M" * 24,
        "M" * 23 + "…",
    )
    assert (last_four("SH20190817"), last_four("12"), last_four("")) == ("0817", "12", "")


def test_a_statement_is_plain_text_for_addresses():
    _, payload, signature = written(payload_of(FACTS)).split(".")

    assert base64.urlsafe_b64decode(payload + "==") == payload_of(FACTS)
    assert base64.urlsafe_b64decode(signature + "==") == SIGNATURE
