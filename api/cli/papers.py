"""`verifier print`: certificates, rejection notices, test records and labels as files."""

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.office import FileUnwritable, language, opened, why_of, write_file
from api.cli.progress import bar
from api.deps import practice_of
from api.papers import press_of
from api.printing import PapersAsked, check_sheet, labels_asked, papers_asked
from verifier.documents import print_labels, zip_papers
from verifier.errors import Invalid
from verifier.i18n import mark, say
from verifier.piles import print_pile
from verifier.rules.access import Scope
from verifier.rules.papers import LABEL_SHEETS

app = typer.Typer(no_args_is_help=True, help="Print papers and labels.")

WRITTEN = mark("{count} papers were written to {file}.")
LABELS_WRITTEN = mark("{count} labels were written to {file}.")
READING = mark("Reading the papers")
PRINTING = mark("Printing the papers")
_PDF, _ZIP = ".pdf", ".zip"

ProgrammeArgument = Annotated[str | None, typer.Argument(help="Code of a programme; absent: all papers.")]
DayOption = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Only papers issued on this day.")
]
DistrictOption = Annotated[str | None, typer.Option(help="Code of a district; its subtree.")]


class OutputKindUnknown(Invalid):
    message = mark("Papers are written as .pdf or .zip; {file} is neither.")


@app.callback()
def print_out() -> None:
    """Print papers and labels."""


@app.command()
def certificates(
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="FILE.pdf: all in one; FILE.zip: a PDF each."),
    ],
    programme: ProgrammeArgument = None,
    on: DayOption = None,
    district: DistrictOption = None,
) -> None:
    """Print the papers of a programme, a district or a day, as they were issued.

    Example: verifier print certificates --on 2026-05-01 --district 320585 -o certificates.zip
    """
    kind = output.suffix.lower()
    if kind not in (_PDF, _ZIP):
        raise OutputKindUnknown(file=output)
    asked = _asked(programme, on, district)
    with opened() as office, bar(say(READING, language())) as progress:
        today = office.who.today
        found = papers_asked(office.sessions, Scope(), asked, on=today, most=None, progress=progress)
        fonts = press_of(office.settings).fonts
    with bar(say(PRINTING, language())) as progress:
        if kind == _ZIP:
            _write_pieces(output, zip_papers(found, fonts, progress))
        else:
            write_file(output, print_pile(found, office.settings.font_path, progress))
    sys.stdout.write(say(WRITTEN, language(), {"count": len(found), "file": output}) + "\n")


@app.command()
def labels(
    output: Annotated[Path, typer.Option("--output", "-o", help="The PDF to write.")],
    programme: ProgrammeArgument = None,
    on: DayOption = None,
    district: DistrictOption = None,
    sheet: Annotated[str, typer.Option(help=f"One of {', '.join(LABEL_SHEETS)}.")] = "a4-24",
    skip: Annotated[int, typer.Option(min=0, help="Stickers of the first sheet that are used up.")] = 0,
) -> None:
    """Print the labels of the certificates that are genuine today.

    Example: verifier print labels --sheet a4-24 --skip 3 -o labels.pdf
    """
    chosen = LABEL_SHEETS[check_sheet(sheet)]
    with opened() as office:
        found = labels_asked(
            office.sessions,
            Scope(),
            _asked(programme, on, district),
            who=office.who,
            practice=practice_of(office.settings),
            most=None,
        )
        fonts = press_of(office.settings).fonts
    with bar(say(PRINTING, language())):
        write_file(output, print_labels(found, chosen, fonts, skip))
    sys.stdout.write(say(LABELS_WRITTEN, language(), {"count": len(found), "file": output}) + "\n")


def _asked(programme: str | None, on: datetime | None, district: str | None) -> PapersAsked:
    day = on.date() if on else None
    return PapersAsked(programme=programme, district=district, issued_from=day, issued_to=day)


def _write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """Raises FileUnwritable with the system's own reason; what is half written does not stay."""
    try:
        with path.open("wb") as written:
            written.writelines(pieces)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise FileUnwritable(file=path, why=why_of(error)) from None
