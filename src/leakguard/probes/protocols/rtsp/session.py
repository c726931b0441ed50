"""RTSP: does a camera describe the stream at a path to anybody?

A description tells of what a stream is made, and who gets it may play it on the next request, which is never made. No
path of a maker's cameras is guessed: the root is asked, and what a person named.
"""

from __future__ import annotations

from leakguard.models.observations import Reply
from leakguard.ports import Request
from leakguard.probes.protocols.rtsp.gate import describe
from leakguard.probes.protocols.rtsp.reader import DescriptionReader
from leakguard.probes.session import KindSession, document_in, reply_to
from leakguard.probes.wire.verbs import ReadCommand


class RtspSession(KindSession):
    """`describe` gives `{"status", "described", "media", "video", "audio", "login", "server"}` of the path `what`.

    The status; whether a description came, of how many media, how many of them pictures and how many sound; the way to
    log in that is asked for, and the server's own name; each a text or `None`.
    """

    kind = "rtsp"

    async def answer(self, request: Request, cap: int) -> Reply:
        """The one question."""
        asked = ReadCommand(kind="rtsp", verb="describe", data=describe(request.what.rstrip("/") or "/"))
        self._caller.close()
        answer = await self._caller.call(asked, DescriptionReader, cap=cap)
        ended, document = document_in(answer.ended, answer.reader.document)
        self._caller.close()
        return reply_to(request, ended=ended, document=document, size_bytes=answer.size, seconds=answer.seconds)
