"""Names of columns that a PostgreSQL tells, gathered over its databases."""

from __future__ import annotations

import json
import re
from typing import Any

MOST_DATABASES = 6
"""Databases that names are asked of, `postgres` among them."""
MOST_COLUMNS = 10_000
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,62}")
"""A name of a host's invention is not put into a start-up of ours."""


class ColumnNames:
    """Takes the answers of one database after the other."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.size = 0
        self._columns: list[list[Any]] = []
        self._databases: list[str] = []
        self._requests: list[dict[str, Any]] = []

    def take(self, database: str, row: list[str | None] | None, size: int) -> list[str]:
        """The answer of one database; the others that it names and that can be asked, where it is the first."""
        self.asked.append(database)
        self.size += size
        self._requests.append(
            {"method": "columns", "what": f"database {len(self.asked)}", "status": None, "bytes": size}
        )
        columns, databases = (_listed(text) for text in (row or [])) if row and len(row) == 2 else ([], [])  # noqa: PLR2004  (two columns)
        prefix = "" if database == "postgres" else f"{database}."
        for raw in columns[: MOST_COLUMNS - len(self._columns)]:
            match raw:
                case [str(table), str(column), *rest]:
                    self._columns.append([f"{prefix}{table}", column, rest[0] if rest else None])
        if self._databases:
            return []
        self._databases = [name for name in databases if isinstance(name, str)]
        return [name for name in self._databases if name != database and _PLAIN_NAME.fullmatch(name)]

    def document(self) -> dict[str, Any]:
        """See `PostgresSession`."""
        return {"columns": self._columns, "databases": self._databases, "requests": self._requests}


def _listed(text: str | None) -> list[Any]:
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []
