"""Which district is meant by what people write into a register."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.rules.district_names import DistrictIndex, Place, Resolved, Where


def place(number: int, code: str, names: str, above: int | None, *, exists: bool = True) -> Place:
    zh, _, en = names.partition("|")
    return Place(number, code, "", zh, en, above, exists)


JIANGSU = place(1, "320000", "江苏省|Jiangsu Province", None)
SUZHOU = place(2, "320500", "苏州市|Suzhou", 1)
TAICANG = place(3, "320585", "太仓市|Taicang City", 2)
FUQIAO = place(4, "320585103", "浮桥镇|Fuqiao Town", 3)
LOUDONG = place(5, "320585002", "娄东街道|Loudong Subdistrict", 3)
PARK = place(6, "320576", "苏州工业园区|Suzhou Industrial Park", 2)
OLD_PARK = place(7, "320571", "苏州工业园区|Suzhou Industrial Park", 6, exists=False)
NANJING = place(8, "320100", "南京市|Nanjing", 1)
DRUM_TOWER = place(9, "320106", "鼓楼区|Gulou District", 8)
XUZHOU = place(10, "320300", "徐州市|Xuzhou", 1)
OTHER_DRUM_TOWER = place(11, "320302", "鼓楼区|Gulou District", 10)
WUJIANG = place(12, "320509", "吴江区|Wujiang District", 2)
OLD_WUJIANG = place(13, "320584", "吴江市|Wujiang City", 12, exists=False)
INDEX = DistrictIndex(
    [
        JIANGSU,
        SUZHOU,
        TAICANG,
        FUQIAO,
        LOUDONG,
        PARK,
        OLD_PARK,
        NANJING,
        DRUM_TOWER,
        XUZHOU,
        OTHER_DRUM_TOWER,
        WUJIANG,
        OLD_WUJIANG,
    ]
)


@pytest.mark.parametrize(
    "text",
    [
        "320585103",
        "320585103000",
        " 320585103 ",
        "３２０５８５１０３",
        "浮桥镇",
        "浮桥",
        "太仓市浮桥镇",
        "太仓浮桥",
        "苏州市浮桥镇",
        "江苏省苏州市太仓市浮桥镇",
        "江苏省 / 苏州市 / 太仓市 / 浮桥镇",
        "江苏浮桥镇",
        "Fuqiao Town",
        "FUQIAO TOWN",
        "\ufeff浮桥镇\u3000",
    ],
)
def test_a_town_is_found_by_its_code_its_name_and_its_path(text: str) -> None:
    assert INDEX.resolve(text, TAICANG.id) == Resolved(Where.INSIDE, FUQIAO)


@pytest.mark.parametrize(
    "text",
    ["", "南京市浮桥镇", "浮桥镇太仓市", "浮桥镇老街12号", "桥镇", "320599", "32058510", "000000", "市"],
)
def test_what_fits_no_district_is_unknown_and_never_guessed(text: str) -> None:
    assert INDEX.resolve(text) == Resolved(Where.UNKNOWN)


def test_a_district_may_itself_be_the_one_asked_within() -> None:
    assert INDEX.resolve("太仓市", TAICANG.id) == Resolved(Where.INSIDE, TAICANG)
    assert INDEX.resolve("320585000000", TAICANG.id) == Resolved(Where.INSIDE, TAICANG)


def test_what_lies_beyond_the_boundary_is_found_outside() -> None:
    assert INDEX.resolve("浮桥镇", WUJIANG.id) == Resolved(Where.OUTSIDE, FUQIAO)
    assert INDEX.resolve("苏州市", TAICANG.id) == Resolved(Where.OUTSIDE, SUZHOU)
    assert INDEX.resolve("320585103", NANJING.id) == Resolved(Where.OUTSIDE, FUQIAO)


def test_of_two_with_one_name_the_one_inside_is_meant() -> None:
    assert INDEX.resolve("鼓楼区", NANJING.id) == Resolved(Where.INSIDE, DRUM_TOWER)
    assert INDEX.resolve("徐州市鼓楼区", NANJING.id) == Resolved(Where.OUTSIDE, OTHER_DRUM_TOWER)


@pytest.mark.parametrize("within", [None, JIANGSU.id, TAICANG.id])
def test_two_with_one_name_are_ambiguous(within: int | None) -> None:
    assert INDEX.resolve("鼓楼区", within) == Resolved(Where.AMBIGUOUS)


def test_of_two_with_one_name_the_one_that_exists_is_meant() -> None:
    assert INDEX.resolve("苏州工业园区", SUZHOU.id) == Resolved(Where.INSIDE, PARK)


def test_an_old_name_nobody_took_over_still_means_the_old_district() -> None:
    assert INDEX.resolve("吴江市", WUJIANG.id) == Resolved(Where.INSIDE, OLD_WUJIANG)


def test_a_short_name_yields_to_a_full_one_and_to_what_exists() -> None:
    assert INDEX.resolve("吴江", SUZHOU.id) == Resolved(Where.INSIDE, WUJIANG)


def test_the_office_of_a_subdistrict_means_the_subdistrict() -> None:
    assert INDEX.resolve("太仓市娄东街道办事处") == Resolved(Where.INSIDE, LOUDONG)


def test_districts_in_a_circle_do_not_hold_up_the_search() -> None:
    circle = DistrictIndex([place(1, "990100", "甲市", 2), place(2, "990200", "乙市", 1)])

    assert not circle.lies_within(1, 3)
    assert circle.resolve("乙市甲市") == Resolved(Where.INSIDE, place(1, "990100", "甲市", 2))


@given(st.text(max_size=60))
def test_any_text_gets_an_answer(text: str) -> None:
    found = INDEX.resolve(text, TAICANG.id)

    assert (found.district is not None) == (found.where in (Where.INSIDE, Where.OUTSIDE))
