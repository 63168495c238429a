"""One row of an office's register becomes clean values, or the reasons why it cannot."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from verifier.rules import cells, holders, purposes
from verifier.rules.capacity import max_capacity_kg
from verifier.rules.holders import HolderKind
from verifier.rules.purposes import Purpose
from verifier.rules.register_faults import Fault, FaultReason
from verifier.rules.register_headers import Field, Header, data_rows
from verifier.rules.register_row import RegisterRow, shown
from verifier.rules.serials import (
    MOST_SERIALS,
    QuantitySerialMismatch,
    SerialsUnclear,
    TooManySerials,
    serials,
)
from verifier.rules.validity import EARLIEST_DAY

_YES = frozenset(["是", "有", "√", "✓", "✔", "y", "yes", "true", "1", "公平秤"])
_NO = frozenset(["否", "×", "✗", "x", "n", "no", "false", "0", "非公平秤"])


@dataclass(frozen=True, kw_only=True)
class RegisterLine:
    """One row as the office meant it; several serials are several instruments."""

    row: int
    holder_name: str
    uscc: str
    holder_kind: HolderKind
    market: str
    stall_no: str
    district_text: str
    address: str
    contact_name: str
    contact_phone: str
    kind_name: str
    model: str
    measuring_range: str
    accuracy_class: str
    scale_interval: str
    serials: tuple[str, ...]
    manufacturer: str
    purpose: Purpose | None
    verified_on: date | None
    manufactured_on: date | None
    max_capacity_kg: Decimal | None
    is_fair_scale: bool
    remark: str


def read_rows(
    rows: Iterable[cells.SheetRow], header: Header, *, today: date
) -> Iterator[RegisterLine | Fault]:
    """Exactly one line or one fault for each data row, in the order of the sheet."""
    for sheet_row in data_rows(rows, header):
        row = RegisterRow(sheet_row, header)
        line = _line(row, today)
        yield row.fault() or line


def identity(line: RegisterLine, serial: str, kind_key: str) -> tuple[str, ...]:
    """What makes two entries the same instrument; of two in a file the later is the duplicate."""
    holder = (line.uscc,) if line.uscc else (line.holder_name, line.market, line.stall_no)
    return instrument_identity(
        kind_key, serial, manufacturer=line.manufacturer, model=line.model, holder=holder
    )


def instrument_identity(
    kind_key: str, serial: str, *, manufacturer: str, model: str, holder: tuple[str, ...]
) -> tuple[str, ...]:
    """What makes an instrument this one and no other.

    A maker numbers its instruments once a model. Where the maker is not said, the
    serial means something only at its holder.
    """
    if manufacturer:
        parts: tuple[str, ...] = (kind_key, "made by", manufacturer, model, serial)
    else:
        parts = (kind_key, "held by", *holder, serial)
    return tuple(part.casefold() for part in parts)


def _line(row: RegisterRow, today: date) -> RegisterLine:
    """The row's values; where one is refused, the row has a fault and the line is of no use."""
    # In this order, because the first fault found is the one the row is refused for.
    name, uscc, holder_kind = _holder_name(row), _uscc(row), _holder_kind(row)
    kind_name, numbers, purpose = _kind_name(row), _serials(row), _purpose(row)
    is_fair_scale, (verified_on, manufactured_on) = _is_fair_scale(row), _dates(row, today)
    row.refuse_what_is_too_long(numbers)
    return RegisterLine(
        row=row.number,
        holder_name=name,
        uscc=uscc,
        holder_kind=holder_kind,
        market=row.text(Field.MARKET),
        stall_no=row.text(Field.STALL_NO),
        district_text=row.text(Field.DISTRICT),
        address=row.text(Field.ADDRESS),
        contact_name=row.text(Field.CONTACT_NAME),
        contact_phone=row.text(Field.CONTACT_PHONE),
        kind_name=kind_name,
        model=row.text(Field.MODEL),
        measuring_range=row.text(Field.MEASURING_RANGE) or row.text(Field.MAX_CAPACITY),
        accuracy_class=row.text(Field.ACCURACY_CLASS),
        scale_interval=row.text(Field.SCALE_INTERVAL),
        serials=numbers,
        manufacturer=row.text(Field.MANUFACTURER),
        purpose=purpose,
        verified_on=verified_on,
        manufactured_on=manufactured_on,
        max_capacity_kg=_max_capacity(row),
        is_fair_scale=is_fair_scale,
        remark=row.text(Field.REMARK),
    )


def _holder_name(row: RegisterRow) -> str:
    name, market, stall_no = row.text(Field.HOLDER), row.text(Field.MARKET), row.text(Field.STALL_NO)
    if name:
        return name
    if market and stall_no:
        return f"{market} {stall_no}"
    if market and (_says_fair_scale(row) or _stated_holder_kind(row) is HolderKind.MARKET):
        return market
    row.refuse(Field.HOLDER, FaultReason.MISSING_HOLDER)
    return ""


def _uscc(row: RegisterRow) -> str:
    written = row.text(Field.USCC)
    try:
        return holders.credit_code(written) if written else ""
    except holders.NotACreditCode:
        row.refuse(Field.USCC, FaultReason.INVALID_USCC)
        return ""


def _stated_holder_kind(row: RegisterRow) -> HolderKind | None:
    written = row.text(Field.HOLDER_KIND)
    try:
        return holders.holder_kind(written) if written else None
    except holders.UnknownHolderKind:
        return None


def _holder_kind(row: RegisterRow) -> HolderKind:
    stated = _stated_holder_kind(row)
    name, market = row.text(Field.HOLDER), row.text(Field.MARKET)
    # "个体户" at a stall says less than the stall does.
    if stated in (None, HolderKind.OTHER) and market and row.text(Field.STALL_NO):
        return HolderKind.STALL
    if stated is not None:
        return stated
    written = row.text(Field.HOLDER_KIND)
    if written and holders.holder_kind_by_name(written) is HolderKind.OTHER:
        row.refuse(Field.HOLDER_KIND, FaultReason.INVALID_HOLDER_KIND)
    if market and name in ("", market):
        return HolderKind.MARKET
    # "某镇卫生院" says it in whichever column it stands.
    return holders.holder_kind_by_name(written or name)


def _kind_name(row: RegisterRow) -> str:
    written = row.text(Field.KIND)
    if not written:
        row.refuse(Field.KIND, FaultReason.MISSING_KIND)
    return written


def _quantity(row: RegisterRow) -> int | None:
    if not row.text(Field.QUANTITY):
        return None
    try:
        quantity = cells.whole_number(row.cell(Field.QUANTITY))
    except cells.NotAWholeNumber:
        quantity = 0
    if quantity < 1:
        row.refuse(Field.QUANTITY, FaultReason.INVALID_QUANTITY)
        return None
    return quantity


def _serials(row: RegisterRow) -> tuple[str, ...]:
    quantity, written = _quantity(row), row.text(Field.SERIAL)
    if spoilt := _spoilt(row.cell(Field.SERIAL)):
        row.refuse(Field.SERIAL, spoilt)
        return ()
    try:
        found = serials(written, quantity) if written else ()
    except QuantitySerialMismatch as wrong:
        facts = {"serials": shown(written), "found": str(wrong.found)}
        row.refuse(Field.QUANTITY, FaultReason.QUANTITY_SERIAL_MISMATCH, **facts)
        return ()
    except SerialsUnclear:
        row.refuse(Field.SERIAL, FaultReason.UNCLEAR_SERIAL)
        return ()
    except TooManySerials:
        row.refuse(Field.SERIAL, FaultReason.TOO_MANY_SERIALS, limit=str(MOST_SERIALS))
        return ()
    if not found:
        row.refuse(Field.SERIAL, FaultReason.MISSING_SERIAL)
    return found


def _spoilt(serial: cells.Cell) -> FaultReason | None:
    """What a spreadsheet makes of a long number and of 2019-5 when they are typed."""
    if cells.lost_digits(serial):
        return FaultReason.SERIAL_PRECISION_LOST
    return FaultReason.SERIAL_BECAME_DATE if isinstance(serial, date | time) else None


def _purpose(row: RegisterRow) -> Purpose | None:
    try:
        return purposes.purpose(row.text(Field.PURPOSE))
    except purposes.UnknownPurpose:
        row.refuse(Field.PURPOSE, FaultReason.INVALID_PURPOSE)
        return None


def _is_fair_scale(row: RegisterRow) -> bool:
    said = row.text(Field.FAIR_SCALE).casefold()
    if said and said not in _YES | _NO:
        row.refuse(Field.FAIR_SCALE, FaultReason.INVALID_FAIR_SCALE)
    return _says_fair_scale(row)


def _says_fair_scale(row: RegisterRow) -> bool:
    said = row.text(Field.FAIR_SCALE).casefold()
    called = any(row.text(column) == "公平秤" for column in (Field.KIND, Field.PURPOSE, Field.REMARK))
    return said in _YES or (called and said not in _NO)


def _max_capacity(row: RegisterRow) -> Decimal | None:
    stated = row.text(Field.MAX_CAPACITY)
    # "最大秤量(kg)" says the unit once for the whole column.
    if stated.replace(".", "", 1).isdecimal():
        stated += cells.text(row.header.written(Field.MAX_CAPACITY)).rpartition("(")[2].strip(") ")
    return max_capacity_kg(stated) or max_capacity_kg(row.text(Field.MEASURING_RANGE))


def _dates(row: RegisterRow, today: date) -> tuple[date | None, date | None]:
    verified_on, manufactured_on = (
        _day(row, Field.VERIFIED_ON, today),
        _day(row, Field.MANUFACTURED_ON, today),
    )
    if verified_on and manufactured_on and manufactured_on > verified_on:
        fact = verified_on.isoformat()
        row.refuse(Field.MANUFACTURED_ON, FaultReason.MADE_AFTER_VERIFIED, verified_on=fact)
    return verified_on, manufactured_on


def _day(row: RegisterRow, column: Field, today: date) -> date | None:
    if not row.text(column):
        return None
    read = cells.day_or_month if column is Field.MANUFACTURED_ON else cells.day
    try:
        found = read(row.cell(column))
    except cells.NotADay:
        found = date.min
    if found < EARLIEST_DAY:
        row.refuse(column, FaultReason.INVALID_DATE)
        return None
    if found > today:
        row.refuse(column, FaultReason.FUTURE_DATE, today=today.isoformat())
        return None
    return found
