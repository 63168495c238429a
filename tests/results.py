"""Complete results of verifications that never saw a database, for the tests of what is written from them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.rules.perfect import DEVICES, REGULATIONS, perfect
from verifier import regulation_files
from verifier.rules.certificates import CertificateState
from verifier.rules.device import Device
from verifier.rules.entitlement import FeeTreatment
from verifier.rules.papers import DocumentKind
from verifier.rules.readings import Reading, reading_json
from verifier.rules.results import (
    JudgementsMade,
    ReadingsTaken,
    Result,
    ResultBody,
    ResultFee,
    ResultHolder,
    ResultInstrument,
    ResultPaper,
    ResultPerson,
    ResultRegulation,
    ResultStandard,
)
from verifier.rules.signing import Decision, SigningRole
from verifier.rules.stages import Stage
from verifier.rules.verdict import judge

DAY = date(2026, 4, 20)
_DOCUMENTS = {document["code"]: document for _, document in regulation_files.shipped()}
INSTRUMENT = ResultInstrument(
    id=7,
    code="00000072",
    kind="nawi_digital",
    kind_name_zh="数字指示秤",
    kind_name_en="Digital indicating scale",
    manufacturer="常州某衡器厂",
    model="ACS-15",
    serial="A 0001",
    measuring_range="(0~15)kg",
    accuracy_class="III",
    scale_interval="5g",
    place="三号摊",
    district="320585103",
)
HOLDER = ResultHolder(
    id=3, name="李四", market="浮桥镇农贸市场", stall_no="A12", address="浮桥镇1号", uscc=None
)
BODY = ResultBody(
    code="office",
    name="太仓市计量测试所",
    authorisation_no="(苏)法计(2024)01234号",
    address="太仓市某路1号",
    phone="0512-12345678",
    postcode="215400",
    email="office@example.org",
)
PAPER = ResultPaper(
    number="苏太检字 2026-000001",
    document=DocumentKind.CERTIFICATE,
    issued_on=date(2026, 4, 22),
    state=CertificateState.GENUINE,
    revoked_on=None,
    revocation_reason=None,
    replaces=None,
)
WEIGHTS = ResultStandard(
    code="F2-01",
    name="F2等级砝码组",
    model="1mg~20kg",
    serial="88",
    measuring_range="1 mg~20 kg",
    unit="g",
    certificate_no="SZ-2026-0007",
    calibrated_by="苏州市计量测试院",
    calibrated_on=date(2026, 1, 5),
    valid_until=date(2027, 1, 4),
    weight_class="F2",
    error_absolute=Decimal("0.0050"),
    error_percent=Decimal("0.0010"),
)


def person(role: SigningRole, name: str, decision: Decision = Decision.SIGNED) -> ResultPerson:
    return ResultPerson(
        role=role, decision=decision, name=name, at=datetime(2026, 4, 20, 8, tzinfo=UTC), reason=""
    )


def unmeasured(**changes: Any) -> Result:
    """A verification of which only the outcome was recorded."""
    plain: dict[str, Any] = {
        "id": 12,
        "instrument": INSTRUMENT,
        "holder": HOLDER,
        "performed_on": DAY,
        "stage": Stage.SUBSEQUENT,
        "regulation": None,
        "device": None,
        "readings": None,
        "judgement": None,
        "as_found": "passed",
        "outcome": "passed",
        "reasons": [],
        "adjusted": False,
        "repaired": False,
        "standards": [WEIGHTS],
        "standards_named": ["F2-01"],
        "environment": {"temperature_c": 22.5, "humidity_percent": "48.0"},
        "remark": "",
        "people": [person(SigningRole.VERIFIER, "周检定"), person(SigningRole.APPROVER, "陆批准")],
        "body": BODY,
        "programme": None,
        "fee": ResultFee(treatment=FeeTreatment.WAIVED, tariff_fen=None, waived_fen=None),
        "due_on": None,
        "valid_until": date(2027, 4, 19),
        "certificate": PAPER,
        "supersedes": None,
        "superseded_by": None,
        "recorded_at": datetime(2026, 4, 20, 8, tzinfo=UTC),
        "recorded_by": "office",
        "chain": [],
    }
    return Result(**(plain | changes))


def measured(
    code: str = "JJG 539-2016",
    readings: Sequence[Reading] | None = None,
    as_found: Sequence[Reading] | None = None,
    device: Device | None = None,
    **changes: Any,
) -> Result:
    """A verification by the shipped regulation, with readings without error unless others are given."""
    regulation, known = REGULATIONS[code], device or DEVICES[code]
    left = perfect(regulation, device=known) if readings is None else readings
    judged = judge(regulation, Stage.SUBSEQUENT, known, left)
    before = None if as_found is None else judge(regulation, Stage.SUBSEQUENT, known, as_found)
    document = _DOCUMENTS[code]
    result = unmeasured(
        regulation=ResultRegulation(
            code=code,
            effective_from=regulation.effective_from,
            rules=document,
            sha256=regulation_files.digest(document),
        ),
        device=known.to_json(),
        readings=ReadingsTaken(
            as_found=None if as_found is None else [reading_json(one) for one in as_found],
            as_left=[reading_json(one) for one in left],
        ),
        judgement=JudgementsMade(
            as_found=None if before is None else before.to_json(), as_left=judged.to_json()
        ),
        outcome=judged.outcome,
        reasons=list(judged.reasons),
    )
    return replace(result, **changes)
