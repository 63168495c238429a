"""What a technician reads off, as it is typed in and kept: nothing is computed here."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from annotated_types import Interval, Len, MultipleOf

from verifier.errors import Invalid
from verifier.i18n import mark

_GREATEST = Decimal(10**9)
# Finer than any balance; coarse enough that sums and limits stay exact.
_FINEST = Decimal("0.000000000001")
Measured = Annotated[Decimal, Interval(ge=-_GREATEST, le=_GREATEST), MultipleOf(_FINEST)]


class Finding3(StrEnum):
    """What looking found, where nothing is measured."""

    OK = "ok"
    NOT_OK = "not_ok"
    NOT_APPLICABLE = "not_applicable"


class ReadingImpossible(Invalid):
    message = mark(
        "“{value}” is no reading: it must lie between -1000000000 and 1000000000 "
        "and have at most 12 digits behind the decimal point."
    )


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One reading of one item of the regulation; raises ReadingImpossible for what no display shows."""

    # The item's key in the regulation.
    item: Annotated[str, Len(1, 60)]
    # The load or value applied, in the unit of the item.
    reference: Measured | None = None
    indication: Measured | None = None
    # ΔL: the small weights added until the display changed by one scale interval.
    added: Measured | None = None
    finding: Finding3 | None = None
    # Which support, up or down, which run.
    position: Annotated[str, Len(max_length=40)] = ""

    def __post_init__(self) -> None:
        for figure in (self.reference, self.indication, self.added):
            if figure is not None and not _is_measured(figure):
                raise ReadingImpossible(value=figure)


def reading_json(reading: Reading) -> dict[str, str]:
    """The reading for a database: figures as text with every digit that was typed, blanks left out."""
    written = {field.name: getattr(reading, field.name) for field in fields(reading)}
    return {name: str(value) for name, value in written.items() if value not in (None, "")}


def reading_from_json(stored: Mapping[str, str]) -> Reading:
    """What `reading_json` wrote, the same to the last nought."""
    return Reading(
        item=stored["item"],
        reference=_figure(stored.get("reference")),
        indication=_figure(stored.get("indication")),
        added=_figure(stored.get("added")),
        finding=Finding3(stored["finding"]) if "finding" in stored else None,
        position=stored.get("position", ""),
    )


def _figure(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)


def _is_measured(figure: Decimal) -> bool:
    if not figure.is_finite() or abs(figure) > _GREATEST:
        return False
    exponent = figure.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -12
