"""Writes the list of modules in docs/architecture.md from their own first lines; needs no arguments."""
# ruff: noqa: INP001  a script beside the pages it writes, never imported as a package

import ast
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PAGE = DOCS / "architecture.md"
_BEGIN, _END = "<!-- tree -->\n", "<!-- /tree -->\n"


def page() -> str:
    """The page as it should stand in docs/architecture.md."""
    text = PAGE.read_text(encoding="utf-8")
    before, after = text[: text.index(_BEGIN)], text[text.index(_END) :]
    return before + _BEGIN + "\n" + "".join(_tree()) + "\n" + after


def _tree() -> Iterator[str]:
    modules = [path for floor in ("api", "scheduler", "verifier") for path in (ROOT / floor).rglob("*.py")]
    modules.sort(key=lambda path: (path.parent, path.name))
    told = [(path.relative_to(ROOT), _first_line(path)) for path in modules if path.stat().st_size]
    for number, (folder, inside) in enumerate(groupby(told, key=lambda one: one[0].parent)):
        yield f"{chr(10) if number else ''}| `{folder.as_posix()}/` | |\n|---|---|\n"
        for path, line in inside:
            yield f"| `{path.name}` | {line} |\n"


def _first_line(path: Path) -> str:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return said.split("\n")[0].replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
