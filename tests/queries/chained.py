"""A history with something in every protected table, filled by what the tables themselves say."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Enum,
    Integer,
    String,
    func,
    insert,
    select,
    text,
)

from tests.factories import make_instrument, make_person, make_tariff, office_body
from verifier import db
from verifier.models import Model, Programme, RegulationEdition, Standard
from verifier.models.base import Exact, Instant
from verifier.operations.chain import enchain, link_existing
from verifier.queries.history import BODY_OF
from verifier.rules.entitlement import ProgrammeKind

DAY, INSTANT = date(2026, 4, 20), datetime(2026, 4, 20, 1, 2, 3, 456789, tzinfo=UTC)
MODELS = {mapper.class_.__tablename__: mapper.class_ for mapper in Model.registry.mappers}
_numbers = count(1000)


def fill(session: db.Session) -> None:
    """Two records in every table of history, no column of the second empty."""
    _refer_to(session)
    # What other tests are about is whole before this begins.
    link_existing(session)
    for _ in range(2):
        for table in BODY_OF:
            record = MODELS[table](**_columns(session, table))
            session.add(record)
            session.flush()
            enchain(session, record, office_body(session).id)


def _refer_to(session: db.Session) -> None:
    """One row of everything that history refers to."""
    instrument = make_instrument(session)
    make_person(session)
    make_tariff(session)
    session.add_all(
        [
            Standard(body_id=office_body(session).id, code="F1", name="砝码", unit="g"),
            RegulationEdition(kind_id=instrument.kind_id, code="JJG 1-2000", confidence="verified"),
            Programme(
                code="P",
                name="免费检定",
                kind=ProgrammeKind.MANDATORY_FREE,
                starts_on=DAY,
                ends_on=DAY,
                eligibility={},
                district_id=instrument.district_id,
            ),
        ]
    )
    session.flush()


def _columns(session: db.Session, table: str) -> dict[str, Any]:
    return {
        column.name: _referred(session, column) if column.foreign_keys else value_for(column)
        for column in Model.metadata.tables[table].columns
        if column.name != "id"
    }


def _referred(session: db.Session, column: Column[Any]) -> int | None:
    """The newest row there is, so that what must be unique is."""
    (reference,) = column.foreign_keys
    newest: int | None = session.scalar(select(func.max(reference.column)))
    return newest


def value_for(column: Column[Any]) -> Any:
    number = next(_numbers)
    if isinstance(column.type, Enum):
        return next(iter(column.type.enum_class))  # type: ignore[arg-type]
    for kind, value in (
        (JSON, {"值": [number, 0.5, "甲"]}),
        (Boolean, True),
        (Date, DAY),
        (Instant, INSTANT),
        (Exact, Decimal("0.10")),
        (Integer, number),
        (String, f"文{number}"),
    ):
        if isinstance(column.type, kind):
            return value
    raise NotImplementedError(column)


def disarm(session: db.Session, table: str) -> None:
    """Take away, until the transaction ends, whatever hinders somebody who changes history by hand."""
    if session.connection().dialect.name == "sqlite":
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
        session.execute(text("PRAGMA ignore_check_constraints=ON"))
        for deed in ("update", "delete"):
            session.execute(text(f"DROP TRIGGER {table}_is_history_{deed}"))
        return
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text(f"DROP TRIGGER {table}_is_history ON {table}"))
    for constraint in Model.metadata.tables[table].constraints:
        if isinstance(constraint, CheckConstraint):
            session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {constraint.name}"))


def changed_by_a_byte(column: Column[Any], dialect: str) -> str:
    """SQL for a stored value of the column in which the smallest thing is another."""
    name, on_sqlite = column.name, dialect == "sqlite"
    if isinstance(column.type, JSON):
        return f"' ' || {name}" if on_sqlite else f"(' ' || {name}::text)::json"
    if isinstance(column.type, Boolean):
        return f"1 - {name}" if on_sqlite else f"NOT {name}"
    if isinstance(column.type, Date):
        return f"substr({name}, 1, 9) || '9'" if on_sqlite else f"{name} + 1"
    if isinstance(column.type, Instant):
        return f"substr({name}, 1, 25) || '8'" if on_sqlite else f"{name} + interval '1 microsecond'"
    if isinstance(column.type, Integer):
        return f"{name} + 1"
    last = "7" if isinstance(column.type, Exact) else "x"
    return f"substr({name}, 1, length({name}) - 1) || '{last}'"


def put_in(session: db.Session, table: str, number: int) -> None:
    """A record by hand, good in itself."""
    columns = Model.metadata.tables[table].columns
    row = {column.name: value_for(column) for column in columns}
    (key,) = Model.metadata.tables[table].primary_key
    session.execute(insert(Model.metadata.tables[table]), [row | {key.name: number}])
