"""A verification's Digital Calibration Certificate, and whose it is: instrument, body, people, conclusion."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any
from xml.etree.ElementTree import Element, tostring

from verifier.dcc.elements import (
    Words,
    clean,
    conformity,
    element,
    gathered,
    identifications,
    location,
    one_word,
    quantity,
    text,
    words,
)
from verifier.dcc.measured import measured
from verifier.errors import Conflict
from verifier.i18n import mark
from verifier.rules import device as devices
from verifier.rules.dsi import digital_unit
from verifier.rules.judgement import Judgement, PointResult, judgement_from_json
from verifier.rules.papers import DocumentKind
from verifier.rules.results import Result, ResultPaper, ResultPerson
from verifier.rules.signing import Decision
from verifier.rules.stages import Outcome

SCHEMA = "3.3.0"
_ROOT = {
    "schemaVersion": SCHEMA,
    "xmlns:dcc": "https://ptb.de/dcc",
    "xmlns:si": "https://ptb.de/si",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"https://ptb.de/dcc https://ptb.de/dcc/v{SCHEMA}/dcc.xsd",
}
_OUTCOMES = {Outcome.PASSED: ("合格", "passed"), Outcome.FAILED: ("不合格", "failed")}
_CHARACTERISTICS = {
    "maximum": ("最大秤量", "Maximum capacity Max"),
    "minimum": ("最小秤量", "Minimum capacity Min"),
    "d": ("实际分度值", "Scale interval d"),
    "nominal": ("标称值", "Nominal value"),
    "additive_tare": ("最大添加皮重", "Maximum additive tare"),
}


class NoPaperYet(Conflict):
    message = mark("Verification {verification} has no paper yet; its calibration certificate comes with it.")


class NoMeasuredValues(Conflict):
    message = mark(
        "Verification {verification} has no measured values, so it has no calibration certificate."
    )


def write_dcc(result: Result) -> bytes:
    """The certificate as UTF-8 XML; the same result and release, the same bytes.

    Raises NoPaperYet before a paper is issued, NoMeasuredValues where nothing was measured.
    """
    if result.certificate is None:
        raise NoPaperYet(verification=result.id)
    made, device = result.judgement, result.device
    kept = (made.as_found, made.as_left) if made else ()
    judged = [judgement_from_json(one) for one in kept if one is not None]
    if device is None or not any(_has_figures(one) for one in judged):
        raise NoMeasuredValues(verification=result.id)
    software = _software()
    root = element(
        "dcc:digitalCalibrationCertificate",
        element(
            "dcc:administrativeData",
            element("dcc:dccSoftware", software),
            _core_data(result, result.certificate),
            element("dcc:items", _item(result, device)),
            _laboratory(result),
            element("dcc:respPersons", *_persons(result.people)),
            _customer(result),
            element("dcc:statements", *_statements(result, result.certificate, judged)),
        ),
        element("dcc:measurementResults", *measured(result, judged, software)),
    )
    root.attrib.update(_ROOT)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _has_figures(judgement: Judgement) -> bool:
    return any(_is_measured(point) for item in judgement.items for point in item.points)


def _is_measured(point: PointResult) -> bool:
    return point.passed is not None and point.error is not None


def _laboratory(result: Result) -> Element:
    body = result.body
    return element(
        "dcc:calibrationLaboratory",
        text("dcc:calibrationLaboratoryCode", body.authorisation_no),
        element(
            "dcc:contact",
            words("dcc:name", body.name),
            text("dcc:eMail", body.email),
            text("dcc:phone", body.phone),
            location(body.address, body.postcode),
        ),
    )


def _customer(result: Result) -> Element:
    holder = result.holder
    return element(
        "dcc:customer",
        words("dcc:name", f"{holder.market or ''} {holder.name}"),
        location(f"{holder.address} {holder.stall_no}"),
    )


def _software() -> Element:
    return element(
        "dcc:software",
        words("dcc:name", "Verifier"),
        text("dcc:release", f"v{version('verifier')}"),
        text("dcc:type", "application"),
    )


def _core_data(result: Result, paper: ResultPaper) -> Element:
    """Where it was done nobody records: in the field or in the laboratory."""
    day = result.performed_on.isoformat()
    replaced = paper.replaces and element(
        "dcc:reportAmendedSubstituted",
        text("dcc:typeOfChange", "substituted"),
        text("dcc:replacedUniqueIdentifier", paper.replaces),
    )
    record = ("calibrationLaboratory", str(result.id), ("检定记录", "Verification record"))
    return element(
        "dcc:coreData",
        text("dcc:countryCodeISO3166_1", "CN"),
        text("dcc:usedLangCodeISO639_1", "zh"),
        text("dcc:usedLangCodeISO639_1", "en"),
        text("dcc:mandatoryLangCodeISO639_1", "zh"),
        text("dcc:uniqueIdentifier", paper.number),
        identifications(record),
        text("dcc:beginPerformanceDate", day),
        text("dcc:endPerformanceDate", day),
        text("dcc:performanceLocation", "other"),
        text("dcc:issueDate", paper.issued_on.isoformat()),
        replaced or None,
    )


def _item(result: Result, device: Mapping[str, Any]) -> Element:
    instrument = result.instrument
    maker = words("dcc:name", instrument.manufacturer)
    return element(
        "dcc:item",
        words("dcc:name", instrument.kind_name_zh, instrument.kind_name_en),
        element("dcc:manufacturer", maker) if clean(instrument.manufacturer) else None,
        text("dcc:model", instrument.model),
        identifications(
            ("manufacturer", instrument.serial, ("出厂编号", "Serial number")),
            ("calibrationLaboratory", instrument.code, ("器具编码", "Instrument code")),
        ),
        gathered("dcc:itemQuantities", _characteristics(devices.from_json(device))),
    )


def _characteristics(device: devices.Device) -> Iterator[Element]:
    unit = device.unit or ""
    for name, called in _CHARACTERISTICS.items():
        figure = getattr(device, name)
        if figure is not None:
            yield quantity(called, [figure], unit, name="dcc:itemQuantity")
    for one in device.intervals:
        bound = device.maximum if one.upto is None else one.upto
        upto: Words = ("", "") if bound is None else (f"（至{bound:f} {unit}）", f" up to {bound:f} {unit}")
        called = (f"检定分度值e{upto[0]}", f"Verification scale interval e{upto[1]}")
        yield quantity(called, [one.e], unit, name="dcc:itemQuantity")
    if device.accuracy_class:
        yield element(
            "dcc:itemQuantity",
            words("dcc:name", "准确度等级", "Accuracy class"),
            text("dcc:charsXMLList", one_word(device.accuracy_class)),
        )


def _persons(people: Iterable[ResultPerson]) -> Iterator[Element]:
    """The last to sign stands for the certificate."""
    signed = [person for person in people if person.decision is Decision.SIGNED]
    for person in signed:
        yield element(
            "dcc:respPerson",
            element("dcc:person", words("dcc:name", person.name)),
            text("dcc:role", person.role.value),
            text("dcc:mainSigner", "true" if person is signed[-1] else "false"),
        )


def _statements(result: Result, paper: ResultPaper, judged: Sequence[Judgement]) -> Iterator[Element]:
    code = result.regulation.code if result.regulation else judged[-1].regulation
    yield element(
        "dcc:statement",
        words("dcc:name", "检定结论", "Conformity"),
        text("dcc:norm", code),
        words("dcc:declaration", *_OUTCOMES[result.outcome]),
        text("dcc:date", result.performed_on.isoformat()),
        conformity(passed=result.outcome is Outcome.PASSED),
    )
    if result.valid_until and paper.document is DocumentKind.CERTIFICATE:
        yield _dated(("有效期至", "Valid until"), result.valid_until.isoformat())
    if result.reasons:
        reasons = "；".join(result.reasons)
        yield element(
            "dcc:statement",
            words("dcc:name", "不合格原因", "Reasons of the failure"),
            words("dcc:declaration", reasons),
        )
    if paper.revoked_on:
        yield _dated(("已撤销", "Revoked on"), paper.revoked_on.isoformat(), paper.revocation_reason or "")
    for unit, definition in sorted(_foreign_units(result, judged).items()):
        yield element(
            "dcc:statement",
            text("dcc:nonSIDefinition", definition),
            text("dcc:nonSIUnit", f"|{unit}"),
        )


def _dated(called: Words, day: str, declared: str = "") -> Element:
    declaration = words("dcc:declaration", declared) if clean(declared) else None
    return element("dcc:statement", words("dcc:name", *called), declaration, text("dcc:date", day))


def _foreign_units(result: Result, judged: Sequence[Judgement]) -> dict[str, str]:
    """The units D-SI does not know, each with what one of it is."""
    units = {item.unit for one in judged for item in one.items}
    units |= {str((result.device or {}).get("unit") or ""), *(used.unit for used in result.standards)}
    known = {unit: digital_unit(unit) for unit in units}
    return {unit: found.definition for unit, found in known.items() if found and found.definition}
