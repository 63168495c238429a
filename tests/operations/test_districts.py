"""Districts come file by file, in any order, and never half."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.factories import district
from verifier.db import Session
from verifier.errors import Invalid
from verifier.models import District, DistrictSuccessor, JournalEntry
from verifier.operations.district_lines import (
    CoordinateOutOfRange,
    DistrictIsItsOwnParent,
    DistrictIsItsOwnSuccessor,
    DistrictListedTwice,
    DistrictNameMissing,
    DistrictsInACircle,
    DistrictTextTooLong,
    EndsBeforeItBegins,
    NotADistrictCode,
    NotADistrictLevel,
)
from verifier.operations.districts import (
    PARENT_UNKNOWN,
    SUCCESSOR_UNKNOWN,
    DistrictWarning,
    ImportedDistricts,
    import_districts,
)
from verifier.operations.facts_files import (
    SHIPPED,
    ColumnMissing,
    NotADate,
    NotATextTable,
    SeveralFaults,
    TooManyCells,
)
from verifier.operations.journal import Doer

HEAD = "code,level,parent_code,name_zh\n"
WUQIA = HEAD + (
    "650000,province,100000,新疆维吾尔自治区\n"
    "653000,prefecture,650000,克孜勒苏柯尔克孜自治州\n"
    "653024,county,653000,乌恰县\n"
)
FULL_HEAD = "code,level,parent_code,name_zh,lat,lon,valid_from,valid_to,successor_codes\n"


def load(session: Session, text: str, who: Doer, encoding: str = "utf-8") -> ImportedDistricts:
    return import_districts(session, text.encode(encoding), "区划.csv", who=who)


def parents(session: Session, *codes: str) -> dict[str, str | None]:
    known = {found.id: found.code for found in session.scalars(select(District))}
    found = session.scalars(select(District).where(District.code.in_(codes)))
    return {one.code: known[one.parent_id] if one.parent_id else None for one in found}


def heirs(session: Session, code: str) -> list[str]:
    statement = (
        select(District.code)
        .join(DistrictSuccessor, DistrictSuccessor.successor_id == District.id)
        .where(DistrictSuccessor.district_id == district(session, code).id)
        .order_by(District.code)
    )
    return list(session.scalars(statement))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_three_lines_bring_wuqia_under_its_prefecture_and_its_region(
    session: Session, who: Doer, encoding: str
) -> None:
    imported = load(session, WUQIA, who, encoding)

    assert imported == ImportedDistricts(created=3, updated=0, unchanged=0, warnings=())
    assert parents(session, "650000", "653000", "653024") == {
        "650000": None,
        "653000": "650000",
        "653024": "653000",
    }
    assert district(session, "653024").name_zh == "乌恰县"


def test_rows_may_stand_in_any_order(session: Session, who: Doer) -> None:
    lines = WUQIA.splitlines(keepends=True)
    imported = load(session, "".join([lines[0], *reversed(lines[1:])]), who)

    assert imported == ImportedDistricts(created=3, updated=0, unchanged=0, warnings=())
    assert parents(session, "653024", "653000") == {"653024": "653000", "653000": "650000"}


def test_an_import_is_noted_once_and_the_same_file_again_changes_nothing(session: Session, who: Doer) -> None:
    load(session, WUQIA, who)
    again = load(session, WUQIA, who)
    session.flush()

    assert again == ImportedDistricts(created=0, updated=0, unchanged=3, warnings=())
    entries = session.scalars(select(JournalEntry).where(JournalEntry.deed == "import_districts")).all()
    assert [(entry.who, entry.facts) for entry in entries] == [
        ("office", {"file": "区划.csv", "created": 3, "updated": 0})
    ]


def test_the_file_that_ships_is_what_is_stored(session: Session, who: Doer) -> None:
    imported = import_districts(session, (SHIPPED / "districts.csv").read_bytes(), "districts.csv", who=who)

    assert imported == ImportedDistricts(created=0, updated=0, unchanged=256, warnings=())


@pytest.mark.parametrize("count", [1, 3])
def test_an_import_asks_as_often_however_many_districts_there_are(
    session: Session, who: Doer, statements: list[str], count: int
) -> None:
    load(session, WUQIA, who)
    statements.clear()

    load(session, HEAD + "".join(f"65302{n},county,653000,县{n}\n" for n in range(5, 5 + count)), who)

    # Two questions; the districts, asked back; their parents and the journal.
    assert len(statements) == 6


def test_a_column_the_file_lacks_changes_nothing(session: Session, who: Doer) -> None:
    imported = load(session, HEAD + "320585,county,320500,太仓\n", who)

    taicang = district(session, "320585")
    assert imported == ImportedDistricts(created=0, updated=1, unchanged=0, warnings=())
    assert (taicang.name_zh, taicang.lat, taicang.valid_from) == ("太仓", 31.56, date(1993, 1, 1))


def test_an_empty_cell_says_that_there_is_nothing(session: Session, who: Doer) -> None:
    load(session, FULL_HEAD + "320584,county,320500,吴江市,,,,,\n", who)

    wujiang = district(session, "320584")
    assert (wujiang.lat, wujiang.lon, wujiang.valid_from, wujiang.valid_to) == (None, None, None, None)
    assert heirs(session, "320584") == []


def test_everything_a_line_says_is_stored(session: Session, who: Doer) -> None:
    line = "320587,county,320500,新吴县,-31.25,120.5,2027-03-01,2030,320506; 320507\n"
    load(session, FULL_HEAD + line, who)

    new = district(session, "320587")
    assert (new.level, new.lat, new.lon) == ("county", -31.25, 120.5)
    assert (new.valid_from, new.valid_to) == (date(2027, 3, 1), date(2030, 12, 31))
    assert heirs(session, "320587") == ["320506", "320507"]


def test_a_district_whose_parent_is_unknown_waits_for_it_at_the_top(session: Session, who: Doer) -> None:
    first = load(session, HEAD + "653024,county,653000,乌恰县\n", who)
    waiting = parents(session, "653024")
    again = load(session, HEAD + "653024,county,653000,乌恰县\n", who)
    second = load(session, HEAD + "653000,prefecture,,克孜勒苏柯尔克孜自治州\n", who)

    warning = DistrictWarning(PARENT_UNKNOWN, "区划.csv", 2, "parent_code", "653000")
    assert first == ImportedDistricts(created=1, updated=0, unchanged=0, warnings=(warning,))
    assert again == ImportedDistricts(created=0, updated=0, unchanged=1, warnings=(warning,))
    assert second == ImportedDistricts(created=1, updated=1, unchanged=0, warnings=())
    assert waiting == {"653024": None}
    assert parents(session, "653024") == {"653024": "653000"}
    assert district(session, "653024").awaited_parent_code == ""
    assert warning.sentence() == (
        "区划.csv, line 2, parent_code: there is no district 653000 yet; the district stands at the top "
        "until its parent is imported."
    )


def test_a_split_is_not_half_known(session: Session, who: Doer) -> None:
    line = "320587,county,320500,新吴县,,,,2026,320506;320599\n"
    imported = load(session, FULL_HEAD + line, who)

    warning = DistrictWarning(SUCCESSOR_UNKNOWN, "区划.csv", 2, "successor_codes", "320599")
    assert imported == ImportedDistricts(created=1, updated=0, unchanged=0, warnings=(warning,))
    assert heirs(session, "320587") == []


def test_a_district_may_move_and_get_other_successors(session: Session, who: Doer) -> None:
    imported = load(session, FULL_HEAD + "320586,county,320000,吴县市,31.25,120.55,1995,2001,320507\n", who)

    assert imported == ImportedDistricts(created=0, updated=1, unchanged=0, warnings=())
    assert parents(session, "320586") == {"320586": "320000"}
    assert heirs(session, "320586") == ["320507"]


REFUSED = [
    (FULL_HEAD + "320599,city,320500,新区,,,,,\n", NotADistrictLevel, "level", "city"),
    (FULL_HEAD + "3205,county,320500,新区,,,,,\n", NotADistrictCode, "code", "3205"),
    (FULL_HEAD + "３２０５９９,county,320500,新区,,,,,\n", NotADistrictCode, "code", "３２０５９９"),
    (FULL_HEAD + "320599,county,32050,新区,,,,,\n", NotADistrictCode, "parent_code", "32050"),
    (FULL_HEAD + "320599,county,320500,新区,,,,,32\n", NotADistrictCode, "successor_codes", "32"),
    (FULL_HEAD + "320599,county,320599,新区,,,,,\n", DistrictIsItsOwnParent, "parent_code", "320599"),
    (
        FULL_HEAD + "320599,county,320500,新区,,,,,320506;320599\n",
        DistrictIsItsOwnSuccessor,
        "successor_codes",
        "320506;320599",
    ),
    (FULL_HEAD + "320599,county,320500,,,,,,\n", DistrictNameMissing, "name_zh", ""),
    (FULL_HEAD + f"320599,county,320500,{'新' * 81},,,,,\n", DistrictTextTooLong, "name_zh", "新" * 60),
    (FULL_HEAD + "320599,county,320500,新区,90.1,,,,\n", CoordinateOutOfRange, "lat", "90.1"),
    (FULL_HEAD + "320599,county,320500,新区,,-180.5,,,\n", CoordinateOutOfRange, "lon", "-180.5"),
    (FULL_HEAD + "320599,county,320500,新区,nan,,,,\n", CoordinateOutOfRange, "lat", "nan"),
    (FULL_HEAD + "320599,county,320500,新区,,,2026-02-30,,\n", NotADate, "valid_from", "2026-02-30"),
    (FULL_HEAD + "320599,county,320500,新区,,,,20260101,\n", NotADate, "valid_to", "20260101"),
    (FULL_HEAD + "320599,county,320500,新区,,,2012,2011,\n", EndsBeforeItBegins, "valid_to", "2011"),
    (FULL_HEAD + "320500,county,320585,太仓市,,,,,\n", DistrictsInACircle, "parent_code", "320585"),
    (FULL_HEAD + "320509,county,320500,吴江区,,,,,320584\n", DistrictsInACircle, "successor_codes", "320584"),
]


@pytest.mark.parametrize(("text", "refusal", "field", "value"), REFUSED)
def test_what_cannot_be_is_refused_with_file_line_and_field(
    session: Session, who: Doer, text: str, refusal: type[Invalid], field: str, value: str
) -> None:
    with pytest.raises(Invalid) as refused:
        load(session, text, who)

    assert type(refused.value) is refusal
    said = {name: refused.value.facts[name] for name in ("file", "line", "field", "value")}
    assert said == {"file": "区划.csv", "line": 2, "field": field, "value": value}
    assert str(refused.value).startswith(f"区划.csv, line 2, {field}: ")


def test_a_code_that_stands_twice_is_refused_at_its_second_line(session: Session, who: Doer) -> None:
    with pytest.raises(DistrictListedTwice) as refused:
        load(session, WUQIA + "653024,county,653000,乌恰县\n", who)

    assert str(refused.value) == "区划.csv, line 5, code: district 653024 stands in line 4 already."


def test_a_circle_through_several_lines_is_named(session: Session, who: Doer) -> None:
    circle = "990100,prefecture,990300,甲\n990200,prefecture,990100,乙\n990300,prefecture,990200,丙\n"
    with pytest.raises(DistrictsInACircle) as refused:
        load(session, WUQIA + circle, who)

    assert (refused.value.facts["line"], refused.value.facts["field"]) == (5, "parent_code")
    named = str(refused.value.facts["circle"]).split(" - ")
    assert sorted(set(named)) == ["990100", "990200", "990300"]
    assert named[0] == named[-1]


def test_a_circle_with_districts_that_wait_is_refused_when_the_last_one_comes(
    session: Session, who: Doer
) -> None:
    load(session, HEAD + "990100,prefecture,990200,甲\n", who)

    with pytest.raises(DistrictsInACircle):
        load(session, HEAD + "990200,prefecture,990100,乙\n", who)


def test_everything_wrong_with_a_file_is_said_at_once_and_nothing_is_stored(
    session: Session, who: Doer
) -> None:
    with pytest.raises(SeveralFaults) as refused:
        load(session, WUQIA + "65,county,,x\n653025,town,653000,y\n", who)

    assert [fault.code for fault in refused.value.faults] == ["NotADistrictCode", "NotADistrictLevel"]
    assert refused.value.facts["count"] == 2
    assert str(refused.value) == (
        "区划.csv has 2 faults; nothing was imported.\n"
        "区划.csv, line 5, code: “65” is no district code; it has 6, 9 or 12 digits. Format the column as "
        "text, so that no digit is lost.\n"
        "区划.csv, line 6, level: “town” is no level of district, which are province, prefecture, county, "
        "functional_zone, township, village."
    )
    assert parents(session, "650000", "653000", "653024") == {}


@pytest.mark.parametrize("column", ["code", "level", "parent_code", "name_zh"])
def test_a_missing_column_is_named(session: Session, who: Doer, column: str) -> None:
    with pytest.raises(ColumnMissing) as refused:
        load(session, WUQIA.replace(column, "x", 1), who)

    assert refused.value.facts == {"file": "区划.csv", "line": 1, "field": column}


def test_an_empty_file_has_no_columns(session: Session, who: Doer) -> None:
    with pytest.raises(ColumnMissing):
        load(session, "", who)


def test_a_line_with_more_cells_than_columns_is_not_guessed_at(session: Session, who: Doer) -> None:
    with pytest.raises(TooManyCells) as refused:
        load(session, HEAD + "653024,county,653000,乌恰县,Wuqia\n", who)

    assert refused.value.facts == {"file": "区划.csv", "line": 2, "cells": 5, "columns": 4}


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04\x14\x00\x06\x00", WUQIA.encode("utf-16"), b"\xff\xff\xff", b'code,"' + b"x" * 200_000],
    ids=["a workbook", "UTF-16", "no text", "a quote never closed"],
)
def test_a_file_that_is_no_text_table_is_refused(session: Session, who: Doer, content: bytes) -> None:
    with pytest.raises(NotATextTable) as refused:
        import_districts(session, content, "区划.csv", who=who)

    assert refused.value.facts == {"file": "区划.csv"}
