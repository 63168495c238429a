"""Units as the Digital System of Units (D-SI) writes them, and those it cannot say, converted."""

from dataclasses import dataclass
from decimal import Context, Decimal

_WRITTEN = {
    "t": r"\tonne",
    "kg": r"\kilogram",
    "g": r"\gram",
    "mg": r"\milli\gram",
    "μg": r"\micro\gram",
    "MPa": r"\mega\pascal",
    "kPa": r"\kilo\pascal",
    "Pa": r"\pascal",
    "mol": r"\mole",
    "mmol": r"\milli\mole",
    "L": r"\litre",
    "dL": r"\deci\litre",
    "mL": r"\milli\litre",
    "°C": r"\degreecelsius",
    "K": r"\kelvin",
    "V": r"\volt",
    "mV": r"\milli\volt",
    "μV": r"\micro\volt",
    "Ω": r"\ohm",
    "kΩ": r"\kilo\ohm",
    "MΩ": r"\mega\ohm",
    "Hz": r"\hertz",
    "dB": r"\deci\bel",
    "m": r"\metre",
    "mm": r"\milli\metre",
    "s": r"\second",
    "min": r"\minute",
    "h": r"\hour",
    "m⁻¹": r"\metre\tothe{-1}",
    "%": r"\percent",
    "": r"\one",
}
# What one of them is. mmHg: SI brochure, 8th edition, table 8; jin and liang: Order on legal units of 1984;
# pound and ounce: exact since 1959.
_CONVERTED = {
    "mmHg": ("0.133322", "kPa"),
    "斤": ("0.5", "kg"),
    "两": ("0.05", "kg"),
    "lb": ("0.45359237", "kg"),
    "oz": ("0.028349523125", "kg"),
}
# The micro sign is another character than the Greek letter that looks the same.
_MICRO = str.maketrans("µ", "μ")


# Wide enough that no figure loses a digit.
_EXACT = Context(prec=80)


@dataclass(frozen=True)
class DigitalUnit:
    """How D-SI writes a unit, or the one it knows that is nearest."""

    notation: str
    factor: Decimal = Decimal(1)
    # What one of the unit is, for people; empty where D-SI knows it.
    definition: str = ""

    def moved(self, figure: Decimal) -> Decimal:
        """A figure in the unit asked for, as a figure in this one."""
        return _EXACT.multiply(figure, self.factor)


def digital_unit(unit: str) -> DigitalUnit | None:
    """The unit a figure was read in, `mmHg/s` too; None where nothing of the SI says it (money)."""
    above, *below = unit.translate(_MICRO).split("/")
    if any(one not in _WRITTEN or not one for one in below):
        return None
    per = "".join(rf"\per{_WRITTEN[one]}" for one in below)
    if not above and below:
        return DigitalUnit("".join(rf"{_WRITTEN[one]}\tothe{{-1}}" for one in below))
    if above in _WRITTEN:
        return DigitalUnit(_WRITTEN[above] + per)
    if above not in _CONVERTED:
        return None
    factor, into = _CONVERTED[above]
    ending = "".join(f"/{one}" for one in below)
    return DigitalUnit(_WRITTEN[into] + per, Decimal(factor), f"1 {unit} = {factor} {into}{ending}")
