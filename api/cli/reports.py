"""`verifier report`: completion per district."""

import json
import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api import exports
from api.cli.office import language, opened, write_file
from api.completion import Asked, CompletionReport, completion_report, report_json
from verifier import db
from verifier.errors import Invalid
from verifier.i18n import mark
from verifier.queries.completion import By
from verifier.rules.access import Scope

app = typer.Typer(no_args_is_help=True, help="Reports.")


class Format(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"


class OutputMissing(Invalid):
    message = mark("XLSX needs a file to be written to: add `-o FILE.xlsx`.")


@app.callback()
def report() -> None:
    """Reports."""


@app.command()
def completion(
    programme: Annotated[str, typer.Argument(help="The programme's code.")],
    district: Annotated[str | None, typer.Option(help="A district's code; its subtree.")] = None,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As of this day.")] = None,
    by: Annotated[By, typer.Option(help="What the rows are.")] = By.DISTRICT,
    format: Annotated[Format, typer.Option(help="How to print it.")] = Format.TABLE,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write to this file.")] = None,
) -> None:
    """Completion of a programme, per district, holder kind or purpose.

    Example: verifier report completion DEMO-MARKETS --district 320585 --format csv
    """
    if format is Format.XLSX and output is None:
        raise OutputMissing
    with opened() as office, db.reading(office.sessions) as session:
        asked = Asked(
            programme=programme,
            district=district,
            on=on.date() if on else office.who.today,
            by=by,
            rounding=office.settings.rounding,
        )
        found = completion_report(session, asked, Scope())
    if format is Format.TABLE and output is None:
        _print_table(found)
        return
    content = _content(found, format)
    if output is None:
        sys.stdout.write(content.decode())
    else:
        write_file(output, content)


def _content(found: CompletionReport, format: Format) -> bytes:
    if format is Format.XLSX:
        return exports.completion_xlsx(found, language())
    if format is Format.JSON:
        return (
            json.dumps(report_json(found, language()), ensure_ascii=False, indent=2, default=_day) + "\n"
        ).encode()
    return exports.completion_csv(found, language()).encode()


def _day(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(value)


def _print_table(found: CompletionReport) -> None:
    headings, rows = exports.table(found, language())
    shown = Table(title=f"{found.programme.name} · {found.district.name_zh} · {found.on.isoformat()}")
    for at, heading in enumerate(headings):
        shown.add_column(heading, justify="left" if at < 2 else "right", no_wrap=at == 0)
    for row in rows:
        shown.add_row(*row, end_section=False)
    # A pipe has no width of its own: print whole rows there.
    Console(width=None if sys.stdout.isatty() else 200).print(shown)
