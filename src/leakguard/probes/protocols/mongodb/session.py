"""MongoDB and what speaks its protocol: `hello`, `isMaster`, `buildInfo`, `listDatabases`, `dbStats`, ...; no document.

The first message is OP_QUERY `isMaster`, as drivers send it: every server since 2.4 answers it, and its answer says
whether the rest travels as OP_MSG (wire version 6, MongoDB 3.6) or as OP_QUERY. A server that no longer takes
OP_QUERY is asked `hello` by OP_MSG instead.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.caller import Caller
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.mongodb import reader as mongo
from leakguard.probes.protocols.mongodb.fields import FieldNames
from leakguard.probes.protocols.mongodb.sizes import DecodedAnswer, SizeSum
from leakguard.probes.session import KindSession, aside, reply_to
from leakguard.probes.wire.verbs import ForbiddenCommand, ReadCommand

_MSG_SINCE = 6
"""The wire version of MongoDB 3.6, the first with OP_MSG."""
_GREETING_CAP = 64 * 1024
_MOST_DATABASES = 20
_MOST_COLLECTIONS = 30
"""Collections whose indexes are asked for, over all databases."""
_OVERVIEWS = frozenset({"sizes", "fields"})


class MongoSession(KindSession):
    """`method` is the command, `what` the JSON of its other arguments; the document is the decoded answer.

    `sizes` asks `listDatabases` and then `dbStats` of at most 20 databases; its document is
    `{"databases", "bytes", "objects", "collections", "complete", "requests"}` without a name.
    `fields` gives `{"collections": [name], "fields": [[collection, field]], "requests"}`: the fields that indexes and
    validators name, which are known without a document.
    """

    kind = "mongodb"

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._greeting: DecodedAnswer | None = None
        self._by_msg = True
        self._number = 0

    async def answer(self, request: Request, cap: int) -> Reply:
        """Greet once, then ask."""
        command = None if request.method in _OVERVIEWS else _command(request)
        greeting = await self._greet()
        if greeting.ended is not Ending.COMPLETE:
            return _reply(request, greeting)
        if command is None:
            return await (self._sizes if request.method == "sizes" else self._fields)(request, cap)
        if request.method in ("hello", "isMaster"):
            return _reply(request, greeting)
        return _reply(request, await self._ask(command, cap))

    async def _greet(self) -> DecodedAnswer:
        if self._greeting is None:
            self._by_msg = False
            self._greeting = await self._ask({"isMaster": 1, "$db": "admin"}, _GREETING_CAP)
            if self._greeting.ended in (Ending.CLOSED, Ending.RESET, Ending.GARBLED):
                self._by_msg = True
                again = await self._ask({"hello": 1, "$db": "admin"}, _GREETING_CAP)
                self._greeting = again if again.ended is Ending.COMPLETE else self._greeting
            newest = (self._greeting.document or {}).get("maxWireVersion")
            self._by_msg = self._by_msg or (isinstance(newest, int) and newest >= _MSG_SINCE)
        return self._greeting

    async def _ask(self, command: Mapping[str, Any], cap: int) -> DecodedAnswer:
        self._number += 1
        data = (mongo.msg if self._by_msg else mongo.query)(command, self._number)
        verb = next(iter(command))
        answer = await self._caller.call(ReadCommand(kind="mongodb", verb=verb, data=data), mongo.MongoReader, cap=cap)
        if answer.ended is not Ending.COMPLETE:
            return DecodedAnswer(ended=answer.ended, size=answer.size, seconds=answer.seconds)
        try:
            document = await aside(answer.reader.document, answer.size)
        except Garbled:
            return DecodedAnswer(ended=Ending.GARBLED, size=answer.size, seconds=answer.seconds)
        return DecodedAnswer(ended=answer.ended, document=document, size=answer.size, seconds=answer.seconds)

    async def _sizes(self, request: Request, cap: int) -> Reply:
        listed = await self._ask({"listDatabases": 1, "$db": "admin"}, cap)
        if listed.ended is not Ending.COMPLETE:
            return _reply(request, listed)
        total = SizeSum(listed)
        del listed  # a long list would be held while the host takes its time
        for name in total.askable[:_MOST_DATABASES]:
            total.add(await self._ask({"dbStats": 1, "$db": name}, cap))
        return _reply(request, DecodedAnswer(ended=Ending.COMPLETE, document=total.document(), size=total.size))

    async def _fields(self, request: Request, cap: int) -> Reply:
        listed = await self._ask({"listDatabases": 1, "$db": "admin"}, cap)
        if listed.ended is not Ending.COMPLETE:
            return _reply(request, listed)
        found = FieldNames(listed)
        databases = SizeSum(listed).askable[:_MOST_DATABASES]
        del listed  # as above
        for database in databases:
            found.collections(database, await self._ask({"listCollections": 1, "$db": database}, cap))
        for database, collection in found.askable[:_MOST_COLLECTIONS]:
            found.indexes(
                database, collection, await self._ask({"listIndexes": collection, "$db": database}, _GREETING_CAP)
            )
        return _reply(request, DecodedAnswer(ended=Ending.COMPLETE, document=found.document(), size=found.size))


def _command(request: Request) -> dict[str, Any]:
    """The command with its arguments; a bad `what` is a mistake of the check file."""
    try:
        extra = json.loads(request.what) if request.what.strip() else {}
    except ValueError as error:
        raise ForbiddenCommand(f"the arguments of `{request.method}` are not JSON") from error
    if not isinstance(extra, dict) or request.method in extra:
        raise ForbiddenCommand(f"the arguments of `{request.method}` are not a JSON object")
    return {request.method: 1, **extra, "$db": extra.get("$db", "admin")}


def _reply(request: Request, got: DecodedAnswer) -> Reply:
    return reply_to(request, ended=got.ended, document=got.document, size_bytes=got.size, seconds=got.seconds)
