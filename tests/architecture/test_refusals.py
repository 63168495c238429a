"""Every refusal is of one kind, says one sentence with all its facts, and is explained in docs/."""

import ast
import importlib
import runpy
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest

from tests.architecture.source import MODULES, ROOT, names, tree
from verifier.errors import Conflict, Invalid, NotAllowed, NotEntitled, NotFound, VerifierError

KINDS = (NotFound, NotAllowed, Invalid, Conflict, NotEntitled)
DOCS = ROOT / "docs"
# What operations/facts_files.Line.at gives as facts.
AT = {"file", "line", "field", "value"}


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _refusals() -> list[type[VerifierError]]:
    for path in MODULES:
        importlib.import_module(_module(path))

    def below(kind: type[VerifierError]) -> Iterator[type[VerifierError]]:
        for inner in kind.__subclasses__():
            yield inner
            yield from below(inner)

    found = {
        one for one in below(VerifierError) if one not in KINDS and not one.__module__.startswith("tests")
    }
    return sorted(found, key=lambda one: (one.__name__, one.__module__))


REFUSALS = _refusals()


def _fields(refusal: type[VerifierError]) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(refusal.message) if field is not None}


def test_refusals_are_found() -> None:
    assert len(REFUSALS) > 100


def test_a_refusal_is_of_exactly_one_kind() -> None:
    kinds = {refusal.__name__: sum(issubclass(refusal, kind) for kind in KINDS) for refusal in REFUSALS}

    assert {name: count for name, count in kinds.items() if count != 1} == {}


def test_a_code_names_one_refusal() -> None:
    """A program that knows the code must know the sentence, the facts and the status too."""
    codes = [refusal.__name__ for refusal in REFUSALS]

    assert sorted({code for code in codes if codes.count(code) > 1}) == []


def _marked(path: Path) -> Iterator[tuple[str, bool]]:
    """Every refusal a module defines, and whether its own message is made with mark()."""
    module = importlib.import_module(_module(path))
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef) and getattr(module, node.name, None) in REFUSALS:
            messages = [
                line.value
                for line in node.body
                if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "message"
            ]
            yield (
                node.name,
                len(messages) == 1
                and isinstance(messages[0], ast.Call)
                and ast.unparse(messages[0].func) == "mark",
            )


def test_every_message_is_marked_for_translation() -> None:
    marked = [found for path in MODULES for found in _marked(path)]

    assert sorted(name for name, _ in marked) == [refusal.__name__ for refusal in REFUSALS]
    assert [name for name, is_marked in marked if not is_marked] == []


def _named(module: ModuleType, node: ast.expr | None) -> type[VerifierError] | None:
    """The refusal a name in a module means, if it means one."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        found = getattr(getattr(module, node.value.id, None), node.attr, None)
    else:
        found = getattr(module, node.id, None) if isinstance(node, ast.Name) else None
    return found if found in REFUSALS else None


def _made(path: Path) -> Iterator[tuple[type[VerifierError], ast.expr, ast.AST]]:
    """Where a module makes or raises a refusal, with the function it stands in."""
    module = importlib.import_module(_module(path))

    def walk(node: ast.AST, function: ast.AST) -> Iterator[tuple[type[VerifierError], ast.expr, ast.AST]]:
        inside = node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
        if isinstance(node, ast.Call) and (found := _named(module, node.func)):
            yield found, node, inside
        elif isinstance(node, ast.Raise) and node.exc is not None and (found := _named(module, node.exc)):
            yield found, node.exc, inside
        for inner in ast.iter_child_nodes(node):
            yield from walk(inner, inside)

    yield from walk(tree(path), tree(path))


def _given(made: ast.expr, function: ast.AST) -> set[str]:
    """The facts a refusal is made with, `**line.at(...)` and `**days` of the same function included."""
    given: set[str] = set()
    for keyword in made.keywords if isinstance(made, ast.Call) else []:
        given |= {keyword.arg} if keyword.arg else _unpacked(keyword.value, function)
    return given


def _unpacked(value: ast.expr, function: ast.AST) -> set[str]:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "at":
        return AT
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict":
        return {keyword.arg for keyword in value.keywords if keyword.arg}
    if isinstance(value, ast.Dict):
        return {str(key.value) for key in value.keys if isinstance(key, ast.Constant)}
    if isinstance(value, ast.Name):
        assigned = [
            node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == value.id
        ]
        return set.intersection(*(_unpacked(one, function) for one in assigned)) if assigned else set()
    return set()


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_a_refusal_is_given_every_fact_it_names(path: Path) -> None:
    wanting = [
        f"line {made.lineno}: {refusal.__name__} without {sorted(missing)}"
        for refusal, made, function in _made(path)
        # One with a constructor of its own gives the facts there.
        if "__init__" not in vars(refusal) and (missing := _fields(refusal) - _given(made, function))
    ]
    assert wanting == []


def test_a_refusal_with_a_constructor_of_its_own_gives_every_fact_there() -> None:
    own = [refusal for refusal in REFUSALS if "__init__" in vars(refusal)]
    for refusal in own:
        path = ROOT / (refusal.__module__.replace(".", "/") + ".py")
        (definition,) = (
            node
            for node in tree(path).body
            if isinstance(node, ast.ClassDef) and node.name == refusal.__name__
        )
        given = [
            _given(node, definition)
            for node in ast.walk(definition)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__"
        ]
        assert [_fields(refusal) - facts for facts in given] == [set()]


def test_every_refusal_is_raised_somewhere() -> None:
    made = {refusal for path in MODULES for refusal, _, _ in _made(path)}

    assert [refusal.__name__ for refusal in REFUSALS if refusal not in made] == []


def test_the_page_of_refusals_is_up_to_date() -> None:
    page = runpy.run_path(str(DOCS / "make_refusals.py"))["page"]

    assert (DOCS / "refusals.md").read_text(encoding="utf-8") == page(), (
        "put what to do into docs/refusals.toml and run python docs/make_refusals.py"
    )
