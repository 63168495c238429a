"""The serial numbers of one line of a register: one, a list, or a run from first to last."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# One line of a register is one kind of instrument at one holder; nobody has more of it.
MOST_SERIALS = 1000

_DASHES = re.compile("[\u2010-\u2015\u2212]+")
_RUN_MARK = re.compile(r" ?[~\u301c\u223c至] ?")
_NUMBERED = re.compile(r"(?P<prefix>.*?)(?P<number>\d{1,15})", re.ASCII)


class QuantitySerialMismatch(ValueError):
    """The line says so many instruments and names another number of serials."""

    def __init__(self, quantity: int, found: int) -> None:
        super().__init__(quantity, found)
        self.quantity = quantity
        self.found = found


class SerialsUnclear(ValueError):
    """It looks like a run, but its ends do not belong together."""


class TooManySerials(ValueError):
    """More serials than one line of a register can mean."""

    def __init__(self, found: int) -> None:
        super().__init__(found)
        self.found = found


@dataclass(frozen=True)
class Run:
    """Serials counted up from a first to a last one, not written out before they are wanted."""

    prefix: str
    width: int
    numbers: range

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[str]:
        return (f"{self.prefix}{number:0{self.width}d}" for number in self.numbers)


Part = tuple[str, ...] | Run


def serials(text: str, quantity: int | None) -> tuple[str, ...]:
    """The serials a folded text names; a repeated one counts once.

    The quantity decides between readings: a hyphen, a slash or a blank belongs to
    the serial unless reading it as a run or a list gives exactly the quantity.
    Without a quantity only what cannot be meant otherwise is taken apart.
    """
    plain = _DASHES.sub("-", text)
    if quantity is None:
        return _written_out(_unmistakable(plain))
    readings = list(_readings(plain))
    fitting = next((reading for reading in readings if _count(reading) == quantity), None)
    if fitting is None:
        raise QuantitySerialMismatch(quantity, _count(readings[0]))
    found = _written_out(fitting)
    if len(found) != quantity:
        raise QuantitySerialMismatch(quantity, len(found))
    return found


def _readings(text: str) -> Iterator[list[Part]]:
    """Every way to read the text, the most literal one first."""
    yield [_part(item) for item in _items(text, "、,;")]
    yield [_part(item) for item in _items(text, "、,;/")]
    yield [_dashed_part(item) for item in _items(text, "、,;")]
    yield [_part(item) for item in _items(text, "、,; ")]
    yield [_dashed_part(item) for item in _items(text, "、,;/ ")]


def _unmistakable(text: str) -> list[Part]:
    for separator in "/ ":
        items = _items(text, separator)
        if len(items) > 1 and _alike(items):
            return [(item,) for item in items]
    return [_part(item) for item in _items(text, "、,;")]


def _items(text: str, separators: str) -> list[str]:
    # The blanks around a run's mark must not take the run apart.
    joined = _RUN_MARK.sub("~", text)
    items = (item.strip() for item in re.split(f"[{re.escape(separators)}]", joined))
    return [item for item in items if item]


def _alike(items: Sequence[str]) -> bool:
    """Whether all are the same letters followed by as many digits: Q201, Q202, Q203."""
    found = [_NUMBERED.fullmatch(item) for item in items]
    shapes = {(match["prefix"], len(match["number"])) if match else ("", 0) for match in found}
    return len(shapes) == 1 and next(iter(shapes))[0] != ""


def _part(item: str) -> Part:
    first, mark, last = item.partition("~")
    if not mark:
        return (item,)
    run = _run(first, last)
    if run is None:
        raise SerialsUnclear(item)
    return run


def _dashed_part(item: str) -> Part:
    if "~" in item:
        return _part(item)
    for dash in re.finditer(" ?- ?", item):
        run = _run(item[: dash.start()], item[dash.end() :])
        if run is not None:
            return run
    return (item,)


def _run(first: str, last: str) -> Run | None:
    start = _NUMBERED.fullmatch(first)
    if start is None:
        return None
    prefix, low = start["prefix"], start["number"]
    high = _last_number(prefix, low, last)
    if high is None or int(high) < int(low):
        return None
    return Run(prefix, len(low), range(int(low), int(high) + 1))


def _last_number(prefix: str, low: str, last: str) -> str | None:
    """The digits of the last serial; a short one ("Q001~003", "20231~5") borrows the front of the first."""
    named = prefix != "" and last.startswith(prefix)
    high = last.removeprefix(prefix) if named else last
    if not re.fullmatch(r"\d{1,15}", high, re.ASCII):
        return None
    if len(high) > len(low) and "0" in (low[0], high[0]):
        return None
    return high if named else low[: len(low) - len(high)] + high


def _count(reading: Sequence[Part]) -> int:
    return sum(len(part) for part in reading)


def _written_out(reading: Sequence[Part]) -> tuple[str, ...]:
    if _count(reading) > MOST_SERIALS:
        raise TooManySerials(_count(reading))
    return tuple(dict.fromkeys(serial for part in reading for serial in part))
