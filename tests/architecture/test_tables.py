"""Tables: what refers to another row can be found from that row without reading the whole table."""

import pytest
from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, UniqueConstraint

from verifier.models import Model

TABLES = sorted(Model.metadata.tables.values(), key=lambda table: table.name)

# Facts that are never deleted, and that nobody asks a list of verifications for.
NOT_LOOKED_UP = {
    ("verification", "regulation_edition_id"),
    ("verification", "tariff_id"),
}


@pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])
def test_every_reference_leads_an_index(table: Table) -> None:
    leading = {_first(index) for index in table.indexes}
    leading |= {
        _first(constraint)
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint)
    }
    referring = {column.name for column in table.columns if column.foreign_keys}
    wanting = referring - leading - {name for owner, name in NOT_LOOKED_UP if owner == table.name}

    assert wanting == set()


def _first(found: Index | UniqueConstraint | PrimaryKeyConstraint) -> str:
    columns: list[Column[object]] = list(found.columns)
    return columns[0].name if columns else ""


@pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])
def test_nothing_loads_behind_anybodys_back(table: Table) -> None:
    """Tables have columns only; a question says what it joins."""
    mappers = [mapper for mapper in Model.registry.mappers if mapper.local_table is table]
    eager = [
        f"{mapper.class_.__name__}.{relation.key}"
        for mapper in mappers
        for relation in mapper.relationships
        if relation.lazy != "raise"
    ]
    assert eager == []
