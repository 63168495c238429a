"""Papers and labels as files: what every door answers with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends
from fastapi.responses import Response, StreamingResponse

from api.deps import InstallationSettings
from verifier.documents import Fonts, find_fonts, print_labels, print_route_sheet, zip_papers
from verifier.piles import print_pile
from verifier.rules.papers import LABEL_SHEETS, Label, Paper
from verifier.rules.route_sheets import RouteSheet
from verifier.settings import Settings

PDF = "application/pdf"
ZIP = "application/zip"


@dataclass(frozen=True)
class Press:
    """Prints with this installation's fonts."""

    fonts: Fonts
    font_path: Path | None

    def papers(self, found: Sequence[Paper]) -> bytes:
        return print_pile(found, self.font_path, lambda _done, _all: None)

    def zipped(self, found: Sequence[Paper]) -> Iterator[bytes]:
        return zip_papers(found, self.fonts, lambda _done, _all: None)

    def route_sheet(self, sheet: RouteSheet) -> bytes:
        return print_route_sheet(sheet, self.fonts)

    def labels(self, found: Sequence[Label], sheet: str, skip: int) -> bytes:
        return print_labels(found, LABEL_SHEETS[sheet], self.fonts, skip)


def press_of(settings: Settings) -> Press:
    return Press(find_fonts(settings.font_path), settings.font_path)


def _printer(settings: InstallationSettings) -> Press:
    return press_of(settings)


Printer = Annotated[Press, Depends(_printer)]


def attachment(name: str) -> dict[str, str]:
    """The header under which a browser keeps a file with a Chinese name."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}


def pdf(content: bytes, name: str) -> Response:
    """Shown in the browser and kept under its number."""
    header = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(name + '.pdf', safe='')}"}
    return Response(content, media_type=PDF, headers=header)


def zip_file(content: Iterator[bytes], name: str) -> Response:
    """Sent while it is still being typeset, a paper after the other."""
    return StreamingResponse(content, media_type=ZIP, headers=attachment(name + ".zip"))
