"""Readings on a form: a line each for what the regulation asks for, and what was typed into the lines."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from verifier.rules.device import Characteristic, DeviceStated
from verifier.rules.items import Method, Need
from verifier.rules.limits import ReadingField
from verifier.rules.readings import Finding3, Reading
from verifier.rules.units import plain
from verifier.rules.verdict import Expected, ExpectedPoint

# The two groups of lines a form may have, by the field of the command that they become.
LEFT, FOUND = "readings", "as_found"
DEVICE, ENVIRONMENT = "device", "environment"
# What may be read off the thermometer, the hygrometer and the barometer.
SURROUNDINGS = ("temperature_c", "humidity_percent", "pressure_kpa")
MOST_LINES = 500

_READING = [field.name for field in fields(Reading)]
_TYPED_IN = ("indication", "added", "finding")
_MINUS = str.maketrans("−–。", "--.")


@dataclass(frozen=True)
class Line:
    """One reading to be made; its fields are called `name` and a dot before what they hold."""

    name: str
    item: str
    point: ExpectedPoint
    position: str
    # Of several readings at one point: which.
    turn: int
    # The value to apply where exactly that one is asked for, or to begin with.
    reference: str

    @property
    def is_exact(self) -> bool:
        return self.point.at is not None and self.point.within == 0


@dataclass(frozen=True)
class Block:
    """An item with its lines; `absent` is the line on which to say that the instrument has no such thing."""

    asked: Expected
    lines: tuple[Line, ...]
    absent: str | None
    findings: tuple[Finding3, ...]

    @property
    def has_reference(self) -> bool:
        """Whether somebody has to type in what was applied: where it is asked for, or decides the limit."""
        if ReadingField.REFERENCE in self.asked.fields:
            return True
        is_free = all(line.point.lower is None and line.point.upper is None for line in self.lines)
        is_judged = self.asked.method in (Method.VALUE, Method.SPREAD)
        return is_judged and is_free and ReadingField.REFERENCE in self.asked.optional_fields

    def has(self, field: str) -> bool:
        return any(one.value == field for one in (*self.asked.fields, *self.asked.optional_fields))


def blocks(items: Sequence[Expected], group: str) -> list[Block]:
    """The items to be examined; decisive ones stand where the regulation has them, which is first."""
    found: list[Block] = []
    number = 0
    for asked in items:
        if not (asked.applicable and asked.need is not Need.NOT_REQUIRED):
            continue
        lines = []
        for point, position, turn in _places(asked):
            reference = "" if point.at is None else plain(point.at)
            lines.append(Line(f"{group}.{number}", asked.key, point, position, turn, reference))
            number += 1
        absent = f"{group}.{number}" if _may_be_absent(asked) else None
        number += absent is not None
        found.append(Block(asked, tuple(lines), absent, _findings(asked)))
    return found


def _places(asked: Expected) -> Iterator[tuple[ExpectedPoint, str, int]]:
    for point in asked.points:
        for position in point.positions:
            for turn in range(1, asked.readings + 1):
                yield point, position, turn


def _may_be_absent(asked: Expected) -> bool:
    return asked.need is Need.IF_FITTED and asked.method is not Method.CHECK


def _findings(asked: Expected) -> tuple[Finding3, ...]:
    """Three choices, two where the item is examined on every instrument."""
    may_be_absent = asked.method is Method.CHECK and asked.need is Need.IF_FITTED
    return tuple(Finding3) if may_be_absent else (Finding3.OK, Finding3.NOT_OK)


@dataclass(frozen=True)
class TypedReadings:
    """Readings as a command wants them, and the name of the line each was typed into."""

    readings: list[dict[str, str]]
    lines: list[str]


def typed_readings(values: Mapping[str, str], group: str) -> TypedReadings:
    """What was typed into a group's lines; a line where nothing was read is no reading."""
    named = re.compile(rf"{group}\.(\d{{1,3}})\.item")
    numbers = sorted(int(found[1]) for name in values if (found := named.fullmatch(name)))
    readings, lines = [], []
    for number in numbers[:MOST_LINES]:
        name = f"{group}.{number}"
        typed = {field: text for field in _READING if (text := _clean(values.get(f"{name}.{field}", "")))}
        if any(field in typed for field in _TYPED_IN):
            readings.append(typed)
            lines.append(name)
    return TypedReadings(readings, lines)


def _clean(text: str) -> str:
    """Full-width digits and the typographer's minus are what keyboards give."""
    return unicodedata.normalize("NFKC", text).translate(_MINUS).strip()


def typed_under(values: Mapping[str, str], prefix: str, names: Iterable[str]) -> dict[str, str]:
    """What was typed into the fields `prefix.name`; empty ones are left out."""
    return {name: text for name in names if (text := _clean(values.get(f"{prefix}.{name}", "")))}


DEVICE_FIELDS = tuple(
    field.name for field in fields(DeviceStated) if field.name not in ("intervals", "lacks", "additive_tare")
)
_OF_A_SCALE = ("unit", "accuracy_class", "maximum", "minimum", "e", "d", "supports")
_OF_OTHERS = ("unit", "accuracy_class", "maximum", "minimum", "d", "nominal")


def device_fields(*, is_weighing: bool, missing: Sequence[Characteristic]) -> tuple[str, ...]:
    """What may be corrected on the form, without what it asks for first."""
    asked = {what.value for what in missing}
    return tuple(name for name in (_OF_A_SCALE if is_weighing else _OF_OTHERS) if name not in asked)


def typed_before(stored: Sequence[Reading], found: Sequence[Block]) -> dict[str, str]:
    """The readings of an earlier record in the lines of a new form; what has no line there is left out."""
    left = list(stored)
    typed: dict[str, str] = {}
    for block in found:
        for line in block.lines:
            reading = next((one for one in left if _belongs(one, line)), None)
            if reading is None:
                continue
            left.remove(reading)
            typed |= _written(line.name, reading)
        absent = next((one for one in left if one.item == block.asked.key and one.finding), None)
        if block.absent is not None and absent is not None:
            typed |= _written(block.absent, absent)
    return typed


def _belongs(reading: Reading, line: Line) -> bool:
    if reading.item != line.item or line.position not in ("", reading.position):
        return False
    if line.point.at is None:
        return True
    return reading.reference is not None and abs(reading.reference - line.point.at) <= line.point.within


def _written(name: str, reading: Reading) -> dict[str, str]:
    shown: dict[str, Decimal | Finding3 | None] = {
        "reference": reading.reference,
        "indication": reading.indication,
        "added": reading.added,
        "finding": reading.finding,
    }
    return {f"{name}.{field}": str(value) for field, value in shown.items() if value is not None}
