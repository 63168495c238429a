import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.rules.capacity import max_capacity_kg
from verifier.rules.cells import Cell, SheetRow
from verifier.rules.holders import (
    HolderKind,
    NotACreditCode,
    UnknownHolderKind,
    credit_code,
    holder_kind,
    holder_kind_by_name,
)
from verifier.rules.purposes import Purpose, UnknownPurpose, purpose
from verifier.rules.register import RegisterLine, identity, read_rows
from verifier.rules.register_faults import SENTENCES, Fault, FaultReason
from verifier.rules.register_headers import Field, Header, HeaderNotFound, data_rows, find_header
from verifier.sheets import find_register, read_sheets

FILES = Path(__file__).parents[2] / "examples"
TODAY = date(2026, 1, 8)
# What a database knows and a file does not.
NEEDS_THE_DATABASE = {"district_outside", "unknown_district", "unknown_kind", "duplicate"}
KINDS = {
    "水银血压计": "bp_mercury",
    "汞柱式血压计": "bp_mercury",
    "台式血压计": "bp_mercury",
    "血压表": "bp_aneroid",
    "表式血压计": "bp_aneroid",
    "电子血压计": "bp_auto",
    "无创自动测量血压计": "bp_auto",
    "上臂式电子血压计": "bp_auto",
    "血糖仪": "glucose_meter",
    "血糖分析仪": "glucose_meter",
    "便携式血糖仪": "glucose_meter",
}
HEADERS = (
    "使用单位",
    "统一社会信用代码",
    "单位类别",
    "所属市场",
    "摊位号",
    "器具名称",
    "出厂编号",
    "器具数量",
    "器具用途",
    "上次检定日期",
    "出厂日期",
    "最大秤量(kg)",
    "公平秤",
    "备注",
)
WHOLE = {"使用单位": "浮桥镇牌楼村卫生室", "器具名称": "电子血压计", "出厂编号": "BP0001"}


def sheet(*rows: Iterable[Cell]) -> list[SheetRow]:
    return [SheetRow(number, tuple(cells)) for number, cells in enumerate(rows, start=1)]


def read(*rows: dict[str, Cell]) -> list[RegisterLine | Fault]:
    written = sheet(HEADERS, *([row.get(name) for name in HEADERS] for row in rows))
    return list(read_rows(written, find_header(written), today=TODAY))


def line(**changed: Cell) -> RegisterLine:
    [result] = read({**WHOLE, **changed})
    assert isinstance(result, RegisterLine), result
    return result


def fault(**changed: Cell) -> Fault:
    [result] = read({**WHOLE, **changed})
    assert isinstance(result, Fault), result
    return result


def taicang() -> tuple[list[RegisterLine], list[Fault], list[SheetRow]]:
    content = (FILES / "taicang_register.xlsx").read_bytes()
    found, header = find_register(read_sheets(content, filename="taicang_register.xlsx"))
    results = list(read_rows(found.rows, header, today=TODAY))
    lines = [result for result in results if isinstance(result, RegisterLine)]
    faults = [result for result in results if isinstance(result, Fault)]
    return lines, faults, list(data_rows(found.rows, header))


def test_the_register_of_taicang_has_exactly_the_faults_planted_in_it() -> None:
    expected = json.loads((FILES / "taicang_register.expected.json").read_text())["refused_rows"]
    _, faults, _ = taicang()
    assert [{"row": f.row, "reason": f.reason, "field": f.field} for f in faults] == [
        row for row in expected if row["reason"] not in NEEDS_THE_DATABASE
    ]


def test_the_register_of_taicang_gives_every_instrument_once() -> None:
    expected = json.loads((FILES / "taicang_register.expected.json").read_text())
    lines, faults, rows = taicang()
    elsewhere = {r["row"] for r in expected["refused_rows"]} - {f.row for f in faults}
    entries = [
        (identity(entry, serial, KINDS[entry.kind_name]), KINDS[entry.kind_name], entry.row)
        for entry in lines
        if entry.kind_name in KINDS
        for serial in entry.serials
    ]
    seen = [key for key, _, _ in entries]
    later = {row for at, (key, _, row) in enumerate(entries) if key in seen[:at]}
    standing = Counter(kind for _, kind, row in entries if row not in elsewhere)
    assert later == {611, 612, 613}
    assert standing == expected["by_kind"]
    assert len(lines) + len(faults) == len(rows) == 605


def test_a_whole_row_becomes_a_line_of_clean_values() -> None:
    assert line(
        统一社会信用代码="52320585 382922502m",
        单位类别="村卫生室",
        器具数量=1.0,
        器具用途="医疗卫生",
        上次检定日期="2025.2.19",
        出厂日期="2019年5月",
        备注="/",
    ) == RegisterLine(
        row=2,
        holder_name="浮桥镇牌楼村卫生室",
        uscc="52320585382922502M",
        holder_kind=HolderKind.VILLAGE_CLINIC,
        market="",
        stall_no="",
        district_text="",
        address="",
        contact_name="",
        contact_phone="",
        kind_name="电子血压计",
        model="",
        measuring_range="",
        accuracy_class="",
        scale_interval="",
        serials=("BP0001",),
        manufacturer="",
        purpose=Purpose.MEDICAL,
        verified_on=date(2025, 2, 19),
        manufactured_on=date(2019, 5, 1),
        max_capacity_kg=None,
        is_fair_scale=False,
        remark="",
    )


@pytest.mark.parametrize(
    ("changed", "reason", "where"),
    [
        ({"使用单位": " "}, FaultReason.MISSING_HOLDER, "使用单位"),
        ({"使用单位": "无"}, FaultReason.MISSING_HOLDER, "使用单位"),
        ({"统一社会信用代码": "91320585MA1XXXXX00"}, FaultReason.INVALID_USCC, "统一社会信用代码"),
        ({"单位类别": "火星基地"}, FaultReason.INVALID_HOLDER_KIND, "单位类别"),
        ({"器具名称": None}, FaultReason.MISSING_KIND, "器具名称"),
        ({"出厂编号": ""}, FaultReason.MISSING_SERIAL, "出厂编号"),
        ({"出厂编号": "不详"}, FaultReason.MISSING_SERIAL, "出厂编号"),
        ({"出厂编号": "、"}, FaultReason.MISSING_SERIAL, "出厂编号"),
        ({"出厂编号": 2.02e17}, FaultReason.SERIAL_PRECISION_LOST, "出厂编号"),
        ({"出厂编号": datetime(2019, 5, 1)}, FaultReason.SERIAL_BECAME_DATE, "出厂编号"),  # noqa: DTZ001  as a cell is
        ({"出厂编号": "Q003~Q001"}, FaultReason.UNCLEAR_SERIAL, "出厂编号"),
        ({"出厂编号": "1~99999999"}, FaultReason.TOO_MANY_SERIALS, "出厂编号"),
        ({"出厂编号": "1~99999999", "器具数量": 3}, FaultReason.QUANTITY_SERIAL_MISMATCH, "器具数量"),
        ({"器具数量": 3.0}, FaultReason.QUANTITY_SERIAL_MISMATCH, "器具数量"),
        ({"器具数量": 0}, FaultReason.INVALID_QUANTITY, "器具数量"),
        ({"器具数量": "若干"}, FaultReason.INVALID_QUANTITY, "器具数量"),
        ({"器具用途": "装饰"}, FaultReason.INVALID_PURPOSE, "器具用途"),
        ({"公平秤": "也许"}, FaultReason.INVALID_FAIR_SCALE, "公平秤"),
        ({"上次检定日期": "2025.2.30"}, FaultReason.INVALID_DATE, "上次检定日期"),
        ({"上次检定日期": "0205-05-01"}, FaultReason.INVALID_DATE, "上次检定日期"),
        ({"上次检定日期": "2031-01-01"}, FaultReason.FUTURE_DATE, "上次检定日期"),
        ({"出厂日期": date(2026, 1, 9)}, FaultReason.FUTURE_DATE, "出厂日期"),
        ({"上次检定日期": "2020-1-1", "出厂日期": "2021"}, FaultReason.MADE_AFTER_VERIFIED, "出厂日期"),
        ({"使用单位": "室" * 121}, FaultReason.TOO_LONG, "使用单位"),
        ({"出厂编号": "9" * 81}, FaultReason.TOO_LONG, "出厂编号"),
    ],
)
def test_a_wrong_row_is_refused_for_what_is_wrong_where_it_is_wrong(
    changed: dict[str, Cell], reason: FaultReason, where: str
) -> None:
    refused = fault(**changed)
    assert (refused.row, refused.field, refused.reason, refused.further) == (2, where, reason, ())


def test_a_verification_on_the_day_of_reading_is_not_in_the_future() -> None:
    assert line(上次检定日期=TODAY).verified_on == TODAY


def test_a_row_with_several_mistakes_is_refused_once_and_tells_them_all() -> None:
    refused = fault(使用单位="", 出厂编号="", 上次检定日期="2025.2.30")
    assert [f.reason for f in (refused, *refused.further)] == [
        FaultReason.MISSING_HOLDER,
        FaultReason.MISSING_SERIAL,
        FaultReason.INVALID_DATE,
    ]
    assert refused.sentences().count("\n") == 2


def test_a_refusal_names_row_field_and_value_and_what_to_do() -> None:
    assert fault(上次检定日期="2025.2.30").sentence() == (
        "Row 2, 上次检定日期: “2025.2.30” is no day of the calendar. "
        "Enter it like 2025-07-28, or leave it blank."
    )
    assert fault(器具数量=3.0).sentence() == (
        "Row 2, 器具数量: 3 instruments are stated, but “BP0001” is 1 serial number(s). "
        "Correct the one or the other."
    )


@pytest.mark.parametrize("reason", FaultReason)
def test_every_reason_has_a_sentence_that_names_row_and_field(reason: FaultReason) -> None:
    names = ("value", "serials", "found", "limit", "length", "today", "verified_on", "first")
    refused = Fault(7, "出厂编号", reason, dict.fromkeys(names, "{x}"))
    assert refused.sentence().startswith("Row 7, 出厂编号: ")
    assert set(SENTENCES) == set(FaultReason)


def test_several_serials_in_a_row_are_several_instruments() -> None:
    assert line(出厂编号="Q301-Q303", 器具数量=3.0).serials == ("Q301", "Q302", "Q303")


def test_a_serial_typed_as_a_number_is_the_number() -> None:
    assert line(出厂编号=202000000122.0, 器具数量="1台").serials == ("202000000122",)


def test_a_formula_in_a_remark_is_only_text() -> None:
    assert line(备注='=HYPERLINK("http://example.invalid","x")').remark == (
        '=HYPERLINK("http://example.invalid","x")'
    )


@pytest.mark.parametrize(
    ("changed", "name", "kind"),
    [
        ({"使用单位": "张三"}, "张三", HolderKind.STALL),
        ({"使用单位": ""}, "浮桥农贸市场 A-12", HolderKind.STALL),
        ({"使用单位": "浮桥农贸市场", "摊位号": ""}, "浮桥农贸市场", HolderKind.MARKET),
        ({"使用单位": "", "摊位号": "", "公平秤": "是"}, "浮桥农贸市场", HolderKind.MARKET),
        ({"使用单位": "", "摊位号": "", "单位类别": "集贸市场"}, "浮桥农贸市场", HolderKind.MARKET),
        ({"使用单位": "李四", "摊位号": ""}, "李四", HolderKind.OTHER),
    ],
)
def test_who_holds_a_scale_in_a_market_is_told_by_market_and_stall(
    changed: dict[str, Cell], name: str, kind: HolderKind
) -> None:
    found = line(**{"所属市场": "浮桥农贸市场", "摊位号": "A-12", **changed})
    assert (found.holder_name, found.holder_kind) == (name, kind)


def test_a_market_alone_does_not_say_who_holds_an_instrument() -> None:
    assert fault(使用单位="", 所属市场="浮桥农贸市场").reason is FaultReason.MISSING_HOLDER


@pytest.mark.parametrize(
    ("changed", "fair"),
    [
        ({"公平秤": "是"}, True),
        ({"公平秤": "√"}, True),
        ({"备注": "公平秤"}, True),
        ({"器具用途": "公平秤"}, True),
        ({"备注": "公平秤", "公平秤": "否"}, False),
        ({"备注": "非公平秤"}, False),
        ({}, False),
    ],
)
def test_a_fair_scale_is_one_where_the_row_says_so(changed: dict[str, Cell], *, fair: bool) -> None:
    assert line(**changed).is_fair_scale is fair


@pytest.mark.parametrize(
    ("written", "kilograms"),
    [
        ("(0~30)kg", "30"),
        ("Max=15kg", "15"),
        ("Max=15kg e=5g", "15"),
        ("30kg", "30"),
        ("500 g", "0.5"),
        ("3t", "3000"),
        ("100吨", "100000"),
        ("0.2kg~30KG", "30"),
        ("6/15kg", "15"),
        ("30kg/15kg", "30"),
        ("10斤", "5"),
        ("1,000 g", "1"),
        ("200g±0.5g", "0.2"),
    ],
)
def test_a_mass_gives_the_capacity_in_kilograms(written: str, kilograms: str) -> None:
    assert max_capacity_kg(written) == Decimal(kilograms)


@pytest.mark.parametrize(
    "written",
    ["", "(0~40)kPa", "(1.1~33.3)mmol/L", "(0~299)mmHg", "100 g/L", "5 kgf", "2kg/cm2", "30", "e=5g"],
)
def test_what_is_no_mass_has_no_capacity(written: str) -> None:
    assert max_capacity_kg(written) is None


def test_the_unit_in_a_header_counts_for_its_whole_column() -> None:
    assert line(**{"最大秤量(kg)": 30.0}).max_capacity_kg == Decimal(30)
    assert line(**{"最大秤量(kg)": "500g"}).max_capacity_kg == Decimal("0.5")


def test_a_credit_code_is_read_in_any_spelling() -> None:
    assert credit_code(" 5232 0585 3829 2250 2m ") == "52320585382922502M"


@pytest.mark.parametrize(
    "code",
    ["91320585MA1XXXXX00", "52320585382922502N", "5232058538292250", "ＡＢＣ", "5.2320585E+17", "中" * 18],
)
def test_a_credit_code_must_fit_its_check_digit(code: str) -> None:
    with pytest.raises(NotACreditCode):
        credit_code(code)


def test_a_credit_code_that_begins_with_a_letter_is_a_rural_collectives() -> None:
    assert credit_code("N2320585MF0000001X") == "N2320585MF0000001X"


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("乡镇卫生院", HolderKind.TOWNSHIP_HEALTH_CENTRE),
        ("门诊部", HolderKind.CLINIC),
        ("敬老院", HolderKind.WELFARE_HOME),
        ("菜市场", HolderKind.MARKET),
        ("摊主", HolderKind.STALL),
        ("Village clinic", HolderKind.VILLAGE_CLINIC),
        ("petrol_station", HolderKind.PETROL_STATION),
        *((kind.value, kind) for kind in HolderKind),
    ],
)
def test_kinds_of_holder_are_known_by_their_usual_names(written: str, kind: HolderKind) -> None:
    assert holder_kind(written) is kind


def test_an_unknown_kind_of_holder_is_refused() -> None:
    with pytest.raises(UnknownHolderKind):
        holder_kind("火星基地")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("城厢镇东仓村卫生室", HolderKind.VILLAGE_CLINIC),
        ("太仓市沙溪镇社区卫生服务中心", HolderKind.COMMUNITY_HEALTH_CENTRE),
        ("太仓市第一人民医院", HolderKind.HOSPITAL),
        ("太仓宠物医院", HolderKind.OTHER),
        ("张三", HolderKind.OTHER),
    ],
)
def test_a_name_tells_the_kind_of_holder_only_where_it_is_certain(name: str, kind: HolderKind) -> None:
    assert holder_kind_by_name(name) is kind


@pytest.mark.parametrize(
    ("written", "use"),
    [
        ("贸易结算", Purpose.TRADE),
        ("贸易结算用", Purpose.TRADE),
        ("医疗", Purpose.MEDICAL),
        ("安全防护", Purpose.SAFETY),
        ("环境监测", Purpose.ENVIRONMENT),
        ("其它", Purpose.OTHER),
        ("Trade settlement", Purpose.TRADE),
        ("", None),
    ],
)
def test_uses_are_known_by_their_usual_names(written: str, use: Purpose | None) -> None:
    assert purpose(written) is use


def test_an_unknown_use_is_refused() -> None:
    with pytest.raises(UnknownPurpose):
        purpose("装饰")


def test_a_header_is_found_below_its_titles_in_either_language() -> None:
    english = [
        "No.",
        "Holder",
        "Unified social credit code",
        "Instrument",
        "Serial No.",
        "Last verified",
        "Max",
    ]
    found = find_header(sheet(["Register"], [], english))
    assert (found.row.number, dict(found.columns)) == (
        3,
        {
            Field.HOLDER: 1,
            Field.USCC: 2,
            Field.KIND: 3,
            Field.SERIAL: 4,
            Field.VERIFIED_ON: 5,
            Field.MAX_CAPACITY: 6,
        },
    )
    assert found.unread == ("No.",)


def test_decorated_headers_are_recognised_and_kept_as_written() -> None:
    found = find_header(sheet(["*使用单位(必填)", "计量器具\n名称", "编号", "出厂编号："]))
    assert dict(found.columns) == {Field.HOLDER: 0, Field.KIND: 1, Field.SERIAL: 3}
    assert [found.written(f) for f in (Field.HOLDER, Field.KIND, Field.SERIAL, Field.QUANTITY)] == [
        "*使用单位(必填)",
        "计量器具\n名称",
        "出厂编号：",
        "器具数量",
    ]


def test_a_register_of_stalls_needs_no_holder_column() -> None:
    found = find_header(sheet(["所属市场", "摊位号", "器具名称", "出厂编号"]))
    assert found.row.number == 1


def test_a_missing_header_is_named() -> None:
    with pytest.raises(HeaderNotFound) as refusal:
        find_header(sheet(["太仓市"], ["使用单位", "器具名称", "数量"]))
    assert refusal.value.facts["missing"] == "出厂编号 (serial)"


def test_a_sheet_without_any_header_is_refused_with_all_that_is_needed() -> None:
    with pytest.raises(HeaderNotFound) as refusal:
        find_header([])
    assert refusal.value.facts["missing"] == "使用单位 (holder) / 器具名称 (kind) / 出厂编号 (serial)"


def test_only_rows_about_instruments_are_read() -> None:
    header = ["使用单位", "器具名称", "出厂编号", "器具数量", "序号"]
    rows = sheet(
        ["台账"],
        header,
        ["甲", "电子秤", "1", 1, 1],
        ["", "\u3000", None, "", ""],
        ["", "", "", "", 2],
        header,
        ["合 计", "", "", 615.0],
        ["本页小计：3台"],
        ["Total", None, None, 4],
        ["填表人：张三"],
        ["注：以上属实"],
        ["合计", "电子秤", "2", 1],
        ["乙"],
    )
    assert [row.number for row in data_rows(rows, find_header(rows))] == [3, 12, 13]


def test_the_same_serial_of_another_maker_or_holder_is_another_instrument() -> None:
    here, there = line(), line(使用单位="沙溪镇归庄村卫生室")
    made, made_elsewhere = (replace(entry, manufacturer="Omron", model="HEM-7130") for entry in (here, there))
    assert identity(here, "bp0001", "bp_auto") == identity(here, "BP0001", "bp_auto")
    assert identity(made, "BP0001", "bp_auto") == identity(made_elsewhere, "BP0001", "bp_auto")
    different = [
        identity(here, "BP0001", "bp_auto"),
        identity(there, "BP0001", "bp_auto"),
        identity(replace(here, uscc="52320585382922502M"), "BP0001", "bp_auto"),
        identity(here, "BP0001", "bp_aneroid"),
        identity(here, "BP0002", "bp_auto"),
        identity(made, "BP0001", "bp_auto"),
        identity(replace(made, model="HEM-7136"), "BP0001", "bp_auto"),
        identity(replace(made, manufacturer="鱼跃"), "BP0001", "bp_auto"),
    ]
    assert len(set(different)) == len(different)


CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(
        ["甲", "合计", "出厂编号", "Q1~Q3", "1~99999999", "2025.2.30", "公平秤", "/", *WHOLE.values()]
    ),
    st.integers(-10, 10**18),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@given(st.lists(st.lists(CELLS, max_size=len(HEADERS) + 1), max_size=6))
def test_no_row_is_ever_lost_and_none_counts_twice(rows: list[list[Cell]]) -> None:
    written = sheet(HEADERS, *rows)
    header: Header = find_header(written)
    results = list(read_rows(written, header, today=TODAY))
    assert [result.row for result in results] == [row.number for row in data_rows(written, header)]
    for result in results:
        if isinstance(result, Fault):
            assert result.sentences().startswith(f"Row {result.row}, {result.field}: ")
        else:
            assert result.serials
            assert result.holder_name
