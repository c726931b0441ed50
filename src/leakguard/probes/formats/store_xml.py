"""The XML of object stores, element by element: sizes, counts and codes; of names only how they end is counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser

from leakguard.probes.formats.reading import Garbled, whole_number

_DEEPEST = 16
_MOST_ELEMENTS = 30_000
"""A page of 1,000 entries has at most 25,000; of a list of more than 7,000 buckets the rest is left unread. To read so
many takes half a tenth of a second."""
_SIGNS = (b"\n", b"\r", b"&", b"=")
"""Signs that cost the parser more than other letters do."""
_MOST_SIGNS = 50_000
"""Of each: two lines for each element, or ten entities in each name."""
_LONGEST_TEXT = 2048
_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^<>]*>\s*)?<(?:[A-Za-z0-9]+:)?([A-Za-z]+)[\s/>]")
"""The first element of a document, without its prefix."""
MOST_EXTENSIONS = 200
"""Endings that are told apart."""
_LONGEST_EXTENSION = 10
_EXTENSION = re.compile(r"[a-z][a-z0-9]{0,7}", re.ASCII)

Taker = Callable[[Any, str], None]


def extension_of(name: str) -> str:
    """`dcm` of `scans/2019/a.DCM`; empty where the end is no short word."""
    end = name[-_LONGEST_EXTENSION:].rpartition(".")[2].lower()
    return end if _EXTENSION.fullmatch(end) and f".{end}" == name[-len(end) - 1 :].lower() else ""


class _EnoughError(Exception):
    """There are more elements than are read."""


class StoreAnswer(ContentHandler):
    """What one answer says, in numbers and fixed words; each store says which elements it listens to."""

    roots: ClassVar[frozenset[str]]
    takers: ClassVar[Mapping[tuple[str, str, str], Taker]]
    """By root, parent and element: what to do at the element's end with its text."""
    listing_root: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.root = ""
        self.code: str | None = None
        self.objects = 0
        self.bytes = 0
        self.extensions = Counter[str]()
        self.token: str | None = None
        """Where the next page starts; goes back to the host and nowhere else."""
        self.is_cut = False
        """Whether there is more than was read."""
        self._path: list[str] = []
        self._text: list[str] | None = None
        self._elements = 0
        self._wanted = frozenset(element for _, _, element in self.takers)

    @property
    def is_listing(self) -> bool:
        """Whether this is a page of a listing."""
        return self.root == self.listing_root

    @property
    def goes_on(self) -> bool:
        """Whether there are more pages."""
        return self.is_cut or self.token is not None

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: ARG002, N802 (SAX's own signature)
        """Called by the parser."""
        local = name.rpartition(":")[2]
        self._elements += 1
        self._path.append(local)
        if len(self._path) > _DEEPEST:
            raise Garbled("too deep")
        if self._elements > _MOST_ELEMENTS:
            raise _EnoughError
        self.root = self.root or local
        if self.root not in self.roots:
            raise Garbled("not an object store")
        self._text = [] if local in self._wanted else None

    def characters(self, content: str) -> None:
        """Called by the parser; kept for the wanted elements alone."""
        if self._text is not None and len(self._text) < _LONGEST_TEXT:
            self._text.append(content[:_LONGEST_TEXT])

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802 (SAX's own signature)
        """Called by the parser."""
        text = "".join(self._text or ())[:_LONGEST_TEXT].strip()
        self._text = None
        local = self._path.pop()
        parent = self._path[-1] if self._path else ""
        take = self.takers.get((self.root, parent, local))
        if take is not None:
            take(self, text)

    def take_code(self, text: str) -> None:
        """An error's code: one word of letters."""
        self.code = text[:64] if text.isascii() and text.isalpha() else "Unknown"

    def take_size(self, text: str) -> None:
        """One object's size; its name went by unheard."""
        self.bytes += whole_number(text) or 0

    def take_name(self, text: str) -> None:
        """How the name of an object ends, where that is a usual extension; the name itself is dropped here."""
        extension = extension_of(text)
        if extension and (extension in self.extensions or len(self.extensions) < MOST_EXTENSIONS):
            self.extensions[extension] += 1

    def take_object(self, _text: str) -> None:
        """The end of one object's entry."""
        self.objects += 1

    def take_token(self, text: str) -> None:
        """Where the next page starts."""
        self.token = text or None

    @classmethod
    def may_begin(cls, body: bytes) -> bool:
        """Whether this is the beginning of one of the store's documents."""
        begun = _BEGINNING.match(body[:_LONGEST_TEXT])
        return begun is not None and begun[1].decode("ascii") in cls.roots

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Read one answer; raises `Garbled` for what is not the store's XML, or tries entities, depth or mass.

        Of a very long one the first elements.
        """
        if max(map(body.count, _SIGNS)) > _MOST_SIGNS:
            raise Garbled("made to be costly")
        answer = cls()
        parser: Any = make_parser()
        parser.forbid_dtd = True
        parser.setContentHandler(answer)
        try:
            parser.feed(body)
            parser.close()
        except _EnoughError:
            answer.is_cut = True
        except (SAXException, DefusedXmlException, ValueError, LookupError) as error:
            raise Garbled("not the XML of an object store") from error
        return answer
