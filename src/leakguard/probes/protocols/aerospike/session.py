"""Aerospike: does a node tell its namespaces to a client that did not log in, and how much is in them?"""

from __future__ import annotations

from typing import Any

from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.caller import Answer, Caller
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.aerospike.gate import SERVER, can_be_named, namespace_message
from leakguard.probes.protocols.aerospike.reader import AerospikeReader, namespaces_of, server_document, sizes_of
from leakguard.probes.session import KindSession, reply_to
from leakguard.probes.wire.verbs import ReadCommand

MOST_NAMESPACES = 10


class AerospikeSession(KindSession):
    """`server` gives `{"version", "enterprise", "namespaces", "refused"}`.

    `sizes` gives `{"objects", "bytes", "asked", "complete"}`: what this node holds of the first ten namespaces, its
    copies for other nodes included; `complete` says whether all were told.
    """

    kind = "aerospike"

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._names: list[str] = []

    async def answer(self, request: Request, cap: int) -> Reply:
        """One of the two questions; none has arguments."""
        if request.method == "sizes":
            return await self._sizes(request, cap)
        answer, values = await self._ask("server", SERVER, cap)
        if values is None:
            ended = Ending.GARBLED if answer.ended is Ending.COMPLETE else answer.ended
            return reply_to(request, ended=ended, size_bytes=answer.size, seconds=answer.seconds)
        self._names = namespaces_of(values)
        document = server_document(values)
        return reply_to(request, ended=answer.ended, document=document, size_bytes=answer.size, seconds=answer.seconds)

    async def _sizes(self, request: Request, cap: int) -> Reply:
        objects: list[int] = []
        sizes: list[int] = []
        names = [name for name in self._names if can_be_named(name)][:MOST_NAMESPACES]
        size, seconds = 0, 0.0
        for name in names:
            answer, values = await self._ask("namespace", namespace_message(name), cap)
            size, seconds = size + answer.size, seconds + answer.seconds
            counted, used = sizes_of(values or {})
            objects += [] if counted is None else [counted]
            sizes += [] if used is None else [used]
        document: dict[str, Any] = {
            "objects": sum(objects) if objects else None,
            "bytes": sum(sizes) if sizes else None,
            "asked": len(names),
            "complete": len(objects) == len(self._names),
        }
        return reply_to(request, ended=Ending.COMPLETE, document=document, size_bytes=size, seconds=seconds)

    async def _ask(self, verb: str, data: bytes, cap: int) -> tuple[Answer[AerospikeReader], dict[str, str] | None]:
        """What came, and its values where they make sense."""
        answer = await self._caller.call(ReadCommand(kind="aerospike", verb=verb, data=data), AerospikeReader, cap=cap)
        if answer.ended is not Ending.COMPLETE:
            return answer, None
        try:
            return answer, answer.reader.values()
        except Garbled:
            return answer, None
