"""What the numbers of a completion report mean, and how they are rounded."""

import hashlib
from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Literal

Rounding = Literal["half_up", "half_even", "down"]
_DECIMAL_ROUNDING = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
_STEP = Decimal("0.1")

# Below this many the percentage says little; pages do not paint it like a large one.
SMALL_BASE = 10


def percent(part: int, whole: int, rounding: Rounding = "half_up") -> str | None:
    """`part` of `whole` with one decimal, or None for an empty base.

    Never "100.0" unless complete, never "0.0" unless nothing is done.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} is not a part of {whole}")
    if whole == 0:
        return None
    rounded = (Decimal(100 * part) / whole).quantize(_STEP, _DECIMAL_ROUNDING[rounding])
    if 0 < part < whole:
        rounded = min(max(rounded, _STEP), 100 - _STEP)
    return str(rounded)


def yuan(fen: int) -> str:
    """15400.00 for 1 540 000 fen: two decimals, no grouping, exact."""
    return f"{Decimal(fen) / 100:.2f}"


def base_digest(lines: Iterable[str]) -> str:
    """SHA-256 of the named list a programme's base consists of, whatever its order."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
