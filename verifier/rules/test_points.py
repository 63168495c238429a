"""Where an item is read, written as a metrologist says it: `Min`, `50 % Max`, `change points`."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from verifier.rules.device import Characteristic, Device
from verifier.rules.limits import Limit, band_end

# How far an "about" may be off, in parts of Max: nobody has weights for exactly a third of it.
_ABOUT = Decimal("0.1")
_ALL_SUPPORTS_SHARE = 4
_NAMED = {
    "Min": Characteristic.MINIMUM,
    "Max": Characteristic.MAXIMUM,
    "nominal": Characteristic.NOMINAL,
}
_WORD = re.compile(
    r"(?:(?P<about>about) )?(?:(?P<figure>-?\d{1,9}(?:\.\d{1,9})?)(?: (?P<of>% Max|e))?"
    r"|(?P<word>Min|Max|nominal|support load|change points))",
    re.ASCII,
)


@dataclass(frozen=True)
class Word:
    """One word of the list: a figure, a share of Max, a number of e, or a place with a name."""

    about: bool
    figure: Decimal | None
    of: str


@dataclass(frozen=True)
class Point:
    """A value to be applied; a reading counts for it from `at - within` to `at + within`."""

    at: Decimal
    within: Decimal

    def covers(self, reference: Decimal | None) -> bool:
        return reference is not None and abs(reference - self.at) <= self.within


@dataclass(frozen=True)
class Points:
    """The list for a unit (empty: any), and what fills it up where it comes out too short."""

    units: tuple[str, ...]
    words: tuple[Word, ...]
    at_least: int
    otherwise_also: tuple[Word, ...]
    within: Decimal


def word_of(written: str) -> Word | None:
    """One word of a list of test points; None where it is none."""
    found = _WORD.fullmatch(written)
    if found is None:
        return None
    figure = None if found["figure"] is None else Decimal(found["figure"])
    return Word(found["about"] is not None, figure, found["of"] or found["word"] or "")


def points_for(points: Points, limit: Limit | None, device: Device) -> tuple[Point, ...]:
    """The points for this instrument, rising, each once; raises CharacteristicMissing.

    Change points are where the limit changes below Max: the ends of bands and of partial ranges.
    Loads worked out of Max are rounded to whole e: nothing finer can be read.
    """
    found: dict[Decimal, Point] = {}
    for word in points.words:
        _take(found, _of(word, points, limit, device))
    for word in points.otherwise_also:
        if len(found) < points.at_least:
            _take(found, _of(word, points, limit, device))
    return tuple(found[at] for at in sorted(found))


def _take(found: dict[Decimal, Point], points: Iterable[Point]) -> None:
    for point in points:
        found.setdefault(point.at, point)


def _of(word: Word, points: Points, limit: Limit | None, device: Device) -> Sequence[Point]:
    if word.of == "change points":
        places = [] if limit is None else _change_points(limit, device)
    else:
        places = [_place(word, device)]
    within = device.needed(Characteristic.MAXIMUM) * _ABOUT if word.about else points.within
    return [Point(at, within) for at in places]


def _place(word: Word, device: Device) -> Decimal:
    figure = Decimal(1) if word.figure is None else word.figure
    match word.of:
        case "Min" | "Max" | "nominal":
            named: Decimal = device.needed(_NAMED[word.of])
            return named
        case "e":
            return figure * device.interval_at(None).e
        case "% Max":
            return _whole_e(device.needed(Characteristic.MAXIMUM) * figure, 100, device)
        case "support load":
            return _support_load(device)
        case _:
            return figure


def _support_load(device: Device) -> Decimal:
    """A third of Max with the additive tare, or with n > 4 supports its (n - 1)th part (R 76-1)."""
    parts = 3 if device.supports <= _ALL_SUPPORTS_SHARE else device.supports - 1
    whole = device.needed(Characteristic.MAXIMUM) + (device.additive_tare or 0)
    return _whole_e(whole, parts, device)


def _whole_e(whole: Decimal, parts: int, device: Device) -> Decimal:
    e = device.interval_at(whole / parts).e
    return (whole / (parts * e)).quantize(Decimal(1), ROUND_HALF_UP) * e


def _change_points(limit: Limit, device: Device) -> list[Decimal]:
    maximum: Decimal = device.needed(Characteristic.MAXIMUM)
    starts = [Decimal(0), *(one.upto or maximum for one in device.intervals)]
    found = set(starts[1:])
    for start, one in zip(starts, device.intervals or (None,), strict=False):
        reference = None if one is None else one.upto or maximum
        ends = [band_end(band, limit, device, reference) for band in limit.bands]
        found |= {end for end in ends if end is not None and start < end <= (reference or maximum)}
    return [at for at in found if at < maximum]
