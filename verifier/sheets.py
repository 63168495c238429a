"""The only module that knows spreadsheet files: XLSX, XLS and CSV in, refused rows back as XLSX."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from math import isfinite

import python_calamine
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from verifier.errors import Invalid
from verifier.i18n import mark
from verifier.rules.cells import Cell, SheetRow, is_blank
from verifier.rules.register_headers import Header, HeaderNotFound, find_header

MOST_ROWS = 200_000
# Up to column CV. The reader keeps a full rectangle, so two cells far apart would fill the memory.
MOST_COLUMNS = 100
MOST_BYTES_UNPACKED = 512 * 1024 * 1024

_ZIP = b"PK"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_FAR_CELL = re.compile(
    rb"<(?:\w+:)?c\b[^>]*?\br\s*=\s*[\"'](?:(?:[A-Z]{3,}|[D-Z][A-Z]|C[W-Z])\d+"
    rb"|[A-Z]+(?:2\d{4}[1-9]|2\d{3}[1-9]\d|2\d\d[1-9]\d\d|2\d[1-9]\d{3}|2[1-9]\d{4}|[3-9]\d{5}|\d{7,}))"
    rb"[\"'][^>]*(?<!/)>"
)
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_MARKUP = re.compile(r"\s*<(?:!doctype|html|table|\?xml|\?mso)", re.IGNORECASE)
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_DELIMITERS = ",;\t"
# How programs write a serial number into a CSV so that a spreadsheet leaves it alone.
_FORCED_TEXT = re.compile(r'^="([^"]*)"$')
_LONGEST_CELL = 32_767
# A spreadsheet has no day before.
_FIRST_YEAR = 1900
_DAY_FORMATS = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm:ss", time: "hh:mm:ss", timedelta: "[h]:mm:ss"}


class EmptyFile(Invalid):
    message = mark("The file {file} is empty.")


class NotASpreadsheet(Invalid):
    message = mark("The file {file} is no spreadsheet. Save it as XLSX or CSV in the spreadsheet program.")


class EncryptedFile(Invalid):
    message = mark("The file {file} is protected by a password. Save it without one.")


class BrokenFile(Invalid):
    message = mark("The file {file} is damaged and could not be read. Save it again, or send it again.")


class UnknownEncoding(Invalid):
    message = mark("The text in {file} is neither UTF-8 nor GB18030. Save it as XLSX or as CSV UTF-8.")


class BrokenText(Invalid):
    message = mark(
        "Row {row} of {file} cannot be taken apart into cells; look for a quotation mark without its partner."
    )


class TooBigUnpacked(Invalid):
    message = mark("The file {file} would unpack to more than {limit} MB. A register is smaller.")


class TooManyRows(Invalid):
    message = mark(
        "The file {file} has values below row {rows} or right of column {columns}. "
        "Split it, or clear those cells."
    )


@dataclass(frozen=True)
class Sheet:
    name: str
    rows: tuple[SheetRow, ...]


def read_sheets(content: bytes, *, filename: str) -> list[Sheet]:
    """Every visible sheet with something in it; the content decides what it is, not the file's name."""
    if content.startswith(_ZIP):
        _check_package(content, filename)
        sheets = _workbook_sheets(content, filename)
    elif content.startswith(_OLE):
        if _ENCRYPTED_PACKAGE in content:
            raise EncryptedFile(file=filename)
        sheets = _workbook_sheets(content, filename)
    else:
        sheets = [_text_sheet(_decoded(content, filename), filename)]
    filled = [
        sheet for sheet in sheets if any(not is_blank(cell) for row in sheet.rows for cell in row.cells)
    ]
    if not filled:
        raise EmptyFile(file=filename)
    return filled


def find_register(sheets: Iterable[Sheet]) -> tuple[Sheet, Header]:
    """The first sheet with a register's header; raises HeaderNotFound for the first sheet if none has one."""
    missed: list[HeaderNotFound] = []
    for sheet in sheets:
        try:
            return sheet, find_header(sheet.rows)
        except HeaderNotFound as not_here:
            missed.append(not_here)
    raise missed[0]


def faults_workbook(
    header: SheetRow,
    refused: Iterable[tuple[SheetRow, str]],
    *,
    reason_header: str,
    sheet_name: str = "Sheet1",
) -> bytes:
    """The refused rows as they came in, under their header, each with its reason in one more last column.

    What looks like a formula or an address stays the text it was.
    """
    rows = [(header, reason_header), *refused]
    width = max(len(row.cells) for row, _ in rows)
    written = io.BytesIO()
    as_text = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(written, as_text) as workbook:
        formats = {kind: workbook.add_format({"num_format": style}) for kind, style in _DAY_FORMATS.items()}
        worksheet = workbook.add_worksheet(sheet_name)
        worksheet.freeze_panes(1, 0)
        worksheet.set_column(0, width - 1, 16)
        worksheet.set_column(width, width, 80, workbook.add_format({"text_wrap": True}))
        for number, (row, reason) in enumerate(rows):
            for column, cell in enumerate(row.cells):
                _write(worksheet, (number, column), cell, formats)
            worksheet.write_string(number, width, reason)
    return written.getvalue()


def _check_package(content: bytes, filename: str) -> None:
    """Unpack everything once within bounds: what an archive says of its own size cannot be trusted."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise EncryptedFile(file=filename)
            if "xl/workbook.xml" not in {entry.filename.lower() for entry in entries}:
                raise NotASpreadsheet(file=filename)
            if sum(entry.file_size for entry in entries) > MOST_BYTES_UNPACKED:
                raise TooBigUnpacked(file=filename, limit=MOST_BYTES_UNPACKED // 1024 // 1024)
            far = any(_FAR_CELL.search(package.read(entry)) for entry in entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as broken:
        raise BrokenFile(file=filename) from broken
    if far:
        raise TooManyRows(file=filename, rows=MOST_ROWS, columns="CV")


def _workbook_sheets(content: bytes, filename: str) -> list[Sheet]:
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            return [
                Sheet(about.name, _numbered(workbook.get_sheet_by_name(about.name), filename))
                for about in workbook.sheets_metadata
                if about.typ == python_calamine.SheetTypeEnum.WorkSheet
                and about.visible == python_calamine.SheetVisibleEnum.Visible
            ]
    except python_calamine.PasswordError as locked:
        raise EncryptedFile(file=filename) from locked
    except python_calamine.CalamineError as broken:
        raise BrokenFile(file=filename) from broken


def _numbered(worksheet: python_calamine.CalamineSheet, filename: str) -> tuple[SheetRow, ...]:
    last_row, last_column = worksheet.end or (0, 0)
    if last_row >= MOST_ROWS or last_column >= MOST_COLUMNS:
        raise TooManyRows(file=filename, rows=MOST_ROWS, columns="CV")
    rows = worksheet.to_python(skip_empty_area=False)
    return tuple(SheetRow(number, tuple(row)) for number, row in enumerate(rows, start=1))


def _decoded(content: bytes, filename: str) -> str:
    encoding = next((name for sign, name in _BYTE_ORDER_MARKS.items() if content.startswith(sign)), None)
    for candidate in (encoding,) if encoding else ("utf-8", "gb18030"):
        try:
            decoded = content.decode(candidate)
        except UnicodeDecodeError:
            continue
        if _BINARY.search(decoded) or _MARKUP.match(decoded):
            raise NotASpreadsheet(file=filename)
        return decoded
    raise UnknownEncoding(file=filename)


def _text_sheet(decoded: str, filename: str) -> Sheet:
    delimiter = max(_DELIMITERS, key=lambda candidate: _cells_near_the_top(decoded, candidate))
    rows: list[SheetRow] = []
    try:
        for number, cells in enumerate(_records(decoded, delimiter), start=1):
            if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
                raise TooManyRows(file=filename, rows=MOST_ROWS, columns="CV")
            rows.append(SheetRow(number, tuple(_FORCED_TEXT.sub(r"\1", cell) for cell in cells)))
    except csv.Error as broken:
        raise BrokenText(file=filename, row=len(rows) + 1) from broken
    return Sheet(filename, tuple(rows))


def _records(decoded: str, delimiter: str) -> Iterator[list[str]]:
    # Strict, because a quotation mark without its partner would swallow the rows after it.
    return csv.reader(io.StringIO(decoded, newline=""), delimiter=delimiter, strict=True)


def _cells_near_the_top(decoded: str, delimiter: str) -> int:
    counted = 0
    try:
        for cells in islice(_records(decoded, delimiter), 50):
            counted += len(cells)
    except csv.Error:
        return 0
    return counted


def _write(worksheet: Worksheet, at: tuple[int, int], cell: Cell, formats: dict[type, Format]) -> None:
    row, column = at
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        worksheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float) and isfinite(cell):
        worksheet.write_number(row, column, cell)
    elif isinstance(cell, str | float) or (isinstance(cell, date) and cell.year < _FIRST_YEAR):
        worksheet.write_string(row, column, str(cell)[:_LONGEST_CELL])
    else:
        worksheet.write_datetime(row, column, cell, formats[type(cell)])
