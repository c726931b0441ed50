"""The little that we need of a database driver, so that a SQLite store opens without loading SQLAlchemy (0.12 s)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Row = tuple[Any, ...]
BUSY_SECONDS = 30.0
"""How long a writer waits for another one; the longest append of ours takes well under a second."""
AT_ONCE = 500
"""Rows that a long result is fetched by."""


class Connection:
    """Statements of ours in a transaction of somebody else's; `?` stands for a value, whatever the driver's mark."""

    def __init__(self, raw: Any, *, is_sqlite: bool) -> None:  # noqa: ANN401  (the driver's own connection)
        self._raw = raw
        self.is_sqlite = is_sqlite

    def run(self, statement: str, *values: object) -> None:
        """Do it; what it gives back is not wanted."""
        self._raw.cursor().execute(self._spelt(statement), values)

    def many(self, statement: str, rows: Sequence[Row]) -> None:
        """Do it once for each row of values."""
        if rows:
            self._raw.cursor().executemany(self._spelt(statement), rows)

    def rows(self, statement: str, *values: object) -> list[Row]:
        """Every row of the result."""
        cursor = self._raw.cursor()
        cursor.execute(self._spelt(statement), values)
        return list(cursor.fetchall())

    def first(self, statement: str, *values: object) -> Row | None:
        """The first row, if there is one."""
        return next(iter(self.rows(statement, *values)), None)

    def stream(self, statement: str, *values: object) -> Iterator[Row]:
        """The rows as they are fetched; a server keeps the rest."""
        cursor = self._raw.cursor() if self.is_sqlite else self._raw.cursor("leakguard")
        cursor.execute(self._spelt(statement), values)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows
        cursor.close()

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Insert rows, each in the order of `columns`; names of tables and columns are always our own."""
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        self.many(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608  (our own names)

    def tables(self) -> list[str]:
        """The names of all tables."""
        if self.is_sqlite:
            return [row[0] for row in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        names = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
        return [row[0] for row in self.rows(names)]

    def strangers(self) -> list[tuple[str, str]]:
        """What acts or poses as a table in a SQLite file: kind and name of each trigger and view. We make none."""
        names = "SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY name"
        return [(str(kind), str(name)) for kind, name in self.rows(names)] if self.is_sqlite else []

    def _spelt(self, statement: str) -> str:
        return statement if self.is_sqlite else statement.replace("?", "%s")


def marks(count: int) -> str:
    """`?, ?, ?`: the inside of a list of values."""
    return ", ".join("?" * count)
