"""What a paper says, gathered from the record on the day it is issued and frozen then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from verifier.db import Session
from verifier.i18n import say
from verifier.models import Verification
from verifier.queries.papers import RecordOnPaper, StandardOnPaper, standards_on_paper
from verifier.rules.codes import instrument_code
from verifier.rules.entitlement import FeeTreatment
from verifier.rules.judgement import ItemResult, ItemVerdict, PointResult, judgement_from_json
from verifier.rules.labels import check_address
from verifier.rules.papers import (
    WHAT_TO_DO,
    DocumentKind,
    Paper,
    PaperBody,
    PaperHolder,
    PaperInstrument,
    PaperItem,
    PaperPoint,
    PaperRegulation,
    PaperStandard,
)
from verifier.rules.signing import SigningRole
from verifier.rules.verdict import Outcome

# Papers are Chinese by law, with English below what is printed on every one of them.
_PAPER_LANGUAGE = "zh_CN"
_ENVIRONMENT = {
    "temperature_c": ("温度 Temperature", "°C"),
    "humidity_percent": ("相对湿度 Relative humidity", "%"),
    "pressure_kpa": ("大气压 Air pressure", "kPa"),
}
_VERDICTS = {ItemVerdict.PASS: Outcome.PASSED.value, ItemVerdict.FAIL: Outcome.FAILED.value}


@dataclass(frozen=True, kw_only=True)
class Issuance:
    """What the day of issue adds to the record; `names` are those who signed beside the verifier."""

    document: DocumentKind
    number: str
    check_code: str
    names: Mapping[SigningRole, str]
    issued_on: date
    base_url: str


def paper_of(session: Session, told: RecordOnPaper, issued: Issuance) -> Paper:
    """Everything the paper says (JJF 1069, JJF 1002 app. G), in the words of the day it is issued."""
    record, examination = told.record, told.examination
    is_certificate = issued.document is DocumentKind.CERTIFICATE
    failed = record.outcome is Outcome.FAILED
    return Paper(
        kind=issued.document,
        number=issued.number,
        record_no=_record_no(record),
        check_url=check_address(issued.base_url, issued.number, issued.check_code),
        body=_body(told),
        holder=_holder(told),
        instrument=_instrument(told),
        outcome=record.outcome,
        conclusion_class=_class(told) if is_certificate else "",
        failed_reasons=tuple(record.reasons),
        performed_on=record.performed_on,
        issued_on=issued.issued_on,
        valid_until=record.valid_until if is_certificate else None,
        verifier=told.verifier.name,
        checker=issued.names.get(SigningRole.CHECKER, ""),
        approver=issued.names.get(SigningRole.APPROVER, ""),
        regulation=_regulation(told),
        standards=_standards(session, record),
        environment=tuple(_environment(name, value) for name, value in record.environment.items()),
        items=_items(examination.judged_as_left) if examination else (),
        as_found=_items(examination.judged_as_found) if examination else (),
        work_done=_work(record),
        remark=record.remark,
        replaces=told.replaces or "",
        fee_line=_fee_line(record),
        what_to_do=tuple(say(step, _PAPER_LANGUAGE) for step in WHAT_TO_DO) if failed else (),
    )


def _record_no(record: Verification) -> str:
    return f"{record.performed_on:%Y-%m}-{record.id:06d}"


def _body(told: RecordOnPaper) -> PaperBody:
    body = told.body
    return PaperBody(
        name=body.name,
        authorisation_no=body.authorisation_no,
        address=body.address,
        phone=body.phone,
        postcode=body.postcode,
        email=body.email,
    )


def _holder(told: RecordOnPaper) -> PaperHolder:
    """A stall stands under the name of its market."""
    names = [told.market.name] if told.market else []
    return PaperHolder(
        name=" ".join([*names, told.holder.name]), address=told.holder.address, stall=told.holder.stall_no
    )


def _instrument(told: RecordOnPaper) -> PaperInstrument:
    instrument = told.instrument
    return PaperInstrument(
        name_zh=told.kind.name_zh,
        name_en=told.kind.name_en,
        model=instrument.model,
        serial=instrument.serial,
        manufacturer=instrument.manufacturer,
        measuring_range=instrument.measuring_range,
        accuracy_class=instrument.accuracy_class,
        scale_interval=instrument.scale_interval,
        code=instrument_code(instrument.id),
        place=instrument.place,
    )


def _class(told: RecordOnPaper) -> str:
    """The class it conforms to: as judged, else as registered."""
    judged = told.examination.device.get("accuracy_class") if told.examination else None
    found = judged or told.instrument.accuracy_class
    return f"{found}级" if found and not found.endswith("级") else found


def _regulation(told: RecordOnPaper) -> PaperRegulation | None:
    if told.edition is None:
        return None
    title = str(told.rules.document.get("title_zh", "")) if told.rules else ""
    return PaperRegulation(code=told.edition.code, title=title)


def _standards(session: Session, record: Verification) -> tuple[PaperStandard, ...]:
    """Those of the register with their certificates; where there is none, what was written down."""
    registered = standards_on_paper(session, record.id)
    if registered:
        return tuple(_standard(standard) for standard in registered)
    return tuple(PaperStandard(name=name) for name in record.standards)


def _standard(standard: StandardOnPaper) -> PaperStandard:
    return PaperStandard(
        name=" ".join(filter(None, [standard.name, standard.model, standard.serial])),
        measuring_range=standard.measuring_range,
        quality=_quality(standard),
        certificate_no=standard.certificate_no,
        valid_until=standard.valid_until,
    )


def _quality(standard: StandardOnPaper) -> str:
    if standard.weight_class:
        return f"{standard.weight_class}等级"
    absolute = f"±{standard.error_absolute:f} {standard.unit}" if standard.error_absolute is not None else ""
    percent = f"±{standard.error_percent:f} %" if standard.error_percent is not None else ""
    return "; ".join(filter(None, [absolute, percent]))


def _environment(name: str, value: object) -> tuple[str, str]:
    label, unit = _ENVIRONMENT.get(name, (name, ""))
    return label, f"{value} {unit}".strip()


def _items(judged: Mapping[str, object] | None) -> tuple[PaperItem, ...]:
    if judged is None:
        return ()
    return tuple(_item(item) for item in judgement_from_json(judged).items)


def _item(item: ItemResult) -> PaperItem:
    return PaperItem(
        name_zh=item.name_zh,
        name_en=item.name_en,
        rule=item.rule,
        verdict=_VERDICTS.get(item.verdict, item.verdict.value),
        points=tuple(_point(point, item.unit) for point in item.points),
        note=item.note_zh,
    )


def _point(point: PointResult, unit: str) -> PaperPoint:
    return PaperPoint(
        reference=_figure(point.reading.reference),
        indication=_figure(point.reading.indication),
        error=_signed(point.error),
        lower_limit=_signed(point.lower),
        upper_limit=_signed(point.upper),
        unit=unit,
        position=point.reading.position,
    )


def _figure(figure: Decimal | None) -> str:
    return "" if figure is None else f"{figure:f}"


def _signed(figure: Decimal | None) -> str:
    return "" if figure is None else f"{figure:+f}" if figure else "0"


def _work(record: Verification) -> str:
    done = {"已调整": record.adjusted, "已修理": record.repaired}
    return "、".join(name for name, was in done.items() if was)


def _fee_line(record: Verification) -> str:
    """What the holder did not pay: free of charge is said even where nobody knows the tariff."""
    if record.fee_treatment is not FeeTreatment.WAIVED:
        return "本次检定不收费"
    if record.fee_waived_fen is None:
        return "免费检定"
    return f"免费检定 免收{record.fee_waived_fen // 100}.{record.fee_waived_fen % 100:02d}元"
