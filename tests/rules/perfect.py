"""Instruments and readings that the tests of verdicts begin with: everything asked for, nothing wrong."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from verifier.regulation_files import shipped
from verifier.rules.device import Device, Interval
from verifier.rules.items import Method, Need
from verifier.rules.readings import Finding3, Reading
from verifier.rules.regulation import Regulation, read_regulation
from verifier.rules.stages import Stage
from verifier.rules.verdict import (
    Expected,
    ExpectedPoint,
    ItemResult,
    Judgement,
    PointResult,
    expected,
    judge,
)

REGULATIONS: dict[str, Regulation] = {
    document["code"]: read_regulation(document, source=name) for name, document in shipped()
}
DIGITAL = REGULATIONS["JJG 539-2016"]
DIAL = REGULATIONS["JJG 13-2016"]
BENCH = REGULATIONS["JJG 14-2016"]
WEIGHTS = REGULATIONS["JJG 99-2022"]
MERCURY = REGULATIONS["JJG 270-2008"]
AUTOMATED = REGULATIONS["JJG 692-2010"]
MONITOR = REGULATIONS["JJG 1163-2019"]
ECG = REGULATIONS["JJG 543-2008"]
DIGITAL_ECG = REGULATIONS["JJG 1041-2008"]
GLASS = REGULATIONS["JJG 111-2019"]
EAR = REGULATIONS["JJG 1164-2019"]
ELECTRONIC = REGULATIONS["GB/T 21416-2008"]
GLUCOSE = REGULATIONS["GB/T 19634-2021"]

D = Decimal
INITIAL, SUBSEQUENT, IN_SERVICE = Stage


def scale(maximum: str, e: str, accuracy_class: str = "III", unit: str = "kg", **more: Any) -> Device:
    return Device(
        kind=more.pop("kind", "nawi_digital"),
        unit=unit,
        accuracy_class=accuracy_class,
        maximum=D(maximum),
        intervals=(Interval(e=D(e)),),
        **more,
    )


SCALE = scale("15", "0.005")
TWO_RANGES = replace(SCALE, intervals=(Interval(upto=D(6), e=D("0.002")), Interval(upto=D(15), e=D("0.005"))))
DEVICES = {
    "JJG 539-2016": SCALE,
    "JJG 13-2016": scale("8", "0.005", kind="nawi_analog_spring_dial"),
    "JJG 14-2016": scale("100", "0.05", kind="nawi_nonself_bench_platform"),
    "JJG 99-2022": Device(kind="weights", unit="kg", accuracy_class="M1", nominal=D(1)),
    "JJG 270-2008": Device(kind="bp_mercury", unit="kPa"),
    "JJG 692-2010": Device(kind="bp_auto", unit="mmHg"),
    "JJG 1163-2019": Device(kind="patient_monitor", unit="mmHg"),
    "JJG 543-2008": Device(kind="ecg_analog"),
    "JJG 1041-2008": Device(kind="ecg_digital"),
    "JJG 111-2019": Device(kind="clin_therm_glass", unit="°C"),
    "JJG 1164-2019": Device(kind="clin_therm_ir_ear", unit="°C"),
    "GB/T 21416-2008": Device(kind="clin_therm_electronic", unit="°C"),
    "GB/T 19634-2021": Device(kind="glucose_meter", unit="mmol/L"),
}


def perfect(regulation: Regulation, stage: Stage = SUBSEQUENT, device: Device | None = None) -> list[Reading]:
    """Readings without any error, exactly as many as are asked for."""
    asked = expected(regulation, stage, device or DEVICES[regulation.code])
    return [
        _perfect(item, point, position)
        for item in asked
        if item.applicable and item.need is not Need.NOT_REQUIRED
        for point in item.points
        for position in point.positions
        for _ in range(item.readings)
    ]


def _perfect(item: Expected, point: ExpectedPoint, position: str) -> Reading:
    if item.method in (Method.CHECK, Method.RESPONSE):
        return Reading(item=item.key, reference=point.at, finding=Finding3.OK)
    if item.method is Method.VALUE:
        return Reading(item=item.key, indication=_inside(point))
    value = D(5) if point.at is None else point.at
    if item.key == "zero_setting":
        value = D(0)
    return Reading(item=item.key, reference=value, indication=value, position=position)


def _inside(point: ExpectedPoint) -> Decimal:
    if point.lower is None or point.lower <= 0:
        return D(0)
    return point.lower + (1 if point.strict else 0)


def without(readings: list[Reading], item: str) -> list[Reading]:
    return [reading for reading in readings if reading.item != item]


def reading(item: str, reference: str | None = None, indication: str | None = None, **more: Any) -> Reading:
    figures = {"reference": reference, "indication": indication, "added": more.pop("added", None)}
    known: dict[str, Any] = {name: D(figure) for name, figure in figures.items() if figure is not None}
    return Reading(item=item, **known, **more)


def result(judgement: Judgement, item: str) -> ItemResult:
    [found] = [one for one in judgement.items if one.key == item]
    return found


def judged_with(
    regulation: Regulation, extra: Reading, stage: Stage = SUBSEQUENT, device: Device | None = None
) -> PointResult:
    """What came of one more reading beside perfect ones."""
    known = device or DEVICES[regulation.code]
    readings = [*perfect(regulation, stage, known), extra]
    [found] = [
        point
        for point in result(judge(regulation, stage, known, readings), extra.item).points
        if point.reading is extra
    ]
    return found


def limits_at(
    regulation: Regulation,
    item: str,
    loads: list[str],
    stage: Stage = SUBSEQUENT,
    device: Device | None = None,
) -> Iterator[tuple[Decimal | None, Decimal | None]]:
    for load in loads:
        point = judged_with(regulation, reading(item, load, load), stage, device)
        yield point.lower, point.upper
