"""Memcached: `version` and `stats`; never a key."""

from __future__ import annotations

from leakguard.models.observations import Reply
from leakguard.ports import Request
from leakguard.probes.protocols.memcached.reader import MemcachedReader
from leakguard.probes.session import KindSession, document_in, reply_to
from leakguard.probes.wire.verbs import ReadCommand


class MemcachedSession(KindSession):
    """Document: `{"version": text}`, `{"stats": {name: text}}`, or a refusal.

    `{"error": code word, "needs_login": bool, "is_full": bool}`; a server that is full says so unasked.
    """

    kind = "memcached"

    async def answer(self, request: Request, cap: int) -> Reply:
        """Send one command; `what` must be empty: every argument of `stats` is left alone."""
        text = f"{request.method} {request.what}".strip()
        command = ReadCommand(kind="memcached", verb=request.method, data=f"{text}\r\n".encode())
        answer = await self._caller.call(command, MemcachedReader, cap=cap)
        ended, document = document_in(answer.ended, lambda: answer.reader.document(request.method))
        return reply_to(request, ended=ended, document=document, size_bytes=answer.size, seconds=answer.seconds)
