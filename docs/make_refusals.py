"""Writes docs/refusals.md from the refusals in the code and docs/refusals.toml; needs no arguments."""
# ruff: noqa: INP001  a script beside the pages it writes, never imported as a package

import importlib
import pkgutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import api
import scheduler
import verifier
from api.errors import status_of
from verifier.errors import Conflict, Invalid, NotAllowed, NotEntitled, NotFound, VerifierError
from verifier.rules.register_faults import SENTENCES

DOCS = Path(__file__).parent
KINDS: tuple[type[VerifierError], ...] = (NotFound, NotAllowed, Invalid, Conflict, NotEntitled)

_HEAD = """\
# Refusals

Everything Verifier says no to. A program may rely on the code; the sentence is for people and comes in
their language, with the facts in braces filled in. Over REST a refusal is `application/problem+json` with
code, sentence and facts; a command says it on standard error and ends with status 1. Whatever was refused
changed nothing.

Written by `docs/make_refusals.py` from the classes in the code; what to do stands in `docs/refusals.toml`.
"""
_ROWS = """
## Refused rows of a register

A bad row does not stop a good one. `verifier import register --faults refused.xlsx` gives the refused rows
back with the sentence in the last column.

| reason | sentence |
|---|---|
"""


def page() -> str:
    """The page as it should stand in docs/refusals.md."""
    advice = tomllib.loads((DOCS / "refusals.toml").read_text(encoding="utf-8"))
    found = sorted(set(_refusals(VerifierError)), key=lambda refusal: refusal.__name__)
    _check(advice, {refusal.__name__ for refusal in found})
    sections = [_section(kind, found, advice) for kind in KINDS]
    rows = [_row(f"`{reason.value}`", sentence) for reason, sentence in SENTENCES.items()]
    return "".join([_HEAD, *sections, _ROWS, *rows])


def _refusals(kind: type[VerifierError]) -> Iterator[type[VerifierError]]:
    for package in (verifier, scheduler, api):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)
    for below in kind.__subclasses__():
        # Tests make refusals of their own.
        if below not in KINDS and below.__module__.split(".")[0] in ("verifier", "scheduler", "api"):
            yield below
        yield from _refusals(below)


def _check(advice: dict[str, str], codes: set[str]) -> None:
    wrong = sorted(codes ^ set(advice))
    if wrong:
        message = f"docs/refusals.toml and the code do not name the same refusals: {', '.join(wrong)}"
        raise SystemExit(message)


def _section(kind: type[VerifierError], found: list[type[VerifierError]], advice: dict[str, str]) -> str:
    said = (kind.__doc__ or "").strip()
    head = f"\n## {kind.__name__}\n\n{said}\n\n| code | status | sentence | what to do |\n|---|---|---|---|\n"
    return head + "".join(
        _row(f"`{one.__name__}`", str(_status(one)), one.message, advice[one.__name__])
        for one in found
        if issubclass(one, kind)
    )


def _status(refusal: type[VerifierError]) -> int:
    # A class is enough for the edge to know the status; its facts are not needed.
    return status_of(refusal.__new__(refusal))


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    (DOCS / "refusals.md").write_text(page(), encoding="utf-8")
