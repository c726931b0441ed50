"""FTP: may anybody log in as anonymous, and how much stands in the folder where that ends? Names are not kept."""

from __future__ import annotations

from typing import Any, Self

from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.protocols.ftp.caller import FtpCaller, ftp_command
from leakguard.probes.protocols.ftp.reader import code_of, is_busy
from leakguard.probes.session import KindSession, SessionSetup

_READY = 220
_LET_IN = 230
_PASSWORD_WANTED = 331


class FtpSession(KindSession):
    """`login` gives `{"greeting", "code", "busy", "ssl"}`: the digits of the greeting and of the answer to the login.

    `code` is 230 for "you are in", and `None` if the server greets with anything but 220. `busy` is whether the login
    was refused for want of room.
    `list` gives `{"entries", "bytes", "listed", "whole"}` of the first folder: numbers or `None`, whether a list came,
    and whether it came to its end.
    """

    kind = "ftp"

    def __init__(self, caller: FtpCaller) -> None:
        super().__init__(caller)
        self._ftp = caller

    @classmethod
    def on(cls, way: SessionSetup) -> Self:
        """FTP has a second line, and TLS inside its own protocol."""
        return cls(FtpCaller(way.door, way.endpoint, way.timeouts, way.approach, way.visit))

    async def answer(self, request: Request, cap: int) -> Reply:
        """Log in; then list, if that is the question."""
        try:
            ended, document = await self._log_in()
            if request.method == "list" and document is not None:
                document = await self._list(cap, let_in=document["code"] == _LET_IN)
            return self._ftp.reply(request, ended, document)
        finally:
            self._caller.part(ftp_command("quit"))

    async def _log_in(self) -> tuple[Ending, dict[str, Any] | None]:
        greeted = await self._ftp.greet()
        if greeted.ended is not Ending.COMPLETE:
            return greeted.ended, None
        greeting = code_of(greeted.reader.lines)
        ended, code, busy = Ending.COMPLETE, None, False
        if greeting == _READY:
            answer = await self._ftp.ask("user")
            if code_of(answer.reader.lines) == _PASSWORD_WANTED:
                answer = await self._ftp.ask("pass")
            ended, code, busy = answer.ended, code_of(answer.reader.lines), is_busy(answer.reader.lines)
        return ended, {"greeting": greeting, "code": code, "busy": busy, "ssl": self._caller.in_tls}

    async def _list(self, cap: int, *, let_in: bool) -> dict[str, Any]:
        if not let_in:
            return {"entries": None, "bytes": None, "listed": False, "whole": False}
        answer = await self._ftp.list_root(cap)
        listed = answer.ended in (Ending.COMPLETE, Ending.CAPPED)
        listing = answer.reader.document() if listed else dict.fromkeys(("entries", "bytes"))
        return {**listing, "listed": listed, "whole": answer.ended is Ending.COMPLETE}
