"""What a nameplate or a register says of an instrument's range, scale interval and class, as figures."""

import re
from dataclasses import dataclass
from decimal import Decimal

from verifier.rules.cells import text
from verifier.rules.units import converted

# As the law writes a unit, and how else people do, in small letters.
_WRITTEN = {
    "t": "t 吨",
    "kg": "kg 千克 公斤",
    "g": "g 克",
    "mg": "mg 毫克",
    "斤": "斤 市斤",
    "两": "两",
    "lb": "lb",
    "oz": "oz",
    "MPa": "mpa",
    "kPa": "kpa 千帕",
    "mmHg": "mmhg 毫米汞柱",
    "mmol/L": "mmol/l",
    "mg/dL": "mg/dl",
    "°C": "°c 摄氏度",
    "mV": "mv",
    "Hz": "hz",
    "L/min": "l/min",
    "m⁻¹": "m-1",
}
_UNITS = {word: unit for unit, words in _WRITTEN.items() for word in words.split()}
_UNIT = "(?:" + "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True)) + ")"
_NUMBER = r"[+-]?\d{1,9}(?:\.\d{1,9})?"
# A unit with letters behind it is another quantity: kgf, kg·m, g/L.
_ENDS = r"(?![a-z·\d]|/[a-z])"
_QUANTITY = rf"({_NUMBER})\s*({_UNIT}{_ENDS})?"
_JOINED = re.compile(rf"\(?\s*{_QUANTITY}\s*\)?\s*([~/]|-|–|—|至|到|\.\.\.)\s*\(?\s*{_QUANTITY}", re.ASCII)
_ALONE = re.compile(rf"^\(?\s*{_QUANTITY}\s*\)?\s*({_UNIT}{_ENDS})?$", re.ASCII)
_AFTER = re.compile(rf"\s*\)?\s*({_UNIT}){_ENDS}", re.ASCII)
_LABELLED = re.compile(rf"(?<![a-z])(max|min|最大秤量|最小秤量)\s*[=:]?\s*({_NUMBER})\s*({_UNIT})", re.ASCII)
_STEPS = re.compile(
    rf"(?<![a-z°/])(e\s*=\s*d|d\s*=\s*e|e|d)\s*[=:]\s*((?:{_NUMBER}\s*{_UNIT}?\s*/\s*)*{_NUMBER}\s*{_UNIT})",
    re.ASCII,
)
_BARE_STEPS = re.compile(rf"((?:{_NUMBER}\s*{_UNIT}?\s*/\s*)*{_NUMBER}\s*{_UNIT})", re.ASCII)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))", re.ASCII)

# R 76-1 writes four strokes so that nobody takes it for anything else.
_NAMES_OF_CLASSES = {"I": "特种 一 1", "II": "高 二 2", "III": "中 三 3", "IIII": "普通 四 4 IV"}
_CLASSES = {word: name for name, words in _NAMES_OF_CLASSES.items() for word in words.split()}
_CLASS_WORDS = re.compile(r"准确度|等级|级|class|[()\s]", re.IGNORECASE)


@dataclass(frozen=True)
class Range:
    """The ends of the ranges, rising, in `unit`; `minimum` above nought only: a lower end of 0 is no Min."""

    unit: str | None = None
    ends: tuple[Decimal, ...] = ()
    minimum: Decimal | None = None


@dataclass(frozen=True)
class Steps:
    """Scale intervals with the unit each is written in."""

    e: tuple[tuple[Decimal, str], ...] = ()
    d: tuple[Decimal, str] | None = None

    def __bool__(self) -> bool:
        return bool(self.e) or self.d is not None


def accuracy_class(written: str) -> str | None:
    """I to IIII for weighing, otherwise what is written without the word for class; None where blank."""
    bare = _CLASS_WORDS.sub("", text(written)).upper()
    return _CLASSES.get(bare, bare) or None


def read_range(written: str) -> Range:
    """A measuring range such as `(0~15)kg`, `0.2kg~30KG`, `6/15kg` or `Max=15kg Min=100g`."""
    said = _plain(written)
    labelled = {word: (Decimal(figure), unit) for word, figure, unit in _LABELLED.findall(said)}
    greatest = labelled.get("max", labelled.get("最大秤量"))
    if greatest is not None:
        least = labelled.get("min", labelled.get("最小秤量"))
        return _range([greatest], least)
    bare = _STEPS.sub(" ", _LABELLED.sub(" ", said)).strip(" ,;")
    if joined := _JOINED.search(bare):
        return _joined(joined, bare)
    alone = _ALONE.fullmatch(bare)
    if alone is None or not (alone[2] or alone[3]):
        return Range()
    return _range([(Decimal(alone[1]), alone[2] or alone[3])], None)


def _joined(found: re.Match[str], said: str) -> Range:
    first, first_unit, between, second, second_unit = found.groups()
    if second_unit is None:
        after = _AFTER.match(said, found.end())
        if after is None:
            return Range()
        second_unit = after[1]
    one, other = (Decimal(first), first_unit or second_unit), (Decimal(second), second_unit)
    return _range([one, other], None) if between == "/" else _range([other], one)


def _range(ends: list[tuple[Decimal, str]], least: tuple[Decimal, str] | None) -> Range:
    """Everything in the unit of the greatest end; several ends are partial weighing ranges."""
    unit = _UNITS[ends[-1][1]]
    figures = [_moved(end, unit) for end in ends]
    minimum = _moved(least, unit) if least else None
    return Range(unit, tuple(sorted(figures)), minimum or None)


def _moved(quantity: tuple[Decimal, str], unit: str) -> Decimal:
    moved = converted(quantity[0], _UNITS[quantity[1]], unit)
    return quantity[0] if moved is None else moved


def read_interval(written: str) -> Steps:
    """A scale interval such as `5g`, `e=5g d=1g`, `e=d=10g` or `2/5g`; nothing where no unit is written."""
    alone = _BARE_STEPS.fullmatch(_plain(written))
    return Steps(_quantities(alone[1])) if alone else named_interval(written)


def named_interval(written: str) -> Steps:
    """As `read_interval`, but only what is called e or d: a range holds other figures too."""
    labelled = _STEPS.findall(_plain(written))
    e: tuple[tuple[Decimal, str], ...] = ()
    d = None
    for label, figures in labelled:
        found = _quantities(figures)
        e = found if "e" in label else e
        d = found[0] if "d" in label and len(found) == 1 else d
    return Steps(e, d)


def _quantities(figures: str) -> tuple[tuple[Decimal, str], ...]:
    """`2/5g` are 2 g and 5 g: the last unit counts for those without."""
    parts = re.findall(rf"({_NUMBER})\s*({_UNIT})?", figures, re.ASCII)
    last = parts[-1][1]
    return tuple((Decimal(figure), _UNITS[unit or last]) for figure, unit in parts)


def _plain(written: str) -> str:
    folded = text(written).lower().replace("\u2212", "-")
    return _THOUSANDS.sub("", folded)
