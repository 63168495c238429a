"""Everything kept of one verification, as plain values: enough to judge it again without this house."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from verifier.rules.certificates import CertificateState
from verifier.rules.entitlement import FeeTreatment
from verifier.rules.papers import DocumentKind
from verifier.rules.signing import Decision, SigningRole
from verifier.rules.stages import Outcome, Stage

# The number rises when something is left out or means something else; additions leave it as it is.
FORMAT = "verifier.verification/1"


@dataclass(frozen=True, kw_only=True)
class ResultInstrument:
    """As the register has it; `district` is where it was used on the day of the verification."""

    id: int
    # What stands on its label.
    code: str
    kind: str
    kind_name_zh: str
    kind_name_en: str
    manufacturer: str
    model: str
    serial: str
    measuring_range: str
    accuracy_class: str
    scale_interval: str
    place: str
    district: str


@dataclass(frozen=True, kw_only=True)
class ResultHolder:
    """Whose it was on the day of the verification; `market` is the name of the one a stall stands in."""

    id: int
    name: str
    market: str | None
    stall_no: str
    address: str
    uscc: str | None


@dataclass(frozen=True, kw_only=True)
class ResultRegulation:
    """The edition applied; `rules` is what rules/regulation.read_regulation reads.

    `sha256` is the digest of the rules as JSON with sorted keys, without blanks, in UTF-8. Both are None
    where no readings were judged.
    """

    code: str
    effective_from: date | None
    rules: dict[str, Any] | None
    sha256: str | None


@dataclass(frozen=True, kw_only=True)
class ReadingsTaken:
    """rules/readings.Reading, one each, figures as text; `as_found` is None where nothing was worked on."""

    as_found: list[dict[str, Any]] | None
    as_left: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class JudgementsMade:
    """rules/judgement.Judgement as it was kept on the day."""

    as_found: dict[str, Any] | None
    as_left: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ResultStandard:
    """A reference standard with the calibration that held on the day; errors are in `unit` and in percent."""

    code: str
    name: str
    model: str
    serial: str
    measuring_range: str
    unit: str
    certificate_no: str
    calibrated_by: str
    calibrated_on: date
    valid_until: date | None
    weight_class: str
    error_absolute: Decimal | None
    error_percent: Decimal | None


@dataclass(frozen=True, kw_only=True)
class ResultPerson:
    """Who decided what on the record, and when; the verifier signs by recording it."""

    role: SigningRole
    decision: Decision
    name: str
    at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class ResultBody:
    code: str
    name: str
    authorisation_no: str
    address: str
    phone: str
    postcode: str
    email: str


@dataclass(frozen=True, kw_only=True)
class ResultFee:
    """In fen (0.01 CNY); None where the tariff is unknown, which is never 0."""

    treatment: FeeTreatment
    tariff_fen: int | None
    waived_fen: int | None


@dataclass(frozen=True, kw_only=True)
class ResultPaper:
    """The paper issued; `state` is that of the day of asking, `replaces` the number it took the place of."""

    number: str
    document: DocumentKind
    issued_on: date
    state: CertificateState
    revoked_on: date | None
    revocation_reason: str | None
    replaces: str | None


@dataclass(frozen=True, kw_only=True)
class ResultLink:
    """What ties one record to the history of a body; rules/chain says how the digests are made."""

    body: str
    position: int
    subject: str
    subject_id: int
    record_digest: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Result:
    """One verification, complete."""

    format: str = FORMAT
    id: int
    instrument: ResultInstrument
    holder: ResultHolder
    performed_on: date
    stage: Stage
    regulation: ResultRegulation | None
    # rules/device.Device, as it was judged.
    device: dict[str, Any] | None
    # None: the body recorded an outcome and no readings.
    readings: ReadingsTaken | None
    judgement: JudgementsMade | None
    as_found: Outcome
    outcome: Outcome
    reasons: list[str]
    adjusted: bool
    repaired: bool
    standards: list[ResultStandard]
    # As they were named in the record; codes where the body keeps its standards here.
    standards_named: list[str]
    environment: dict[str, Any]
    remark: str
    people: list[ResultPerson]
    body: ResultBody
    programme: str | None
    fee: ResultFee
    # Until when the verification before this one held, and until when this one does.
    due_on: date | None
    valid_until: date | None
    certificate: ResultPaper | None
    supersedes: int | None
    superseded_by: int | None
    recorded_at: datetime
    recorded_by: str
    chain: list[ResultLink]
