"""ClickHouse over its native protocol: is the user `default` let in without a password, and how much is there?"""

from __future__ import annotations

from typing import Any

from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.caller import Answer
from leakguard.probes.protocols.clickhouse.gate import COMMANDS
from leakguard.probes.protocols.clickhouse.reader import ClickhouseReader, numbers_of
from leakguard.probes.session import KindSession, reply_to
from leakguard.probes.wire.verbs import ReadCommand

_UNKNOWN: dict[str, Any] = dict.fromkeys(("tables", "rows", "bytes", "host", "version")) | {"parts": False}
_SERVER_WORDS = 2


class ClickhouseSession(KindSession):
    """`hello` gives `{"version", "code"}`: one of the two, a version when let in or the number of the refusal.

    `sizes` gives `{"tables", "rows", "bytes", "parts", "host", "version"}` over all databases that are not the server's
    own; `parts` says that the numbers were added up from parts, which leaves out tables of the simpler engines. `host`
    tells the server from others, as the check over HTTP has it.
    """

    kind = "clickhouse"

    async def answer(self, request: Request, cap: int) -> Reply:
        """One of the two questions; none has arguments."""
        if request.method == "sizes":
            return await self._sizes(request, cap)
        answer = await self._caller.call(_command("hello"), ClickhouseReader, cap=cap)
        summary = answer.reader.summary
        document = {"version": summary.version, "code": summary.code} if answer.ended is Ending.COMPLETE else None
        return reply_to(request, ended=answer.ended, document=document, size_bytes=answer.size, seconds=answer.seconds)

    async def _sizes(self, request: Request, cap: int) -> Reply:
        answer = await self._query("tables", cap)
        document = _UNKNOWN | dict(
            zip(("tables", "rows", "bytes"), numbers_of(answer.reader.summary.text, 3), strict=True)
        )
        if document["tables"] is None:
            answer = await self._query("parts", cap)
            _, rows, size = numbers_of(answer.reader.summary.text, 3)
            answer = await self._query("count", cap)
            (tables,) = numbers_of(answer.reader.summary.text, 1)
            document = _UNKNOWN | {"tables": tables, "rows": rows, "bytes": size, "parts": True}
        if document["tables"] is not None:
            document |= _named((await self._query("server", cap)).reader.summary.text)
        return reply_to(request, ended=answer.ended, document=document, size_bytes=answer.size, seconds=answer.seconds)

    async def _query(self, verb: str, cap: int) -> Answer[ClickhouseReader]:
        """One query, after a new hello where the line has gone: after an exception the server hangs up."""
        if not self._caller.connected:
            begun = await self._caller.call(_command("hello"), ClickhouseReader, cap=cap)
            if begun.ended is not Ending.COMPLETE or not self._caller.connected:
                return begun
        return await self._caller.call(_command(verb), ClickhouseReader, cap=cap, again=False)


def _named(text: str | None) -> dict[str, str]:
    """Where two words came, the server's name and release."""
    words = (text or "").split(" ")
    return {"host": f"clickhouse {words[0]}", "version": words[1]} if len(words) == _SERVER_WORDS and all(words) else {}


def _command(verb: str) -> ReadCommand:
    return ReadCommand(kind="clickhouse", verb=verb, data=COMMANDS[verb])
