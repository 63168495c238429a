"""Make the pictures of papers in docs/images: invented papers, printed as the product prints them.

    python -m docs.make_papers

Needs pypdfium2, which the tests need too.
"""
# ruff: noqa: INP001  a script beside the pages it writes, never imported as a package

import struct
import zlib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # carries no types

from tests import papers
from verifier.documents import find_fonts, print_labels, print_papers
from verifier.rules.papers import (
    LABEL_SHEETS,
    DocumentKind,
    Label,
    PaperHolder,
    PaperInstrument,
    PaperItem,
    PaperPoint,
    PaperRegulation,
    PaperStandard,
)
from verifier.rules.verdict import Outcome

IMAGES = Path(__file__).parent / "images"
# Dots of grey between two pages.
BETWEEN = 6

LOADS = [
    ("100", "100", "0.0", "2.5"),
    ("2500", "2500", "+0.5", "2.5"),
    ("5000", "5000", "+1.0", "5.0"),
    ("10000", "10005", "+3.5", "5.0"),
    ("15000", "15005", "+4.0", "7.5"),
]
WEIGHING = PaperItem(
    name_zh="称量",
    name_en="Weighing",
    rule="JJG 539-2016 5.1",
    verdict="passed",
    points=tuple(
        PaperPoint(
            reference=load,
            indication=shown,
            error=error,
            lower_limit=f"-{limit}",
            upper_limit=f"+{limit}",
            unit="g",
        )
        for load, shown, error, limit in LOADS
    ),
)
ECCENTRICITY = PaperItem(
    name_zh="偏载",
    name_en="Eccentric loading",
    rule="JJG 539-2016 5.4",
    verdict="passed",
    points=tuple(
        PaperPoint(
            position=position,
            reference="5000",
            indication="5000",
            error=error,
            lower_limit="-5.0",
            upper_limit="+5.0",
            unit="g",
        )
        for position, error in [("1", "+0.5"), ("2", "+1.0"), ("3", "0.0"), ("4", "-1.5")]
    ),
)
APPEARANCE = PaperItem(name_zh="外观检查", name_en="Appearance", rule="JJG 539-2016 6.1", verdict="passed")
TARE = PaperItem(
    name_zh="去皮", name_en="Tare", rule="JJG 539-2016 5.6", verdict="not_applicable", note="无去皮功能"
)

# The tests' papers, with everything a full one may have.
CERTIFICATE = replace(
    papers.CERTIFICATE,
    holder=replace(papers.CERTIFICATE.holder, name="浮桥镇中心农贸市场 张小妹"),
    instrument=replace(papers.CERTIFICATE.instrument, measuring_range="Max 15 kg　Min 100 g"),
    standards=(
        PaperStandard(
            name="砝码",
            measuring_range="1 mg～500 mg",
            quality="M1等级",
            certificate_no="LX2025-01187",
            valid_until=date(2026, 12, 3),
        ),
        *papers.CERTIFICATE.standards,
    ),
    environment=(("温度 Temperature", "24.5 °C"), ("相对湿度 Relative humidity", "58 %")),
    items=(APPEARANCE, WEIGHING, ECCENTRICITY, TARE),
    fee_line="免费检定 免收 40.00 元",
)

_STATIC_PRESSURE = [
    ("50", "51", "+1", "4"),
    ("100", "103", "+3", "4"),
    ("150", "156", "+6", "4"),
    ("200", "207", "+7", "4"),
]
NOTICE = replace(
    CERTIFICATE,
    kind=DocumentKind.REJECTION_NOTICE,
    number="TC2026-LX-000124",
    check_url="https://jl.example.cn/c/TC2026-LX-000124-P3VT8WCE",
    holder=PaperHolder(name="太仓市浮桥镇牌楼村卫生室", address="太仓市浮桥镇牌楼村"),
    instrument=PaperInstrument(
        name_zh="无创自动测量血压计",
        name_en="Non-invasive automated sphygmomanometer",
        model="HEM-1020",
        serial="00000517",
        manufacturer="示例医疗器械有限公司",
        measuring_range="(0～300) mmHg",
        code="SZ-004410-9",
        place="浮桥镇牌楼村卫生室",
    ),
    outcome=Outcome.FAILED,
    conclusion_class="",
    failed_reasons=("静态压力示值误差超出最大允许误差：200 mmHg处+7 mmHg，允许±4 mmHg",),
    valid_until=None,
    regulation=PaperRegulation(code="JJG 692-2010", title="无创自动测量血压计"),
    standards=(
        PaperStandard(
            name="数字压力计",
            measuring_range="(0～40) kPa",
            quality="0.1级",
            certificate_no="LX2025-00761",
            valid_until=date(2026, 9, 30),
        ),
    ),
    items=(
        replace(APPEARANCE, rule="JJG 692-2010 6.1"),
        PaperItem(
            name_zh="静态压力示值误差",
            name_en="Static pressure error",
            rule="JJG 692-2010 5.2",
            verdict="failed",
            points=tuple(
                PaperPoint(
                    reference=reference,
                    indication=shown,
                    error=error,
                    lower_limit=f"-{limit}",
                    upper_limit=f"+{limit}",
                    unit="mmHg",
                )
                for reference, shown, error, limit in _STATIC_PRESSURE
            ),
        ),
        PaperItem(name_zh="气密性", name_en="Air leakage", rule="JJG 692-2010 5.4", verdict="not_required"),
    ),
    what_to_do=(
        "立即停止使用该器具。",
        "修理，或予以报废。",
        "修理后申请重新检定，重新检定不收费。",
    ),
    fee_line="免费检定 免收 20.00 元",
)

# A signed statement is about as long.
STATEMENT = "A1zQ9x" * 42


def labels(count: int) -> list[Label]:
    """Stickers of a market's scales."""
    return [
        replace(
            papers.LABEL,
            number=f"TC2026-LX-{123 + place:06d}",
            instrument_code=f"SZ-{123 + place:06d}-4",
            serial_last4=f"{6517 + place:04d}",
            valid_until=date(2027, 7, 9) + timedelta(days=place % 2),
            performed_on=date(2026, 7, 10) + timedelta(days=place % 2),
            qr_text=f"https://jl.example.cn/c/TC2026-LX-{123 + place:06d}-7KQ2M9XA#{STATEMENT}",
        )
        for place in range(count)
    ]


def pages(content: bytes, width: int) -> list[pypdfium2.PdfBitmap]:
    """Each page as a picture of that width in dots."""
    document = pypdfium2.PdfDocument(content)
    return [page.render(scale=width / page.get_width(), rev_byteorder=True) for page in document]


def write_png(pictures: list[pypdfium2.PdfBitmap], path: Path) -> None:
    """The pictures beside each other, with a grey line between."""
    lines = [
        b"\0" + (b"\xb0" * 3 * BETWEEN).join(_line(picture, y) for picture in pictures)
        for y in range(pictures[0].height)
    ]
    width = sum(picture.width for picture in pictures) + BETWEEN * (len(pictures) - 1)
    head = struct.pack(">IIBBBBB", width, pictures[0].height, 8, 2, 0, 0, 0)
    content = zlib.compress(b"".join(lines), 9)
    chunks = _chunk(b"IHDR", head) + _chunk(b"IDAT", content) + _chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)


def _line(picture: pypdfium2.PdfBitmap, y: int) -> bytes:
    start = y * picture.stride
    return bytes(picture.buffer[start : start + 3 * picture.width])


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def main() -> None:
    fonts = find_fonts()
    write_png(pages(print_papers([CERTIFICATE], fonts), 820), IMAGES / "certificate.png")
    write_png(pages(print_papers([NOTICE], fonts), 820), IMAGES / "rejection_notice.png")
    stickers = print_labels(labels(22), LABEL_SHEETS["a4-24"], fonts, skip=2)
    write_png(pages(stickers, 1240), IMAGES / "labels.png")


if __name__ == "__main__":
    main()
