"""What a cell of an office's table says: folded text, days and whole numbers."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

Cell = str | int | float | bool | date | datetime | time | timedelta | None

# A spreadsheet counts days from here; the shift of one day hides its 29 February 1900.
_DAY_ZERO = date(1899, 12, 30)
# Five digits are 1927 to 2173. Fewer are a year or a slip of the finger, more are a written date.
_DAY_NUMBER = re.compile(r"[1-9]\d{4}(?:\.\d+)?", re.ASCII)
_WRITTEN_DAYS = (
    re.compile(r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})", re.ASCII),
    re.compile(r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]?", re.ASCII),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})", re.ASCII),
)
_WRITTEN_MONTH = re.compile(r"(?P<year>\d{4})(?:[-/.年](?:(?P<month>\d{1,2})月?)?)?", re.ASCII)
_TIME_OF_DAY = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$", re.ASCII)
_WHOLE = re.compile(r"(\d{1,9})(?:\.0+)? ?[台件个只套把支块]*", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d+", re.ASCII | re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
# A spreadsheet keeps fifteen digits of a number and fills the rest with noughts.
_FIRST_INEXACT = 10**15


class NotADay(ValueError):
    """The cell names no day of the calendar, or does not say which."""


class NotAWholeNumber(ValueError):
    """The cell is no count."""


@dataclass(frozen=True)
class SheetRow:
    """One row; `number` is the one a spreadsheet program shows beside it."""

    number: int
    cells: tuple[Cell, ...]


def text(cell: Cell) -> str:
    """What a reader sees in the cell, on one line, in ordinary letters and digits.

    Full-width forms become plain ones, blanks of every kind become one, invisible
    characters go. A number is written out in full: 202000000122.0 is "202000000122".
    """
    if isinstance(cell, str):
        return _folded(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        return _written_out(cell)
    return str(cell)


def is_blank(cell: Cell) -> bool:
    return not text(cell)


def day(cell: Cell) -> date:
    """The day a cell names, however it is written; raises NotADay otherwise.

    A time of day is dropped. A time with an offset from UTC is refused: its day
    here may be another than the one written.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, bool | time | timedelta | None):
        raise NotADay
    written = _TIME_OF_DAY.sub("", text(cell)).replace(" ", "")
    if _DAY_NUMBER.fullmatch(written):
        return _DAY_ZERO + timedelta(days=int(written.split(".")[0]))
    for style in _WRITTEN_DAYS:
        if found := style.fullmatch(written):
            return _calendar_day(found["year"], found["month"], found["day"])
    raise NotADay


def day_or_month(cell: Cell) -> date:
    """As `day`, but a mere month or year counts as its first day: name plates give no more."""
    try:
        return day(cell)
    except NotADay:
        # 2019.1 typed as a number may have been 2019.10.
        if isinstance(cell, float) and not cell.is_integer():
            raise
        found = _WRITTEN_MONTH.fullmatch(text(cell).replace(" ", ""))
        if found is None:
            raise
    return _calendar_day(found["year"], found["month"] or "1", "1")


def whole_number(cell: Cell) -> int:
    """A count; a counting word behind it ("3台") is allowed, a fraction or a sign is not."""
    found = None if isinstance(cell, bool) else _WHOLE.fullmatch(text(cell))
    if found is None:
        raise NotAWholeNumber
    return int(found[1])


def lost_digits(cell: Cell) -> bool:
    """Whether a long number was kept as a number, so that its last digits are gone."""
    if isinstance(cell, str):
        return _SCIENTIFIC.fullmatch(_folded(cell)) is not None
    return isinstance(cell, int | float) and abs(cell) >= _FIRST_INEXACT


# The same districts, makers and models stand in row after row.
@lru_cache(maxsize=1024)
def _folded(raw: str) -> str:
    if not (raw.isascii() and raw.isprintable()):
        raw = unicodedata.normalize("NFKC", _INVISIBLE.sub("", _CONTROL.sub(" ", raw)))
    return " ".join(raw.split())


def _written_out(number: float) -> str:
    exact = Decimal(repr(number))
    if not exact.is_finite():
        return ""
    return format(exact.normalize() + 0 if exact else Decimal(0), "f")


def _calendar_day(year: str, month: str, day_of_month: str) -> date:
    try:
        return date(int(year), int(month), int(day_of_month))
    except ValueError as impossible:
        raise NotADay from impossible
