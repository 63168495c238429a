"""A paper with its number and check code, as it stands in the database once it was issued."""

from dataclasses import dataclass
from datetime import date

from tests.factories import make_holder, make_instrument, make_person
from verifier.db import Session
from verifier.models import Body, Certificate, Instrument, Person
from verifier.operations.body_keys import keep_key
from verifier.operations.journal import Doer
from verifier.operations.verifications import RecordVerification, record_verification
from verifier.rules.codes import instrument_code
from verifier.rules.labels import LabelFacts
from verifier.rules.papers import (
    DocumentKind,
    Paper,
    PaperBody,
    PaperHolder,
    PaperInstrument,
    PaperRegulation,
    paper_json,
)
from verifier.rules.verdict import Outcome
from verifier.sealing import seal

NUMBER = "太检〔2026〕LX-000123"
CODE = "7KQ2M9XATC"
_KINDS = {Outcome.PASSED: DocumentKind.CERTIFICATE, Outcome.FAILED: DocumentKind.REJECTION_NOTICE}


@dataclass(frozen=True)
class IssuedPaper:
    certificate: Certificate
    instrument: Instrument
    verifier: Person


def record(
    session: Session, who: Doer, instrument: Instrument, verifier: Person, outcome: Outcome, **more: object
) -> int:
    """The number of a record of today, unless another day is given."""
    told: dict[str, object] = {"performed_on": who.today, "technician": verifier.id, **more}
    if outcome is Outcome.FAILED:
        told["reasons"] = ["示值超差"]
    command = RecordVerification(instrument_id=instrument.id, outcome=outcome, **told)  # type: ignore[arg-type]  # as told
    return record_verification(session, command, who=who).id


def issue_paper(
    session: Session,
    who: Doer,
    *,
    outcome: Outcome = Outcome.PASSED,
    number: str = NUMBER,
    valid_until: date | None = None,
) -> IssuedPaper:
    """A price scale on a stall, verified today, with its paper; a pass holds to the end of April 2027."""
    holder = make_holder(session, "王记海鲜")
    instrument = make_instrument(
        session,
        holder,
        kind_key="nawi_price_computing",
        serial="SH20190817",
        model="ACS-30",
        manufacturer="上海友声衡器有限公司",
    )
    verifier = make_person(session)
    number_of_record = record(session, who, instrument, verifier, outcome)
    paper = Paper(
        kind=_KINDS[outcome],
        number=number,
        check_url="https://jl.example.cn/c/1",
        body=PaperBody(name="太仓市计量测试所", phone="0512-53520000"),
        holder=PaperHolder(name=holder.name, stall="A区12号"),
        instrument=PaperInstrument(
            name_zh="电子计价秤",
            name_en="price-computing scale",
            model=instrument.model,
            serial=instrument.serial,
            manufacturer=instrument.manufacturer,
            code=instrument_code(instrument.id),
            place="浮桥农贸市场",
        ),
        outcome=outcome,
        performed_on=who.today,
        issued_on=who.today,
        valid_until=(valid_until or date(2027, 4, 30)) if outcome is Outcome.PASSED else None,
        verifier=verifier.name,
        regulation=PaperRegulation(code="JJG 539-2016"),
    )
    certificate = Certificate(
        number=number,
        body_id=verifier.body_id,
        year=who.today.year,
        sequence=1,
        document=paper.kind,
        verification_id=number_of_record,
        check_code=CODE,
        issued_on=who.today,
        issued_at=who.now,
        issued_by=who.name,
        content=paper_json(paper),
    )
    session.add(certificate)
    session.flush()
    return IssuedPaper(certificate, instrument, verifier)


def label_statement(session: Session, body: Body, facts: LabelFacts, secret: bytes, *, who: Doer) -> str:
    """As labels are printed: the key is kept first, so that it can be asked for from then on."""
    keep_key(session, body, secret, who=who)
    return seal(secret, facts)
