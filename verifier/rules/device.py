"""The metrological characteristics of one instrument, as its limits need them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Annotated, Any

import annotated_types
from annotated_types import Len, MultipleOf

from verifier.errors import Invalid
from verifier.i18n import Worded, mark
from verifier.rules import nameplate
from verifier.rules.units import converted

_FINEST = Decimal("0.000000001")
Figure = Annotated[Decimal, annotated_types.Interval(gt=0, le=10**9), MultipleOf(_FINEST)]
Bound = Annotated[Decimal, annotated_types.Interval(ge=-(10**9), le=10**9), MultipleOf(_FINEST)]
# Where nobody says otherwise a scale stands on four.
_SUPPORTS = 4
_WEIGHTS = "weights"


class Characteristic(Worded):
    """What a regulation may need to know of an instrument."""

    KIND = "kind", mark("its kind")
    UNIT = "unit", mark("the unit it shows")
    ACCURACY_CLASS = "accuracy_class", mark("its accuracy class")
    MAXIMUM = "maximum", mark("its maximum capacity (Max)")
    MINIMUM = "minimum", mark("its minimum capacity (Min)")
    E = "e", mark("its verification scale interval (e)")
    D = "d", mark("its scale interval (d)")
    NOMINAL = "nominal", mark("its nominal value")


class CharacteristicMissing(Invalid):
    message = mark("Of this instrument {what} is not known; without it no limit can be found.")


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A weighing range with its verification scale interval; the upper end belongs to it."""

    # None: up to Max.
    upto: Figure | None = None
    e: Figure


@dataclass(frozen=True, kw_only=True)
class Device:
    """One instrument; every figure is in the unit it shows. None: nobody has said."""

    # `row_key` of the catalogue.
    kind: str = ""
    unit: str | None = None
    accuracy_class: str | None = None
    maximum: Decimal | None = None
    minimum: Decimal | None = None
    # One, or for a multi-interval instrument one for each partial weighing range, rising.
    intervals: tuple[Interval, ...] = ()
    d: Decimal | None = None
    # Of a weight.
    nominal: Decimal | None = None
    supports: int = _SUPPORTS
    additive_tare: Decimal | None = None
    # Functions a regulation names and this instrument has not got.
    lacks: frozenset[str] = frozenset()

    def interval_at(self, load: Decimal | None) -> Interval:
        """The interval a load falls into, the first without a load; raises CharacteristicMissing."""
        if not self.intervals:
            raise CharacteristicMissing(what=Characteristic.E)
        within = [one for one in self.intervals if load is None or one.upto is None or load <= one.upto]
        return within[0] if within else self.intervals[-1]

    def scale_interval(self, load: Decimal | None) -> Decimal:
        """d: what is stated, and e where nothing else is: classes III and IIII have d = e."""
        if self.d is not None:
            return self.d
        if not self.intervals:
            raise CharacteristicMissing(what=Characteristic.D)
        return self.interval_at(load).e

    def needed(self, what: Characteristic) -> Any:  # noqa: ANN401  each has a type of its own
        """A characteristic a limit cannot be found without; raises CharacteristicMissing."""
        found = self.interval_at(None) if what is Characteristic.E else getattr(self, what.value)
        if found is None or found == "":
            raise CharacteristicMissing(what=what)
        return found

    def to_json(self) -> dict[str, Any]:
        """For a database: figures as text, what is not known left out."""
        figures = {name: getattr(self, name) for name in _FIGURES}
        stored: dict[str, Any] = {name: str(figure) for name, figure in figures.items() if figure is not None}
        stored |= {"kind": self.kind, "supports": self.supports, "lacks": sorted(self.lacks)}
        stored |= {name: getattr(self, name) for name in _TEXTS if getattr(self, name) is not None}
        stored["intervals"] = [
            {"upto": None if one.upto is None else str(one.upto), "e": str(one.e)} for one in self.intervals
        ]
        return stored


_FIGURES = ("maximum", "minimum", "d", "nominal", "additive_tare")
_TEXTS = ("unit", "accuracy_class")


@dataclass(frozen=True, kw_only=True)
class DeviceStated:
    """What the technician reads on the instrument itself; it goes before what the register says.

    Figures are in `unit`, or without one in the unit the register gives.
    """

    unit: Annotated[str, Len(1, 20)] | None = None
    accuracy_class: Annotated[str, Len(1, 20)] | None = None
    maximum: Bound | None = None
    minimum: Bound | None = None
    e: Figure | None = None
    # A multi-interval instrument's partial weighing ranges, instead of `e`.
    intervals: Annotated[tuple[Interval, ...], Len(max_length=5)] = ()
    d: Figure | None = None
    nominal: Figure | None = None
    supports: Annotated[int, annotated_types.Interval(ge=1, le=100)] | None = None
    additive_tare: Bound | None = None
    lacks: Annotated[tuple[Annotated[str, Len(1, 60)], ...], Len(max_length=30)] | None = field(default=None)


def completed(device: Device, stated: DeviceStated) -> Device:
    """The register's characteristics, corrected by what was read on the instrument.

    A unit of mass takes the register's figures along, converted exactly. Another change of unit
    leaves them behind: what was written in kPa says nothing in mmHg.
    """
    known = in_unit(device, stated.unit) if stated.unit is not None else device
    said = {name: getattr(stated, name) for name in (*_FIGURES, "supports")}
    changed: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    if stated.accuracy_class is not None:
        changed["accuracy_class"] = nameplate.accuracy_class(stated.accuracy_class)
    if stated.intervals:
        changed["intervals"] = stated.intervals
    elif stated.e is not None:
        changed["intervals"] = (Interval(e=stated.e),)
    if stated.lacks is not None:
        changed["lacks"] = frozenset(stated.lacks)
    return replace(known, **changed)


def in_unit(device: Device, unit: str) -> Device:
    """The device with another unit; figures that cannot be converted exactly are no longer known."""
    if device.unit is None or device.unit == unit:
        return replace(device, unit=unit)
    before = device.unit

    def moved(figure: Decimal | None) -> Decimal | None:
        return None if figure is None else converted(figure, before, unit)

    kept = [(one, moved(one.e)) for one in device.intervals]
    figures: dict[str, Any] = {name: moved(getattr(device, name)) for name in _FIGURES}
    return replace(
        device,
        unit=unit,
        intervals=tuple(Interval(upto=moved(one.upto), e=e) for one, e in kept if e is not None),
        **figures,
    )


def from_json(stored: Mapping[str, Any]) -> Device:
    """What `to_json` wrote."""
    return Device(
        kind=stored["kind"],
        unit=stored.get("unit"),
        accuracy_class=stored.get("accuracy_class"),
        intervals=tuple(
            Interval(upto=_figure(one["upto"]), e=Decimal(one["e"])) for one in stored["intervals"]
        ),
        supports=stored["supports"],
        lacks=frozenset(stored["lacks"]),
        **{name: _figure(stored.get(name)) for name in _FIGURES},
    )


def device_from_register(
    measuring_range: str, accuracy_class: str, scale_interval: str, *, kind: str = ""
) -> Device:
    """What the three texts of a register say of an instrument; what cannot be read stays unknown."""
    read = nameplate.read_range(measuring_range)
    unit = read.unit
    figures = nameplate.read_interval(scale_interval) or nameplate.named_interval(measuring_range)
    steps = [converted(figure, written, unit) for figure, written in figures.e] if unit else []
    d = converted(*figures.d, unit) if unit and figures.d else None
    return Device(
        kind=kind,
        unit=unit,
        accuracy_class=nameplate.accuracy_class(accuracy_class),
        maximum=read.ends[-1] if read.ends and kind != _WEIGHTS else None,
        minimum=read.minimum,
        intervals=_intervals(read.ends, [step for step in steps if step is not None]),
        d=d,
        nominal=read.ends[0] if kind == _WEIGHTS and len(read.ends) == 1 and read.minimum is None else None,
    )


def _intervals(ends: tuple[Decimal, ...], steps: list[Decimal]) -> tuple[Interval, ...]:
    """As many scale intervals as ranges, or one for all; anything else is not clear enough to judge by."""
    if len(steps) == 1 and len(ends) <= 1:
        return (Interval(e=steps[0]),)
    if len(steps) < 2 or len(steps) != len(ends):
        return ()
    return tuple(Interval(upto=end, e=step) for end, step in zip(ends, sorted(steps), strict=True))


def _figure(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)
