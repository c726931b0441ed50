"""Samples of PostgreSQL: a few rows of each of the largest tables, their texts cut by the server."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.postgres.caller import PostgresCaller
from leakguard.probes.protocols.postgres.gate import TERMINATE
from leakguard.probes.protocols.postgres.names import ColumnNames
from leakguard.probes.protocols.postgres.reader import MessagesReader, query_message, startup_message
from leakguard.probes.protocols.postgres.session import TRUSTED, columns_query
from leakguard.probes.sampling.asking import CAP, MOST_COLLECTIONS, RunningSample
from leakguard.probes.sampling.records import read_json, take_records
from leakguard.probes.wire.content import ContentCommand
from leakguard.probes.wire.verbs import ReadCommand

_MOST_COLUMNS = 60
_LONGEST_NAME = 63
"""NAMEDATALEN of a usual server, without the zero behind it."""
_BYE = ReadCommand(kind="postgres", verb="terminate", data=TERMINATE)


async def sample_postgres(sampling: RunningSample) -> None:
    """Only where nobody is asked for a password, as the finding says; the database `postgres`, then the others."""
    waiting, asked = ["postgres"], 0
    while waiting and asked < MOST_COLLECTIONS and sampling.left(sampling.records):
        asked += 1
        waiting += await _sample_database(sampling, waiting.pop(0), is_first=asked == 1)


async def _sample_database(sampling: RunningSample, database: str, *, is_first: bool) -> Sequence[str]:
    """Sample one database; the names of the others, which the first one tells."""
    way = sampling.way
    caller = PostgresCaller(way.door, way.endpoint, way.timeouts)
    try:
        parameters = {"user": TRUSTED, "database": database, "default_transaction_read_only": "on"}
        command = ReadCommand(kind="postgres", verb="startup", data=startup_message(parameters))
        started = await caller.call(command, MessagesReader, cap=CAP)
        if started.ended is not Ending.COMPLETE or started.reader.auth() != 0 or not caller.connected:
            return ()
        names = ColumnNames()
        answer = await caller.call(columns_query(), MessagesReader, cap=CAP, again=False)
        others = names.take("postgres", _row(answer.reader), answer.size)
        sampling.note("columns", "names of columns", status=None, size=answer.size)
        await _sample_tables(sampling, caller, _tables(names.document()["columns"]), database)
    finally:
        caller.part(_BYE)
    return [name for name in others if name != database] if is_first else ()


async def _sample_tables(
    sampling: RunningSample, caller: PostgresCaller, tables: Mapping[str, Sequence[str]], database: str
) -> None:
    share = sampling.share(len(tables))
    for number, (table, columns) in enumerate(list(tables.items())[:MOST_COLLECTIONS], start=1):
        count = sampling.left(share)
        if not count or not caller.connected:
            return
        command = _select(table, columns[:_MOST_COLUMNS], count)
        if command is None:
            continue
        answer = await caller.call(command, MessagesReader, cap=CAP, again=False)
        sampling.note("select", f"{count} rows of table {number}", status=None, size=answer.size)
        row = _row(answer.reader)
        rows = read_json(bytearray((row[0] or "").encode())) if row else None
        name = table if database == "postgres" else f"{database}.{table}"
        sampling.read += take_records(sampling.tally, "table", name, rows[:count] if isinstance(rows, list) else ())


def _tables(columns: Sequence[Sequence[object]]) -> dict[str, list[str]]:
    """In the order of the catalogue's answer, which has the largest first."""
    found: dict[str, list[str]] = {}
    for column in columns:
        found.setdefault(str(column[0]), []).append(str(column[1]))
    return found


def _select(table: str, columns: Sequence[str], count: int) -> ContentCommand | None:
    """One statement that reads; `None` for names that no statement of ours may carry."""
    schema, _, name = table.partition(".")
    plain = [column for column in columns if _can_be_said(column)]
    if not plain or not _can_be_said(schema) or not _can_be_said(name):
        return None
    texts = ", ".join(f"left({_quoted(column)}::text, 500) AS {_quoted(column)}" for column in plain)
    sql = f"SELECT json_agg(s)::text FROM (SELECT {texts} FROM {_quoted(schema)}.{_quoted(name)} LIMIT {count}) s"  # noqa: S608  (quoted, and looked into by `ContentCommand`)
    return ContentCommand(kind="postgres", verb="select", data=query_message(sql))


def _can_be_said(name: str) -> bool:
    return name.isascii() and "\0" not in name and 0 < len(name) <= _LONGEST_NAME


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _row(reader: MessagesReader) -> list[str | None] | None:
    try:
        return reader.row()
    except (Garbled, struct.error):
        return None
