"""LDAP: does a directory tell a stranger that it has entries?

An anonymous bind that succeeds proves nothing, since Active Directory accepts it and then tells nothing; and one that
is refused proves as little, since questions without a bind are anonymous too. Only an entry is a proof.
"""

from __future__ import annotations

from typing import Any

from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.caller import Caller
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.ldap.gate import BIND, ROOT, UNBIND, search_message
from leakguard.probes.protocols.ldap.reader import LdapAnswer, LdapReader, own_contexts, root_document
from leakguard.probes.session import KindSession, reply_to
from leakguard.probes.wire.verbs import ReadCommand

_BYE = ReadCommand(kind="ldap", verb="unbind", data=UNBIND)
_MOST_CONTEXTS = 5
_SIZE_LIMIT = 4


class LdapSession(KindSession):
    """`bind` gives `{"code"}`, RFC 4511's result code, where zero means that anybody may bind.

    `root` gives `{"code", "contexts", "ldap3", "product", "version"}`: how many naming contexts there are.
    `search` gives `{"code", "entries", "at_least", "asked"}`: entries that came, how many there are at the least, and
    how many contexts were asked, at most five and none after the first that gave an entry.
    """

    kind = "ldap"

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._root: LdapAnswer | None = None

    async def answer(self, request: Request, cap: int) -> Reply:
        """One of the three questions; none has arguments."""
        if request.method == "search":
            return await self._search(request, cap)
        reply, found = await self._ask(request, request.method, BIND if request.method == "bind" else ROOT, cap)
        if found is None or request.method == "bind":
            return reply
        self._root = found
        return reply_to(
            request,
            ended=reply.ended,
            document=root_document(found),
            size_bytes=reply.size_bytes,
            seconds=reply.seconds,
        )

    async def _search(self, request: Request, cap: int) -> Reply:
        if self._root is None:
            self._root = (await self._ask(request, "root", ROOT, cap))[1] or LdapAnswer()
        document: dict[str, Any] = {"code": None, "entries": 0, "at_least": 0, "asked": 0}
        reply = reply_to(request, ended=Ending.COMPLETE, document=document)
        for context in own_contexts(self._root.attributes)[:_MOST_CONTEXTS]:
            reply, found = await self._ask(request, "search", search_message(context.encode()), cap)
            if found is None:
                break
            more = found.entries > 0 and found.code == _SIZE_LIMIT
            document |= {"code": found.code, "entries": found.entries, "at_least": found.entries + more}
            document["asked"] += 1
            if found.entries:
                break
        self._caller.part(_BYE)
        complete = document if reply.ended is Ending.COMPLETE else None
        return reply_to(
            request, ended=reply.ended, document=complete, size_bytes=reply.size_bytes, seconds=reply.seconds
        )

    async def _ask(self, request: Request, verb: str, data: bytes, cap: int) -> tuple[Reply, LdapAnswer | None]:
        """The reply with its result code, and the answer where one came."""
        answer = await self._caller.call(ReadCommand(kind="ldap", verb=verb, data=data), LdapReader, cap=cap)
        found, ended = None, answer.ended
        if ended is Ending.COMPLETE:
            try:
                found = answer.reader.answer()
            except Garbled:
                ended = Ending.GARBLED
        document = {"code": found.code} if found else None
        return reply_to(request, ended=ended, document=document, size_bytes=answer.size, seconds=answer.seconds), found
