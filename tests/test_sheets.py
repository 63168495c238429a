import io
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier import sheets
from verifier.errors import VerifierError
from verifier.rules.cells import Cell, SheetRow
from verifier.rules.register_headers import HeaderNotFound
from verifier.sheets import (
    BrokenFile,
    BrokenText,
    EmptyFile,
    EncryptedFile,
    NotASpreadsheet,
    Sheet,
    TooBigUnpacked,
    TooManyRows,
    UnknownEncoding,
    faults_workbook,
    find_register,
    read_sheets,
)

TAICANG = Path(__file__).parents[1] / "examples" / "taicang_register.xlsx"
HEADER = ("使用单位", "器具名称", "出厂编号")
ROW = ("浮桥镇牌楼村卫生室", "电子血压计", "00000517")
CSV = "\r\n".join([",".join(HEADER), ",".join(ROW)]) + "\r\n"


def workbook(*, hidden: bool = False, **pages: list[tuple[Cell, ...]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in pages.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    if hidden:
        made.worksheets[0].sheet_state = "hidden"
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def repacked(content: bytes, **changed: bytes) -> bytes:
    """The same archive with other content in some entries, named without folders and ending."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, changed.get(Path(name).stem, old.read(name)))
    return written.getvalue()


def rows_of(content: bytes, filename: str = "register.xlsx") -> list[tuple[Cell, ...]]:
    [only] = read_sheets(content, filename=filename)
    assert [row.number for row in only.rows] == list(range(1, len(only.rows) + 1))
    return [row.cells for row in only.rows]


def test_a_workbook_is_read_with_the_row_numbers_a_spreadsheet_shows() -> None:
    [ledger] = read_sheets(TAICANG.read_bytes(), filename="taicang.xlsx")
    assert (ledger.name, len(ledger.rows)) == ("强检器具台账", 614)
    assert (ledger.rows[2].number, ledger.rows[2].cells[1]) == (3, "使用单位")
    assert (ledger.rows[613].number, ledger.rows[613].cells[0]) == (614, "合计")


def test_blank_rows_above_do_not_move_the_row_numbers() -> None:
    content = workbook(台账=[(), (), HEADER, ROW])
    _, header = find_register(read_sheets(content, filename="a.xlsx"))
    assert header.row.number == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_in_every_usual_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    content = CSV.replace(",", delimiter).encode(encoding)
    assert rows_of(content, "register.csv") == [HEADER, ROW]


def test_a_big_endian_csv_is_read() -> None:
    assert rows_of(b"\xfe\xff" + CSV.encode("utf-16-be")) == [HEADER, ROW]


def test_a_csv_keeps_its_leading_noughts_and_counts_its_blank_lines() -> None:
    content = b'a,b\r\n\r\n="0012","x,\ny"\r\n'
    assert rows_of(content, "a.csv") == [("a", "b"), (), ("0012", "x,\ny")]


def test_the_content_decides_and_not_the_name_of_the_file() -> None:
    assert rows_of(CSV.encode(), "register.xlsx") == [HEADER, ROW]
    assert rows_of(workbook(a=[HEADER, ROW]), "register.csv") == [HEADER, ROW]


def test_the_register_is_found_behind_a_page_of_instructions() -> None:
    content = workbook(说明=[("请填写",)], 台账=[HEADER, ROW])
    found, header = find_register(read_sheets(content, filename="a.xlsx"))
    assert (found.name, header.row.cells) == ("台账", HEADER)


def test_hidden_sheets_are_not_the_offices_register() -> None:
    content = workbook(hidden=True, 列表=[HEADER], 台账=[HEADER, ROW])
    assert [page.name for page in read_sheets(content, filename="a.xlsx")] == ["台账"]


def test_a_file_without_a_register_says_which_headers_are_missing() -> None:
    with pytest.raises(HeaderNotFound):
        find_register(read_sheets(workbook(a=[("x",)]), filename="a.xlsx"))


PASSWORD = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", EmptyFile),
        (b" \r\n,,\r\n", EmptyFile),
        (workbook(a=[]), EmptyFile),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", NotASpreadsheet),
        (b"%PDF-1.7\x00\x01", NotASpreadsheet),
        (b"<html><table><tr><td>1</td></tr></table></html>", NotASpreadsheet),
        (b"\xff\xff\xff", UnknownEncoding),
        (b"\xff\xfe\x00\xd8", UnknownEncoding),
        (PASSWORD, EncryptedFile),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), BrokenFile),
        (b"PK\x03\x04" + b"x" * 100, BrokenFile),
        (TAICANG.read_bytes()[:-500], BrokenFile),
        (repacked(workbook(a=[ROW]), sheet1=b"<worksheet><sheetData><row"), BrokenFile),
        (b'a,b\r\n"open,2\r\n3,4\r\n', BrokenText),
        (b"a," * 101, TooManyRows),
        (b"1\n" * 200_001, TooManyRows),
    ],
)
def test_what_is_no_readable_register_is_refused_by_its_reason(
    content: bytes, refusal: type[VerifierError]
) -> None:
    with pytest.raises(refusal) as raised:
        read_sheets(content, filename="台账.xls")
    assert "台账.xls" in raised.value.sentence()


def test_a_document_of_another_kind_is_no_spreadsheet() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        package.writestr("word/document.xml", "<document/>")
    with pytest.raises(NotASpreadsheet):
        read_sheets(written.getvalue(), filename="a.docx")


def test_an_archive_locked_with_a_password_is_refused_as_such() -> None:
    content = bytearray(workbook(a=[ROW]))
    # The bit of the first entry in the archive's directory that says "encrypted".
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(EncryptedFile):
        read_sheets(bytes(content), filename="a.xlsx")


def test_an_archive_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_BYTES_UNPACKED", 10_000_000)
    bomb = repacked(workbook(a=[ROW]), theme1=bytes(11_000_000))
    assert len(bomb) < 100_000
    with pytest.raises(TooBigUnpacked):
        read_sheets(bomb, filename="a.xlsx")


def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(repacked(workbook(a=[ROW]), theme1=bytes(1_000_000)))
    true_size = (1_000_000).to_bytes(4, "little")
    assert content.count(true_size) == 2
    with pytest.raises(BrokenFile):
        read_sheets(bytes(content.replace(true_size, (1000).to_bytes(4, "little"))), filename="a.xlsx")


@pytest.mark.parametrize("cell", ["XFD1048576", "CW1", "A200001", "A1048576", "AAA1"])
def test_one_cell_far_away_is_refused_before_it_fills_the_memory(cell: str) -> None:
    made = openpyxl.Workbook()
    made.worksheets[0]["A1"] = "near"
    made.worksheets[0][cell] = "far"
    written = io.BytesIO()
    made.save(written)
    with pytest.raises(TooManyRows):
        read_sheets(written.getvalue(), filename="a.xlsx")


@pytest.mark.parametrize("cell", ["CV1", "A200000", "B99999"])
def test_cells_up_to_the_limit_are_read(cell: str) -> None:
    made = openpyxl.Workbook()
    made.worksheets[0][cell] = "here"
    written = io.BytesIO()
    made.save(written)
    [only] = read_sheets(written.getvalue(), filename="a.xlsx")
    assert only.rows[-1].cells[-1] == "here"


def test_refused_rows_come_back_as_they_were_with_the_reason_behind_them() -> None:
    cells: tuple[Cell, ...] = (
        '=HYPERLINK("http://example.invalid","x")',
        "http://example.invalid",
        "00000517",
        " BP\u00a0",
        202000000122.0,
        date(2025, 4, 17),
        datetime(2025, 4, 17, 8, 30),  # noqa: DTZ001  as a cell is
        time(8, 30),
        timedelta(hours=30),
        True,
        None,
        "",
        date(1899, 12, 31),
        float("inf"),
    )
    refused = SheetRow(86, cells)
    content = faults_workbook(SheetRow(3, ("使用单位",)), [(refused, "=1+1")], reason_header="原因")
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    header, row = page.iter_rows()
    assert [cell.value for cell in header] == ["使用单位", *[None] * 13, "原因"]
    assert [(cell.value, cell.data_type, cell.hyperlink) for cell in row] == [
        ('=HYPERLINK("http://example.invalid","x")', "s", None),
        ("http://example.invalid", "s", None),
        ("00000517", "s", None),
        (" BP\u00a0", "s", None),
        (202000000122, "n", None),
        (datetime(2025, 4, 17), "d", None),  # noqa: DTZ001  as a cell is
        (datetime(2025, 4, 17, 8, 30), "d", None),  # noqa: DTZ001  as a cell is
        (time(8, 30), "d", None),
        (timedelta(hours=30), "d", None),
        (True, "b", None),
        (None, "n", None),
        (None, "n", None),
        ("1899-12-31", "s", None),
        ("inf", "s", None),
        ("=1+1", "s", None),
    ]


def test_a_corrected_file_of_refused_rows_can_be_read_again() -> None:
    content = faults_workbook(SheetRow(3, HEADER), [(SheetRow(86, ROW), "a reason")], reason_header="原因")
    assert rows_of(content) == [(*HEADER, "原因"), (*ROW, "a reason")]
    found, header = find_register([Sheet("a", tuple(SheetRow(1, cells) for cells in rows_of(content)))])
    assert (found.name, header.unread) == ("a", ("原因",))


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda tail: b"PK\x03\x04" + tail))
def test_whatever_is_sent_is_read_or_refused(content: bytes) -> None:
    try:
        read = read_sheets(content, filename="a.xlsx")
    except VerifierError:
        return
    assert read
