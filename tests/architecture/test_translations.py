"""Every sentence is in the catalogue, in Chinese as the office writes it, with all its facts."""

import ast
import csv
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from tests.architecture.source import FLOORS, MODULES, ROOT, files, names, tree

CATALOGUE = ROOT / "locales" / "zh_CN" / "LC_MESSAGES" / "verifier.po"
TEMPLATES = files("templates", suffixes=(".html",))
EVERYWHERE = (*FLOORS, "templates")
ADVICE = "run `make translations` and translate what is new"

# Words of a Chinese register that an English sentence gives as an example of what to type.
EXAMPLES = {
    *("村卫生室", "集贸市场", "电子血压计", "是", "否"),
    *("贸易结算", "医疗卫生", "安全防护", "环境监测", "其他"),
}
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
BLANK_BESIDE_CHINESE = re.compile(r"[\u4e00-\u9fff，。：；？！（）“”] | [\u4e00-\u9fff，。：；？！（）“”]")
HALF_WIDTH_AFTER_CHINESE = re.compile(r"""[\u4e00-\u9fff][,;:!?'"()]""")


@cache
def used(*places: str) -> frozenset[str | tuple[str, ...]]:
    """What these places say, found as `make translations` finds it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    mappings = settings["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in mappings]
    options = {mapping["pattern"]: mapping for mapping in mappings}
    keywords = {**DEFAULT_KEYWORDS, "mark": None}
    return frozenset(
        message
        for place in places
        for _, _, message, _, _ in extract_from_dir(ROOT / place, methods, options, keywords)
    )


@cache
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as source:
        return read_po(source, locale="zh_CN")


def messages() -> list[Message]:
    return [message for message in catalogue() if message.id]


def _texts(said: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """A sentence, or all its plural forms."""
    return [said] if isinstance(said, str) else list(said or [""])


def _facts(sentence: str) -> set[str]:
    """`{name}` in the code's sentences, `%(name)s` in those of templates."""
    braces = {f"{{{field}}}" for _, field, _, _ in Formatter().parse(sentence) if field is not None}
    return braces | set(re.findall(r"%\(\w+\)s", sentence))


def test_nothing_that_is_said_is_missing_from_the_catalogue() -> None:
    assert sorted(map(str, used(*EVERYWHERE) - {message.id for message in messages()})) == [], ADVICE


def test_nothing_stays_in_the_catalogue_that_nobody_says() -> None:
    stale = {message.id for message in messages()} - used(*EVERYWHERE)

    assert (sorted(map(str, stale)), list(catalogue().obsolete)) == ([], []), ADVICE


def test_every_sentence_is_translated_for_certain() -> None:
    assert [message.id for message in messages() if message.fuzzy or not all(_texts(message.string))] == []


def test_a_translation_names_the_facts_of_its_sentence_and_no_others() -> None:
    differing = {
        text: _facts(text) ^ set().union(*map(_facts, _texts(message.id)))
        for message in messages()
        for text in _texts(message.string)
    }
    assert {text: facts for text, facts in differing.items() if facts} == {}


def test_a_template_can_put_its_facts_into_every_sentence() -> None:
    """Jinja formats each with %, so that a percent sign of its own has to be doubled."""
    in_templates = used("templates")
    for message in messages():
        if message.id in in_templates:
            for text in [*_texts(message.id), *_texts(message.string)]:
                assert text % defaultdict(str)


def test_a_translation_keeps_the_markup_of_its_sentence() -> None:
    tag = re.compile(r"</?[a-z]+[^>]*>")
    differing = [
        message.id
        for message in messages()
        for text in _texts(message.string)
        if sorted(tag.findall(text)) != sorted(tag.findall(_texts(message.id)[-1]))
    ]
    assert differing == []


def test_sentences_in_the_code_are_english_but_for_examples_to_type() -> None:
    chinese = {
        word for message in messages() for text in _texts(message.id) for word in CHINESE.findall(text)
    }

    assert chinese - EXAMPLES == set()


def test_chinese_has_full_width_punctuation_and_no_blank_beside_it() -> None:
    texts = [text for message in messages() for text in _texts(message.string)]
    # What is to be typed at a prompt keeps its own blanks.
    plain = [re.sub(r"`[^`]*`|verifier account password 账号", "", text) for text in texts]

    assert [text for text in plain if BLANK_BESIDE_CHINESE.search(text)] == []
    assert [text for text in plain if HALF_WIDTH_AFTER_CHINESE.search(text)] == []


def test_the_words_the_shipped_aliases_warn_with_are_translated() -> None:
    aliases = (ROOT / "verifier" / "data" / "aliases.csv").read_text(encoding="utf-8")
    notes = {line["note"] for line in csv.DictReader(aliases.splitlines())} - {""}

    assert notes - {message.id for message in messages()} == set()


def _calls(path: Path, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and name == getattr(node.func, "attr", getattr(node.func, "id", "")):
            yield node


def _is_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_a_marked_sentence_is_written_out(path: Path) -> None:
    """The extractor reads the file; it cannot run an f-string or follow a name."""
    made = [
        call.lineno for call in _calls(path, "mark") if len(call.args) != 1 or not _is_literal(call.args[0])
    ]
    unmarked = [call.lineno for call in _calls(path, "say") if call.args and _is_literal(call.args[0])]

    assert (made, unmarked) == ([], [])


@pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
def test_a_sentence_in_a_template_is_written_out(path: Path) -> None:
    assert re.findall(r"\b_\((?!\s*\")[^)]*\)", path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_a_refusal_is_given_members_not_their_codes(path: Path) -> None:
    """`status=instrument.status`, so that its word is said in the reader's language; JSON shows the code."""
    raised = [node.exc for node in ast.walk(tree(path)) if isinstance(node, ast.Raise)]
    codes = [
        keyword.value.lineno
        for call in raised
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if isinstance(keyword.value, ast.Attribute) and keyword.value.attr == "value"
    ]
    assert codes == []
