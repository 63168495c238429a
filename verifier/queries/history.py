"""Records of history exactly as they are stored: whose they are, their digests, which have no link."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Dialect,
    Text,
    cast,
    exists,
    inspect,
    null,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import NullType, TypeEngine

from verifier.db import Session
from verifier.i18n import mark
from verifier.models import (
    BodyKey,
    Certificate,
    ChainLink,
    Examination,
    JournalEntry,
    Model,
    RegulationRules,
    Repair,
    Revocation,
    Signature,
    Standard,
    StandardCalibration,
    Verification,
    VerificationStandard,
)
from verifier.rules.chain import record_digest

_Convert = Callable[[Any], Any]

# What reading a value can end in that is none of its column's own.
_NOT_THE_COLUMNS_OWN = (ValueError, TypeError, LookupError, ArithmeticError, RecursionError)


@dataclass(frozen=True)
class Stored:
    """A record of history: its table, its key, and the digest of what it says."""

    subject: str
    id: int
    digest: str


def _of_verification(model: type[Examination | VerificationStandard | Signature]) -> ColumnElement[int]:
    return select(Verification.body_id).where(Verification.id == model.verification_id).scalar_subquery()


# Whose history a record belongs to; NULL: the installation's own office.
_BODY: Mapping[type[Model], ColumnElement[int] | InstrumentedAttribute[int] | ColumnElement[None]] = {
    RegulationRules: null(),
    BodyKey: BodyKey.body_id,
    StandardCalibration: select(Standard.body_id)
    .where(Standard.id == StandardCalibration.standard_id)
    .scalar_subquery(),
    Verification: Verification.body_id,
    VerificationStandard: _of_verification(VerificationStandard),
    Examination: _of_verification(Examination),
    Repair: null(),
    Signature: _of_verification(Signature),
    Certificate: Certificate.body_id,
    Revocation: select(Certificate.body_id)
    .where(Certificate.id == Revocation.certificate_id)
    .scalar_subquery(),
    JournalEntry: null(),
}
BODY_OF = {model.__tablename__: body_id for model, body_id in _BODY.items()}

# How a sentence calls a record.
NAMES = {
    "regulation_rules": mark("rules of a regulation"),
    "body_key": mark("key of a body"),
    "standard_calibration": mark("calibration of a standard"),
    "verification": mark("verification"),
    "verification_standard": mark("standard used"),
    "examination": mark("readings of verification"),
    "repair": mark("repair"),
    "signature": mark("signature"),
    "certificate": mark("certificate"),
    "revocation": mark("revocation of certificate"),
    "journal_entry": mark("journal entry"),
}


class StoredRows:
    """Reads a table's rows as the database keeps them, so that not even a blank changes unseen."""

    def __init__(self, session: Session, table: str, columns: Collection[str] | None = None) -> None:
        """`columns`: which of them to read; None: all."""
        dialect = session.connection().dialect
        self.table = Model.metadata.tables[table]
        kept = [column for column in self.table.columns if columns is None or column.name in columns]
        self.key: Column[int] = next(iter(self.table.primary_key))
        # The key comes first, whatever the order of the columns.
        self.columns = [
            self.key.label("record_key"),
            *(_as_it_is(column).label(f"stored_{column.name}") for column in kept),
        ]
        self._readers = [(column.name, _reader(column.type, dialect)) for column in kept]

    def digest(self, values: Sequence[object]) -> str:
        """Of a row's values, in the order of `columns` without the key before them."""
        return record_digest(
            self.table.name,
            {name: read(value) for (name, read), value in zip(self._readers, values, strict=True)},
        )


def _as_it_is(column: Column[object]) -> ColumnElement[object]:
    """The stored value: JSON as its text, and what SQLite keeps as text or number unread."""
    return cast(column, Text) if isinstance(column.type, JSON) else type_coerce(column, NullType())


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> _Convert:
    """From a stored value to what the product says; another value that only reads alike stays apart."""
    if isinstance(kind, JSON):
        return partial(_read, json.loads, json.dumps)
    own = kind.dialect_impl(dialect)
    read, store = own.result_processor(dialect, None), own.bind_processor(dialect)
    return partial(_read, read or _same, store if read and store else _same)


def _same(value: object) -> object:
    return value


def _read(read: _Convert, store: _Convert, stored: object) -> object:
    """Raises nothing: what the column could not have written is told by its own spelling."""
    if stored is None:
        return None
    try:
        value = read(stored)
        # PostgreSQL answers an instant in the zone it was asked in; equal instants are the same.
        if value is not None and not isinstance(value, bytes) and store(value) == stored:
            return value
    except _NOT_THE_COLUMNS_OWN:
        pass
    return [type(stored).__name__, repr(stored)]


def has_no_link(rows: StoredRows) -> ColumnElement[bool]:
    """The condition that a record stands in no chain."""
    return ~exists().where(ChainLink.subject == rows.table.name, ChainLink.subject_id == rows.key)


def unlinked(
    session: Session, rows: StoredRows, *, after: int | None, most: int
) -> list[tuple[int | None, Stored]]:
    """So many records that stand in no chain, each with its body, in the order of their keys."""
    statement = (
        select(BODY_OF[rows.table.name], *rows.columns)
        .where(has_no_link(rows))
        .order_by(rows.key)
        .limit(most)
    )
    if after is not None:
        statement = statement.where(rows.key > after)
    found: Iterable[Sequence[Any]] = session.execute(statement)
    return [
        (body_id, Stored(rows.table.name, number, rows.digest(values))) for body_id, number, *values in found
    ]


def tables_there(session: Session) -> dict[str, StoredRows]:
    """The tables of history this database has, each with the columns it has: a migration may be under way."""
    found = inspect(session.connection())
    there = set(found.get_table_names())
    return {
        table: StoredRows(session, table, {column["name"] for column in found.get_columns(table)})
        for table in BODY_OF
        if table in there
    }
