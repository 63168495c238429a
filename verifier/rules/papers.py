"""What stands on a paper: certificate, rejection notice, test record, label. Frozen when it is issued."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from verifier.i18n import Worded, mark
from verifier.rules.route_sheets import RouteSheet
from verifier.rules.verdict import Outcome


class DocumentKind(Worded):
    """OIML V 1: 3.02 and 3.03; a test record is what voluntary kinds get, which have no regulation."""

    CERTIFICATE = "certificate", mark("verification certificate")
    REJECTION_NOTICE = "rejection_notice", mark("rejection notice")
    TEST_RECORD = "test_record", mark("test record")


# What a holder does after a rejection (Measures on mandatory verification, 1987, art. 7).
WHAT_TO_DO = (
    mark("Stop using the instrument at once."),
    mark("Have it repaired, or scrap it."),
    mark("After the repair have it verified again; that is free of charge."),
)


@dataclass(frozen=True, kw_only=True)
class PaperBody:
    name: str
    authorisation_no: str = ""
    address: str = ""
    phone: str = ""
    postcode: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class PaperHolder:
    name: str
    address: str = ""
    stall: str = ""


@dataclass(frozen=True, kw_only=True)
class PaperInstrument:
    name_zh: str
    name_en: str = ""
    model: str = ""
    serial: str = ""
    manufacturer: str = ""
    measuring_range: str = ""
    accuracy_class: str = ""
    scale_interval: str = ""
    code: str = ""
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class PaperRegulation:
    code: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class PaperStandard:
    """A measurement standard used; `quality` is its uncertainty, class or maximum permissible error."""

    name: str
    measuring_range: str = ""
    quality: str = ""
    certificate_no: str = ""
    valid_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class PaperPoint:
    """One reading in the unit shown, every figure as it was written; "" where there is none."""

    reference: str = ""
    indication: str = ""
    error: str = ""
    lower_limit: str = ""
    upper_limit: str = ""
    unit: str = ""
    position: str = ""


@dataclass(frozen=True, kw_only=True)
class PaperItem:
    """An item of the regulation; `verdict` is passed, failed, not_required or not_applicable."""

    name_zh: str
    name_en: str = ""
    rule: str = ""
    verdict: str
    points: tuple[PaperPoint, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """Everything a paper says, as plain values, so that it can be printed again years later.

    `check_url` stands in the QR code; `conclusion_class` is the class the instrument conforms to; `items` are
    as left, `as_found` those before `work_done`; `replaces` is the number of the certificate it takes the
    place of. Raises ValueError for a paper that contradicts itself: a certificate for what failed, a
    valid-until elsewhere than on a certificate.
    """

    kind: DocumentKind
    number: str
    record_no: str = ""
    check_url: str
    body: PaperBody
    holder: PaperHolder
    instrument: PaperInstrument
    outcome: Outcome
    conclusion_class: str = ""
    failed_reasons: tuple[str, ...] = ()
    performed_on: date
    issued_on: date
    valid_until: date | None = None
    verifier: str
    checker: str = ""
    approver: str = ""
    regulation: PaperRegulation | None = None
    standards: tuple[PaperStandard, ...] = ()
    # Label and value: ("温度", "22.5 °C").
    environment: tuple[tuple[str, str], ...] = ()
    items: tuple[PaperItem, ...] = ()
    as_found: tuple[PaperItem, ...] = ()
    work_done: str = ""
    remark: str = ""
    replaces: str = ""
    fee_line: str = ""
    what_to_do: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.valid_until is not None and self.kind is not DocumentKind.CERTIFICATE:
            raise ValueError("only a certificate says until when it is valid")
        fitting = {DocumentKind.CERTIFICATE: Outcome.PASSED, DocumentKind.REJECTION_NOTICE: Outcome.FAILED}
        if fitting.get(self.kind, self.outcome) is not self.outcome:
            raise ValueError(f"a {self.kind.word} cannot say {self.outcome}")


@dataclass(frozen=True, kw_only=True)
class Label:
    """What stands on the sticker of an instrument that passed; `qr_text` is printed as a code only."""

    number: str
    instrument_code: str
    kind_name: str
    model: str
    serial_last4: str
    valid_until: date | None
    performed_on: date
    body_name: str
    qr_text: str


@dataclass(frozen=True, kw_only=True)
class LabelSheet:
    """A sheet of stickers as sold, or a roll of single ones: every length in millimetres."""

    name: str
    page: tuple[Decimal, Decimal]
    sticker: tuple[Decimal, Decimal]
    columns: int = 1
    rows: int = 1
    # Left and top edge of the first sticker.
    first: tuple[Decimal, Decimal] = (Decimal(0), Decimal(0))
    # Between two stickers, across and down.
    gap: tuple[Decimal, Decimal] = (Decimal(0), Decimal(0))

    @property
    def stickers(self) -> int:
        return self.columns * self.rows


def _mm(width: str, height: str) -> tuple[Decimal, Decimal]:
    return Decimal(width), Decimal(height)


_A4 = _mm("210", "297")

LABEL_SHEETS = {
    sheet.name: sheet
    for sheet in (
        LabelSheet(name="a4-24", page=_A4, sticker=_mm("70", "37"), columns=3, rows=8, first=_mm("0", "0.5")),
        LabelSheet(
            name="a4-14",
            page=_A4,
            sticker=_mm("99.1", "38.1"),
            columns=2,
            rows=7,
            first=_mm("4.65", "15.15"),
            gap=_mm("2.5", "0"),
        ),
        LabelSheet(name="roll-50x30", page=_mm("50", "30"), sticker=_mm("50", "30")),
        LabelSheet(name="roll-40x30", page=_mm("40", "30"), sticker=_mm("40", "30")),
    )
}


def paper_json(paper: Paper) -> dict[str, Any]:
    """The paper as JSON values, with no name left out; `paper_from_json` makes the same paper of them."""
    return plain(paper)


def plain(entry: Paper | Label | LabelSheet | RouteSheet) -> dict[str, Any]:
    """A paper, label, sheet of them or route sheet as JSON values: days as 2026-07-10, figures as text."""
    return {field.name: _plain(getattr(entry, field.name)) for field in fields(entry)}


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, StrEnum):
        return value.value
    return str(value) if isinstance(value, date | Decimal) else value


def paper_from_json(content: Mapping[str, object]) -> Paper:
    """The paper that `paper_json` wrote; what an older one could not say yet is left at its default."""
    made: Paper = _made(Paper, content)
    return made


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _made(kind: type, content: Mapping[str, object]) -> Any:  # noqa: ANN401  one of the dataclasses above
    hints = _hints(kind)
    return kind(**{name: _value(hints[name], value) for name, value in content.items()})


def _value(hint: Any, value: Any) -> object:  # noqa: ANN401  a type hint and what JSON has for it
    if get_origin(hint) is tuple:
        inner, *more = get_args(hint)
        each = [inner] * len(value) if more == [...] else [inner, *more]
        return tuple(_value(one, entry) for one, entry in zip(each, value, strict=True))
    if isinstance(hint, UnionType):
        return None if value is None else _value(get_args(hint)[0], value)
    if isinstance(hint, type) and is_dataclass(hint):
        return _made(hint, value)
    return date.fromisoformat(value) if hint is date else hint(value)
