"""SMB: does a server tell a null session its shares, and does a share let one in?

A null session alone is no exposure: Samba grants it and then refuses everything. What counts is a share of files that
lets it in. Nothing is opened but the pipe through which the list of shares comes.
"""

from __future__ import annotations

from typing import Any, Self

from leakguard.frozen import replace
from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.caller import Answer, Caller
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.smb.gate import Numbers, can_be_named, command
from leakguard.probes.protocols.smb.reader import (
    MORE_NEEDED,
    Share,
    SmbReader,
    read_handle,
    read_negotiate,
    read_piped,
    read_rights,
    read_session_flags,
    read_shares,
)
from leakguard.probes.session import KindSession, SessionSetup, reply_to
from leakguard.probes.wire.verbs import ReadCommand

MOST_SHARES = 10
_READ, _WRITE = 0x1, 0x2
"""The rights to read and to write data, of [MS-SMB2] 2.2.13.1."""
_UNKNOWN: dict[str, Any] = {
    "session": None, "guest": False, "pipe": None, "list": None, "shares": None, "disks": None, "tried": 0, "open": 0,
    "readable": 0, "writable": 0,
}  # fmt: skip


class _Refused(Exception):
    """The talk ends here: the server did not answer, or refused what all else needs."""


class SmbSession(KindSession):
    """`negotiate` gives `{"dialect", "signing"}`.

    `shares` gives `{"session", "guest", "pipe", "list", "shares", "disks", "tried", "open", "readable", "writable"}`:
    the NTSTATUS of the session and of `IPC$`, the Windows error of the list (0 where it came), how many shares there
    are, how many of files, how many of these were tried (at most ten), and how many let a null session in, with the
    rights that the server states. No share's name is among them.
    """

    kind = "smb"

    def __init__(self, caller: Caller, host: str = "127.0.0.1") -> None:
        super().__init__(caller)
        self.host = host
        """What stands before each share in its path."""
        self._numbers = Numbers()
        self._last_answer: Answer[SmbReader] | None = None
        self._handle = bytes(16)

    @classmethod
    def on(cls, way: SessionSetup) -> Self:
        """The address is a part of each share's path; IPv6 in the form that Windows takes for a name."""
        address = way.endpoint.address
        host = f"{address.replace(':', '-')}.ipv6-literal.net" if ":" in address else address
        return cls(way.caller(), host)

    async def answer(self, request: Request, cap: int) -> Reply:
        """One of the two questions; the second goes on where the first has just ended, or begins anew."""
        document: dict[str, Any] | None = None
        try:
            document = await (self._negotiate(cap) if request.method == "negotiate" else self._shares(cap))
            ended = Ending.COMPLETE
        except Garbled:
            ended = Ending.GARBLED
        except _Refused:
            ended = self._last_answer.ended if self._last_answer else Ending.CLOSED
        size, seconds = (self._last_answer.size, self._last_answer.seconds) if self._last_answer else (0, 0.0)
        return reply_to(request, ended=ended, document=document, size_bytes=size, seconds=seconds)

    async def _negotiate(self, cap: int) -> dict[str, Any]:
        """Begin a new line; raises `_Refused` and `Garbled`."""
        self._caller.close()
        self._numbers = Numbers()
        return dict(read_negotiate(await self._say("negotiate", cap)))

    async def _shares(self, cap: int) -> dict[str, Any]:
        """A session as nobody, the list, and a try of each share of files."""
        document = dict(_UNKNOWN)
        if not self._caller.connected or self._numbers.message != 1:
            await self._negotiate(cap)
        setup = await self._say("setup", cap)
        document["session"] = setup.status
        if setup.status == MORE_NEEDED:
            self._numbers = replace(self._numbers, session=setup.session)
            begun = await self._say("anonymous", cap)
            document |= {"session": begun.status, "guest": begun.status == 0 and read_session_flags(begun) & 1 == 1}
        if document["session"] == 0:
            document |= await self._listed(cap)
            self._caller.part(self._command("logoff"))
        return document

    async def _listed(self, cap: int) -> dict[str, Any]:
        tree = await self._tree("IPC$", cap)
        if tree.status != 0:
            return {"pipe": tree.status}
        self._numbers = replace(self._numbers, tree=tree.tree)
        code, shares = await self._list(cap)
        disks = [share for share in shares if share.is_disk and can_be_named(share.name)]
        document = {"pipe": 0, "list": code, "shares": len(shares), "disks": len(disks)}
        return document | await self._tried(disks[:MOST_SHARES], cap) if code == 0 else {"pipe": 0, "list": code}

    async def _list(self, cap: int) -> tuple[int, list[Share]]:
        """The Windows error and the shares; an NTSTATUS stands for an error of the pipe itself."""
        opened = await self._say("pipe", cap)
        if opened.status != 0:
            return opened.status, []
        self._handle = read_handle(opened)
        for verb in ("bind", "shares"):
            piped = await self._say(verb, cap)
            if piped.status != 0:
                return piped.status, []
        return read_shares(read_piped(piped))

    async def _tried(self, disks: list[Share], cap: int) -> dict[str, int]:
        """Connect to each share, which opens nothing in it."""
        rights: list[int] = []
        for share in disks:
            self._numbers = replace(self._numbers, tree=0)
            tree = await self._tree(share.name, cap)
            if tree.status == 0:
                rights.append(read_rights(tree))
        readable, writable = (sum(right & mask != 0 for right in rights) for mask in (_READ, _WRITE))
        return {"tried": len(disks), "open": len(rights), "readable": readable, "writable": writable}

    async def _tree(self, share: str, cap: int) -> SmbReader:
        return await self._say("tree", cap, path=f"\\\\{self.host}\\{share}")

    async def _say(self, verb: str, cap: int, *, path: str = "") -> SmbReader:
        """One message of the talk; raises `_Refused` unless an answer came."""
        if verb != "negotiate" and not self._caller.connected:
            raise _Refused
        answer = await self._caller.call(self._command(verb, path), SmbReader, cap=cap, again=verb == "negotiate")
        self._numbers = replace(self._numbers, message=self._numbers.message + 1)
        self._last_answer = answer
        if answer.ended is not Ending.COMPLETE:
            raise _Refused
        return answer.reader

    def _command(self, verb: str, path: str = "") -> ReadCommand:
        data = command(verb, self._numbers, path=path, handle=self._handle)
        return ReadCommand(kind="smb", verb=verb, data=data)
