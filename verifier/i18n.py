"""Sentences in two languages: marking them, choosing the language, saying them."""

import gettext
import io
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self

from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("zh_CN", "en")
LOCALES = Path(__file__).parent.parent / "locales"


def mark(sentence: str) -> str:
    """Return the sentence unchanged; the extractor finds it by this name."""
    return sentence


class Worded(StrEnum):
    """An enum whose members are a code for programs and, beside it, a marked word for people."""

    _value_: str
    word: str

    def __new__(cls, code: str, word: str) -> Self:
        member = str.__new__(cls, code)
        member._value_, member.word = code, word
        return member

    @classmethod
    def of(cls, code: str) -> Self:
        """The member with this code; raises KeyError."""
        return {member.value: member for member in cls}[code]


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language, compiled from its .po file on first use."""
    path = LOCALES / language / "LC_MESSAGES" / "verifier.po"
    if language == "en" or not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def say(sentence: str, language: str, facts: Mapping[str, object] | None = None) -> str:
    """Translate a marked sentence and put its named facts into it, worded ones as their word."""
    catalogue = translations(language)
    translated = catalogue.gettext(sentence)
    if not facts:
        return translated
    told = {
        name: catalogue.gettext(fact.word) if isinstance(fact, Worded) else fact
        for name, fact in facts.items()
    }
    return translated.format_map(told)


def negotiate(wanted: str) -> str:
    """The best language for an Accept-Language header or a POSIX locale name."""
    preferred = [part.split(";")[0].split(".")[0].strip().replace("-", "_") for part in wanted.split(",")]
    found = negotiate_locale(preferred, [*LANGUAGES, "zh"], aliases={"zh": "zh_CN"})
    if found is None and any(name.lower().startswith("zh") for name in preferred):
        found = "zh_CN"
    return "zh_CN" if found == "zh" else found or "en"
