"""Of all that was read, what comes closest to its limit or goes furthest beyond it."""

from dataclasses import dataclass
from decimal import Decimal

from verifier.rules.judgement import ItemResult, Judgement, PointResult

_BEYOND = Decimal(10**9)


@dataclass(frozen=True)
class Worst:
    """`share` is how much of the limit is used: 1 at the limit, more beyond it."""

    item: ItemResult
    point: PointResult
    share: Decimal


def worst_point(judgement: Judgement) -> Worst | None:
    """None where nothing was held against a limit that has a width."""
    found = [
        Worst(item, point, share)
        for item in judgement.items
        for point in item.points
        if (share := _share(point)) is not None
    ]
    return max(found, key=lambda worst: worst.share, default=None)


def _share(point: PointResult) -> Decimal | None:
    """How far from the middle of what is allowed, in halves of its width."""
    if point.error is None or point.upper is None:
        return None
    lower = -point.upper if point.lower is None else point.lower
    half = (point.upper - lower) / 2
    away = abs(point.error - (point.upper + lower) / 2)
    if half > 0:
        return away / half
    return _BEYOND if away > 0 else None
