"""The migration makes what db/moderation_tables.py says, on both engines."""

from pathlib import Path

import pytest
from piccolo.table import Table

from db import moderation_tables
from tests.db.test_migrations import _columns, _type_of

TABLES: list[type[Table]] = [
    table
    for table in vars(moderation_tables).values()
    if isinstance(table, type) and issubclass(table, Table) and table.__module__ == moderation_tables.__name__
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
async def test_the_database_has_the_columns_the_tables_name(
    database: Path, engine_kind: str, table: type[Table]
) -> None:
    assert len(TABLES) == 11
    found = await _columns(table._meta.db, table._meta.tablename, engine_kind)
    named = {column._meta.db_column_name: not column._meta.null for column in table._meta.columns}
    assert {name: required for name, (_, required) in found.items()} == named
    for column in table._meta.columns:
        kind, _ = found[column._meta.db_column_name]
        assert kind == _type_of(column, engine_kind), column
