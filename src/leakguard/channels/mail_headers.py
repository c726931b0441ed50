"""Headers of mails in which no space between two words is lost.

Where a line is broken between two words that are not ASCII, Python 3.11 leaves the space outside both encoded
words, and a reader drops what stands between two of those (RFC 2047, 6.2): `Müller Élise` became `MüllerÉlise`.
So a text that is not ASCII is encoded as a whole here, with its spaces.
"""

from __future__ import annotations

from email.header import Header
from email.headerregistry import Address
from email.policy import EmailPolicy


class WholeWords(EmailPolicy):
    """Writes headers as the library does, but for words that are not ASCII in the subject and in names."""

    def fold(self, name: str, value: str) -> str:
        """The header with its line end, broken into lines."""
        words = None if self.utf8 or str(value).isascii() else self._encoded(name, value)
        return super().fold(name, value) if words is None else f"{name}: {words}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        """The same as bytes."""
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii", "surrogateescape")

    def _encoded(self, name: str, value: str) -> str | None:
        if name.lower() == "subject":
            return self._words(name, str(value))
        addresses: tuple[Address, ...] | None = getattr(value, "addresses", None)
        if addresses is None or not all(address.addr_spec.isascii() for address in addresses):
            return None
        return f",{self.linesep} ".join(self._address(name, address) for address in addresses)

    def _address(self, name: str, address: Address) -> str:
        if address.display_name.isascii():
            return str(address)
        return f"{self._words(name, address.display_name)}{self.linesep} <{address.addr_spec}>"

    def _words(self, name: str, text: str) -> str:
        return Header(text, "utf-8", header_name=name).encode(linesep=self.linesep)


CRLF = WholeWords(linesep="\r\n")
CRLF_UTF8 = WholeWords(linesep="\r\n", utf8=True)
"""For addresses that only a server with SMTPUTF8 takes: nothing is encoded."""
