"""One table of a regulation's file while it is read: every field with its type, or what is wrong with it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NoReturn, TypeVar

from verifier.errors import Invalid
from verifier.i18n import Worded, mark

Choice = TypeVar("Choice", bound=StrEnum)
# Short enough to stay exact in every sum, product and third.
_DECIMAL = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_QUANTITY = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?([A-Za-z]{1,4})", re.ASCII)
_SHARE = re.compile(r"([1-9]\d{0,2})/([1-9]\d{0,2})", re.ASCII)
_LONGEST = 300


class Wanted(Worded):
    """What a field of a regulation's file must be."""

    TOML = "toml", mark("is no TOML")
    FIELD = "field", mark("must be given")
    NOTHING = "nothing", mark("does not belong here")
    TEXT = "text", mark("must be a text that is neither blank nor longer than 300 characters")
    DECIMAL = "decimal", mark("must be a number with at most 9 digits before and behind the decimal point")
    POSITIVE = "positive", mark("must be a number above 0")
    COUNT = "count", mark("must be a whole number from 1 to 100")
    FLAG = "flag", mark("must be true or false")
    DAY = "day", mark("must be a day")
    CHOICE = "choice", mark("must be one of the words known here")
    LIST = "list", mark("must be a list with something in it")
    TABLE = "table", mark("must be a table")
    QUANTITY = "quantity", mark("must be a number with its unit")
    SHARE = "share", mark("must be a fraction not above 1")
    UNIQUE = "unique", mark("must not be given twice")
    RISING = "rising", mark("must rise from band to band, and only the last band may have no end")
    LIMITED = "limited", mark("must say plus_minus, or one bound below and one above at most")
    ITEM = "item", mark("must be the key of another item that has limits of its own")
    LATER = "later", mark("must not end before it begins")


class RegulationWrong(Invalid):
    message = mark("{source}, {at}, field “{field}”: it {what} (such as {example}). Found: {found}.")


def wrong(source: str, at: str, field: str, what: Wanted, *, example: str, found: object) -> RegulationWrong:
    """The refusal of one field; what was found is cut short where it is long."""
    shown = "-" if found is None else str(found)[:80]
    return RegulationWrong(source=source, at=at, field=field, what=what, example=example, found=shown)


@dataclass(frozen=True)
class Entry:
    """A table of the document, with the way to it: `item zero, limit 2, bands 1`."""

    source: str
    at: str
    table: Mapping[str, object]

    def refuse(self, field: str, what: Wanted, example: str) -> NoReturn:
        found = self.table.get(field)
        raise wrong(self.source, self.at, field, what, example=example, found=found)

    def only(self, *known: str) -> None:
        """Refuse fields nobody reads: a slip of the pen must not be taken for silence."""
        for field in self.table:
            if field not in known:
                self.refuse(str(field), Wanted.NOTHING, ", ".join(known))

    def has(self, field: str) -> bool:
        return self.table.get(field) is not None

    def text(self, field: str, example: str) -> str:
        found = self.table.get(field)
        if found is None:
            self.refuse(field, Wanted.FIELD, example)
        if not isinstance(found, str) or not found.strip() or len(found) > _LONGEST:
            self.refuse(field, Wanted.TEXT, example)
        return found

    def text_or_blank(self, field: str, example: str) -> str:
        return self.text(field, example) if self.has(field) else ""

    def decimal(self, field: str) -> Decimal:
        figure = figure_of(self.table.get(field))
        if figure is None:
            self.refuse(field, Wanted.DECIMAL, "0.5")
        return figure

    def decimal_or_none(self, field: str) -> Decimal | None:
        return self.decimal(field) if self.has(field) else None

    def positive(self, field: str) -> Decimal:
        figure = self.decimal(field)
        if figure <= 0:
            self.refuse(field, Wanted.POSITIVE, "0.5")
        return figure

    def count(self, field: str, default: int) -> int:
        found = self.table.get(field, default)
        if isinstance(found, bool) or not isinstance(found, int) or not 1 <= found <= 100:
            self.refuse(field, Wanted.COUNT, "3")
        return found

    def flag(self, field: str) -> bool:
        found = self.table.get(field, False)
        if not isinstance(found, bool):
            self.refuse(field, Wanted.FLAG, "true")
        return found

    def day(self, field: str) -> date:
        found = self.table.get(field)
        if type(found) is date:
            return found
        try:
            return date.fromisoformat(self.text(field, "2017-05-30"))
        except ValueError:
            self.refuse(field, Wanted.DAY, "2017-05-30")

    def choice(self, field: str, of: type[Choice], default: Choice | None = None) -> Choice:
        if default is not None and not self.has(field):
            return default
        words = ", ".join(member.value for member in of)
        found = self.text(field, words)
        if found not in {member.value for member in of}:
            self.refuse(field, Wanted.CHOICE, words)
        return of(found)

    def choices(self, field: str, of: type[Choice]) -> frozenset[Choice]:
        """Several of the words; none given means all of them."""
        if not self.has(field):
            return frozenset(of)
        return frozenset(
            Entry(self.source, f"{self.at}, {field} {number}", {field: found}).choice(field, of)
            for number, found in enumerate(self.listed(field, "one word"), start=1)
        )

    def listed(self, field: str, example: str) -> list[object]:
        found = self.table.get(field)
        if found is None:
            self.refuse(field, Wanted.FIELD, example)
        if not isinstance(found, list) or not found:
            self.refuse(field, Wanted.LIST, f"[{example}]")
        return found

    def texts(self, field: str, example: str) -> tuple[str, ...]:
        """A list of different texts."""
        found = tuple(
            Entry(self.source, f"{self.at}, {field} {number}", {field: each}).text(field, example)
            for number, each in enumerate(self.listed(field, example), start=1)
        )
        if len(set(found)) < len(found):
            self.refuse(field, Wanted.UNIQUE, example)
        return found

    def texts_or_none(self, field: str, example: str) -> tuple[str, ...]:
        return self.texts(field, example) if self.has(field) else ()

    def table_at(self, field: str, example: str) -> "Entry":
        found = self.table.get(field)
        if not isinstance(found, Mapping):
            self.refuse(field, Wanted.TABLE, example)
        return Entry(self.source, f"{self.at}, {field}", found)

    def tables(self, field: str, example: str) -> Iterator["Entry"]:
        for number, found in enumerate(self.listed(field, example), start=1):
            at = f"{self.at}, {field} {number}"
            if not isinstance(found, Mapping):
                raise wrong(self.source, at, field, Wanted.TABLE, example=example, found=found)
            yield Entry(self.source, at, found)

    def tables_or_none(self, field: str, example: str) -> Iterator["Entry"]:
        return self.tables(field, example) if self.has(field) else iter(())

    def quantity(self, field: str) -> tuple[Decimal, str]:
        """A figure with its unit, such as `30 kg`."""
        found = _QUANTITY.fullmatch(self.text(field, "30 kg"))
        if found is None:
            self.refuse(field, Wanted.QUANTITY, "30 kg")
        return Decimal(found[1]), found[2]

    def share(self, field: str) -> tuple[int, int]:
        """A fraction such as `1/3`; the whole where none is given."""
        if not self.has(field):
            return 1, 1
        found = _SHARE.fullmatch(self.text(field, "1/3"))
        if found is None or int(found[1]) > int(found[2]):
            self.refuse(field, Wanted.SHARE, "1/3")
        return int(found[1]), int(found[2])


def figure_of(found: object) -> Decimal | None:
    """A number as TOML and JSON give it; a binary fraction is none: its digits are not those written."""
    if isinstance(found, bool) or not isinstance(found, int | str):
        return None
    written = str(found)
    return Decimal(written) if _DECIMAL.fullmatch(written) else None
