"""CQL: does Cassandra or Scylla let anybody start a session, and how much do its system tables say there is?"""

from __future__ import annotations

from typing import Any

from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.caller import Answer, Caller
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.cql.gate import VERSIONS, command
from leakguard.probes.protocols.cql.reader import (
    CqlReader,
    own_rows,
    read_number,
    read_rows,
    read_start,
    read_supported,
    wants_older,
)
from leakguard.probes.session import KindSession, aside, reply_to
from leakguard.probes.wire.verbs import ReadCommand

_COLUMNS = 3
_LONGEST_VERSION = 32
Rows = list[list[bytes]]


class CqlSession(KindSession):
    """`options` gives `{"supported", "cql", "scylla"}`, `startup` `{"ready", "login", "error"}`.

    `version` gives `{"version"}`, and `sizes` `{"tables", "keyspaces", "partitions", "bytes", "complete"}`.
    The last counts tables of keyspaces that are not the server's own, and adds up this node's own estimates of their
    partitions; `complete` says whether those fitted one page. `columns` gives `{"columns": [[table, column]]}`.
    """

    kind = "cql"

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._protocol = VERSIONS[0]

    async def answer(self, request: Request, cap: int) -> Reply:
        """One of the five questions; none has arguments."""
        try:
            answer, document = await self._document(request.method, cap)
        except Garbled:
            return reply_to(request, ended=Ending.GARBLED)
        return reply_to(request, ended=answer.ended, document=document, size_bytes=answer.size, seconds=answer.seconds)

    async def _document(self, method: str, cap: int) -> tuple[Answer[CqlReader], dict[str, Any] | None]:
        if method == "sizes":
            return await self._sizes(cap)
        if method == "columns":
            answer, rows, _ = await self._query("columns", cap)
            return answer, {"columns": _columns(rows)} if answer.ended is Ending.COMPLETE else None
        if method == "version":
            answer, rows, _ = await self._query("version", cap)
            return answer, {"version": _word(rows)} if answer.ended is Ending.COMPLETE else None
        answer = await self._open("options" if method == "options" else "startup", cap)
        read = read_supported if method == "options" else read_start
        return answer, read(answer.reader) if answer.ended is Ending.COMPLETE else None

    async def _sizes(self, cap: int) -> tuple[Answer[CqlReader], dict[str, Any] | None]:
        first, tables, more = await self._query("tables", cap)
        if first.ended is not Ending.COMPLETE:
            return first, None
        own = own_rows(tables, 1)
        document: dict[str, Any] = {"tables": len(own), "keyspaces": len({row[0] for row in own})}
        answer, estimates, cut = await self._query("estimates", cap)
        counted = [(read_number(row[1]), read_number(row[2])) for row in own_rows(estimates, _COLUMNS)]
        document["partitions"] = sum(count for count, _ in counted) if counted else None
        document["bytes"] = sum(count * size for count, size in counted) if counted else None
        document["complete"] = answer.ended is Ending.COMPLETE and not more and not cut
        return first, document

    async def _query(self, verb: str, cap: int) -> tuple[Answer[CqlReader], Rows, bool]:
        """The rows of one query, in a session that is begun again where it has gone; raises `Garbled`."""
        if not self._caller.connected:
            begun = await self._open("startup", cap)
            if begun.ended is not Ending.COMPLETE:
                return begun, [], False
        answer = await self._caller.call(self._command(verb), CqlReader, cap=cap, again=False)
        if answer.ended is not Ending.COMPLETE:
            return answer, [], False
        return answer, *await aside(lambda: read_rows(answer.reader), answer.size)

    async def _open(self, verb: str, cap: int) -> Answer[CqlReader]:
        """Ask, and once more in the older version of the protocol where the server wants that."""
        answer = await self._caller.call(self._command(verb), CqlReader, cap=cap)
        older = answer.ended is Ending.COMPLETE and self._protocol == VERSIONS[0] and wants_older(answer.reader)
        if not older:
            return answer
        self._protocol = VERSIONS[-1]
        return await self._caller.call(self._command(verb), CqlReader, cap=cap)

    def _command(self, verb: str) -> ReadCommand:
        return ReadCommand(kind="cql", verb=verb, data=command(verb, self._protocol))


def _word(rows: Rows) -> str | None:
    text = rows[0][0].decode("utf-8", "replace") if rows and rows[0] else ""
    return text[:_LONGEST_VERSION] or None


def _columns(rows: Rows) -> list[list[str]]:
    named = ([value.decode("utf-8", "replace") for value in row] for row in own_rows(rows, _COLUMNS))
    return [[f"{keyspace}.{table}", column] for keyspace, table, column in named]
