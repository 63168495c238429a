"""The glossary people read is the one that ships."""

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_glossary_is_up_to_date() -> None:
    glossary = runpy.run_path(str(DOCS / "make_glossary.py"))["glossary"]

    assert (DOCS / "glossary.md").read_text(encoding="utf-8") == glossary(), (
        "run python docs/make_glossary.py"
    )
