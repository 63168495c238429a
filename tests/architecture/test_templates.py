"""Templates print: no script, style or other host gets in, so that the strict content policy holds."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, files, names

TEMPLATES = files("templates", suffixes=(".html",))
SENT = [*TEMPLATES, *files("static", suffixes=(".css", ".js", ".svg", ".html", ".json"))]

INLINE = {
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^<>]*\sstyle\s*=", re.IGNORECASE),
    "a script without a file": re.compile(r"<script\b(?![^>]*\ssrc\s*=)", re.IGNORECASE),
    "a handler": re.compile(r"<[^<>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script as an address": re.compile(r"javascript:", re.IGNORECASE),
}
# The name of the SVG language is written as an address and asked of nobody.
NAMESPACES = re.compile(r"\bhttp://www\.w3\.org/[\w/]+")
OTHER_HOST = re.compile(r"""\bhttps?://|\bwss?://|["'(=]\s*//\w""", re.IGNORECASE)


@pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
def test_a_template_has_no_script_or_style_of_its_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert [what for what, pattern in INLINE.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", SENT, ids=names(SENT))
def test_nothing_that_is_sent_names_another_host(path: Path) -> None:
    text = NAMESPACES.sub("", path.read_text(encoding="utf-8"))

    assert OTHER_HOST.findall(text) == []


def test_templates_are_found() -> None:
    assert ROOT / "templates" / "layout.html" in TEMPLATES
