"""Papers and a sticker as a body in Taicang might issue them; nobody and nothing real is meant."""

from dataclasses import replace
from datetime import date

from verifier.rules.papers import (
    DocumentKind,
    Label,
    Paper,
    PaperBody,
    PaperHolder,
    PaperInstrument,
    PaperItem,
    PaperPoint,
    PaperRegulation,
    PaperStandard,
)
from verifier.rules.verdict import Outcome

CERTIFICATE = Paper(
    kind=DocumentKind.CERTIFICATE,
    number="TC2026-LX-000123",
    record_no="2026-07-000881",
    check_url="https://jl.example.cn/c/TC2026-LX-000123-7KQ2M9XA",
    body=PaperBody(
        name="太仓市计量测试所",
        authorisation_no="（苏）法计（2023）05012号",
        address="江苏省太仓市娄东街道示例路88号",
        phone="0512-00000000",
        postcode="215400",
        email="jl@example.cn",
    ),
    holder=PaperHolder(name="浮桥镇中心农贸市场", address="太仓市浮桥镇", stall="水产区A-17"),
    instrument=PaperInstrument(
        name_zh="电子计价秤",
        name_en="Price-computing scale",
        model="ACS-15",
        serial="2024036517",
        manufacturer="示例衡器有限公司",
        measuring_range="Max 15 kg",
        accuracy_class="Ⅲ",
        scale_interval="e = 5 g",
        code="SZ-000123-4",
        place="浮桥镇中心农贸市场水产区A-17",
    ),
    outcome=Outcome.PASSED,
    conclusion_class="Ⅲ级",
    performed_on=date(2026, 7, 10),
    issued_on=date(2026, 7, 13),
    valid_until=date(2027, 7, 9),
    verifier="周建国",
    checker="沈丽华",
    approver="陆永明",
    regulation=PaperRegulation(code="JJG 539-2016", title="数字指示秤"),
    standards=(
        PaperStandard(
            name="砝码组",
            measuring_range="1 g～20 kg",
            quality="M1等级",
            certificate_no="LX2025-01188",
            valid_until=date(2026, 12, 3),
        ),
    ),
    environment=(("温度", "24.5 °C"), ("相对湿度", "58 %")),
    items=(
        PaperItem(
            name_zh="称量",
            name_en="Weighing",
            rule="JJG 539-2016 5.1",
            verdict="passed",
            points=(
                PaperPoint(
                    reference="15000",
                    indication="15005",
                    error="+4.0",
                    lower_limit="-7.5",
                    upper_limit="+7.5",
                    unit="g",
                ),
            ),
        ),
        PaperItem(name_zh="去皮", name_en="Tare", verdict="not_applicable", note="无去皮功能"),
    ),
    fee_line="免费检定 免收40.00元",
)
NOTICE = replace(
    CERTIFICATE,
    kind=DocumentKind.REJECTION_NOTICE,
    number="TC2026-LX-000124",
    check_url="https://jl.example.cn/c/TC2026-LX-000124-P3VT8WCE",
    outcome=Outcome.FAILED,
    failed_reasons=("示值误差超差：200 mmHg处+7 mmHg",),
    valid_until=None,
    conclusion_class="",
    what_to_do=("立即停止使用该器具。", "修理，或予以报废。"),
)
RECORD = replace(
    CERTIFICATE, kind=DocumentKind.TEST_RECORD, number="TC2026-JL-000009", valid_until=None, regulation=None
)
LABEL = Label(
    number="TC2026-LX-000123",
    instrument_code="SZ-000123-4",
    kind_name="电子计价秤",
    model="ACS-15",
    serial_last4="6517",
    valid_until=date(2027, 7, 9),
    performed_on=date(2026, 7, 10),
    body_name="太仓市计量测试所",
    qr_text="https://jl.example.cn/c/TC2026-LX-000123-7KQ2M9XA#A1zQ9x",
)
