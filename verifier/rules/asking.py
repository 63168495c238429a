"""What an item asks of the technician at a stage: points, positions, how many readings of which fields."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from verifier.errors import Invalid
from verifier.i18n import mark
from verifier.rules.device import Characteristic, Device
from verifier.rules.items import Item, Method, Need
from verifier.rules.limits import (
    Limit,
    ReadingField,
    ReadingFieldMissing,
    Situation,
    UnitNotShown,
    chosen,
)
from verifier.rules.readings import Reading
from verifier.rules.regulation import Regulation
from verifier.rules.stages import Stage
from verifier.rules.test_points import Point, points_for
from verifier.rules.units import plain


class ReadingMissing(Invalid):
    message = mark("“{item}” must be examined at this stage and has no reading: {what} is missing.")


class PointNotRead(Invalid):
    message = mark("“{item}”: nothing was read at {at} {unit} {position}.")


class ReadingsTooFew(Invalid):
    message = mark("“{item}”: {found} readings where {wanted} are needed. {at} {unit} {position}")


class ReadingFieldUnused(Invalid):
    message = mark("“{item}”: {field} has no meaning for this item; leave it out.")


UP_AND_DOWN = ("up", "down")


@dataclass(frozen=True)
class Case:
    """One instrument under one regulation at one stage."""

    regulation: Regulation
    stage: Stage
    device: Device

    def unit(self, item: Item) -> str:
        """The unit readings of the item are in; raises CharacteristicMissing or UnitNotShown."""
        if item.unit is not None or item.method is Method.CHECK:
            return item.unit or ""
        unit: str = self.device.needed(Characteristic.UNIT)
        if self.regulation.units and unit not in self.regulation.units:
            units = ", ".join(self.regulation.units)
            raise UnitNotShown(item=item.title, unit=unit, units=units)
        return unit

    def situation(
        self, item: Item, reference: Decimal | None = None, indication: Decimal | None = None
    ) -> Situation:
        return Situation(item.title, self.stage, self.device, self.unit(item), reference, indication)

    def limit(self, item: Item) -> Limit | None:
        """The limit whose conditions the instrument fulfils; None for an item that has none."""
        return chosen(item.limits, self.situation(item)) if item.limits else None

    def applies(self, item: Item) -> bool:
        """Whether the instrument has what the item examines; raises CharacteristicMissing."""
        if item.kinds and self.device.needed(Characteristic.KIND) not in item.kinds:
            return False
        lacking = bool(item.function) and item.function in self.device.lacks
        return not (lacking and item.needs[self.stage] is Need.IF_FITTED)

    def points(self, item: Item) -> tuple[Point, ...]:
        """Where the item must be read; none where any reading will do. Raises UnitNotShown."""
        unit = self.unit(item)
        for points in item.points:
            if not points.units or unit in points.units:
                return points_for(points, self.limit(item), self.device)
        if item.points:
            units = ", ".join(unit for points in item.points for unit in points.units)
            raise UnitNotShown(item=item.title, unit=unit, units=units)
        return ()

    def positions(self, item: Item, *, turning: bool) -> tuple[str, ...]:
        """Where or on which way a point is read; at the greatest the load turns and is read once."""
        if item.at_supports:
            return tuple(str(number) for number in range(1, self.device.supports + 1))
        return item.positions[:1] if turning and item.positions == UP_AND_DOWN else item.positions or ("",)


def fields_of(item: Item) -> tuple[tuple[ReadingField, ...], tuple[ReadingField, ...]]:
    """The fields a reading of the item must have, and those it may have."""
    placed = (ReadingField.REFERENCE,) if item.points else ()
    maybe = () if placed else (ReadingField.REFERENCE,)
    added = (ReadingField.ADDED,) if item.changeover else ()
    match item.method:
        case Method.CHECK:
            return (ReadingField.FINDING,), ()
        case Method.ERROR:
            return (ReadingField.REFERENCE, ReadingField.INDICATION), added
        case Method.RESPONSE:
            seen_only = item.response is None or item.response.shows is None
            if seen_only:
                return (*placed, ReadingField.FINDING), maybe
            return placed, (*maybe, ReadingField.INDICATION, ReadingField.FINDING)
        case _:
            return (*placed, ReadingField.INDICATION), (*maybe, *added)


def check_fields(item: Item, readings: Sequence[Reading]) -> None:
    """Raises ReadingFieldMissing or ReadingFieldUnused."""
    must, may = fields_of(item)
    for reading in readings:
        given = {field for field in ReadingField if getattr(reading, field.value) is not None}
        for field in must:
            if field not in given:
                raise ReadingFieldMissing(item=item.title, field=field)
        for field in ReadingField:
            if field in given and field not in (*must, *may):
                raise ReadingFieldUnused(item=item.title, field=field)
        if item.method is Method.RESPONSE and not {ReadingField.INDICATION, ReadingField.FINDING} & given:
            raise ReadingFieldMissing(item=item.title, field=ReadingField.INDICATION)


def check_complete(item: Item, case: Case, readings: Sequence[Reading]) -> None:
    """Every point was read as often as the item asks; raises ReadingMissing, PointNotRead, ReadingsTooFew."""
    if not readings:
        must, may = fields_of(item)
        raise ReadingMissing(item=item.title, what=(must or may)[-1])
    points = case.points(item)
    for point in points or (None,):
        for position in case.positions(item, turning=bool(points) and point == points[-1]):
            found = [
                reading
                for reading in readings
                if (point is None or point.covers(reading.reference)) and position in ("", reading.position)
            ]
            if len(found) < item.readings:
                raise _too_few(item, case, point, position, len(found))
    if item.method is Method.SPREAD:
        _check_groups(item, case, readings)


def together(item: Item, case: Case, readings: Sequence[Reading]) -> list[list[Reading]]:
    """For each reading all those of the same load and position: only these tell of repeatability."""
    places = case.points(item)

    def place(reading: Reading) -> tuple[Decimal | None, str]:
        near = [point.at for point in places if point.covers(reading.reference)]
        return (near[0] if near else reading.reference), reading.position

    return [[other for other in readings if place(other) == place(reading)] for reading in readings]


def _check_groups(item: Item, case: Case, readings: Sequence[Reading]) -> None:
    """A reading with nothing to compare it to would always pass."""
    for group in together(item, case, readings):
        if len(group) < item.readings:
            first = group[0]
            at = "" if first.reference is None else plain(first.reference)
            raise ReadingsTooFew(
                item=item.title,
                found=len(group),
                wanted=item.readings,
                at=at,
                unit=case.unit(item),
                position=first.position,
            )


def _too_few(item: Item, case: Case, point: Point | None, position: str, found: int) -> Invalid:
    at, unit = (plain(point.at), case.unit(item)) if point else ("", "")
    if found == 0:
        return PointNotRead(item=item.title, at=at, unit=unit, position=position)
    return ReadingsTooFew(
        item=item.title, found=found, wanted=item.readings, at=at, unit=unit, position=position
    )
