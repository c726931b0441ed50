"""Samples of MongoDB and what speaks its protocol: a few documents of each of the first collections."""

from __future__ import annotations

from typing import Any

from leakguard.models.observations import Ending
from leakguard.probes.caller import Caller
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.mongodb import reader as mongo
from leakguard.probes.protocols.mongodb.fields import FieldNames
from leakguard.probes.protocols.mongodb.sizes import DecodedAnswer, SizeSum
from leakguard.probes.sampling.asking import CAP, MOST_COLLECTIONS, RunningSample
from leakguard.probes.sampling.records import take_records
from leakguard.probes.wire.content import ContentCommand
from leakguard.probes.wire.verbs import ReadCommand

_MOST_DATABASES = 10


async def sample_mongodb(sampling: RunningSample) -> None:
    """By OP_MSG alone, which servers since 3.6 speak."""
    caller = sampling.way.caller()
    try:
        listed = await _ask(sampling, caller, {"listDatabases": 1, "$db": "admin"}, "listDatabases")
        names = FieldNames(listed)
        for database in SizeSum(listed).askable[:_MOST_DATABASES]:
            names.collections(
                database, await _ask(sampling, caller, {"listCollections": 1, "$db": database}, "listCollections")
            )
        share = sampling.share(len(names.askable))
        for database, collection in names.askable[:MOST_COLLECTIONS]:
            if (count := sampling.left(share)) > 0:
                command = {"find": collection, "limit": count, "singleBatch": True, "$db": database}
                got = await _ask(sampling, caller, command, "find")
                sampling.read += take_records(
                    sampling.tally, "collection", f"{database}.{collection}", _documents(got.document)[:count]
                )
    finally:
        caller.close()


async def _ask(sampling: RunningSample, caller: Caller, command: dict[str, Any], verb: str) -> DecodedAnswer:
    data = mongo.msg(command, len(sampling.requests) + 1)
    kind = ContentCommand if verb == "find" else ReadCommand
    answer = await caller.call(kind(kind="mongodb", verb=verb, data=data), mongo.MongoReader, cap=CAP)
    sampling.note(verb, f"{verb} {len(sampling.requests) + 1}", status=None, size=answer.size)
    if answer.ended is not Ending.COMPLETE:
        return DecodedAnswer(ended=answer.ended, size=answer.size)
    try:
        return DecodedAnswer(ended=answer.ended, document=answer.reader.document(), size=answer.size)
    except Garbled:
        return DecodedAnswer(ended=Ending.GARBLED, size=answer.size)
    finally:
        answer.reader.data[:] = bytes(len(answer.reader.data))


def _documents(document: dict[str, Any] | None) -> list[Any]:
    cursor = document.get("cursor") if document else None
    batch = cursor.get("firstBatch") if isinstance(cursor, dict) else None
    return batch if isinstance(batch, list) else []
