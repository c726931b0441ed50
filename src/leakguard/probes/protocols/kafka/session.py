"""Kafka: does a broker list its topics to a client that did not log in, and how much is in them?"""

from __future__ import annotations

from typing import Any

from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.caller import Answer, Caller
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.kafka.gate import (
    APIS,
    CORRELATION,
    EARLIEST,
    LATEST,
    REQUESTS,
    offsets_message,
)
from leakguard.probes.protocols.kafka.reader import (
    KafkaReader,
    Topics,
    read_log_dirs,
    read_offsets,
    read_sasl,
    read_topics,
    read_versions,
)
from leakguard.probes.session import KindSession, aside, reply_to
from leakguard.probes.wire.verbs import ReadCommand

_PLAIN = {"versions": read_versions, "sasl": read_sasl, "log_dirs": read_log_dirs}


class KafkaSession(KindSession):
    """`versions` gives `{"code", "apis", "metadata"}`, `sasl` `{"code", "mechanisms"}`.

    `topics` gives `{"brokers", "cluster_id", "topics", "internal", "partitions", "complete"}` without a topic's name;
    `records` `{"records", "partitions", "complete"}`: the offsets between first and next, of the partitions that this
    broker leads, of a thousand at most; `log_dirs` `{"dirs", "bytes", "partitions", "complete"}`: what this broker
    keeps on its disks. Without `complete` there is more than was read, and the numbers are lower bounds.
    """

    kind = "kafka"

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._topics: Topics | None = None

    async def answer(self, request: Request, cap: int) -> Reply:
        """One of the five questions; none has arguments."""
        if request.method == "records":
            return await self._records(request, cap)
        answer = await self._ask(request.method, REQUESTS[request.method], cap)
        return _reply(request, answer, await self._document(request.method, answer))

    async def _document(self, method: str, answer: Answer[KafkaReader]) -> dict[str, Any] | None:
        if answer.ended is not Ending.COMPLETE:
            return None
        try:
            if method in _PLAIN:
                return await aside(lambda: _PLAIN[method](answer.reader.cursor()), answer.size)
            self._topics = await aside(lambda: read_topics(answer.reader.cursor()), answer.size)
        except Garbled:
            return None
        return _topics_document(self._topics)

    async def _records(self, request: Request, cap: int) -> Reply:
        """Two questions for the offsets: the first that are kept, and the next that will be given."""
        topics = self._topics
        asked = topics.askable if topics else {}
        found: list[dict[tuple[str, int], int]] = []
        answer = None
        for moment in (EARLIEST, LATEST) if asked else ():
            answer = await self._ask("offsets", offsets_message(asked, moment), cap)
            found.append(await _offsets(answer))
        return _reply(request, answer, _counted(found, topics))

    async def _ask(self, verb: str, data: bytes, cap: int) -> Answer[KafkaReader]:
        number = CORRELATION + APIS[verb][0]
        command = ReadCommand(kind="kafka", verb=verb, data=data)
        return await self._caller.call(command, lambda: KafkaReader(number), cap=cap)


def _reply(request: Request, answer: Answer[KafkaReader] | None, document: dict[str, Any] | None) -> Reply:
    if answer is None:
        return reply_to(request, ended=Ending.COMPLETE, document=document)
    ended = Ending.GARBLED if document is None and answer.ended is Ending.COMPLETE else answer.ended
    return reply_to(request, ended=ended, document=document, size_bytes=answer.size, seconds=answer.seconds)


def _topics_document(topics: Topics) -> dict[str, Any]:
    return {
        "brokers": topics.brokers,
        "cluster_id": topics.cluster_id,
        "topics": topics.topics,
        "internal": topics.internal,
        "partitions": topics.partitions,
        "complete": not topics.is_cut,
    }


async def _offsets(answer: Answer[KafkaReader]) -> dict[tuple[str, int], int]:
    """None where they were not told, which counts as nothing known."""
    try:
        if answer.ended is Ending.COMPLETE:
            return await aside(lambda: read_offsets(answer.reader.cursor()), answer.size)
    except Garbled:
        pass
    return {}


def _counted(found: list[dict[tuple[str, int], int]], topics: Topics | None) -> dict[str, Any]:
    """The sum of what both questions told; where nothing was told of any partition, it is unknown."""
    earliest, latest = found or ({}, {})
    both = earliest.keys() & latest.keys()
    records = sum(max(latest[key] - earliest[key], 0) for key in both)
    return {
        "records": records if both or (topics is not None and topics.partitions == 0) else None,
        "partitions": len(both),
        "complete": topics is not None and not topics.is_cut and len(both) == topics.partitions,
    }
