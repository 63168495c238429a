"""The house keeps its shape: what lies where, how long a file is, who commits, who looks at the clock."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.source import MODULES, ROOT, called, files, kept, names, texts, tree

# Every name at the top of the repository, with what it is for.
TOP_LEVEL = {
    "verifier": "what is true",
    "scheduler": "what happens by itself",
    "api": "what one can ask for",
    "templates": "pages and documents",
    "static": "style sheet and scripts of the pages",
    "locales": "the sentences in Chinese",
    "alembic": "migrations",
    "docs": "architecture, decisions, running, glossary, refusals",
    "examples": "a register, tariffs and the founding case to try the product with",
    "benchmarks": "what the product exists for, measured",
    "tests": "mirrors the floors",
    "README.md": "what the office gets",
    "CHANGELOG.md": "what changed, in the office's words",
    "CONTRIBUTING.md": "how a change lands",
    "LICENSE": "the licence's text",
    "Makefile": "every command once",
    "pyproject.toml": "the only configuration",
    "requirements.lock": "every version with its hash",
    "requirements-dev.lock": "the same with what tests need",
    ".ci": "what continuous integration runs",
    ".gitignore": "what is made and not kept",
}

MOST_LINES = 300
# A table of cases is read by looking up one sentence, so it may be longer than what must be understood.
MOST_LINES_OF_TESTS = 600
# One file for all pages, so that a browser on a slow line asks once; read by section, never as a whole.
MOST_LINES_OF_STYLE = 600

PRODUCT = [
    *MODULES,
    *files("docs", "examples", "benchmarks", suffixes=(".py",)),
    *files("templates", "static", suffixes=(".html", ".txt", ".js")),
]
TESTS = files("tests", suffixes=(".py",))
STYLE = files("static", suffixes=(".css",))

# Who may ask verifier/clock.py; everybody else is told the day.
ASK_THE_CLOCK = {"api/deps.py", "api/cli/office.py", "api/cli/checks.py", "scheduler/runner.py"}
LOOKS_AT_THE_CLOCK = {"now", "today", "utcnow", "time", "time_ns", "localtime", "gmtime", "current_date"}
CLOCKS = {"date", "datetime", "datetime.date", "datetime.datetime", "time", "func", "sa.func"}

MAY_BEGIN = {
    "verifier/db.py": "the only place that commits",
    "verifier/migrations.py": "changes the shape of a database, never what is in it",
}


def test_only_names_the_house_knows_lie_at_the_top() -> None:
    assert [path.name for path in kept() if path.name not in TOP_LEVEL] == []


def test_alembic_is_no_package_of_ours() -> None:
    """It would shadow the library: `No module named 'alembic.op'`."""
    assert list((ROOT / "alembic").rglob("__init__.py")) == []


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_only_db_commits(path: Path) -> None:
    found = [
        f"line {line}: {before}.{name}()"
        for before, name, line in called(path)
        if name in ("commit", "rollback", "begin")
    ]
    assert found == [] or path.relative_to(ROOT).as_posix() in MAY_BEGIN


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_only_clock_looks_at_the_clock(path: Path) -> None:
    own = path == ROOT / "verifier" / "clock.py"
    found = [
        f"line {line}: {before}.{name}()"
        for before, name, line in called(path)
        if before in CLOCKS and name in LOOKS_AT_THE_CLOCK
    ]
    assert own or found == []


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_only_the_edge_asks_the_clock(path: Path) -> None:
    asked = [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        and (
            node.module == "verifier.clock"
            or (node.module == "verifier" and any(name.name == "clock" for name in node.names))
        )
    ]
    assert asked == [] or path.relative_to(ROOT).as_posix() in ASK_THE_CLOCK


def test_no_statement_looks_at_the_databases_clock() -> None:
    asks = re.compile(r"\b(CURRENT_(DATE|TIME|TIMESTAMP)|datetime\('now'|now\(\))", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)} line {node.lineno}"
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and asks.search(node.value)
    ]
    assert found == []


@pytest.mark.parametrize("path", PRODUCT, ids=names(PRODUCT))
def test_a_file_can_be_read_at_one_sitting(path: Path) -> None:
    assert _lines(path) <= MOST_LINES


@pytest.mark.parametrize("path", TESTS, ids=names(TESTS))
def test_a_file_of_tests_stays_a_list_of_sentences(path: Path) -> None:
    assert _lines(path) <= MOST_LINES_OF_TESTS


@pytest.mark.parametrize("path", STYLE, ids=names(STYLE))
def test_the_style_sheet_stays_small(path: Path) -> None:
    assert _lines(path) <= MOST_LINES_OF_STYLE


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_version_has_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    locked = re.split(r"^(?=\S+==)", text, flags=re.MULTILINE)[1:]
    unhashed = [entry.split()[0] for entry in locked if "--hash=sha256:" not in entry]

    assert len(locked) > 20
    assert (unhashed, [line for line in text.splitlines() if "://" in line or "@" in line]) == ([], [])


def test_no_file_names_a_package_index_or_a_machines_folder() -> None:
    index = r"pypi\.|pythonhosted\.|index-\burl|\bfind-links\b"
    told = re.compile(index + r"|/home/\w+/|/ro[o]t/|(?<![\w.])/wor[k]/")
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in texts()
        if (match := told.search(path.read_text(encoding="utf-8", errors="replace")))
    ]
    assert found == []


def test_every_module_says_what_it_is_for() -> None:
    """An empty `__init__.py` says nothing and has nothing to say."""
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in MODULES
        if path.stat().st_size and ast.get_docstring(tree(path)) is None
    ]
    assert silent == []
