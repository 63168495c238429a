"""Reports as files: CSV that no spreadsheet takes for formulas, and XLSX."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

from api.completion import CompletionReport, flat_rows
from verifier.i18n import mark, say
from verifier.rules.completion import yuan

CSV_COLUMNS = (
    "code",
    "name",
    "base",
    "verified",
    "passed",
    "first_passed",
    "holders",
    "holders_completed",
    "actions",
    "without_tariff",
    "fee_waived_fen",
    "fee_waived_yuan",
    "completion_percent",
    "unit_completion_percent",
    "pass_percent",
    "first_pass_percent",
    "on_time_percent",
    "frozen",
    "found",
    "scrapped",
    "moved",
    "otherwise_withdrawn",
)
HEADINGS = {
    "code": mark("Code"),
    "name": mark("Name"),
    "base": mark("Base"),
    "verified": mark("Verified"),
    "passed": mark("Passed"),
    "first_passed": mark("Passed at first"),
    "holders": mark("Holders"),
    "holders_completed": mark("Holders completed"),
    "actions": mark("Verification actions"),
    "without_tariff": mark("Without tariff"),
    "fee_waived_yuan": mark("Fees waived, yuan"),
    "completion_percent": mark("Completion, %"),
    "unit_completion_percent": mark("Unit completion, %"),
    "pass_percent": mark("Pass, %"),
    "first_pass_percent": mark("First pass, %"),
    "on_time_percent": mark("On time, %"),
    "frozen": mark("Frozen base"),
    "found": mark("Found later"),
    "scrapped": mark("Scrapped"),
    "moved": mark("Moved away"),
    "otherwise_withdrawn": mark("Withdrawn otherwise"),
}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """Text that a spreadsheet program would run as a formula gets an apostrophe before it."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def records(report: CompletionReport, language: str) -> list[dict[str, Any]]:
    return [row | {"fee_waived_yuan": yuan(row["fee_waived_fen"])} for row in flat_rows(report, language)]


def completion_csv(report: CompletionReport, language: str) -> str:
    """Column names are the stable names of REST; the last row's code is `total`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for record in records(report, language):
        writer.writerow([_cell(record[name]) for name in CSV_COLUMNS])
    return text.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return "-"
    return harmless(value) if isinstance(value, str) else value


def completion_xlsx(report: CompletionReport, language: str) -> bytes:
    """One sheet: what the report is about, the table with headings a person reads, numbers as numbers."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as workbook:
        sheet = workbook.add_worksheet(say(mark("Completion"), language))
        bold = workbook.add_format({"bold": True, "bottom": 1})
        title = workbook.add_format({"bold": True, "font_size": 14})
        total = workbook.add_format({"bold": True, "top": 1})
        sheet.write_string(0, 0, f"{report.programme.name} ({report.programme.code})", title)
        sheet.write_string(
            1, 0, f"{report.district.name_zh} {report.district.code} · {report.on.isoformat()}"
        )
        columns = list(HEADINGS)
        for at, name in enumerate(columns):
            sheet.write_string(3, at, say(HEADINGS[name], language), bold)
        rows = records(report, language)
        for down, record in enumerate(rows, start=4):
            look = total if down == len(rows) + 3 else None
            _write_row(sheet, down, [record[name] for name in columns], look)
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 1, 24)
        sheet.set_column(2, len(columns) - 1, 13)
        sheet.freeze_panes(4, 2)
    return file.getvalue()


def _write_row(sheet: Any, down: int, values: Sequence[object], look: object) -> None:  # noqa: ANN401  untyped library
    for at, value in enumerate(values):
        if value is None:
            sheet.write_string(down, at, "-", look)
        elif isinstance(value, int):
            sheet.write_number(down, at, value, look)
        elif at > 1:
            sheet.write_number(down, at, float(str(value)), look)
        else:
            sheet.write_string(down, at, str(value), look)


TABLE_COLUMNS = (
    "code",
    "name",
    "base",
    "verified",
    "completion_percent",
    "holders",
    "holders_completed",
    "unit_completion_percent",
    "passed",
    "pass_percent",
    "on_time_percent",
    "without_tariff",
    "fee_waived_yuan",
)


def table(report: CompletionReport, language: str) -> tuple[list[str], Iterable[list[str]]]:
    """Headings and cells for a terminal."""
    headings = [say(HEADINGS[name], language) for name in TABLE_COLUMNS]
    rows = (
        ["-" if record[name] is None else str(record[name]) for name in TABLE_COLUMNS]
        for record in records(report, language)
    )
    return headings, rows
