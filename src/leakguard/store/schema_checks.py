"""Holds the schema of a SQLite file against what LeakGuard makes: an index of somebody else can block recording.

Compared is what the tables and indexes are, not how the statements that made them are spelt: an upgrade spells them
in another way.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from leakguard.store.connection import Connection
from leakguard.store.schema import VERSION_STATEMENT
from leakguard.store.tables import statements

_RULES = re.compile(
    r"\b(?:(?:CHECK|REFERENCES|UNIQUE|CONFLICT|COLLATE|GENERATED|STRICT|WITHOUT)\b|WHERE\s.*)",
    re.ASCII | re.DOTALL | re.IGNORECASE,
)
"""Words that add a rule to a table or an index; a rule of somebody else refuses rows."""
_NAMES = (
    "SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND substr(name, 1, 7) <> 'sqlite_'"
)
_COLUMNS = 'SELECT name, upper(type), "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)'
_KEYS = "SELECT \"unique\", origin, partial FROM pragma_index_list(?) WHERE origin <> 'c' ORDER BY name"
_INDEXED = 'SELECT name, "desc", coll, key FROM pragma_index_xinfo(?)'
_UNIQUE = (
    'SELECT i."unique" FROM sqlite_master m, pragma_index_list(m.tbl_name) i '
    "WHERE m.type = 'index' AND m.name = ? AND i.name = m.name"
)
_TABLE = "SELECT tbl_name FROM sqlite_master WHERE type = 'index' AND name = ?"

Rows = Callable[..., Any]
"""Runs a query with values, and returns its rows."""


def wrong_schema(connection: Connection) -> Iterator[str]:
    """Which tables and indexes are foreign, missing or others than LeakGuard makes; nothing for other databases."""
    if not connection.is_sqlite:
        return
    ours, found = _ours(), _shapes(connection.rows)
    for kind, name in sorted(found.keys() - ours.keys()):
        yield f"it holds the {kind} `{name}`, which LeakGuard did not make"
    for kind, name in sorted(ours.keys() - found.keys()):
        yield f"the {kind} `{name}` is missing"
    for kind, name in sorted(ours.keys() & found.keys()):
        if ours[kind, name] != found[kind, name]:
            yield f"the {kind} `{name}` is not as LeakGuard makes it"


def _ours() -> dict[tuple[str, str], object]:
    with closing(sqlite3.connect(":memory:")) as raw:
        for statement in (*statements(is_sqlite=True), VERSION_STATEMENT):
            raw.execute(statement)
        return _shapes(lambda query, *values: raw.execute(query, values).fetchall())


def _shapes(rows: Rows) -> dict[tuple[str, str], object]:
    """What each table and index is, by its kind and name."""
    return {(str(kind), str(name)): _shape(rows, kind, name, str(sql or "")) for kind, name, sql in rows(_NAMES)}


def _shape(rows: Rows, kind: str, name: str, sql: str) -> object:
    rules = [" ".join(rule.split()) for rule in _RULES.findall(sql)]
    queries = (_COLUMNS, _KEYS) if kind == "table" else (_TABLE, _UNIQUE, _INDEXED)
    return rules, [[tuple(row) for row in rows(query, name)] for query in queries]
