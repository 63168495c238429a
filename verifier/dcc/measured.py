"""What was measured: method, standards, conditions, and item by item the figures with their limits."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import groupby
from xml.etree.ElementTree import Element

from verifier.dcc.elements import (
    Words,
    clean,
    conformity,
    element,
    gathered,
    identifications,
    one_word,
    quantity,
    text,
    words,
)
from verifier.rules.judgement import FoundBy, ItemResult, ItemVerdict, Judgement, PointResult
from verifier.rules.results import Result, ResultStandard

_JUDGED = {ItemVerdict.PASS: True, ItemVerdict.FAIL: False}
_NOT_JUDGED = {
    ItemVerdict.NOT_REQUIRED: ("本次检定不要求", "not required at this stage"),
    ItemVerdict.NOT_APPLICABLE: ("不适用", "not applicable"),
    ItemVerdict.NOT_EXAMINED: ("未检", "not examined"),
}
_ENVIRONMENT: dict[str, tuple[Words, str | None, str]] = {
    "temperature_c": (("温度", "Temperature"), "°C", "basic_temperature"),
    "humidity_percent": (("相对湿度", "Relative humidity"), "%", "basic_humidityRelative"),
    "pressure_kpa": (("大气压", "Air pressure"), "kPa", ""),
}
# Where the error is the indication itself, it is not told twice.
_ERRORS = {
    FoundBy.CHANGEOVER: ("误差（化整前）", "Error prior to rounding"),
    FoundBy.INDICATION: ("误差", "Error"),
    FoundBy.SPREAD: ("极差", "Greatest difference"),
}
_Figure = Callable[[PointResult], Decimal | None]


def measured(result: Result, judged: Sequence[Judgement], software: Element) -> Iterator[Element]:
    """One `measurementResult` for each judgement; where there are two the first is as found."""
    worked_on = "Repair" if result.repaired else "Adjustment"
    for judgement in judged:
        is_left = judgement is judged[-1]
        called = ("检定结果", "Results") if is_left else ("调修前结果", "Results as found")
        before = "after" if is_left else "before"
        status = f"{before}{worked_on}" if result.adjusted or result.repaired else ""
        yield element(
            "dcc:measurementResult",
            words("dcc:name", *called),
            element("dcc:usedMethods", _method(result, judgement)),
            element("dcc:usedSoftware", software),
            gathered("dcc:measuringEquipments", _equipment(result)),
            element("dcc:influenceConditions", *_conditions(result, status)),
            element("dcc:results", *(_item(item) for item in judgement.items)),
            gathered("dcc:measurementMetaData", _conformities(judgement)),
        )


def _method(result: Result, judgement: Judgement) -> Element:
    rules = result.regulation.rules if result.regulation else None
    titles = (str((rules or {}).get("title_zh", "")), str((rules or {}).get("title_en", "")))
    digest = result.regulation.sha256 if result.regulation else None
    return element(
        "dcc:usedMethod",
        words("dcc:name", *titles),
        text("dcc:norm", judgement.regulation),
        text("dcc:reference", f"SHA-256 {digest}" if digest else ""),
    )


def _equipment(result: Result) -> Iterator[Element]:
    for standard in result.standards:
        yield _standard(standard)
    if not result.standards:
        for named in result.standards_named:
            yield element("dcc:measuringEquipment", words("dcc:name", named))


def _standard(standard: ResultStandard) -> Element:
    """The schema's `certificate` wants the digest of the other certificate, which nobody here has seen."""
    by, on, until = standard.calibrated_by, standard.calibrated_on, standard.valid_until
    return element(
        "dcc:measuringEquipment",
        words("dcc:name", standard.name),
        words(
            "dcc:description",
            f"{by}于{on}校准，有效期至{until}",
            f"Calibrated by {by or '-'} on {on}, valid until {until}",
        ),
        text("dcc:model", standard.model),
        identifications(
            ("calibrationLaboratory", standard.code, ("标准器编号", "Code of the standard")),
            ("manufacturer", standard.serial, ("出厂编号", "Serial number")),
            ("other", standard.certificate_no, ("校准证书编号", "Number of its calibration certificate")),
        ),
        gathered("dcc:measuringEquipmentQuantities", _qualities(standard)),
    )


def _qualities(standard: ResultStandard) -> Iterator[Element]:
    name, called = "dcc:measuringEquipmentQuantity", ("误差或扩展不确定度", "Error or expanded uncertainty")
    if standard.error_absolute is not None:
        yield quantity(called, [standard.error_absolute], standard.unit, name=name)
    if standard.error_percent is not None:
        yield quantity(called, [standard.error_percent], "%", name=name)
    for said, one in (
        (("测量范围", "Measuring range"), standard.measuring_range),
        (("砝码等级", "Class of weights"), standard.weight_class),
    ):
        if clean(one):
            yield element(name, words("dcc:name", *said), words("dcc:noQuantity", one))


def _conditions(result: Result, status: str) -> Iterator[Element]:
    """What is not recorded is said to be so: a certificate always speaks of its conditions."""
    for name, value in result.environment.items():
        called, unit, ref_type = _ENVIRONMENT.get(name, ((name, ""), None, ""))
        figure = _figure(value)
        if unit is None or figure is None:
            yield _condition(called, status, words("dcc:text", str(value)))
        else:
            yield _condition(called, status, quantity(called, [figure], unit, ref_type=ref_type))
    if not result.environment:
        called = ("环境条件", "Environmental conditions")
        yield _condition(called, status, words("dcc:text", "未记录", "not recorded"))


def _condition(called: Words, status: str, data: Element) -> Element:
    return element(
        "dcc:influenceCondition",
        words("dcc:name", *called),
        text("dcc:status", status),
        element("dcc:data", data),
    )


def _figure(value: object) -> Decimal | None:
    """The figure with the digits written; None for what is no number."""
    try:
        figure = Decimal(str(value))
    except InvalidOperation:
        return None
    return figure if figure.is_finite() else None


def _item(item: ItemResult) -> Element:
    if item.verdict in _JUDGED:
        groups = groupby(sorted(item.points, key=_way), key=_way)
        data = [_table(item, list(points)) for _, points in groups]
    else:
        data = [words("dcc:text", *_NOT_JUDGED[item.verdict])]
    return element(
        "dcc:result",
        words("dcc:name", item.name_zh, item.name_en),
        words("dcc:description", f"{item.rule} {item.note_zh}", f"{item.rule} {item.note_en}"),
        element("dcc:data", *data),
    )


def _way(point: PointResult) -> str:
    """How the error was found: points of one way make one table, for their errors mean the same."""
    return (point.found_by or FoundBy.FINDING).value


def _table(item: ItemResult, points: Sequence[PointResult]) -> Element:
    """Points as columns of figures, with a verdict for each; a column nobody filled is left out."""
    way = points[0].found_by
    columns: list[tuple[Words, _Figure, str]] = [
        (("参考值", "Reference"), lambda point: point.reading.reference, "basic_referenceValue"),
        (("示值", "Indication"), lambda point: point.reading.indication, "basic_measuredValue"),
        (("闪变点附加砝码", "Added weights"), lambda point: point.reading.added, ""),
        (("零点误差", "Zero error"), lambda point: point.zero_error, ""),
    ]
    if way in _ERRORS:
        ref_type = "" if way is FoundBy.SPREAD else "basic_measurementError"
        columns.append((_ERRORS[way], lambda point: point.error, ref_type))
    columns += [
        (("下限", "Lower limit"), lambda point: point.lower, ""),
        (("上限", "Upper limit"), lambda point: point.upper, ""),
    ]
    return element(
        "dcc:list",
        *_texts(points),
        *(
            quantity(called, [figure(point) for point in points], item.unit, ref_type=ref_type)
            for called, figure, ref_type in columns
            if any(figure(point) is not None for point in points)
        ),
        element("dcc:measurementMetaData", _verdicts(item, points)),
    )


def _texts(points: Sequence[PointResult]) -> Iterator[Element]:
    for called, said in (
        (("位置", "Position"), [point.reading.position for point in points]),
        (("检查结果", "Finding"), [point.reading.finding or "" for point in points]),
    ):
        if any(said):
            listed = text("dcc:charsXMLList", " ".join(one_word(one) for one in said))
            yield element("dcc:quantity", words("dcc:name", *called), listed)


def _verdicts(item: ItemResult, points: Sequence[PointResult]) -> Element:
    strict = any(point.strict for point in points)
    warning = (
        words("dcc:declaration", "等于限值即为不合格", "a value equal to the limit fails") if strict else None
    )
    listed = " ".join("pass" if point.passed else "fail" for point in points)
    return element(
        "dcc:metaData",
        words("dcc:name", "逐点结论", "Conformity of each point"),
        text("dcc:norm", item.rule),
        warning,
        text("dcc:conformityXMLList", listed),
    )


def _conformities(judgement: Judgement) -> Iterator[Element]:
    for item in judgement.items:
        if item.verdict in _JUDGED:
            yield element(
                "dcc:metaData",
                words("dcc:name", item.name_zh, item.name_en),
                text("dcc:norm", item.rule),
                conformity(passed=_JUDGED[item.verdict]),
            )
