"""svnserve: is there a repository, does it let anybody in, and may anybody read what stands at its root?

A server lets anybody in whose rules give nothing to read, so the root is asked for as well. Names, texts and addresses
that the server says are stepped over.
"""

from __future__ import annotations

from typing import Any

from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.caller import Answer
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.svn.gate import COMMANDS, choose
from leakguard.probes.protocols.svn.reader import (
    NO_REPOSITORY,
    ItemsReader,
    answer_reader,
    body_of,
    error_of,
    greets,
    logins_of,
    one_item,
    word_of,
)
from leakguard.probes.session import KindSession, reply_to
from leakguard.probes.wire.verbs import ReadCommand

_ANONYMOUS = "ANONYMOUS"


class SvnSession(KindSession):
    """`repository` gives `{"found", "login", "entered", "root", "revision", "code"}`.

    Whether a repository stands at the path `what`; whether a login was asked for; whether a caller without one was let
    in; the kind of what stands at the repository's root (`dir`), if that was told; the number of its latest revision;
    and the number of the error by which a question was refused. `None` stands for what was not told.
    """

    kind = "svn"

    async def answer(self, request: Request, cap: int) -> Reply:
        """The one question, on a line of its own."""
        chosen = _command("choose", choose(request.what.rstrip("/")))
        self._caller.close()
        try:
            answer, document = await self._talk(chosen, cap)
        except Garbled:
            return reply_to(request, ended=Ending.GARBLED)
        finally:
            self._caller.close()
        complete = document if answer.ended is Ending.COMPLETE else None
        return reply_to(request, ended=answer.ended, document=complete, size_bytes=answer.size, seconds=answer.seconds)

    async def _talk(self, chosen: ReadCommand, cap: int) -> tuple[Answer[ItemsReader], dict[str, Any]]:
        """Raises `Garbled`."""
        answer = await self._caller.call(None, one_item, cap=cap)
        document: dict[str, Any] = {
            "found": None, "login": False, "entered": False, "root": None, "revision": None, "code": None,
        }  # fmt: skip
        if answer.ended is not Ending.COMPLETE:
            return answer, document
        if not greets(answer.reader.items[0]):
            raise Garbled("not a greeting")
        answer = await self._caller.call(chosen, one_item, cap=cap, again=False)
        if answer.ended is not Ending.COMPLETE:
            return answer, document
        wanted = answer.reader.items[0]
        code, ways = error_of(wanted), logins_of(wanted)
        document |= {"code": code, "found": False if code == NO_REPOSITORY else None if code else True}
        document["login"] = bool(ways) and _ANONYMOUS not in ways
        if _ANONYMOUS in ways:
            answer = await self._enter(document, cap)
        return answer, document

    async def _enter(self, document: dict[str, Any], cap: int) -> Answer[ItemsReader]:
        """Go in as anybody and ask about the root; a server that hangs up on us has answered what it has."""
        entered = await self._caller.call(_command("anonymous"), answer_reader, cap=cap, again=False)
        if entered.ended is not Ending.COMPLETE:
            return entered
        document |= {"entered": body_of(entered.reader.items[-1]) is not None}
        document["code"] = error_of(entered.reader.items[-1])
        if not document["entered"] or not self._caller.connected:
            return entered
        root = await self._caller.call(_command("root"), answer_reader, cap=cap, again=False)
        if root.ended is not Ending.COMPLETE:
            return entered
        items = root.reader.items
        word = word_of(items)
        document |= {"root": word, "login": bool(logins_of(items[0])), "code": error_of(items[-1])}
        if word is None or not self._caller.connected:
            return root
        latest = await self._caller.call(_command("latest"), answer_reader, cap=cap, again=False)
        number = word_of(latest.reader.items) if latest.ended is Ending.COMPLETE else None
        document["revision"] = number if isinstance(number, int) else None
        return root


def _command(verb: str, data: bytes | None = None) -> ReadCommand:
    return ReadCommand(kind="svn", verb=verb, data=COMMANDS[verb] if data is None else data)
