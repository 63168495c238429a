"""Questions about kinds of instrument, the regulations that govern them and their tariffs."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from verifier.db import Session
from verifier.errors import NotFound
from verifier.i18n import mark
from verifier.models import InstrumentKind, KindAlias, RegulationEdition, RegulationRules, Tariff
from verifier.rules.entitlement import Mandate, VerificationForm

_BRACKETS = re.compile(r"\(([^()]*)\)")
_BETWEEN_NAMES = re.compile(r"[、/,;]")
# What stands in brackets may be another name ("皮带秤") or a remark ("弹性式"): names end like this.
_NAME_OF_AN_INSTRUMENT = re.compile(r".*[\u4e00-\u9fff].*(?:[秤器表计仪机泵尺砣罐车舱衡源桩箱]|天平|砝码)")


class KindUnknown(NotFound):
    message = mark("There is no kind of instrument {kind}.")


@dataclass(frozen=True)
class KindRow:
    id: int
    key: str
    catalogue_no: str
    category_zh: str
    category_en: str
    name_zh: str
    name_en: str
    scope_of_use: str
    supervision: str
    mandate: Mandate
    form: VerificationForm
    interval_months: int | None
    interval_note: str
    confidence: str
    confidence_note: str


# What the shipped aliases warn of: data, marked here so that every door can say it in the reader's language.
NOTES = (
    mark("not mandatory: voluntary programmes only"),
    mark("bare word: desk mercury type unless the model says otherwise; the importer warns"),
    mark("initial verification only: no periodic due date"),
)


@dataclass(frozen=True)
class KindRef:
    """A kind as a name found it; `note` is what the alias warns of, one of NOTES where it ships."""

    id: int
    key: str
    name_zh: str
    name_en: str
    note: str = ""


@dataclass(frozen=True)
class RegulationRow:
    id: int
    kind_key: str
    kind_name_zh: str
    kind_name_en: str
    code: str
    effective_from: date | None
    effective_to: date | None
    confidence: str


@dataclass(frozen=True)
class TariffRow:
    id: int
    kind_key: str
    kind_name_zh: str
    kind_name_en: str
    fee_fen: int
    effective_from: date
    effective_to: date | None
    document: str


@dataclass(frozen=True)
class TariffInForce:
    id: int
    fee_fen: int


_KIND_ROW: tuple[Any, ...] = (
    InstrumentKind.id,
    InstrumentKind.key,
    InstrumentKind.catalogue_no,
    InstrumentKind.category_zh,
    InstrumentKind.category_en,
    InstrumentKind.name_zh,
    InstrumentKind.name_en,
    InstrumentKind.scope_of_use,
    InstrumentKind.supervision,
    InstrumentKind.mandate,
    InstrumentKind.form,
    InstrumentKind.interval_months,
    InstrumentKind.interval_note,
    InstrumentKind.confidence,
    InstrumentKind.confidence_note,
)
_OF_KIND = (InstrumentKind.key, InstrumentKind.name_zh, InstrumentKind.name_en)


def kinds(session: Session) -> list[KindRow]:
    """Every kind, in the order of the catalogue that ships."""
    statement = select(*_KIND_ROW).order_by(InstrumentKind.id)
    return [KindRow(*row) for row in session.execute(statement)]


def kind_keys(session: Session) -> set[str]:
    return set(session.scalars(select(InstrumentKind.key)))


def kind_by_key(session: Session, key: str) -> KindRow:
    """One kind; raises KindUnknown."""
    row = session.execute(select(*_KIND_ROW).where(InstrumentKind.key == key)).one_or_none()
    if row is None:
        raise KindUnknown(kind=key)
    return KindRow(*row)


def kind_by_id(session: Session, kind_id: int) -> InstrumentKind:
    """The kind itself, as a deed needs it; raises KindUnknown."""
    kind = session.get(InstrumentKind, kind_id)
    if kind is None:
        raise KindUnknown(kind=kind_id)
    return kind


def regulations(session: Session) -> list[RegulationRow]:
    """Every edition, by kind and by the day it came into force; editions of unknown day first."""
    statement = (
        select(
            RegulationEdition.id,
            *_OF_KIND,
            RegulationEdition.code,
            RegulationEdition.effective_from,
            RegulationEdition.effective_to,
            RegulationEdition.confidence,
        )
        .join(InstrumentKind, InstrumentKind.id == RegulationEdition.kind_id)
        .order_by(
            InstrumentKind.id,
            RegulationEdition.effective_from.asc().nulls_first(),
            RegulationEdition.id,
        )
    )
    return [RegulationRow(*row) for row in session.execute(statement)]


def regulation_in_force(session: Session, kind_id: int, *, on: date) -> RegulationEdition | None:
    """The edition that governs the kind on that day, the newest of several; None where it is not known."""
    statement = (
        select(RegulationEdition)
        .where(
            RegulationEdition.kind_id == kind_id,
            _in_force(RegulationEdition.effective_from, RegulationEdition.effective_to, on),
        )
        .order_by(RegulationEdition.effective_from.desc(), RegulationEdition.id)
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def regulation_named(session: Session, kind_id: int, code: str, *, on: date) -> RegulationEdition | None:
    """The edition of that code if it may have governed the kind on that day.

    An edition whose days nobody has read in a text may: the verifier who names it vouches for it.
    """
    begun = or_(RegulationEdition.effective_from.is_(None), RegulationEdition.effective_from <= on)
    not_ended = or_(RegulationEdition.effective_to.is_(None), RegulationEdition.effective_to >= on)
    statement = select(RegulationEdition).where(
        RegulationEdition.kind_id == kind_id, RegulationEdition.code == code, begun, not_ended
    )
    return session.scalars(statement).one_or_none()


def rules_in_force(session: Session, code: str) -> RegulationRules | None:
    """What the regulation of that code demands, by the file that was loaded last; None where none was."""
    statement = (
        select(RegulationRules)
        .where(RegulationRules.code == code)
        .order_by(RegulationRules.id.desc())
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def tariffs(session: Session) -> list[TariffRow]:
    """Every tariff, by kind and by the day it came into force."""
    statement = (
        select(
            Tariff.id,
            *_OF_KIND,
            Tariff.fee_fen,
            Tariff.effective_from,
            Tariff.effective_to,
            Tariff.document,
        )
        .join(InstrumentKind, InstrumentKind.id == Tariff.kind_id)
        .order_by(InstrumentKind.id, Tariff.effective_from)
    )
    return [TariffRow(*row) for row in session.execute(statement)]


def tariff_in_force(session: Session, kind_id: int, *, on: date) -> TariffInForce | None:
    """What a verification of the kind would cost on that day; None where nobody imported it."""
    statement = (
        select(Tariff.id, Tariff.fee_fen)
        .where(Tariff.kind_id == kind_id, _in_force(Tariff.effective_from, Tariff.effective_to, on))
        .order_by(Tariff.effective_from.desc())
        .limit(1)
    )
    row = session.execute(statement).one_or_none()
    return None if row is None else TariffInForce(*row)


def _in_force(
    since: InstrumentedAttribute[date] | InstrumentedAttribute[date | None],
    until: InstrumentedAttribute[date | None],
    on: date,
) -> ColumnElement[bool]:
    return (since <= on) & or_(until.is_(None), until >= on)


def kinds_by_name(session: Session) -> Mapping[str, KindRef]:
    """Every name a register may use for a kind, folded as `folded` does.

    An alias outweighs a key, a key a full name, a full name a variant of it, and that the
    category's name. A name that would mean two kinds at once is left out.
    """
    rows = kinds(session)
    ids = {row.id: row for row in rows}
    found: dict[str, KindRef] = {}
    for alias, kind_id, note in session.execute(select(KindAlias.alias, KindAlias.kind_id, KindAlias.note)):
        found[folded(alias)] = _ref(ids[kind_id], note)
    for names in (_keys, _full_names, _variants, _categories):
        meant: dict[str, set[int]] = defaultdict(set)
        for row in rows:
            for name in names(row):
                meant[folded(name)].add(row.id)
        for name, of in meant.items():
            if name and name not in found and len(of) == 1:
                found[name] = _ref(ids[min(of)])
    return found


def folded(name: str) -> str:
    """A name as it is looked up: NFKC, lower case, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", name).lower().split())


def _ref(row: KindRow, note: str = "") -> KindRef:
    return KindRef(row.id, row.key, row.name_zh, row.name_en, note)


def _keys(row: KindRow) -> Iterable[str]:
    return (row.key,)


def _full_names(row: KindRow) -> Iterable[str]:
    return (row.name_zh, row.name_en)


def _categories(row: KindRow) -> Iterable[str]:
    parts = [name for name in _BETWEEN_NAMES.split(row.category_zh) if _NAME_OF_AN_INSTRUMENT.fullmatch(name)]
    return (row.category_zh, row.category_en, *parts)


def _variants(row: KindRow) -> Iterator[str]:
    """The names without what stands in brackets, and the names that stand side by side or in brackets."""
    for name in (row.name_zh, row.name_en):
        yield _BRACKETS.sub("", name)
    parts = [_BRACKETS.sub("", row.name_zh), *_BRACKETS.findall(row.name_zh)]
    for part in parts:
        for name in _BETWEEN_NAMES.split(part):
            if _NAME_OF_AN_INSTRUMENT.fullmatch(name):
                yield name.removeprefix("含")
