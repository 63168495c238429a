"""The product's own files as the architecture tests read them."""

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOORS = ("verifier", "scheduler", "api")


def names(paths: list[Path]) -> list[str]:
    """How the tests are called: by the path inside the repository."""
    return [path.relative_to(ROOT).as_posix() for path in paths]


def files(*places: str, suffixes: tuple[str, ...]) -> list[Path]:
    return sorted(path for place in places for path in (ROOT / place).rglob("*") if path.suffix in suffixes)


MODULES = files(*FLOORS, suffixes=(".py",))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def called(path: Path) -> Iterator[tuple[str, str, int]]:
    """Every call `a.b.name(...)` as what stands before the name, the name, and the line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value), node.func.attr, node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield "", node.func.id, node.lineno


def kept() -> list[Path]:
    """What lies at the top of the checkout and is not thrown away by .gitignore."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    ignored = [line.strip("/") for line in lines]
    return sorted(
        path
        for path in ROOT.iterdir()
        if path.name != ".git" and not any(fnmatch(path.name, pattern) for pattern in ignored)
    )


def texts() -> Iterator[Path]:
    """Every text file that is kept in the repository."""
    for top in kept():
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and _is_text(path):
                yield path


def _is_text(path: Path) -> bool:
    return b"\0" not in path.read_bytes()[:4096]
