import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.factories import district
from verifier.models import Holder, Instrument, InstrumentKind, JournalEntry
from verifier.operations.imports import ImportRegister, import_register
from verifier.operations.journal import Doer
from verifier.queries.districts import DistrictUnknown
from verifier.rules.access import Caller, OutsideScope, Role, Scope
from verifier.rules.holders import HolderKind
from verifier.rules.register_faults import FaultReason
from verifier.rules.register_headers import HeaderNotFound

DATA = Path(__file__).parents[2] / "examples"
REGISTER = (DATA / "taicang_register.xlsx").read_bytes()
EXPECTED = json.loads((DATA / "taicang_register.expected.json").read_text())


def taken_in(session, who, content=REGISTER, filename="register.xlsx", **said):
    command = ImportRegister(**({"district": "320585"} | said))
    return import_register(session, content, filename, command, who=who)


def count(session, model=Instrument):
    return session.scalar(select(func.count()).select_from(model))


def refusals(imported):
    return [{"row": f.row, "reason": f.reason, "field": f.field} for f in imported.faults]


def test_taicangs_register_stands_as_it_should(session, who):
    imported = taken_in(session, who)

    assert (imported.stand, imported.created, imported.unchanged) == (600, 600, 0)
    assert refusals(imported) == EXPECTED["refused_rows"]
    by_kind = (
        select(InstrumentKind.key, func.count())
        .join(Instrument, Instrument.kind_id == InstrumentKind.id)
        .group_by(InstrumentKind.key)
    )
    assert dict(session.execute(by_kind).all()) == EXPECTED["by_kind"]
    assert count(session) == 600


def test_importing_the_same_file_again_adds_nothing(session, who):
    taken_in(session, who)
    before = (count(session), count(session, Holder), count(session, JournalEntry))
    again = taken_in(session, who)
    assert (again.stand, again.created, again.unchanged) == (600, 0, 600)
    assert refusals(again) == EXPECTED["refused_rows"]
    assert (count(session), count(session, Holder), count(session, JournalEntry)) == before


def test_a_dry_run_says_the_same_and_changes_nothing(session, who):
    before = count(session, Holder)
    imported = taken_in(session, who, dry_run=True)
    assert (imported.stand, imported.created, refusals(imported)) == (600, 600, EXPECTED["refused_rows"])
    assert (count(session), count(session, Holder)) == (0, before)


def test_strictly_one_bad_row_keeps_the_whole_file_out(session, who):
    imported = taken_in(session, who, strict=True)
    assert (imported.stand, imported.created, len(imported.faults)) == (0, 0, 13)
    assert (count(session), count(session, Holder)) == (0, 0)


def test_the_refused_rows_come_back_with_their_reason_and_stand_once_corrected(session, who):
    first = taken_in(session, who)
    workbook = openpyxl.load_workbook(io.BytesIO(first.faults_file("en")))
    sheet = workbook.active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 14
    assert rows[0][-1] == "Reason"
    by_reason = {row[-1]: row for row in rows[1:]}
    assert len(by_reason) == 13
    header = list(rows[0])
    serial_at, holder_at = header.index("出厂编号"), header.index("使用单位")
    nameless = next(at for at, row in enumerate(rows) if not row[holder_at])
    sheet.cell(nameless + 1, holder_at + 1, "沙溪镇新建村卫生室")
    corrected = io.BytesIO()
    workbook.save(corrected)

    second = taken_in(session, who, corrected.getvalue())

    # Three of the refused were duplicates of what stands: coming alone they change nothing.
    assert (second.rows, second.created, second.unchanged, len(second.faults)) == (13, 1, 3, 9)
    serial = rows[nameless][serial_at]
    assert session.scalars(select(Instrument.serial).where(Instrument.serial == serial)).all() == [serial]


HEADER = (
    "使用单位,统一社会信用代码,所属市场,摊位号,使用地点行政区划,器具名称,"
    "型号规格,测量范围,出厂编号,生产厂家,上次检定日期"
)


def csv(*rows: str, header: str = HEADER, encoding: str = "utf-8") -> bytes:
    return "\r\n".join([header, *rows]).encode(encoding)


def test_a_market_and_its_stalls_become_holders_one_under_the_other(session, who):
    content = csv(
        "王小妹,,城厢农贸市场,A12,城厢镇,电子计价秤,ACS-30,(0~30)kg,S1,上海某厂,",
        "李大,,城厢农贸市场,A13,太仓市,电子计价秤,ACS-30,(0~30)kg,S2,上海某厂,",
        "城厢农贸市场,,城厢农贸市场,,城厢镇,电子计价秤,ACS-30,(0~30)kg,S3,上海某厂,",
    )
    imported = taken_in(session, who, content, "markets.csv")
    assert (imported.created, imported.faults) == (3, ())
    market = session.scalars(select(Holder).where(Holder.kind == HolderKind.MARKET)).one()
    stalls = session.scalars(select(Holder).where(Holder.parent_id == market.id).order_by(Holder.stall_no))
    assert [(stall.name, stall.stall_no, stall.kind) for stall in stalls] == [
        ("王小妹", "A12", HolderKind.STALL),
        ("李大", "A13", HolderKind.STALL),
    ]
    assert count(session, Holder) == 3
    assert session.scalars(select(Instrument.max_capacity_g)).all() == [30_000] * 3


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("固定摊位", HolderKind.STALL),
        ("市场经营户", HolderKind.STALL),
        ("个体工商户", HolderKind.STALL),
        ("随便", HolderKind.STALL),
        ("超市", HolderKind.SHOP),
    ],
)
def test_a_stall_is_a_stall_whatever_an_office_calls_its_kind(session, who, written, kind):
    header = "使用单位,单位类别,所属市场,摊位号,使用地点行政区划,器具名称,出厂编号,生产厂家"
    content = csv(f"王小妹,{written},城厢农贸市场,A12,城厢镇,电子计价秤,S1,某厂", header=header)
    assert taken_in(session, who, content, "r.csv").faults == ()
    assert session.scalars(select(Holder.kind).where(Holder.name == "王小妹")).all() == [kind]


def test_one_code_is_one_holder_however_its_place_is_written(session, who):
    code = "52320585708412569Y"
    content = csv(
        f"城厢镇卫生服务中心,{code},,,城厢镇,电子血压计,,,S1,某厂,",
        f"城厢镇卫生服务中心,{code},,,太仓市,电子血压计,,,S2,某厂,",
        f"城厢镇东仓服务站,{code},,,城厢镇,电子血压计,,,S3,某厂,",
    )
    taken_in(session, who, content, "r.csv")
    assert sorted(session.scalars(select(Holder.name))) == ["城厢镇东仓服务站", "城厢镇卫生服务中心"]


def test_a_code_stated_later_is_learnt(session, who):
    taken_in(session, who, csv("东仓村卫生室,,,,城厢镇,电子血压计,,,S1,某厂,"), "a.csv")
    taken_in(session, who, csv("东仓村卫生室,52320585708412569Y,,,城厢镇,电子血压计,,,S2,某厂,"), "b.csv")
    assert session.scalars(select(Holder.uscc)).all() == ["52320585708412569Y"]


def test_an_instrument_registered_elsewhere_is_a_duplicate_that_names_where(session, who):
    taken_in(session, who, csv("东仓村卫生室,,,,城厢镇,电子血压计,A,,S1,某厂,"), "a.csv")
    imported = taken_in(session, who, csv("西仓村卫生室,,,,城厢镇,电子血压计,A,,S1,某厂,"), "b.csv")
    assert refusals(imported) == [{"row": 2, "reason": FaultReason.DUPLICATE, "field": "出厂编号"}]
    assert imported.faults[0].facts == {"value": "S1", "first": "东仓村卫生室"}
    assert count(session, Holder) == 1


def test_without_a_maker_a_serial_means_something_only_at_its_holder(session, who):
    content = csv(
        "东仓村卫生室,,,,城厢镇,电子血压计,,,1,,",
        "西仓村卫生室,,,,城厢镇,电子血压计,,,1,,",
        "西仓村卫生室,,,,城厢镇,电子血压计,,,1,,",
    )
    imported = taken_in(session, who, content, "r.csv")
    assert (imported.created, refusals(imported)) == (
        2,
        [{"row": 4, "reason": FaultReason.DUPLICATE, "field": "出厂编号"}],
    )


def test_a_blank_district_is_the_one_the_register_is_for(session, who):
    content = csv("东仓村卫生室,,,,,电子血压计,,,S1,某厂,")
    assert taken_in(session, who, content, "r.csv").created == 1
    assert session.scalars(select(Instrument.district_id)).all() == [district(session, "320585").id]


def test_without_any_district_nobody_knows_whose_it_is(session, who):
    content = csv("东仓村卫生室,,,,,电子血压计,,,S1,某厂,")
    imported = taken_in(session, who, content, "r.csv", district=None)
    assert refusals(imported) == [
        {"row": 2, "reason": FaultReason.MISSING_DISTRICT, "field": "使用地点行政区划"}
    ]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("昆山市", FaultReason.DISTRICT_OUTSIDE),
        ("320583", FaultReason.DISTRICT_OUTSIDE),
        ("110101001", FaultReason.DISTRICT_OUTSIDE),
        ("320585999", FaultReason.UNKNOWN_DISTRICT),
        ("不存在镇", FaultReason.UNKNOWN_DISTRICT),
    ],
)
def test_a_place_elsewhere_is_told_from_one_nobody_knows(session, who, written, reason):
    content = csv(f"东仓村卫生室,,,,{written},电子血压计,,,S1,某厂,")
    assert [fault.reason for fault in taken_in(session, who, content, "r.csv").faults] == [reason]


def test_a_bare_word_that_leaves_a_choice_is_taken_with_a_warning(session, who):
    imported = taken_in(session, who, csv("东仓村卫生室,,,,城厢镇,血压计,,,S1,某厂,"), "r.csv")
    assert [row for row, _ in imported.warnings] == [2]


def test_what_the_register_states_gives_the_first_due_date(session, who):
    taken_in(session, who, csv("东仓村卫生室,,,,城厢镇,电子血压计,,,S1,某厂,2025-05-23"), "r.csv")
    kept = session.scalars(select(Instrument)).one()
    assert (kept.stated_verified_on, kept.verified_on, kept.valid_until) == (
        date(2025, 5, 23),
        date(2025, 5, 23),
        date(2026, 5, 22),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_same_csv_stands_in_every_encoding_an_office_uses(session, who, encoding):
    content = csv("甪直镇村卫生室,,,,城厢镇,电子血压计,,,S1,某厂,", encoding=encoding)
    taken_in(session, who, content, "r.csv")
    assert session.scalars(select(Holder.name)).all() == ["甪直镇村卫生室"]


def test_english_headers_are_read_too(session, who):
    header = "holder,district,instrument,serial,manufacturer,last verified"
    content = csv("Dongcang clinic,Chengxiang Town,bp_auto,S1,Omron,2025-05-23", header=header)
    assert taken_in(session, who, content, "r.csv").created == 1


def test_a_holder_is_found_by_pinyin_initials(session, who):
    taken_in(session, who, csv("东仓村卫生室,,,,城厢镇,电子血压计,,,S1,某厂,"), "r.csv")
    assert session.scalars(select(Holder.initials)).all() == ["dccwss"]


def test_a_file_that_is_no_register_is_refused_whole(session, who):
    with pytest.raises(HeaderNotFound):
        taken_in(session, who, b"a,b\n1,2\n", "r.csv")
    with pytest.raises(DistrictUnknown):
        taken_in(session, who, district="999999")


def test_a_coordinator_imports_only_below_the_own_district(session, who):
    scope = Scope(district_id=district(session, "320583").id)
    caller = Caller(1, "c", Role.COORDINATOR, scope, None, None)
    kunshan = Doer("c", who.today, who.now, caller)
    with pytest.raises(OutsideScope):
        taken_in(session, kunshan)
    own = taken_in(
        session, kunshan, csv("东仓村卫生室,,,,太仓市,电子血压计,,,S1,某厂,"), "r.csv", district=None
    )
    assert [fault.reason for fault in own.faults] == [FaultReason.DISTRICT_OUTSIDE]


fragments = st.sampled_from(
    [
        "",
        "东仓村卫生室",
        "城厢镇",
        "昆山市",
        "不存在",
        "电子血压计",
        "血压器",
        "S1",
        "S2",
        "Q1~Q3",
        "2025-02-30",
        "无",
    ]
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(fragments, min_size=11, max_size=11), min_size=1, max_size=8))
def test_no_row_is_ever_lost(sessions, who, rows):
    content = csv(*(",".join(row) for row in rows))
    with sessions() as session:
        imported = taken_in(session, who, content, "r.csv")
        refused = {fault.row for fault in imported.faults}
        written = {n: row for n, row in enumerate(rows, 2) if any(row)}
        good = [row for n, row in written.items() if n not in refused]
        assert imported.rows == len(written) == len(good) + len(imported.faults)
        assert imported.stand == sum(3 if row[8] == "Q1~Q3" else 1 for row in good)
        assert count(session) == imported.created == imported.stand
        session.rollback()


@pytest.mark.parametrize("count_of_rows", [1, 3])
def test_an_import_costs_the_same_however_many_rows(session, who, dialect, statements, count_of_rows):
    rows = [f"第{n}村卫生室,,,,城厢镇,电子血压计,,,S{n},某厂," for n in range(count_of_rows)]
    taken_in(session, who, csv(*rows), "r.csv")
    session.flush()
    # PostgreSQL has one more, to be alone.
    assert len(statements) == (11 if dialect == "sqlite" else 12)
