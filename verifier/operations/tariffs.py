"""Importing tariffs: what a verification would cost, only ever as the office's own document says."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from verifier.db import Session
from verifier.errors import Invalid
from verifier.i18n import mark
from verifier.models import Tariff
from verifier.operations.facts_files import Faults, Line, add, first_day, last_day, lines
from verifier.operations.journal import Doer, note
from verifier.queries.facts import stored_kinds, stored_tariffs

_NEEDED = ("kind", "fee_yuan", "effective_from")
# Below ten million yuan the fen fit the database's integers.
_YUAN = re.compile(r"\d{1,7}(?:\.\d{1,2})?", re.ASCII)
_LONGEST_DOCUMENT = 200


class TariffKindUnknown(Invalid):
    message = mark("{file}, line {line}, {field}: “{value}” is the key of no kind in the catalogue.")


class NotAFee(Invalid):
    message = mark(
        "{file}, line {line}, {field}: “{value}” is no fee. Write yuan with at most two decimals, "
        "like 40 or 40.50."
    )


class TariffStartMissing(Invalid):
    message = mark("{file}, line {line}, {field}: the day from which the tariff is in force is missing.")


class TariffEndsBeforeItBegins(Invalid):
    message = mark("{file}, line {line}, {field}: the last day {value} lies before the first, {begins_on}.")


class DocumentTooLong(Invalid):
    message = mark(
        "{file}, line {line}, {field}: “{value}” has {length} characters; there is room for {limit}."
    )


class TariffListedTwice(Invalid):
    message = mark(
        "{file}, line {line}, {field}: line {first} has a tariff of this kind from {value} already."
    )


class TariffDiffers(Invalid):
    message = mark(
        "{file}, line {line}, {field}: a tariff of this kind from {begins_on} is known already, and "
        "otherwise than “{value}”. What was in force is not changed; a new tariff needs a day of its own."
    )


class TariffsOverlap(Invalid):
    message = mark(
        "{file}, line {line}, {field}: a tariff of this kind is in force from {begins_on} to {ends_on}, "
        "which overlaps one from {next_begins_on}."
    )


@dataclass(frozen=True)
class ImportedTariffs:
    created: int
    # Earlier tariffs that got a last day.
    closed: int
    unchanged: int


@dataclass
class _Period:
    """One tariff on a kind's line of time, from the file, from the database, or from both."""

    kind_id: int
    begins_on: date
    ends_on: date | None
    fee_fen: int
    document: str
    line: Line | None = None
    stored: Tariff | None = None


def import_tariffs(session: Session, content: bytes, filename: str, *, who: Doer) -> ImportedTariffs:
    """Take over a CSV of tariffs, all rows or nothing; raises everything that is wrong with it.

    Its columns are kind (a key of the catalogue), fee_yuan, effective_from, effective_to and document.
    A tariff without a last day ends the day before the next of its kind. Fees on verifications
    recorded before stay what they were.
    """
    faults = Faults(filename)
    said = _read(content, filename, {key: kind.id for key, kind in stored_kinds(session).items()}, faults)
    faults.refuse()
    periods = {(period.kind_id, period.begins_on): period for period in map(_of, stored_tariffs(session))}
    for period in said:
        periods.setdefault((period.kind_id, period.begins_on), period)
    for period in said:
        with faults.noted():
            _merge(periods, period)
    faults.refuse()
    in_order = sorted(periods.values(), key=lambda period: (period.kind_id, period.begins_on))
    for earlier, later in pairwise(in_order):
        with faults.noted():
            _follow(earlier, later)
    faults.refuse()
    imported = _store(session, in_order)
    if imported.created or imported.closed:
        # 0: the whole table.
        done = {"file": filename, "created": imported.created, "closed": imported.closed}
        note(session, who, "import_tariffs", "tariff", 0, **done)
    session.flush()
    return imported


def _read(content: bytes, file: str, kinds: Mapping[str, int], faults: Faults) -> list[_Period]:
    found: dict[tuple[int, date], _Period] = {}
    for line in lines(content, file, needed=_NEEDED):
        with faults.noted():
            period = _period(line, kinds)
            earlier = found.setdefault((period.kind_id, period.begins_on), period)
            if earlier.line is not period.line and earlier.line is not None:
                raise TariffListedTwice(**line.at("effective_from"), first=earlier.line.number)
    return list(found.values())


def _period(line: Line, kinds: Mapping[str, int]) -> _Period:
    if line["kind"] not in kinds:
        raise TariffKindUnknown(**line.at("kind"))
    if not _YUAN.fullmatch(line["fee_yuan"]):
        raise NotAFee(**line.at("fee_yuan"))
    begins_on, ends_on = first_day(line, "effective_from"), last_day(line, "effective_to")
    if begins_on is None:
        raise TariffStartMissing(**line.at("effective_from"))
    if ends_on is not None and ends_on < begins_on:
        raise TariffEndsBeforeItBegins(**line.at("effective_to"), begins_on=begins_on)
    document = line["document"]
    if len(document) > _LONGEST_DOCUMENT:
        raise DocumentTooLong(**line.at("document"), length=len(document), limit=_LONGEST_DOCUMENT)
    fee_fen = int(Decimal(line["fee_yuan"]) * 100)
    return _Period(kinds[line["kind"]], begins_on, ends_on, fee_fen, document, line)


def _of(tariff: Tariff) -> _Period:
    return _Period(
        tariff.kind_id,
        tariff.effective_from,
        tariff.effective_to,
        tariff.fee_fen,
        tariff.document,
        stored=tariff,
    )


def _merge(periods: Mapping[tuple[int, date], _Period], said: _Period) -> None:
    """Hold a line against what is stored, which may get a last day and nothing else."""
    known = periods[said.kind_id, said.begins_on]
    differs = {
        "fee_yuan": known.fee_fen != said.fee_fen,
        "document": known.document != said.document,
        "effective_to": known.ends_on not in (None, said.ends_on) and not _ends_for_the_next(periods, known),
    }
    for field, is_so in differs.items():
        if is_so and said.line is not None:
            raise TariffDiffers(**said.line.at(field), begins_on=said.begins_on)
    known.line, known.ends_on = said.line, said.ends_on


def _ends_for_the_next(periods: Mapping[tuple[int, date], _Period], period: _Period) -> bool:
    """Whether a tariff ends only because the next of its kind begins."""
    return period.ends_on is not None and (period.kind_id, period.ends_on + timedelta(days=1)) in periods


def _follow(earlier: _Period, later: _Period) -> None:
    """End an earlier tariff the day before the next of its kind; raises TariffsOverlap."""
    if earlier.kind_id != later.kind_id:
        return
    if earlier.ends_on is None:
        earlier.ends_on = later.begins_on - timedelta(days=1)
    line, field = (later.line, "effective_from") if later.line else (earlier.line, "effective_to")
    if earlier.ends_on >= later.begins_on and line is not None:
        days = {"ends_on": earlier.ends_on, "next_begins_on": later.begins_on}
        raise TariffsOverlap(**line.at(field), begins_on=earlier.begins_on, **days)


def _store(session: Session, periods: Iterable[_Period]) -> ImportedTariffs:
    new: list[dict[str, object]] = []
    closed = unchanged = 0
    for period in periods:
        if period.stored is None:
            new.append(_columns(period))
        elif period.stored.effective_to != period.ends_on:
            period.stored.effective_to = period.ends_on
            closed += 1
        elif period.line is not None:
            unchanged += 1
    add(session, Tariff, new)
    return ImportedTariffs(len(new), closed, unchanged)


def _columns(period: _Period) -> dict[str, object]:
    return {
        "kind_id": period.kind_id,
        "fee_fen": period.fee_fen,
        "effective_from": period.begins_on,
        "effective_to": period.ends_on,
        "document": period.document,
    }
