"""The limits and test points of one item, read from a regulation's file."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from verifier.rules.limits import Band, Bounds, Limit, Of
from verifier.rules.regulation_entries import Entry, Wanted, figure_of
from verifier.rules.stages import Stage
from verifier.rules.test_points import Points, Word, word_of
from verifier.rules.units import converted

_BOUNDS = ("plus_minus", "at_least", "at_most", "more_than", "less_than", "of", "plus", "or_larger")
_CONDITIONS = ("stages", "units", "classes", "up_to_max")
_NO_BOUNDS = Bounds(None, None)


def read_limits(item: Entry) -> tuple[Limit, ...]:
    return tuple(_limit(entry) for entry in item.tables_or_none("limit", "[[item.limit]]"))


def read_points(item: Entry) -> tuple[Points, ...]:
    return tuple(_points(entry) for entry in item.tables_or_none("points", "[[item.points]]"))


def _limit(entry: Entry) -> Limit:
    bands, by_nominal = _bands_of(entry), _by_nominal(entry)
    conditions: dict[str, Any] = {
        "stages": entry.choices("stages", Stage),
        "units": entry.texts_or_none("units", "kPa"),
        "classes": entry.texts_or_none("classes", "III"),
        "up_to_max": entry.quantity("up_to_max") if entry.has("up_to_max") else None,
    }
    ends_in_e = entry.has("bands") and entry.choice("of", Of, Of.UNIT) is Of.E
    return Limit(ends_in_e=ends_in_e, bands=bands, by_nominal=by_nominal, **conditions)


def _bands_of(entry: Entry) -> tuple[Band, ...]:
    if entry.has("by_nominal"):
        entry.only(*_CONDITIONS, "by_nominal")
        return (Band(None, with_end=True, bounds=_NO_BOUNDS),)
    if not entry.has("bands"):
        entry.only(*_CONDITIONS, *_BOUNDS)
        return (Band(None, with_end=True, bounds=_bounds(entry, Of.UNIT)),)
    entry.only(*_CONDITIONS, "of", "bands")
    of = entry.choice("of", Of, Of.UNIT)
    bands = tuple(_band(band, of) for band in entry.tables("bands", "{ up_to = 500, plus_minus = 0.5 }"))
    ends = [band.end for band in bands]
    known = [end for end in ends if end is not None]
    if None in ends[:-1] or any(not low < high for low, high in pairwise(known)):
        entry.refuse("bands", Wanted.RISING, "up_to = 500, up_to = 2000")
    return bands


def _band(entry: Entry, of: Of) -> Band:
    entry.only("up_to", "below", *_BOUNDS)
    if entry.has("up_to") and entry.has("below"):
        entry.refuse("below", Wanted.NOTHING, "up_to")
    field = "below" if entry.has("below") else "up_to"
    return Band(entry.decimal_or_none(field), with_end=field == "up_to", bounds=_bounds(entry, of))


def _bounds(entry: Entry, of: Of) -> Bounds:
    """±, or a bound on one side or both; strict and inclusive are not mixed in one limit."""
    lower, upper, strict = _sides(entry)
    larger = None
    if entry.has("or_larger"):
        other = entry.table_at("or_larger", '{ plus_minus = 2, of = "% of indication" }')
        other.only(*(field for field in _BOUNDS if field != "or_larger"))
        larger = _bounds(other, Of.UNIT)
    plus = entry.positive("plus") if entry.has("plus") else Decimal(0)
    return Bounds(lower, upper, strict, entry.choice("of", Of, of), plus, larger)


def _sides(entry: Entry) -> tuple[Decimal | None, Decimal | None, bool]:
    below = [field for field in ("at_least", "more_than") if entry.has(field)]
    above = [field for field in ("at_most", "less_than") if entry.has(field)]
    strict = bool({"more_than", "less_than"} & {*below, *above})
    if entry.has("plus_minus"):
        figure = entry.decimal("plus_minus")
        if below or above or figure < 0:
            entry.refuse("plus_minus", Wanted.LIMITED, "plus_minus = 0.5")
        return -figure, figure, False
    mixed = strict and bool({"at_least", "at_most"} & {*below, *above})
    if not (below or above) or len(below) > 1 or len(above) > 1 or mixed:
        entry.refuse((*below, *above, "plus_minus")[0], Wanted.LIMITED, "at_least = -0.2, at_most = 0.5")
    lower = entry.decimal(below[0]) if below else None
    upper = entry.decimal(above[0]) if above else None
    if lower is not None and upper is not None and lower > upper:
        entry.refuse(below[0], Wanted.LIMITED, "at_least = -0.2, at_most = 0.5")
    return lower, upper, strict


def _by_nominal(entry: Entry) -> Mapping[tuple[str, Decimal], Decimal]:
    """The table of a regulation for weights: a line for each nominal value, a column for each class."""
    if not entry.has("by_nominal"):
        return {}
    classes = entry.texts("classes", "M1")
    table = entry.table_at("by_nominal", '"1 kg" = [0.5, 1.6]')
    if not table.table:
        table.refuse("1 kg", Wanted.FIELD, "[0.5, 1.6]")
    found: dict[tuple[str, Decimal], Decimal] = {}
    for nominal in table.table:
        milligrams = _milligrams(table, str(nominal))
        figures = table.listed(str(nominal), "0.5, 1.6")
        if len(figures) != len(classes):
            table.refuse(str(nominal), Wanted.LIST, ", ".join(classes))
        for of_class, figure in zip(classes, figures, strict=True):
            # Blank: the class does not exist at that value.
            if figure != "":
                found[of_class, milligrams] = _above_nought(table, str(nominal), figure)
    return found


def _above_nought(table: Entry, nominal: str, figure: object) -> Decimal:
    found = figure_of(figure)
    if found is None or found <= 0:
        table.refuse(nominal, Wanted.POSITIVE, "[0.5, 1.6]")
    return found


def _milligrams(table: Entry, nominal: str) -> Decimal:
    figure, unit = Entry(table.source, table.at, {nominal: nominal}).quantity(nominal)
    found = converted(figure, unit, "mg")
    if found is None:
        table.refuse(nominal, Wanted.QUANTITY, "1 kg")
    return found


def _points(entry: Entry) -> Points:
    entry.only("units", "at", "at_least", "otherwise_also", "within")
    within = entry.decimal_or_none("within") or Decimal(0)
    if within < 0:
        entry.refuse("within", Wanted.POSITIVE, "0.5")
    return Points(
        units=entry.texts_or_none("units", "kPa"),
        words=_words(entry, "at"),
        at_least=entry.count("at_least", 1),
        otherwise_also=_words(entry, "otherwise_also") if entry.has("otherwise_also") else (),
        within=within,
    )


def _words(entry: Entry, field: str) -> tuple[Word, ...]:
    return tuple(_word(entry, field, written) for written in entry.listed(field, '"Min", "50 % Max", "Max"'))


def _word(entry: Entry, field: str, written: object) -> Word:
    figure = figure_of(written)
    if figure is not None:
        return Word(about=False, figure=figure, of="")
    found = word_of(written) if isinstance(written, str) else None
    if found is None:
        entry.refuse(field, Wanted.CHOICE, "Min, Max, 50 % Max, 10 e, nominal, support load, change points")
    return found
