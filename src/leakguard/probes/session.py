"""What all sessions share: questions in sequence, each asked once, each with its time."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any

from leakguard.models.observations import Ending, Reply, TlsSeen
from leakguard.ports import Request
from leakguard.probes.caller import Caller

LARGEST_CAP = 8 * 1024 * 1024
"""No answer is read beyond 8 MiB, whatever a check file asks for."""


class KindSession(ABC):
    """The base of each protocol's session; implements `ports.Session`."""

    plain_name = "tcp"
    tls_name = "tls"

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._lock = asyncio.Lock()
        self._asked: dict[tuple[Any, ...], tuple[int, Reply]] = {}

    @property
    def transport(self) -> str:
        """How the endpoint is spoken to, as far as is known."""
        return self.tls_name if self._caller.in_tls else self.plain_name

    @property
    def tls(self) -> TlsSeen | None:
        """The certificate that was shown, if any."""
        return self._caller.tls

    async def ask(self, request: Request) -> Reply:
        """Ask once; an equal question is answered from memory, unless more bytes may be read now."""
        key = (request.method, request.what, tuple(sorted(request.headers.items())))
        async with self._lock:
            cap, known = self._asked.get(key, (0, None))
            if known is None or (known.ended is Ending.CAPPED and request.cap_bytes > cap):
                known = await self.answer(request, min(request.cap_bytes, LARGEST_CAP))
                self._asked[key] = (request.cap_bytes, known)
        return replace(known, request=request.id)

    async def close(self) -> None:
        """End the connection; the loop gets one turn, in which the socket is really closed."""
        self._caller.close()
        await asyncio.sleep(0)

    @abstractmethod
    async def answer(self, request: Request, cap: int) -> Reply:
        """Ask the host; each protocol knows how."""


def reply_to(request: Request, *, ended: Ending, **seen: Any) -> Reply:  # noqa: ANN401 (Reply's own fields)
    """A reply that repeats the question."""
    return Reply(request=request.id, method=request.method, what=request.what, ended=ended, **seen)
