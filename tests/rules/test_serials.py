import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from verifier.rules.serials import (
    MOST_SERIALS,
    QuantitySerialMismatch,
    SerialsUnclear,
    TooManySerials,
    serials,
)

PREFIXES = st.text(alphabet="ABCXYZ-", max_size=6)


PLAIN = [
    "HEM-7130-00418",
    "AC-05-00371",
    "XJ11D-00151",
    "BAD003-722627",
    "ONLYONE-1",
    "2019/0034",
    "A 17",
    "001-003",
    "Q301-Q303",
]


@pytest.mark.parametrize("text", PLAIN)
@pytest.mark.parametrize("quantity", [None, 1])
def test_a_serial_with_a_hyphen_a_slash_or_a_blank_stays_one(text: str, quantity: int | None) -> None:
    assert serials(text, quantity) == (text,)


def test_a_slash_belongs_to_the_serial_of_a_single_instrument() -> None:
    assert serials("Q201/Q202", 1) == ("Q201/Q202",)


@pytest.mark.parametrize(
    "text",
    [
        "Q001~Q003",
        "Q001 ~ Q003",
        "Q001至Q003",
        "Q001—Q003",
        "Q001–Q003",
        "Q001-Q003",
        "Q001 - Q003",
        "Q001~003",
        "Q001-003",
        "Q001~3",
        "Q001、Q002、Q003",
        "Q001,Q002,Q003",
        "Q001;Q002;Q003;",
        "Q001/Q002/Q003",
        "Q001 Q002 Q003",
        "Q001~Q002、Q003",
        "Q001-Q002、Q003",
    ],
)
def test_every_way_to_write_three_serials_gives_three(text: str) -> None:
    assert serials(text, 3) == ("Q001", "Q002", "Q003")


@pytest.mark.parametrize(
    "text", ["Q001~Q003", "Q001~003", "Q001、Q002、Q003", "Q001/Q002/Q003", "Q001 Q002 Q003"]
)
def test_without_a_quantity_what_cannot_be_meant_otherwise_is_taken_apart(text: str) -> None:
    assert serials(text, None) == ("Q001", "Q002", "Q003")


@pytest.mark.parametrize(
    ("text", "quantity", "found"),
    [
        ("001~003", 3, ("001", "002", "003")),
        ("8~11", 4, ("8", "9", "10", "11")),
        ("0098~102", 5, ("0098", "0099", "0100", "0101", "0102")),
        ("20231~3", 3, ("20231", "20232", "20233")),
        ("HEM-7130-09~HEM-7130-11", 3, ("HEM-7130-09", "HEM-7130-10", "HEM-7130-11")),
        ("HEM-7130-09-HEM-7130-11", 3, ("HEM-7130-09", "HEM-7130-10", "HEM-7130-11")),
        ("12345678901234567890~12345678901234567891", 2, ("12345678901234567890", "12345678901234567891")),
        ("Q1~Q1", 1, ("Q1",)),
        ("XJ11D——00151", 1, ("XJ11D-00151",)),
        ("", None, ()),
    ],
)
def test_runs_keep_their_noughts_and_their_prefix(
    text: str, quantity: int | None, found: tuple[str, ...]
) -> None:
    assert serials(text, quantity) == found


@pytest.mark.parametrize(
    ("text", "quantity", "found"),
    [
        ("ONLYONE-1", 3, 1),
        ("Q001~Q003", 2, 3),
        ("Q101、Q102、Q103", 1, 3),
        ("Q301-Q303", 2, 1),
        ("Q1、Q1", 2, 1),
        ("1~99999999", 3, 99_999_999),
    ],
)
def test_a_quantity_that_does_not_fit_is_refused_with_both_figures(
    text: str, quantity: int, found: int
) -> None:
    with pytest.raises(QuantitySerialMismatch) as refusal:
        serials(text, quantity)
    assert (refusal.value.quantity, refusal.value.found) == (quantity, found)


@pytest.mark.parametrize("text", ["A001~B003", "Q003~Q001", "Q~Q003", "Q001~", "001~00003", "Q1~Q2~Q3"])
def test_a_run_whose_ends_do_not_belong_together_is_refused(text: str) -> None:
    with pytest.raises(SerialsUnclear):
        serials(text, None)


@pytest.mark.parametrize("quantity", [None, 99_999_999])
def test_a_run_without_measure_is_refused_before_it_is_written_out(quantity: int | None) -> None:
    with pytest.raises(TooManySerials) as refusal:
        serials("1~99999999", quantity)
    assert refusal.value.found == 99_999_999


@given(PREFIXES, st.integers(0, 99_000), st.integers(2, MOST_SERIALS), st.sampled_from("~至-—"))
def test_a_run_comes_back_as_its_serials(prefix: str, first: int, count: int, mark: str) -> None:
    assume(not prefix.startswith("-") and not prefix.endswith("-"))
    stated = tuple(f"{prefix}{number:05d}" for number in range(first, first + count))
    assert serials(f"{stated[0]}{mark}{stated[-1]}", count) == stated


@given(st.lists(st.from_regex(r"[A-Z]{1,3}[0-9]{1,8}", fullmatch=True), min_size=1, max_size=9, unique=True))
def test_a_list_comes_back_as_its_serials(stated: list[str]) -> None:
    assert serials("、".join(stated), len(stated)) == tuple(stated)


@given(st.text(max_size=60), st.none() | st.integers(1, 5000))
def test_whatever_is_written_is_read_within_bounds_or_refused(text: str, quantity: int | None) -> None:
    try:
        found = serials(text, quantity)
    except (QuantitySerialMismatch, SerialsUnclear, TooManySerials):
        return
    assert len(found) <= MOST_SERIALS
    assert quantity in (None, len(found))
