"""A verification regulation as data: what its file says, checked field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from verifier.rules.items import Item, Method, Need, read_item, read_limited
from verifier.rules.regulation_entries import Entry, RegulationWrong, Wanted
from verifier.rules.stages import Confidence

__all__ = ["Design", "Document", "Item", "Method", "Need", "Regulation", "RegulationWrong", "read_regulation"]


class Document(StrEnum):
    """What a pass ends in: without a regulation (JJG) there is no certificate."""

    CERTIFICATE = "certificate"
    TEST_RECORD = "test_record"


class Design(StrEnum):
    """Whose table of accuracy classes the instrument must fit."""

    R76 = "R 76-1"


@dataclass(frozen=True)
class Regulation:
    """One regulation in one edition."""

    code: str
    title_zh: str
    title_en: str
    document: Document
    kinds: tuple[str, ...]
    # None: the day is not known.
    effective_from: date | None
    effective_to: date | None
    confidence: Confidence
    design: Design | None
    # Units an instrument may show; empty: the limits say.
    units: tuple[str, ...]
    items: tuple[Item, ...]

    def item(self, key: str) -> Item | None:
        return next((item for item in self.items if item.key == key), None)


_REGULATION_FIELDS = (
    *("code", "title_zh", "title_en", "document", "kinds", "effective_from", "effective_to"),
    *("confidence", "design", "units", "item"),
)


def read_regulation(document: Mapping[str, object], *, source: str) -> Regulation:
    """The regulation a parsed file, or its copy in a database, describes.

    Raises RegulationWrong for the first thing wrong, with source, place and field.
    """
    top = Entry(source, "regulation", document)
    top.only(*_REGULATION_FIELDS)
    ends = top.day("effective_to") if top.has("effective_to") else None
    begins = top.day("effective_from") if top.has("effective_from") else None
    if begins is not None and ends is not None and ends < begins:
        top.refuse("effective_to", Wanted.LATER, begins.isoformat())
    kinds = top.texts("kinds", "bp_mercury")
    return Regulation(
        code=top.text("code", "JJG 539-2016"),
        title_zh=top.text("title_zh", "数字指示秤"),
        title_en=top.text("title_en", "Digital indicating scales"),
        document=top.choice("document", Document),
        kinds=kinds,
        effective_from=begins,
        effective_to=ends,
        confidence=top.choice("confidence", Confidence),
        design=top.choice("design", Design) if top.has("design") else None,
        units=top.texts_or_none("units", "kg"),
        items=_items(top, kinds),
    )


def _items(top: Entry, kinds: tuple[str, ...]) -> tuple[Item, ...]:
    entries: dict[str, Entry] = {}
    for entry in top.tables("item", "[[item]]"):
        key = entry.text("key", "indication_error")
        named = Entry(entry.source, f"item {key}", entry.table)
        if key in entries or len(key) > 60:
            named.refuse("key", Wanted.UNIQUE if key in entries else Wanted.TEXT, "indication_error")
        entries[key] = named
    own = {key: read_limited(entry) for key, entry in entries.items()}
    return tuple(read_item(entry, key, own, kinds) for key, entry in entries.items())
