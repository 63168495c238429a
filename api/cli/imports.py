"""`verifier import`: registers, districts, tariffs and regulations from files."""

import json
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.cli.office import language, opened, read_file, write_file
from api.registers import register_json
from verifier import db
from verifier.errors import Invalid
from verifier.i18n import mark, say
from verifier.operations.districts import import_districts
from verifier.operations.imports import ImportRegister, RegisterImported, import_register
from verifier.operations.journal import Doer
from verifier.operations.regulations import import_regulation
from verifier.operations.tariffs import import_tariffs

app = typer.Typer(no_args_is_help=True, help="Take in files.")

FileArgument = Annotated[Path, typer.Argument(help="The file to read.")]


NOTED = mark("{count} rows, the first of them row {row}: {warning}.")
NOTHING_TAKEN = mark("Nothing was taken in: {refused} rows are refused and --strict was asked for.")
SUMMARY = mark("{stand} instruments stand ({created} new, {unchanged} unchanged); {refused} rows refused.")

RULES_NEW = mark("{code}: {items} items for {kinds} kinds of instrument were taken in.")
RULES_STAND = mark("{code}: {items} items for {kinds} kinds of instrument stand already, unchanged.")


class FaultsOverRegister(Invalid):
    message = mark("The refused rows would be written over the register {file} itself; name another file.")


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


@app.callback()
def take_in() -> None:
    """Take in files."""


@app.command()
def register(
    file: FileArgument,
    district: Annotated[str | None, typer.Option(help="Code of the district the register is for.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Take nothing in if one row is bad.")] = False,
    faults: Annotated[Path | None, typer.Option(help="Write the refused rows to this XLSX file.")] = None,
    format: Annotated[Format, typer.Option(help="How to print the result.")] = Format.TEXT,
) -> None:
    """Import an office's register from XLSX or CSV; exit status 1 if any row was refused.

    Example: verifier import register register.xlsx --district 320585 --dry-run --faults refused.xlsx
    """
    if faults is not None and faults.resolve() == file.resolve():
        raise FaultsOverRegister(file=file)
    content = read_file(file)
    command = ImportRegister(district=district, strict=strict, dry_run=dry_run)
    with opened() as office, db.transaction(office.sessions) as session:
        minus = office.settings.valid_until_minus_one_day
        imported = import_register(session, content, file.name, command, who=office.who, minus_one_day=minus)
        # Before the commit: what cannot be told is not done either.
        if faults is not None:
            write_file(faults, imported.faults_file(language()))
    _tell(imported, file.name)
    if strict and imported.faults:
        sys.stderr.write(say(NOTHING_TAKEN, language(), {"refused": len(imported.faults)}) + "\n")
    if format is Format.JSON:
        shown = register_json(imported, language())
        sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=2) + "\n")
    else:
        counts = {
            "stand": imported.stand,
            "created": imported.created,
            "unchanged": imported.unchanged,
            "refused": len(imported.faults),
        }
        sys.stdout.write(say(SUMMARY, language(), counts) + "\n")
    if imported.faults:
        raise typer.Exit(1)


def _tell(imported: RegisterImported, filename: str) -> None:
    """Say on standard error what was refused, and once each what was taken with a doubt."""
    noted: dict[str, list[int]] = {}
    for row, warning in imported.warnings:
        noted.setdefault(warning, []).append(row)
    for warning, rows in noted.items():
        facts = {"count": len(rows), "row": rows[0], "warning": say(warning, language())}
        sys.stderr.write(say(NOTED, language(), facts) + "\n")
    for fault in imported.faults:
        sys.stderr.write(f"{filename}: {fault.sentence(language())}\n")


def _take(file: Path, take: Callable[[db.Session, bytes, str, Doer], str]) -> None:
    """Take in a small file, all of it or nothing, and print what it did."""
    content = read_file(file)
    with opened() as office, db.transaction(office.sessions) as session:
        printed = take(session, content, file.name, office.who)
    sys.stdout.write(printed + "\n")


@app.command()
def districts(file: FileArgument) -> None:
    """Import districts from a CSV with the columns of the shipped districts.csv, all or none.

    Example: verifier import districts districts.csv
    """

    def take(session: db.Session, content: bytes, filename: str, who: Doer) -> str:
        imported = import_districts(session, content, filename, who=who)
        for warning in imported.warnings:
            sys.stderr.write(warning.sentence(language()) + "\n")
        counts = {"new": imported.created, "changed": imported.updated, "unchanged": imported.unchanged}
        return say(mark("{new} districts new, {changed} changed, {unchanged} unchanged."), language(), counts)

    _take(file, take)


@app.command()
def tariffs(file: FileArgument) -> None:
    """Import tariffs from a CSV `kind,fee_yuan,effective_from,effective_to,document`, all or none.

    Example: verifier import tariffs tariffs.csv
    """

    def take(session: db.Session, content: bytes, filename: str, who: Doer) -> str:
        imported = import_tariffs(session, content, filename, who=who)
        counts = {"new": imported.created, "closed": imported.closed, "unchanged": imported.unchanged}
        said = mark("{new} tariffs new, {unchanged} unchanged; {closed} earlier ones end the day before.")
        return say(said, language(), counts)

    _take(file, take)


@app.command()
def regulation(file: FileArgument) -> None:
    """Import a regulation from an office's own TOML file; what was judged before keeps its rules.

    Example: verifier import regulation regulation.toml
    """

    def take(session: db.Session, content: bytes, filename: str, who: Doer) -> str:
        loaded = import_regulation(session, content, filename, who=who)
        facts = {"code": loaded.code, "items": loaded.items, "kinds": len(loaded.kinds)}
        return say(RULES_NEW if loaded.is_new else RULES_STAND, language(), facts)

    _take(file, take)
