"""One row of a register while it is read: its texts by column, and the faults found so far."""

from dataclasses import dataclass, field

from verifier.rules import cells
from verifier.rules.register_faults import Fault, FaultReason
from verifier.rules.register_headers import Field, Header

# What people write where there is nothing to write, and what a spreadsheet shows for a broken formula.
_NOTHING = frozenset(
    [
        *("/", "//", "\\", "-", "--", "—", "——", "*", "无", "暂无", "不详", "未知"),
        *("n/a", "na", "none", "nil"),
        *("#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#num!", "#null!"),
    ]
)
_VALUE_SHOWN = 60
_LONGEST_SERIAL = 80
# What the tables have room for.
MOST_CHARACTERS = {
    Field.HOLDER: 120,
    Field.MARKET: 120,
    Field.STALL_NO: 40,
    Field.DISTRICT: 120,
    Field.ADDRESS: 200,
    Field.CONTACT_NAME: 60,
    Field.CONTACT_PHONE: 40,
    Field.KIND: 120,
    Field.MODEL: 80,
    Field.MEASURING_RANGE: 80,
    Field.MAX_CAPACITY: 80,
    Field.ACCURACY_CLASS: 40,
    Field.SCALE_INTERVAL: 40,
    Field.MANUFACTURER: 120,
    Field.REMARK: 500,
}


def shown(written: str) -> str:
    """As much of what was written as a sentence about it can bear."""
    return written[:_VALUE_SHOWN]


@dataclass(frozen=True)
class RegisterRow:
    sheet_row: cells.SheetRow
    header: Header
    texts: dict[Field, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.sheet_row.number

    def cell(self, column: Field) -> cells.Cell:
        return self.header.cell(self.sheet_row, column)

    def text(self, column: Field) -> str:
        """The folded text; "" also where a stroke or "无" says that there is nothing."""
        if column not in self.texts:
            written = cells.text(self.cell(column))
            self.texts[column] = "" if written.casefold() in _NOTHING else written
        return self.texts[column]

    def refuse(self, column: Field, reason: FaultReason, **facts: str) -> None:
        """Note a fault; the value shown is what the cell says unless the facts bring another."""
        value = shown(cells.text(self.cell(column)))
        where = self.header.written(column)
        self.faults.append(Fault(self.number, where, reason, {"value": value, **facts}))

    def refuse_what_is_too_long(self, serials: tuple[str, ...]) -> None:
        lengths = {column: len(self.text(column)) for column in MOST_CHARACTERS}
        lengths[Field.SERIAL] = max(map(len, serials), default=0)
        for column, length in lengths.items():
            limit = MOST_CHARACTERS.get(column, _LONGEST_SERIAL)
            if length > limit:
                self.refuse(column, FaultReason.TOO_LONG, length=str(length), limit=str(limit))

    def fault(self) -> Fault | None:
        """The first fault found, with the others behind it."""
        if not self.faults:
            return None
        first, *others = self.faults
        return Fault(first.row, first.field, first.reason, first.facts, tuple(others))
