"""Rows for any schema there ever was, made from what the database says of its tables: no revision is left out."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Float, LargeBinary, MetaData, String, Table, insert, inspect
from sqlalchemy.dialects.postgresql import TSVECTOR

ROWS = 2
# What triggers and indexing make of other tables.
DERIVED = frozenset({"count_changes", "gone_words", "search_texts", "unsearched", "alembic_version"})
# Columns whose content means something to a migration or to a rule of the database.
_MEANT: dict[str, Any] = {"status": "approved", "explanation": "[]", "spans": "[]", "origins": "[]", "shadow": False}
_QUOTED = re.compile(r"'([^']+)'")


def tables_of(connection: Connection) -> tuple[Table, ...]:
    """Return the tables that hold what people wrote, parents before children."""
    names = [name for name in inspect(connection).get_table_names() if _is_filled(name)]
    found = MetaData()
    found.reflect(connection, only=names)
    return tuple(table for table in found.sorted_tables if _is_filled(table.name))


def fill(connection: Connection, generation: int) -> tuple[Table, ...]:
    """Put rows into every table, and return the tables; those of another generation have other keys."""
    made: dict[str, list[dict[str, Any]]] = {}
    tables = tables_of(connection)
    for table in tables:
        allowed = _allowed(connection, table)
        rows = made[table.name] = []
        for number in range(ROWS):
            unique = count(generation * 10_000 + number * 1_000 + 1)
            rows.append({each.name: _value(each, number, made, allowed, unique) for each in table.columns})
        connection.execute(insert(table), rows)
    return tables


def _is_filled(name: str) -> bool:
    return name not in DERIVED and not name.startswith("words_")


def _allowed(connection: Connection, table: Table) -> dict[str, str]:
    """Return {column: a value} where the table allows some values only."""
    found = {}
    for rule in inspect(connection).get_check_constraints(table.name):
        values = _QUOTED.findall(rule["sqltext"])
        found |= {each.name: values[0] for each in table.columns if values and each.name in rule["sqltext"]}
    return {name: value for name, value in found.items() if isinstance(table.c[name].type, String)}


def _value(
    column: Column[Any],
    number: int,
    made: dict[str, list[dict[str, Any]]],
    allowed: dict[str, str],
    unique: Iterator[int],
) -> Any:
    for key in column.foreign_keys:
        parents = made[key.column.table.name]
        if column.table is key.column.table:  # the first row has nobody before it
            return parents[0][key.column.name] if parents else None
        return parents[number][key.column.name]
    if column.name in _MEANT or column.name in allowed:
        return _MEANT.get(column.name, allowed.get(column.name))
    return _of_type(column, next(unique))


def _of_type(column: Column[Any], unique: int) -> Any:
    kind = column.type
    if isinstance(kind, (TSVECTOR, String)):
        return f"{unique}"[: getattr(kind, "length", None)]
    if isinstance(kind, LargeBinary):
        return unique.to_bytes(16, "big")
    if isinstance(kind, Boolean):
        return False
    return 0.5 if isinstance(kind, Float) else unique
