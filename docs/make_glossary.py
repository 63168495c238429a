"""Writes docs/glossary.md from the terms that ship: python docs/make_glossary.py."""
# ruff: noqa: INP001  a script beside the pages it writes, never imported as a package

import csv
from pathlib import Path

DOCS = Path(__file__).parent
TERMS = DOCS.parent / "verifier" / "data" / "terms.csv"
GLOSSARY = DOCS / "glossary.md"

_HEAD = """\
# Glossary

The words of the trade, one for each thing: in the office, on the pages, in the code.
Written by `docs/make_glossary.py` from `verifier/data/terms.csv`; change them there.

| 中文 | English | where it is defined | in the code | note |
|---|---|---|---|---|
"""


def glossary() -> str:
    """The page as it should stand in docs/glossary.md."""
    with TERMS.open(encoding="utf-8", newline="") as terms:
        return _HEAD + "".join(_row(term) for term in csv.DictReader(terms))


def _row(term: dict[str, str]) -> str:
    code = f"`{term['code_name']}`" if term["code_name"] else ""
    cells = (term["zh"], term["en"], term["standard"], code, term["note"])
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    GLOSSARY.write_text(glossary(), encoding="utf-8")
