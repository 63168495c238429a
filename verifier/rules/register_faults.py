"""What can be wrong with one row of a register, and how the office is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from verifier.i18n import mark, say


class FaultReason(StrEnum):
    MISSING_HOLDER = "missing_holder"
    INVALID_USCC = "invalid_uscc"
    INVALID_HOLDER_KIND = "invalid_holder_kind"
    MISSING_DISTRICT = "missing_district"
    UNKNOWN_DISTRICT = "unknown_district"
    DISTRICT_OUTSIDE = "district_outside"
    MISSING_KIND = "missing_kind"
    UNKNOWN_KIND = "unknown_kind"
    MISSING_SERIAL = "missing_serial"
    SERIAL_PRECISION_LOST = "serial_precision_lost"
    SERIAL_BECAME_DATE = "serial_became_date"
    UNCLEAR_SERIAL = "unclear_serial"
    TOO_MANY_SERIALS = "too_many_serials"
    QUANTITY_SERIAL_MISMATCH = "quantity_serial_mismatch"
    INVALID_QUANTITY = "invalid_quantity"
    INVALID_PURPOSE = "invalid_purpose"
    INVALID_FAIR_SCALE = "invalid_fair_scale"
    INVALID_DATE = "invalid_date"
    FUTURE_DATE = "future_date"
    MADE_AFTER_VERIFIED = "made_after_verified"
    TOO_LONG = "too_long"
    DUPLICATE = "duplicate"


# Every sentence may name {row}, {field} and {value}; the others say which more facts they need.
SENTENCES: Mapping[FaultReason, str] = {
    FaultReason.MISSING_HOLDER: mark(
        "Row {row}, {field}: nobody is named who uses the instrument. Enter the name, or for a stall "
        "the market and the stall number."
    ),
    FaultReason.INVALID_USCC: mark(
        "Row {row}, {field}: “{value}” is no unified social credit code: it has 18 characters and its last "
        "one must fit the others. Copy it from the licence, as text, or leave it blank."
    ),
    FaultReason.INVALID_HOLDER_KIND: mark(
        "Row {row}, {field}: “{value}” is no kind of holder the register knows. Use a word such as "
        "村卫生室 or 集贸市场, or leave it blank."
    ),
    FaultReason.MISSING_DISTRICT: mark(
        "Row {row}, {field}: the district is missing, so nobody knows whose instrument it is. "
        "Enter its name or its code."
    ),
    FaultReason.UNKNOWN_DISTRICT: mark(
        "Row {row}, {field}: there is no district “{value}”. Correct its name, or enter its code."
    ),
    FaultReason.DISTRICT_OUTSIDE: mark(
        "Row {row}, {field}: “{value}” lies outside the district this register is for. Correct it, or have "
        "the row entered by the office of that district."
    ),
    FaultReason.MISSING_KIND: mark(
        "Row {row}, {field}: it is not said what instrument this is. Enter its name, such as 电子血压计."
    ),
    FaultReason.UNKNOWN_KIND: mark(
        "Row {row}, {field}: “{value}” is no instrument of the catalogue. Use a name from the catalogue."
    ),
    FaultReason.MISSING_SERIAL: mark(
        "Row {row}, {field}: the serial number is missing; without it instruments cannot be told apart. "
        "Copy it from the name plate."
    ),
    FaultReason.SERIAL_PRECISION_LOST: mark(
        "Row {row}, {field}: “{value}” was kept as a number, so its last digits are lost. Format the cell as "
        "text and type the serial number again."
    ),
    FaultReason.SERIAL_BECAME_DATE: mark(
        "Row {row}, {field}: the spreadsheet program made the date {value} of what was typed. Format the "
        "cell as text and type the serial number again."
    ),
    FaultReason.UNCLEAR_SERIAL: mark(
        "Row {row}, {field}: “{value}” looks like a run of serial numbers, but its first and last do not "
        "belong together. Write it as Q001~Q003, or one serial number a row."
    ),
    # {limit}: the most serials a row may have
    FaultReason.TOO_MANY_SERIALS: mark(
        "Row {row}, {field}: “{value}” would be more than {limit} instruments. Check both ends of the run, "
        "or spread it over several rows."
    ),
    # {serials}: what is written there; {found}: how many that is
    FaultReason.QUANTITY_SERIAL_MISMATCH: mark(
        "Row {row}, {field}: {value} instruments are stated, but “{serials}” is {found} serial number(s). "
        "Correct the one or the other."
    ),
    FaultReason.INVALID_QUANTITY: mark(
        "Row {row}, {field}: “{value}” is no number of instruments. Enter a whole number from 1."
    ),
    FaultReason.INVALID_PURPOSE: mark(
        "Row {row}, {field}: “{value}” is no use the register knows. Enter 贸易结算, 医疗卫生, 安全防护, "
        "环境监测 or 其他, or leave it blank."
    ),
    FaultReason.INVALID_FAIR_SCALE: mark(
        "Row {row}, {field}: “{value}” is neither yes nor no. Enter 是 or 否."
    ),
    FaultReason.INVALID_DATE: mark(
        "Row {row}, {field}: “{value}” is no day of the calendar. "
        "Enter it like 2025-07-28, or leave it blank."
    ),
    # {today}: the day the register was read
    FaultReason.FUTURE_DATE: mark(
        "Row {row}, {field}: {value} has not come yet; today is {today}. Enter the day it really was."
    ),
    # {verified_on}: the day of the last verification
    FaultReason.MADE_AFTER_VERIFIED: mark(
        "Row {row}, {field}: made on {value}, after its last verification on {verified_on}. "
        "Correct one of the dates."
    ),
    # {length}: how long it is; {limit}: how long it may be
    FaultReason.TOO_LONG: mark(
        "Row {row}, {field}: “{value}…” has {length} characters; there is room for {limit}. Shorten it."
    ),
    # {first}: where the instrument was met before, such as "row 12" or an instrument's code
    FaultReason.DUPLICATE: mark(
        "Row {row}, {field}: “{value}” is already registered ({first}). "
        "Delete the row, or correct the serial number."
    ),
}


@dataclass(frozen=True)
class Fault:
    """Why a row is refused; `field` is the column's header as the file writes it.

    A row counts as one refusal: what else is wrong with it stands in `further`.
    """

    row: int
    field: str
    reason: FaultReason
    facts: Mapping[str, str]
    further: tuple["Fault", ...] = ()

    def sentence(self, language: str = "en") -> str:
        return say(SENTENCES[self.reason], language, {**self.facts, "row": self.row, "field": self.field})

    def sentences(self, language: str = "en") -> str:
        """Everything that is wrong with the row, for somebody who corrects it once."""
        return "\n".join(fault.sentence(language) for fault in (self, *self.further))
