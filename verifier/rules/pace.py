"""Whether a programme keeps the pace its end asks for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """`expected` verified by now if every working day did the same; `needed`: working days at the pace kept.

    `needed` is None while nothing is verified: there is no pace to go by.
    """

    expected: int
    needed: int | None
    is_late: bool


def pace(*, base: int, verified: int, elapsed: int, left: int) -> Pace:
    """Of a programme of `elapsed` working days gone and `left` to come, today included."""
    expected = base * elapsed // (elapsed + left) if elapsed + left else base
    outstanding = base - verified
    if not outstanding:
        return Pace(expected, 0, is_late=False)
    if not verified:
        return Pace(expected, None, is_late=expected > 0)
    # Verified before the first working day: as if one had passed.
    needed = -(-outstanding * max(elapsed, 1) // verified)
    return Pace(expected, needed, is_late=needed > left)
