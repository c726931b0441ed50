"""PostgreSQL's answer to a request for TLS."""

from __future__ import annotations

from leakguard.probes.formats.reading import Garbled


class SslReader:
    """The one byte that answers a request for TLS."""

    def __init__(self) -> None:
        self.answer = b""
        self._surplus = False

    @property
    def reusable(self) -> bool:
        """Bytes behind the answer were not protected by TLS: such a server is not talked to further."""
        return self.answer in (b"S", b"N") and not self._surplus

    @property
    def wants_tls(self) -> bool:
        """PostgreSQL's TLS is asked for inside its own protocol."""
        return False

    def feed(self, data: bytes) -> bool:
        """Take the byte."""
        self.answer = data[:1]
        self._surplus = len(data) > 1
        if self.answer not in (b"S", b"N", b"E"):
            raise Garbled("not PostgreSQL")
        return True

    def at_end(self) -> bool:
        """A host that closes has not answered."""
        return False
