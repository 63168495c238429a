"""What every part of a certificate is made of: elements, texts in two languages, figures with their units."""

import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from xml.etree.ElementTree import Element

from verifier.rules.dsi import digital_unit

# Chinese and English; without English the Chinese stands for itself and no language is named.
Words = tuple[str, str]

# What papers leave out too: controls, and invisible characters that turn a line or hide in it.
_UNWRITABLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
# XML has no place for them.
_NOT_IN_XML = {"\ufffe", "\uffff"}
# D-SI's figure for one that is not there.
_NO_FIGURE = "NaN"


def clean(text: str) -> str:
    """The text as it may stand in XML, without blanks at its ends."""
    spaced = text.replace("\r\n", "\n").replace("\t", " ")
    return "".join(letter for letter in spaced if _is_writable(letter)).strip()


def _is_writable(letter: str) -> bool:
    return letter == "\n" or not (unicodedata.category(letter) in _UNWRITABLE or letter in _NOT_IN_XML)


def element(name: str, *content: Element | None, **attributes: str) -> Element:
    """An element with what there is of its content, in this order; the schema minds the order."""
    made = Element(name, attributes)
    made.extend(one for one in content if one is not None)
    return made


def gathered(name: str, content: Iterable[Element]) -> Element | None:
    """A list of the schema; None without an entry, for there are no empty lists."""
    made = element(name, *content)
    return made if len(made) else None


def text(name: str, written: str) -> Element | None:
    """An element with a text; None for a blank one, which the schema does not allow."""
    made = element(name)
    made.text = clean(written)
    return made if made.text else None


def words(name: str, zh: str, en: str = "") -> Element:
    """A text in both languages; one that people wrote stands without a language. `-` where there is none."""
    if clean(en) and clean(zh):
        return element(name, _content(zh, lang="zh"), _content(en, lang="en"))
    return element(name, _content(zh or en))


def _content(written: str, **attributes: str) -> Element:
    made = element("dcc:content", **attributes)
    made.text = clean(written) or "-"
    return made


def location(address: str, postcode: str = "") -> Element:
    """An address as it is written; nobody takes it to pieces."""
    return element(
        "dcc:location",
        text("dcc:countryCode", "CN"),
        text("dcc:postCode", postcode),
        words("dcc:further", address) if clean(address) else None,
    )


def identifications(*found: tuple[str, str, Words]) -> Element | None:
    """Issuer, value and name of each; blank values are left out."""
    return gathered(
        "dcc:identifications",
        (
            element(
                "dcc:identification",
                text("dcc:issuer", issuer),
                text("dcc:value", value),
                words("dcc:name", *name),
            )
            for issuer, value, name in found
            if clean(value)
        ),
    )


def one_word(written: str) -> str:
    """An entry of a list that is separated by blanks; `-` for a blank one."""
    return "_".join(clean(written).split()) or "-"


def conformity(*, passed: bool) -> Element | None:
    return text("dcc:conformity", "pass" if passed else "fail")


def quantity(
    called: Words,
    figures: Sequence[Decimal | None],
    unit: str,
    *,
    name: str = "dcc:quantity",
    ref_type: str = "",
) -> Element:
    """Figures in one unit, one a point, `NaN` where a point has none; a single one is no list.

    A unit D-SI does not know stands behind the same figures in one it knows. Where there is no such unit
    (money) the figures are texts and the unit stands in the name.
    """
    attributes = {"refType": ref_type} if ref_type else {}
    found = digital_unit(unit)
    if found is None:
        called = (f"{called[0]}（{unit}）", f"{called[1]} ({unit})")
        said = text("dcc:charsXMLList", _written(figures))
    elif found.definition:
        moved = [None if figure is None else found.moved(figure) for figure in figures]
        said = element("si:hybrid", _figures(moved, found.notation), _figures(figures, f"|{unit}"))
    else:
        said = _figures(figures, found.notation)
    return element(name, words("dcc:name", *called), said, **attributes)


def _figures(figures: Sequence[Decimal | None], notation: str) -> Element:
    kind, ending = ("si:real", "") if len(figures) == 1 else ("si:realListXMLList", "XMLList")
    return element(kind, text(f"si:value{ending}", _written(figures)), text(f"si:unit{ending}", notation))


def _written(figures: Sequence[Decimal | None]) -> str:
    return " ".join(_NO_FIGURE if figure is None else f"{figure:f}" for figure in figures)
