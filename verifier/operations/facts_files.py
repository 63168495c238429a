"""Reading the small tables of facts: those that ship in verifier/data and those an office imports."""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import insert

from verifier.db import Session
from verifier.errors import Invalid
from verifier.i18n import mark
from verifier.models import Model

SHIPPED = Path(__file__).parent.parent / "data"
LOADED = ("catalogue.csv", "aliases.csv", "regulations.csv", "districts.csv")


class NotATextTable(Invalid):
    message = mark("{file} is no CSV table in UTF-8 or GB18030. Save it as CSV UTF-8 and try again.")


class ColumnMissing(Invalid):
    message = mark("{file}, line {line}: the column {field} is missing. Its first line must name it.")


class TooManyCells(Invalid):
    message = mark(
        "{file}, line {line}: {cells} cells stand under {columns} columns. Put quotes around a value "
        "with a comma in it."
    )


class NotADate(Invalid):
    message = mark(
        "{file}, line {line}, {field}: “{value}” is no date. Write it like 2026-05-01, or only the year."
    )


class SeveralFaults(Invalid):
    """What is wrong with a table, every line of it, for somebody who corrects it once."""

    message = mark("{file} has {count} faults; nothing was imported.")

    def __init__(self, file: str, faults: Sequence[Invalid]) -> None:
        each = [{"code": fault.code, **fault.facts} for fault in faults]
        super().__init__(file=file, count=len(faults), faults=each)
        self.faults = tuple(faults)

    def sentence(self, language: str = "en") -> str:
        return "\n".join([super().sentence(language), *(fault.sentence(language) for fault in self.faults)])


class Faults:
    """Collects what is wrong with a table, so that it is refused once and for everything."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: list[Invalid] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note the refusal raised inside and go on behind the block."""
        try:
            yield
        except Invalid as fault:
            self._found.append(fault)

    def refuse(self) -> None:
        """Raise the one fault there is, or SeveralFaults; nothing where there is none."""
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            raise SeveralFaults(self._file, self._found)


@dataclass(frozen=True)
class Line:
    """One row of a table and where it stands, so that a refusal can point at it."""

    file: str
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def at(self, field: str) -> dict[str, object]:
        """The facts of a refusal: file, line, field and what is written there."""
        return {"file": self.file, "line": self.number, "field": field, "value": self[field][:60]}


def lines(content: bytes, file: str, *, needed: Sequence[str]) -> list[Line]:
    """The rows of a CSV file, cells stripped, blank rows left out; raises when a needed column is missing."""
    reader = csv.reader(io.StringIO(decoded(content, file), newline=""))
    try:
        stripped = ((reader.line_num, [cell.strip() for cell in row]) for row in reader)
        rows = [(number, row) for number, row in stripped if any(row)]
    except csv.Error:
        raise NotATextTable(file=file) from None
    number, header = rows[0] if rows else (1, [])
    names = [name.lower() for name in header]
    for field in needed:
        if field not in names:
            raise ColumnMissing(file=file, line=number, field=field)
    for at, row in rows[1:]:
        if any(row[len(names) :]):
            raise TooManyCells(file=file, line=at, cells=len(row), columns=len(names))
    return [Line(file, at, dict(zip(names, row, strict=False))) for at, row in rows[1:]]


def decoded(content: bytes, file: str) -> str:
    """The text of a file in UTF-8, with or without a mark, or in GB18030 as spreadsheets save it here."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotATextTable(file=file)


def first_day(line: Line, field: str) -> date | None:
    """The date in a cell; a mere year Y means Y-01-01, an empty cell None."""
    return _day(line, field, "-01-01")


def last_day(line: Line, field: str) -> date | None:
    """The date in a cell; a mere year Y means Y-12-31, the last day of it, an empty cell None."""
    return _day(line, field, "-12-31")


def _day(line: Line, field: str, rest_of_year: str) -> date | None:
    written = line[field]
    if not written:
        return None
    is_year = len(written) == 4 and written.isascii() and written.isdigit()
    try:
        # Only the one style that sorts and cannot be misread, of those the ISO allows.
        if not is_year and len(written) != 10:
            raise NotADate(**line.at(field))
        return date.fromisoformat(written + rest_of_year if is_year else written)
    except ValueError:
        raise NotADate(**line.at(field)) from None


def shipped(name: str) -> bytes:
    """A file of verifier/data."""
    return (SHIPPED / name).read_bytes()


def digest() -> str:
    """What tells one release's facts from another's."""
    regulations = sorted((SHIPPED / "regulations").glob("*.toml"))
    files = [*map(shipped, LOADED), *(path.read_bytes() for path in regulations)]
    return hashlib.sha256(b"\0".join(files)).hexdigest()


def add(session: Session, model: type[Model], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows in one statement, however many."""
    if rows:
        # Without it, rows with and without an empty cell become statements of their own.
        whole = {"render_nulls": True}
        session.execute(insert(model), [dict(row) for row in rows], execution_options=whole)


def assign(stored: Model, columns: Mapping[str, object]) -> bool:
    """Give a stored row these values; whether any of them is new."""
    new = {name: value for name, value in columns.items() if getattr(stored, name) != value}
    for name, value in new.items():
        setattr(stored, name, value)
    return bool(new)
