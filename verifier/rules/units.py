"""Units of mass, converted exactly; pressure never is: each of its units has limits of its own."""

from decimal import Decimal

# Powers of ten of the gram.
_MASS = {"t": 6, "kg": 3, "g": 0, "mg": -3}


def converted(figure: Decimal, unit: str, into: str) -> Decimal | None:
    """The same quantity in another unit; None where the law knows no exact way from one to the other."""
    if unit == into:
        return figure
    if unit not in _MASS or into not in _MASS:
        return None
    return figure.scaleb(_MASS[unit] - _MASS[into])


def plain(figure: Decimal) -> str:
    """A figure as people write it: no exponent, no noughts behind the last digit."""
    return format(figure.normalize(), "f") if figure else "0"
