from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.rules.cells import (
    Cell,
    NotADay,
    NotAWholeNumber,
    day,
    day_or_month,
    is_blank,
    lost_digits,
    text,
    whole_number,
)

DAYS = st.dates(date(1950, 1, 1), date(2099, 12, 31))
STYLES = (
    "{0.year}/{0.month}/{0.day}",
    "{0.year}-{0.month:02}-{0.day:02}",
    "{0.year}.{0.month}.{0.day}",
    "{0.year}年{0.month}月{0.day}日",
    "{0.year}{0.month:02}{0.day:02}",
    "{0.year}-{0.month:02}-{0.day:02}T08:30:00",
    "{0.year}/{0.month}/{0.day} 8:30",
    " {0.year} 年 {0.month} 月 {0.day} 日\u3000",
)


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        ("ＨＥＭ－７１３０－００４０６", "HEM-7130-00406"),
        ("  BP000105\u00a0", "BP000105"),
        ("水银\u3000 血压计\n", "水银 血压计"),
        ("\ufeffBP\u200b01", "BP01"),
        ("BP\x0001", "BP 01"),
        ("～（）Ⅲ㎏", "~()IIIkg"),
        (202000000122.0, "202000000122"),
        (1.0, "1"),
        (100, "100"),
        (0.05, "0.05"),
        (1e-7, "0.0000001"),
        (-0.0, "0"),
        (5.2320585e17, "523205850000000000"),
        (float("nan"), ""),
        (float("inf"), ""),
        (True, "TRUE"),
        (date(2025, 4, 17), "2025-04-17"),
        (None, ""),
    ],
)
def test_a_cell_is_read_as_the_office_sees_it(cell: Cell, seen: str) -> None:
    assert text(cell) == seen


@given(st.text())
def test_reading_a_text_twice_changes_nothing_more(raw: str) -> None:
    assert text(text(raw)) == text(raw)


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_a_number_shows_all_its_digits_and_no_exponent(number: int) -> None:
    assert text(float(number)) == str(number)


@pytest.mark.parametrize("cell", ["", " ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\t\r\n", None])
def test_a_cell_that_shows_nothing_is_blank(cell: Cell) -> None:
    assert is_blank(cell)


@given(DAYS, st.sampled_from(STYLES))
def test_a_day_is_the_same_in_every_style(stated: date, style: str) -> None:
    assert day(style.format(stated)) == stated


@given(DAYS)
def test_a_day_kept_as_a_number_is_counted_as_a_spreadsheet_counts(stated: date) -> None:
    number = (stated - date(1899, 12, 30)).days
    assert (day(number), day(number + 0.75), day(str(number))) == (stated, stated, stated)


@given(DAYS)
def test_a_real_date_is_taken_as_it_is(stated: date) -> None:
    assert (day(stated), day(datetime.combine(stated, time(23, 59)))) == (stated, stated)


def test_a_day_typed_as_one_number_is_read() -> None:
    assert day(20250523.0) == date(2025, 5, 23)


@pytest.mark.parametrize(
    "cell",
    [
        "2025.2.30",
        "2025/13/1",
        "2025-2/3",
        "25/4/17",
        "4/17/2025",
        "2025年5月",
        "2025",
        2025.0,
        "2025-07-28T23:00:00Z",
        "昨天",
        "",
        None,
        True,
        time(8, 0),
        timedelta(days=1),
        99999999999.0,
        -45000.0,
        "0000-00-00",
    ],
)
def test_what_names_no_day_is_refused(cell: Cell) -> None:
    with pytest.raises(NotADay):
        day(cell)


@pytest.mark.parametrize(
    ("cell", "stated"),
    [
        ("2019年5月", date(2019, 5, 1)),
        ("2019.05", date(2019, 5, 1)),
        ("2019-5", date(2019, 5, 1)),
        ("2019年", date(2019, 1, 1)),
        (2019.0, date(2019, 1, 1)),
        ("2019-05-17", date(2019, 5, 17)),
    ],
)
def test_a_name_plate_may_give_only_month_or_year(cell: Cell, stated: date) -> None:
    assert day_or_month(cell) == stated


@pytest.mark.parametrize("cell", [2019.1, "2019-13", "19年5月", "", None])
def test_a_month_that_is_not_certain_is_refused(cell: Cell) -> None:
    with pytest.raises(NotADay):
        day_or_month(cell)


@pytest.mark.parametrize(
    ("cell", "count"), [(3.0, 3), ("3", 3), ("３台", 3), ("1 件", 1), ("2.0", 2), (0, 0), ("12个", 12)]
)
def test_a_count_may_carry_its_counting_word(cell: Cell, count: int) -> None:
    assert whole_number(cell) == count


@pytest.mark.parametrize("cell", [2.5, "-1", "一", "", None, True, "1e3", "9" * 400])
def test_what_is_no_count_is_refused(cell: Cell) -> None:
    with pytest.raises(NotAWholeNumber):
        whole_number(cell)


@pytest.mark.parametrize(
    ("cell", "lost"),
    [
        (10**15, True),
        (2.02e17, True),
        ("2.02E+14", True),
        (202000000122.0, False),
        ("202000000000000122", False),
        ("HEM-7130", False),
        (None, False),
    ],
)
def test_a_long_number_kept_as_a_number_has_lost_its_last_digits(cell: Cell, *, lost: bool) -> None:
    assert lost_digits(cell) is lost
