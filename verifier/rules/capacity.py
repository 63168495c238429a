"""The greatest mass an instrument weighs, out of what is written as its measuring range."""

import re
from decimal import Decimal

_KILOGRAMS = {
    "t": Decimal(1000),
    "吨": Decimal(1000),
    "kg": Decimal(1),
    "千克": Decimal(1),
    "公斤": Decimal(1),
    "斤": Decimal("0.5"),
    "g": Decimal("0.001"),
    "克": Decimal("0.001"),
    "mg": Decimal("0.000001"),
    "毫克": Decimal("0.000001"),
}
_UNIT = "|".join(sorted(_KILOGRAMS, key=len, reverse=True))
_NUMBER = r"\d{1,9}(?:\.\d{1,9})?"
# A unit with something behind it is another quantity: g/L, kg/cm2, kgf, kg·m.
_MASS = re.compile(rf"(?<![\d.])({_NUMBER})\s*\)?\s*({_UNIT})(?![a-z²³·]|/[a-z])", re.ASCII)
# Scale interval, least load and tolerance are masses too, but not the capacity.
_NOT_CAPACITY = re.compile(rf"(?:(?<![a-z])(?:e|d|min)\s*[=:]?|±)\s*{_NUMBER}\s*(?:{_UNIT})")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))", re.ASCII)


def max_capacity_kg(measuring_range: str) -> Decimal | None:
    """None where the range is no mass, or its unit is not written."""
    plain = _THOUSANDS.sub("", measuring_range.lower())
    masses = _MASS.findall(_NOT_CAPACITY.sub("", plain))
    return max((Decimal(number) * _KILOGRAMS[unit] for number, unit in masses), default=None)
