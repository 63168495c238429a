"""A thousand certificates in one PDF, against bare Typst setting the same pages."""

import json
from dataclasses import replace

import typst

from benchmarks.measures import Ground, Measured, best
from tests.papers import CERTIFICATE
from verifier.documents import Fonts, find_fonts
from verifier.piles import print_pile
from verifier.qr import qr_svg
from verifier.rules.papers import Paper, PaperItem, PaperPoint, paper_json

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

_FIRST = replace(
    CERTIFICATE,
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
