"""DICOM: would a node of medical images answer a stranger's queries?

An association is offered and, where it was accepted, released. Which services the node agrees to is all that is learnt:
neither an echo nor a query follows, so no name of a patient can come.
"""

from __future__ import annotations

from leakguard.models.observations import Reply
from leakguard.ports import Request
from leakguard.probes.protocols.dicom.gate import OFFER, RELEASE
from leakguard.probes.protocols.dicom.reader import AssociationReader
from leakguard.probes.session import KindSession, document_in, reply_to
from leakguard.probes.wire.verbs import ReadCommand

_OFFER = ReadCommand(kind="dicom", verb="associate", data=OFFER)
_BYE = ReadCommand(kind="dicom", verb="release", data=RELEASE)


class DicomSession(KindSession):
    """`associate` gives `{"answer", ...}`: `accepted`, `rejected` or `aborted`.

    An acceptance tells whether an echo is agreed to (`echo`), to how many of our three kinds of queries (`queries`),
    whether to one that nobody has (`nonsense`), and the release that the node names (`implementation`). A rejection
    tells its `source` and `reason` as PS3.8, 9.3.4 numbers them, and whether it `is_transient`.
    """

    kind = "dicom"

    async def answer(self, request: Request, cap: int) -> Reply:
        """The one question."""
        self._caller.close()
        answer = await self._caller.call(_OFFER, AssociationReader, cap=cap)
        ended, document = document_in(answer.ended, answer.reader.document)
        if document is not None and document["answer"] == "accepted" and self._caller.connected:
            self._caller.part(_BYE)
        self._caller.close()
        return reply_to(request, ended=ended, document=document, size_bytes=answer.size, seconds=answer.seconds)
