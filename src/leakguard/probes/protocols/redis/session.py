"""Redis, Valkey and their kin: `PING`, `INFO` with a section, `DBSIZE`; never a key."""

from __future__ import annotations

from leakguard.models.observations import Reply
from leakguard.ports import Request
from leakguard.probes.protocols.redis.reader import RespReader, resp_command
from leakguard.probes.session import KindSession, document_in, reply_to
from leakguard.probes.wire.verbs import ReadCommand


class RedisSession(KindSession):
    """`PING` gives `{"reply": "PONG"}`, `DBSIZE` `{"keys": n}`, a refusal `{"error": code word}`.

    `INFO` gives `{"info": {name: text}, "databases": {"db0": {"keys": n}}, "keys": n, "used_memory": n}`.
    """

    kind = "redis"

    async def answer(self, request: Request, cap: int) -> Reply:
        """Send one command; `what` is the section of `INFO`."""
        words = (request.method, request.what) if request.what else (request.method,)
        command = ReadCommand(kind="redis", verb=request.method, data=resp_command(*words))
        answer = await self._caller.call(command, RespReader, cap=cap)
        ended, document = document_in(answer.ended, lambda: answer.reader.document(request.method))
        return reply_to(request, ended=ended, document=document, size_bytes=answer.size, seconds=answer.seconds)
