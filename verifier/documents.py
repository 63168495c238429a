"""The only module that speaks Typst: papers and stickers as PDF/A, with a Chinese font on any machine."""

import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import typst

from verifier.errors import Conflict, Invalid
from verifier.glyphs import characters_of
from verifier.i18n import mark
from verifier.qr import qr_svg
from verifier.rules.papers import Label, LabelSheet, Paper, plain
from verifier.rules.route_sheets import RouteSheet

TEMPLATES = Path(__file__).parent.parent / "templates" / "documents"

# For keeping: every font inside, nothing outside (ISO 19005-2, level B).
_STANDARD: Literal["a-2b"] = "a-2b"
_FONT_FILES = {".ttf", ".otf", ".ttc", ".otc"}
# Printers put it for a character they have no type for; a reader sees that something stood there.
_GETA = "〓"
_NEEDED = {"检", _GETA}
# Controls, and invisible characters that turn the direction of a line or hide in it.
_UNPRINTABLE = {"Cc", "Cf", "Zl", "Zp"}
_VARIATION_SELECTORS = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# On a page a code is large and flat and is read whatever its pattern; to look for the best one costs as much
# time as to typeset the page.
_MASK = 3
_LONG_WORD = re.compile(r"[!-~]{24,}")
_PART_OF_A_WORD = re.compile(r".{8}(?=.)")
_ZERO_WIDTH_SPACE = "\u200b"
# Not allowed in a file's name on one system or another.
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]+')
# Of 255 bytes that a name may have; a Chinese character has three.
_LONGEST_NAME = 80


class FontMissing(Conflict):
    message = mark("There is no Chinese font to print with in {place}.")


class NothingToPrint(Invalid):
    message = mark("There is nothing to print.")


class StickersUsedWrong(Invalid):
    message = mark("A sheet has {stickers} stickers; of the first one {skip} cannot be used up already.")


@dataclass(frozen=True)
class Fonts:
    """The fonts papers are printed with, and no other; `name` is for people."""

    name: str
    families: tuple[str, ...]
    characters: frozenset[str] = field(repr=False)
    loaded: typst.Fonts = field(repr=False, compare=False)


@cache
def find_fonts(font_path: Path | None = None) -> Fonts:
    """The fonts of the setting FONT_PATH, a file or a folder, or else Noto Sans SC out of a wheel.

    Raises FontMissing where no font with Chinese characters is found there.
    """
    place = _wheel_folder() if font_path is None else font_path
    found = sorted(place.rglob("*")) if place.is_dir() else [place]
    files = [file.resolve() for file in found if file.is_file() and file.suffix.lower() in _FONT_FILES]
    loaded = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=sorted({str(file.parent) for file in files}),
    )
    chosen = {str(file) for file in files}
    families = {font.family for font in loaded.fonts() if font.path in chosen}
    characters = frozenset(filter(_is_visible, frozenset("\n").union(*map(characters_of, files))))
    if not families or not characters >= _NEEDED:
        raise FontMissing(place=place)
    # A collection for several countries has Chinese as China writes it under "SC".
    ordered = tuple(sorted(families, key=lambda family: (not family.endswith(("SC", "CN")), family)))
    return Fonts(f"{', '.join(ordered)} ({place})", ordered, characters, loaded)


def _is_visible(letter: str) -> bool:
    return letter == "\n" or unicodedata.category(letter) not in _UNPRINTABLE


def _wheel_folder() -> Path:
    """The font folder of zhplot, found without importing it: its code would load matplotlib."""
    spec = find_spec("zhplot")
    if spec is None or spec.origin is None:
        raise FontMissing(place="zhplot")
    return Path(spec.origin).parent / "fonts"


def print_papers(papers: Sequence[Paper], fonts: Fonts, *, pile: int | None = None) -> bytes:
    """One PDF with all papers in their order, each counting its own pages; the same papers, the same bytes.

    `pile`: of how many these are a part, as the title says; None: they are all.
    A character the fonts do not have is printed as 〓. Raises NothingToPrint.
    """
    if not papers:
        raise NothingToPrint
    shown = [
        _printable(plain(paper), fonts) | {"qr": qr_svg(paper.check_url, mask=_MASK)} for paper in papers
    ]
    on = max(paper.issued_on for paper in papers)
    content = {"papers": shown, "pile": pile or len(papers)}
    return _typeset("papers.typ", content, fonts, on=on, tags=len(papers) == 1)


def print_labels(labels: Sequence[Label], sheet: LabelSheet, fonts: Fonts, skip: int = 0) -> bytes:
    """One PDF with a sticker a label; `skip` stickers of the first sheet are used up already.

    Raises NothingToPrint, and StickersUsedWrong when `skip` leaves nothing of the first sheet.
    """
    if not labels:
        raise NothingToPrint
    if not 0 <= skip < sheet.stickers:
        raise StickersUsedWrong(stickers=sheet.stickers, skip=skip)
    # A sticker is small: little correction, and a quiet zone to which its own white edge adds the rest.
    shown = [
        _printable(plain(label), fonts) | {"qr": qr_svg(label.qr_text, error="l", border=2)}
        for label in labels
    ]
    content = {"labels": shown, "sheet": plain(sheet), "skip": skip}
    on = max(label.performed_on for label in labels)
    return _typeset("labels.typ", content, fonts, on=on, tags=False)


def print_route_sheet(sheet: RouteSheet, fonts: Fonts) -> bytes:
    """A technician's day as PDF; a character the fonts do not have is printed as 〓."""
    content = {"sheet": _printable(plain(sheet), fonts) | {"map": sheet.map}}
    return _typeset("route.typ", content, fonts, on=sheet.day, tags=True)


def zip_papers(
    papers: Sequence[Paper], fonts: Fonts, progress: Callable[[int, int], None]
) -> Iterator[bytes]:
    """The bytes of a ZIP with one PDF a paper, named by number and holder; `progress` hears done and all.

    Piece by piece, so that a county's certificates do not have to fit into memory. Raises NothingToPrint.
    """
    if not papers:
        raise NothingToPrint
    return _zipped(papers, fonts, progress)


def _zipped(papers: Sequence[Paper], fonts: Fonts, progress: Callable[[int, int], None]) -> Iterator[bytes]:
    written = _Pipe()
    used: set[str] = set()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for done, paper in enumerate(papers, start=1):
            name = _file_name(paper, used)
            entry = zipfile.ZipInfo(
                name, (max(paper.issued_on.year, 1980), *paper.issued_on.timetuple()[1:6])
            )
            archive.writestr(entry, print_papers([paper], fonts))
            yield written.taken()
            progress(done, len(papers))
    yield written.taken()


class _Pipe(io.RawIOBase):
    """What is written can be taken out again; nothing is kept."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401  whatever has bytes
        self._waiting += data
        return len(data)

    def taken(self) -> bytes:
        found = bytes(self._waiting)
        self._waiting.clear()
        return found


def _file_name(paper: Paper, used: set[str]) -> str:
    """Number and holder as a file's name on every system, and none twice whatever the case of its letters."""
    plain_text = "".join(
        letter if _is_visible(letter) else " " for letter in f"{paper.number} {paper.holder.name}"
    )
    stem = _NOT_IN_NAMES.sub(" ", plain_text).strip(" .")[:_LONGEST_NAME].strip(" .")
    name, again = stem, 1
    while name.casefold() in used:
        again += 1
        name = f"{stem} ({again})"
    used.add(name.casefold())
    return f"{name}.pdf"


def _printable(value: Any, fonts: Fonts) -> Any:  # noqa: ANN401  JSON values
    """The same values with nothing in them that the fonts cannot show or a line cannot hold."""
    if isinstance(value, dict):
        return {name: _printable(entry, fonts) for name, entry in value.items()}
    if isinstance(value, list):
        return [_printable(entry, fonts) for entry in value]
    if not isinstance(value, str):
        return value
    shown = value if fonts.characters.issuperset(value) else _replaced(value, fonts)
    return _LONG_WORD.sub(_breakable, shown) if len(shown) >= 24 else shown


def _breakable(word: re.Match[str]) -> str:
    return _PART_OF_A_WORD.sub(lambda part: part.group() + _ZERO_WIDTH_SPACE, word.group())


def _replaced(text: str, fonts: Fonts) -> str:
    """PDF/A refuses a character without a glyph, and one of them must not stop a thousand papers."""
    visible = _VARIATION_SELECTORS.sub("", text.replace("\r\n", "\n").replace("\t", " "))
    return "".join(
        letter if letter in fonts.characters else _GETA for letter in visible if _is_visible(letter)
    )


def _typeset(template: str, content: dict[str, Any], fonts: Fonts, *, on: date, tags: bool) -> bytes:
    """One compilation; what people wrote comes in as JSON values, never as Typst.

    Tags tell a screen reader what is a table; in a stack for the printer they are four fifths of the file.
    """
    compiler = typst.Compiler(
        TEMPLATES / template,
        root=TEMPLATES,
        font_paths=fonts.loaded,
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(content | {"families": fonts.families})},
    )
    printed = compiler.compile(
        format="pdf", pdf_standards=_STANDARD, timestamp=datetime.combine(on, time(), UTC), pdf_tags=tags
    )
    if not isinstance(printed, bytes):
        raise TypeError(template)
    return printed
