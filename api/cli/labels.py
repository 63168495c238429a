"""`verifier check-label`: what a label says, and whether its body signed that."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.cli.office import language, opened, read_file, today
from verifier import db, sealing
from verifier.i18n import mark, say
from verifier.queries.body_keys import keys_by_body
from verifier.rules.labels import LabelFacts, LabelUnreadable, read_statement

_FIGURES = (
    (mark("Number of the paper"), "number"),
    (mark("Instrument code"), "instrument_code"),
    (mark("Instrument"), "kind"),
    (mark("Model"), "model"),
    (mark("Serial number ends in"), "serial_last4"),
    (mark("Verification date"), "performed_on"),
    (mark("Valid until"), "valid_until"),
    (mark("Verification body"), "body"),
)
SAYS = mark("The label says:")
GOOD = mark("Signature good.")
EXPIRED = mark("Signature good, but it was valid only until {day}.")


def check_label(
    text: Annotated[
        str | None, typer.Argument(help="The text in the label's code, in quotation marks.")
    ] = None,
    file: Annotated[Path | None, typer.Option(help="Read the text from this file.")] = None,
    key: Annotated[str | None, typer.Option(help="The body's public key; no database is asked then.")] = None,
) -> None:
    """Say what a label says and whether the signature is good; exit status 1 when it is not.

    Needs no network. The keys are those of the database unless one is given.

    Example: verifier check-label --file label.txt --key 2jyjpvve2E6HoXw0EqBPCymv6yRXE2IyXs4UZoO2bdU
    """
    if (text is None) == (file is None):
        raise typer.BadParameter("Give the label's text, or a file with it.")
    read = read_statement(_text(file) if file is not None else text or "")
    _print_facts(read.facts)
    keys = _known_keys() if key is None else {read.facts.body: [key]}
    sealing.check_label(read, keys)
    until = read.facts.valid_until
    verdict = EXPIRED if until is not None and until < today() else GOOD
    sys.stdout.write(say(verdict, language(), {"day": until}) + "\n")


def _text(file: Path) -> str:
    try:
        return read_file(file).decode()
    except UnicodeDecodeError:
        raise LabelUnreadable from None


def _known_keys() -> Mapping[str, Sequence[str]]:
    with opened() as office, db.reading(office.sessions) as session:
        return keys_by_body(session)


def _print_facts(facts: LabelFacts) -> None:
    lines = [say(SAYS, language())]
    for name, field in _FIGURES:
        told = {"name": say(name, language()), "value": getattr(facts, field) or "–"}
        lines.append("  " + say(mark("{name}: {value}"), language(), told))
    sys.stdout.write("\n".join(lines) + "\n")
