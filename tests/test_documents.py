import importlib.metadata
import io
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pypdf
import pypdfium2  # type: ignore[import-untyped]  # carries no types
import pytest
import zxingcpp

from tests.papers import CERTIFICATE, LABEL, NOTICE, RECORD
from verifier.documents import (
    FontMissing,
    NothingToPrint,
    StickersUsedWrong,
    find_fonts,
    print_labels,
    print_papers,
    zip_papers,
)
from verifier.rules.papers import LABEL_SHEETS, Label, LabelSheet, Paper, PaperItem, PaperPoint

FONT = Path(str(importlib.metadata.distribution("zhplot").locate_file("zhplot/fonts/NotoSansSC-Regular.ttf")))
FONTS = find_fonts(None)


def printed(*papers: Paper) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(print_papers(papers, FONTS)))


def pages(*papers: Paper) -> list[str]:
    return [page.extract_text() for page in printed(*papers).pages]


def text(*papers: Paper) -> str:
    """Without line breaks and the invisible places where a long word may break."""
    return "".join(pages(*papers)).replace("\n", "").replace("\u200b", "")


def codes(content: bytes, *, dots_per_inch: int = 300, page: int = 0) -> list[str]:
    """What a scanner reads on a page, in no order."""
    document = pypdfium2.PdfDocument(content)
    picture = document[page].render(scale=dots_per_inch / 72, grayscale=True)
    rows = memoryview(bytes(picture.buffer)).cast("B", (picture.height, picture.stride))
    return sorted(code.text for code in zxingcpp.read_barcodes(rows))


@pytest.mark.parametrize(
    "said",
    [
        "太仓市计量测试所",
        "检定证书",
        "VERIFICATION CERTIFICATE",
        "TC2026-LX-000123",
        "浮桥镇中心农贸市场",
        "电子计价秤",
        "Price-computing scale",
        "2024036517",
        "Ⅲ级合格",
        "JJG 539-2016《数字指示秤》",
        "2027年07月09日",
        "Valid until 2027-07-09",
        "周建国",
        "沈丽华",
        "陆永明",
        "-7.5",
        "+7.5",
        "15005",
        "LX2025-01188",
        "温度：24.5 °C",
        "免费检定免收40.00元",
        "2026-07-000881",
        "以下空白",
        "盖章",
    ],
)
def test_a_certificate_says(said):
    assert said.replace(" ", "") in text(CERTIFICATE).replace(" ", "")


def test_a_rejection_notice_says_what_failed_and_what_to_do_and_no_valid_until():
    said = text(NOTICE)

    assert [
        word
        for word in ("检定结果通知书", "不合格", "示值误差超差", "立即停止使用", "+7")
        if word not in said
    ] == []
    assert "Valid until" not in said.replace("有效期至Valid until2026-09-30", "").split("Regulation")[0]
    assert said.count("有效期至") == 1  # the standard's own, in the table of standards


def test_a_test_record_is_no_certificate():
    said = text(RECORD)

    assert "检测记录" in said
    assert "检测员" in said
    assert "检定证书" not in said


def test_what_was_found_before_and_after_an_adjustment_are_both_printed():
    before = replace(CERTIFICATE.items[0], verdict="failed")
    said = text(replace(CERTIFICATE, as_found=(before,), work_done="标定"))

    assert said.index("As found") < said.index("不合格") < said.index("As left") < said.index("标定")


def test_a_certificate_names_the_one_it_replaces_on_the_cover():
    assert "替代 Replaces TC2026-LX-000007" in pages(replace(CERTIFICATE, replaces="TC2026-LX-000007"))[0]


def test_pages_are_counted_within_each_paper_of_a_pile():
    many = replace(CERTIFICATE, items=CERTIFICATE.items * 12)
    found = [page.replace("\n", "") for page in pages(CERTIFICATE, many, NOTICE)]
    counted = [next(word for word in page.split("第") if "页共" in word.replace(" ", "")) for page in found]

    assert [word.split("Page ")[1][:6] for word in counted] == [
        *("1 of 2", "2 of 2"),
        *(f"{page} of {len(found) - 4}" for page in range(1, len(found) - 3)),
        *("1 of 2", "2 of 2"),
    ]
    assert len(found) > 7


def test_the_code_on_a_paper_leads_to_the_check_page():
    assert codes(print_papers([CERTIFICATE], FONTS), dots_per_inch=150) == [CERTIFICATE.check_url]


@pytest.mark.parametrize("sheet", LABEL_SHEETS.values(), ids=LABEL_SHEETS)
def test_a_stickers_code_is_read_at_its_real_size(sheet: LabelSheet):
    signed = LABEL.qr_text + "x" * (330 - len(LABEL.qr_text))

    assert codes(print_labels([replace(LABEL, qr_text=signed)], sheet, FONTS)) == [signed]


def sheet_texts(labels: list[Label], sheet: LabelSheet, skip: int = 0) -> list[str]:
    document = pypdf.PdfReader(io.BytesIO(print_labels(labels, sheet, FONTS, skip)))
    return [page.extract_text() for page in document.pages]


def test_a_sheet_holds_as_many_stickers_as_it_has_and_goes_on_after_those_used_up():
    labels = [replace(LABEL, number=f"No{place:03d}") for place in range(26)]
    counts = [page.count("No0") for page in sheet_texts(labels, LABEL_SHEETS["a4-24"], skip=3)]

    assert counts == [21, 5]
    assert [page.count("No0") for page in sheet_texts(labels[:2], LABEL_SHEETS["roll-50x30"])] == [1, 1]


def test_a_sticker_says_what_a_copied_one_would_have_to_match():
    (said,) = sheet_texts([LABEL], LABEL_SHEETS["roll-40x30"])

    for word in (LABEL.number, "电子计价秤", "ACS-15", "6517", "2027年07月09日", "太仓市计量测试所", "合格"):
        assert word in said


@pytest.mark.parametrize("skip", [-1, 24])
def test_a_sheet_used_up_is_no_sheet(skip: int):
    with pytest.raises(StickersUsedWrong):
        print_labels([LABEL], LABEL_SHEETS["a4-24"], FONTS, skip)


def test_nothing_is_not_printed():
    with pytest.raises(NothingToPrint):
        print_papers([], FONTS)
    with pytest.raises(NothingToPrint):
        print_labels([], LABEL_SHEETS["a4-24"], FONTS)
    with pytest.raises(NothingToPrint):
        zip_papers([], FONTS, lambda _done, _all: None)


@pytest.mark.parametrize(
    "typed",
    [
        "#panic()",
        "$x^2$",
        "@ref <label>",
        "\\ \" ' ` * _ = ~",
        "*bold* _it_",
        '#image("/etc/passwd")',
        "// comment",
        "{{ }} ]",
        "\\u{41}",
    ],
)
def test_what_people_type_is_printed_and_never_run(typed: str):
    holder = replace(CERTIFICATE.holder, name=typed)

    assert typed.replace(" ", "") in text(replace(CERTIFICATE, holder=holder)).replace(" ", "")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("李𠮷", "李〓"),
        ("店😀", "店〓"),
        ("店\ufe0f", "店"),
        ("a\u202eb", "ab"),
        ("a\x07b", "ab"),
        ("a\x7fb", "ab"),
        ("a\tb", "a b"),
        ("\ue000", "〓"),
    ],
)
def test_a_character_the_font_lacks_does_not_stop_the_pile(typed: str, shown: str):
    holder = replace(CERTIFICATE.holder, name=f"《{typed}》")

    assert f"《{shown}》" in text(replace(CERTIFICATE, holder=holder))


def test_a_name_without_blanks_stays_within_the_page():
    long = "W" * 300
    paper = replace(
        CERTIFICATE,
        number="N" * 100,
        holder=replace(CERTIFICATE.holder, name=long, address="太" * 300),
        instrument=replace(CERTIFICATE.instrument, serial=long, model=long),
    )
    document = pypdfium2.PdfDocument(print_papers([paper], FONTS))
    edges = [
        words.get_charbox(at)[2]
        for words in (page.get_textpage() for page in document)
        for at in range(words.count_chars())
    ]
    assert max(edges) < document[0].get_width() - 50
    assert text(paper).count(long) == 3


def test_a_paper_with_nothing_but_its_number_is_printed():
    bare = Paper(
        **{
            name: getattr(RECORD, name) for name in ("kind", "number", "outcome", "performed_on", "issued_on")
        },
        check_url="",
        verifier="",
        body=replace(RECORD.body, **dict.fromkeys(RECORD.body.__dataclass_fields__, "")),
        holder=replace(RECORD.holder, **dict.fromkeys(RECORD.holder.__dataclass_fields__, "")),
        instrument=replace(RECORD.instrument, **dict.fromkeys(RECORD.instrument.__dataclass_fields__, "")),
    )
    assert RECORD.number in text(bare)


def test_every_reading_of_a_long_protocol_is_printed():
    points = tuple(
        PaperPoint(reference=f"R{place:04d}", upper_limit="一个很长的上限说明") for place in range(120)
    )
    paper = replace(CERTIFICATE, items=(PaperItem(name_zh="称量", verdict="passed", points=points),))
    said = text(paper)

    assert [point.reference for point in points if point.reference not in said] == []


def test_a_paper_is_for_keeping_and_says_what_it_is():
    document = printed(CERTIFICATE)
    about = document.metadata
    kept = document.xmp_metadata
    assert about is not None
    assert kept is not None

    assert (about.title, about.author) == ("检定证书 TC2026-LX-000123", "太仓市计量测试所")
    assert about.creation_date is not None
    assert about.creation_date.date() == CERTIFICATE.issued_on
    assert str(document.root_object["/Lang"]).startswith("zh")
    claim = kept.stream.get_data().decode()
    assert (
        "<pdfaid:part>2</pdfaid:part>" in claim,
        "<pdfaid:conformance>B</pdfaid:conformance>" in claim,
    ) == (True, True)


def test_only_the_chosen_font_is_in_a_paper():
    embedded, referred = printed(CERTIFICATE).pages[0]._get_fonts()  # noqa: SLF001  nothing public names them

    assert {name.split("+")[1] for name in embedded} == {"NotoSansSC-Regular"}
    assert referred == set()


def test_the_same_papers_are_the_same_bytes():
    assert print_papers([CERTIFICATE, NOTICE], FONTS) == print_papers([CERTIFICATE, NOTICE], FONTS)
    assert print_labels([LABEL], LABEL_SHEETS["a4-14"], FONTS) == print_labels(
        [LABEL], LABEL_SHEETS["a4-14"], FONTS
    )


def test_a_zip_has_one_pdf_a_paper_named_by_number_and_holder():
    odd = replace(NOTICE, number="A/1", holder=replace(NOTICE.holder, name='张\u202e:"<三>\n' + "很" * 200))
    heard: list[tuple[int, int]] = []
    pieces = list(
        zip_papers([CERTIFICATE, replace(CERTIFICATE), odd], FONTS, lambda done, of: heard.append((done, of)))
    )
    archive = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))

    assert heard == [(1, 3), (2, 3), (3, 3)]
    assert len(pieces) == 4
    assert archive.namelist() == [
        "TC2026-LX-000123 浮桥镇中心农贸市场.pdf",
        "TC2026-LX-000123 浮桥镇中心农贸市场 (2).pdf",
        "A 1 张 三 " + "很" * 72 + ".pdf",
    ]
    assert archive.infolist()[0].date_time == (2026, 7, 13, 0, 0, 0)
    assert archive.read(archive.namelist()[0]) == print_papers([CERTIFICATE], FONTS)


def test_the_font_out_of_the_wheel_is_found_without_importing_it():
    asked = (
        "import sys; from verifier.documents import find_fonts;"
        "print(find_fonts(None).families, 'zhplot' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "('Noto Sans SC',) False"


def test_the_offices_own_font_wins_whether_file_or_folder(tmp_path: Path):
    (tmp_path / "own.ttf").symlink_to(FONT)
    (tmp_path / "notes.txt").write_text("no font")

    assert [find_fonts(path).name for path in (tmp_path, tmp_path / "own.ttf")] == [
        f"Noto Sans SC ({tmp_path})",
        f"Noto Sans SC ({tmp_path / 'own.ttf'})",
    ]


def test_a_place_without_a_chinese_font_is_refused(tmp_path: Path):
    (tmp_path / "broken.ttf").write_bytes(b"\0\1\0\0\0\1 no font")
    (tmp_path / "empty").mkdir()

    for place in (tmp_path, tmp_path / "broken.ttf", tmp_path / "empty", tmp_path / "nowhere"):
        with pytest.raises(FontMissing):
            find_fonts(place)


def test_a_machine_without_the_wheel_is_told_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "path", [])
    find_fonts.cache_clear()

    with pytest.raises(FontMissing):
        find_fonts(None)


def test_an_office_may_have_a_sheet_of_its_own():
    own = LabelSheet(
        name="own", page=(Decimal(100), Decimal(70)), sticker=(Decimal(48), Decimal(33)), columns=2, rows=2
    )
    labels = [replace(LABEL, number=f"No{place}", performed_on=date(2026, 7, 10)) for place in range(5)]

    assert [page.count("No. No") for page in sheet_texts(labels, own)] == [4, 1]
