"""A thousand certificates in one PDF, against bare Typst setting the same pages."""

import json
from dataclasses import replace
from datetime import date

import typst

from benchmarks.measures import Ground, Measured, best
from verifier.documents import Fonts, find_fonts
from verifier.piles import print_pile
from verifier.qr import qr_svg
from verifier.rules.papers import (
    DocumentKind,
    Paper,
    PaperBody,
    PaperHolder,
    PaperInstrument,
    PaperItem,
    PaperPoint,
    PaperRegulation,
    PaperStandard,
    paper_json,
)
from verifier.rules.verdict import Outcome

PAPERS = 1_000

# The same two pages a paper with the same words, tables and code, in the simplest markup there is.
BARE = b"""
#let content = json(bytes(sys.inputs.content))
#set text(font: content.family, fallback: false, size: 9pt, lang: "zh")
#set page(paper: "a4", footer: context counter(page).display())
#for paper in content.papers {
  for line in paper.head { par(line) }
  table(columns: 2, ..paper.cover)
  for line in paper.foot { par(line) }
  image(bytes(paper.qr), width: 24mm)
  pagebreak()
  for line in paper.inside { par(line) }
  for cells in paper.tables { table(columns: 6, ..cells) }
  pagebreak(weak: true)
}
"""

_FIRST = Paper(
    kind=DocumentKind.CERTIFICATE,
    number="TC2026-LX-000000",
    record_no="2026-000000",
    check_url="https://jl.example.cn/c/TC2026-LX-000000-7KQ2M9XA",
    body=PaperBody(
        name="太仓市计量测试所",
        authorisation_no="（苏）法计（2023）05012号",
        address="江苏省太仓市娄东街道示例路88号",
        phone="0512-00000000",
        postcode="215400",
        email="jl@example.cn",
    ),
    holder=PaperHolder(name="浮桥镇中心农贸市场", address="太仓市浮桥镇", stall="A-1"),
    instrument=PaperInstrument(
        name_zh="电子计价秤",
        name_en="Price-computing scale",
        model="ACS-15",
        serial="2024000000",
        manufacturer="示例衡器有限公司",
        measuring_range="Max 15 kg",
        accuracy_class="Ⅲ",
        scale_interval="e = 5 g",
        code="SZ-000000",
        place="浮桥镇中心农贸市场",
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
            name="砝码",
            measuring_range="1 g～20 kg",
            quality="M1等级",
            certificate_no="LX2025-01188",
            valid_until=date(2026, 12, 3),
        ),
    ),
    environment=(("温度", "24.5 °C"), ("相对湿度", "58 %")),
    items=tuple(
        PaperItem(
            name_zh=name,
            name_en=english,
            rule="JJG 539-2016",
            verdict="passed",
            points=tuple(
                PaperPoint(
                    reference=str(1000 * load),
                    indication=str(1000 * load),
                    error="+0.5",
                    lower_limit="-5.0",
                    upper_limit="+5.0",
                    unit="g",
                )
                for load in range(1, 6)
            ),
        )
        for name, english in [("称量", "Weighing"), ("偏载", "Eccentric loading")]
    ),
    fee_line="免费检定 免收40.00元",
)


def _papers() -> list[Paper]:
    """Each with its own number, holder and instrument, as in a market's sweep."""
    return [
        replace(
            _FIRST,
            number=f"TC2026-LX-{place:06d}",
            check_url=f"https://jl.example.cn/c/TC2026-LX-{place:06d}-7KQ2M9XA",
            holder=replace(_FIRST.holder, stall=f"A-{place}"),
            instrument=replace(_FIRST.instrument, serial=f"2024{place:06d}", code=f"SZ-{place:06d}"),
        )
        for place in range(PAPERS)
    ]


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for entry in value.values() for text in _texts(entry)]
    if isinstance(value, list):
        return [text for entry in value for text in _texts(entry)]
    return [str(value)] if value else []


def _bare_paper(paper: Paper) -> dict[str, object]:
    """The words of one paper by where they stand."""
    content = paper_json(paper)
    inside = {name: content.pop(name) for name in ("standards", "environment", "items", "fee_line")}
    tables = [[text for point in item.pop("points") for text in _texts(point)] for item in inside["items"]]
    cover = [text for name, value in content.pop("instrument").items() for text in (name, value)]
    words = _texts(content)
    return {
        "head": words[:4],
        "cover": cover,
        "foot": words[4:],
        "inside": _texts(inside),
        "tables": tables,
        "qr": qr_svg(paper.check_url, mask=0),
    }


def measure_documents(_ground: Ground) -> Measured:
    """Once each: Typst remembers what it has set, and a second run would measure its memory."""
    papers, fonts = _papers(), find_fonts()
    limit = best(lambda: _bare(papers, fonts), times=1)
    here = best(lambda: print_pile(papers, None, lambda _done, _all: None), times=1)
    return Measured(
        f"{PAPERS} certificates in one PDF",
        "bare Typst, the same words, tables and codes",
        "both languages, rules, page x of y, PDF/A, in parts",
        limit,
        here,
    )


def _bare(papers: list[Paper], fonts: Fonts) -> None:
    content = {"family": list(fonts.families), "papers": [_bare_paper(paper) for paper in papers]}
    compiler = typst.Compiler(
        BARE,
        font_paths=fonts.loaded,
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(content)},
    )
    compiler.compile(format="pdf", pdf_tags=False)
