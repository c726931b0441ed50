"""The XML of S3: sizes, counts and codes; the text of a key, a name or an owner is never collected."""

from __future__ import annotations

from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser

from leakguard.probes.formats.reading import Garbled, whole_number

_DEEPEST = 16
_MOST_ELEMENTS = 200_000
_LONGEST_TEXT = 2048
_WANTED = frozenset({"Code", "Size", "IsTruncated", "NextContinuationToken", "URI", "Permission"})
_GROUPS = {"AllUsers": "everyone", "AuthenticatedUsers": "any_authenticated"}
_PERMISSIONS = frozenset({"READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"})
ROOTS = frozenset({"Error", "ListBucketResult", "ListAllMyBucketsResult", "AccessControlPolicy"})


class S3Answer(ContentHandler):
    """What one answer says, in numbers and fixed words."""

    def __init__(self) -> None:
        super().__init__()
        self.root = ""
        self.code: str | None = None
        self.objects = 0
        self.bytes = 0
        self.buckets = 0
        self.truncated = False
        self.token: str | None = None
        """Where the next page starts; goes back to the host and nowhere else."""
        self.grants: dict[str, set[str]] = {"everyone": set(), "any_authenticated": set()}
        self._path: list[str] = []
        self._text: list[str] | None = None
        self._elements = 0
        self._group: str | None = None

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: ARG002, N802 (SAX's own signature)
        """Called by the parser."""
        local = name.rpartition(":")[2]
        self._elements += 1
        self._path.append(local)
        if len(self._path) > _DEEPEST or self._elements > _MOST_ELEMENTS:
            raise Garbled("too deep, or too many elements")
        self.root = self.root or local
        if self.root not in ROOTS:
            raise Garbled("not S3")
        self._text = [] if local in _WANTED else None

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
        take = _TAKERS.get((self.root, parent, local))
        if take is not None:
            take(self, text)

    def take_code(self, text: str) -> None:
        """An error's code: one word of letters."""
        self.code = text[:64] if text.isascii() and text.isalpha() else "Unknown"

    def take_size(self, text: str) -> None:
        """One object's size; its key went by unheard."""
        self.bytes += whole_number(text) or 0

    def take_object(self, _text: str) -> None:
        """The end of one object's entry."""
        self.objects += 1

    def take_bucket(self, _text: str) -> None:
        """The end of one bucket's entry."""
        self.buckets += 1

    def take_truncated(self, text: str) -> None:
        """Whether there are more pages."""
        self.truncated = text == "true"

    def take_token(self, text: str) -> None:
        """Where the next page starts."""
        self.token = text or None

    def take_group(self, text: str) -> None:
        """The last part of a group's URI, if it is one of the two groups that mean strangers."""
        self._group = _GROUPS.get(text.rpartition("/")[2])

    def take_permission(self, text: str) -> None:
        """What the grantee of this grant may do."""
        if self._group is not None and text in _PERMISSIONS:
            self.grants[self._group].add(text)

    def take_grant(self, _text: str) -> None:
        """The end of one grant."""
        self._group = None


_LIST, _ACL = "ListBucketResult", "AccessControlPolicy"
_TAKERS = {
    ("Error", "Error", "Code"): S3Answer.take_code,
    (_LIST, "Contents", "Size"): S3Answer.take_size,
    (_LIST, _LIST, "Contents"): S3Answer.take_object,
    (_LIST, _LIST, "IsTruncated"): S3Answer.take_truncated,
    (_LIST, _LIST, "NextContinuationToken"): S3Answer.take_token,
    ("ListAllMyBucketsResult", "Buckets", "Bucket"): S3Answer.take_bucket,
    (_ACL, "Grantee", "URI"): S3Answer.take_group,
    (_ACL, "Grant", "Permission"): S3Answer.take_permission,
    (_ACL, "AccessControlList", "Grant"): S3Answer.take_grant,
}


def read_answer(body: bytes) -> S3Answer:
    """Read one answer; raises `Garbled` for what is not S3's XML, or tries entities, depth or mass."""
    answer = S3Answer()
    parser: Any = make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(answer)
    try:
        parser.feed(body)
        parser.close()
    except (SAXException, DefusedXmlException, ValueError, LookupError) as error:
        raise Garbled("not S3's XML") from error
    return answer
