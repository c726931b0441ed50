"""A mail from anybody, taken apart within bounds: every cap is on what is read, and no part is ever rendered.

The library's parser needs time that grows with the size times the depth, so the parts are found by a walk of our own:
at most `MOST_DEPTH` levels and `MOST_PARTS` parts, each boundary searched once.
"""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count, takewhile
from urllib.parse import unquote_to_bytes

from leakguard.frozen import Frozen
from leakguard.frozen import field as frozen_field

MOST_BYTES = 25 * 1024 * 1024
"""Of a whole mail; most servers take no larger one."""
MOST_HEAD = 256 * 1024
"""Bytes of a header section."""
MOST_FIELD = 8 * 1024
"""Characters of one header that are kept."""
MOST_FIELDS = 1_000
MOST_PARTS = 100
MOST_DEPTH = 8
_MOST_CHARSET = 40
_BLANK = re.compile(rb"\r?\n\r?\n")
_FIELD = re.compile(r"([!-9;-~]{1,200})[ \t]{0,9}:(.*)", re.DOTALL)
_PARAMETER = re.compile(
    r';\s{0,99}([A-Za-z0-9_*.-]{1,60})\s{0,9}=\s{0,9}(?:"((?:[^"\\]|\\.){0,1000})"|([^\s;"]{1,1000}))'
)
_MULTIPART, _ALTERNATIVE, _MESSAGE = "multipart/", "multipart/alternative", "message/rfc822"
_TEXTS = frozenset({"text/plain", "text/html", "text/markdown", "text/x-markdown", "text/enriched"})
"""What a person writes. Any other kind, such as `text/csv`, is a file that may hold what leaked."""
_NOT_READ = "{what}: more than {most} are not read"


class Part(Frozen, hidden=("content", "head")):
    """One leaf of a mail: a text or an attachment, decoded."""

    kind: str
    """`text/plain`, as the part says."""
    charset: str
    name: str
    """The file name that the part gives; empty for none."""
    content: bytes
    is_attachment: bool
    alternative: int = 0
    """Which `multipart/alternative` of the mail it belongs to; 0 for none."""
    head: Mapping[str, str] = frozen_field(default_factory=dict)


@dataclass(slots=True)
class _Progress:
    """How many parts were met so far, and what was not read."""

    parts: int = 0
    alternatives: int = 0
    remarks: dict[str, None] = field(default_factory=dict)


def split_mail(data: bytes) -> tuple[Mapping[str, str], tuple[Part, ...], tuple[str, ...]]:
    """The header of a mail, its leaves in order, and what of it was not read; never raises for what it holds."""
    walk = _Progress()
    if len(data) > MOST_BYTES:
        walk.remarks[_NOT_READ.format(what="the mail", most=f"{MOST_BYTES:,} bytes")] = None
        data = data[:MOST_BYTES]
    head, body = _split_head(data, walk)
    return head, tuple(_leaves(head, body, walk, 0)), tuple(walk.remarks)


def _split_head(data: bytes, walk: _Progress) -> tuple[dict[str, str], bytes]:
    """The fields by their lower-case names, the first of each name, and what follows the blank line."""
    if data.startswith((b"\n", b"\r\n")):
        return {}, data.lstrip(b"\r\n")
    found = _BLANK.search(data, 0, MOST_HEAD)
    end, start = (found.start(), found.end()) if found else (min(len(data), MOST_HEAD), min(len(data), MOST_HEAD))
    if found is None and len(data) > MOST_HEAD:
        walk.remarks[_NOT_READ.format(what="a header", most=f"{MOST_HEAD:,} bytes")] = None
    text = data[:end].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if lines[0].startswith("From "):  # the first line of an mbox
        lines = lines[1:]
    return _fields(lines, walk), data[start:]


def _fields(lines: list[str], walk: _Progress) -> dict[str, str]:
    unfolded = list[str]()
    for line in lines:
        if line[:1] in {" ", "\t"} and unfolded:
            if len(unfolded[-1]) < MOST_FIELD:
                unfolded[-1] += f" {line.strip()}"
            continue
        unfolded.append(line)
    if len(unfolded) > MOST_FIELDS:
        walk.remarks[_NOT_READ.format(what="a header", most=f"{MOST_FIELDS:,} fields")] = None
    fields = dict[str, str]()
    for raw in unfolded[:MOST_FIELDS]:
        found = _FIELD.fullmatch(raw[:MOST_FIELD])
        if found:
            fields.setdefault(found[1].lower(), found[2].strip())
    return fields


def _leaves(
    head: Mapping[str, str], body: bytes, walk: _Progress, depth: int, alternative: int = 0
) -> Iterator[Part]:  # fmt: skip
    kind, parameters = content_type(head.get("content-type", ""))
    boundary = parameters.get("boundary", "")
    if kind.startswith(_MULTIPART) and boundary and depth < MOST_DEPTH:
        before = walk.parts
        if kind == _ALTERNATIVE:
            walk.alternatives += 1
            alternative = walk.alternatives
        for piece in _pieces(body, boundary, walk):
            inner, rest = _split_head(piece, walk)
            yield from _leaves(inner, rest, walk, depth + 1, alternative)
        if walk.parts == before:  # an empty one counts, or a mail could have any number of them
            _is_counted(walk)
        return
    if not _is_counted(walk):
        return
    content = _decoded(body, head.get("content-transfer-encoding", ""))
    if kind == _MESSAGE and depth < MOST_DEPTH:
        inner, rest = _split_head(content, walk)
        yield from _leaves(inner, rest, walk, depth + 1)
        return
    if (kind.startswith(_MULTIPART) and boundary) or kind == _MESSAGE:
        walk.remarks[_NOT_READ.format(what="the mail", most=f"{MOST_DEPTH} levels")] = None
    name, is_attachment = _named(head, parameters)
    yield Part(
        kind=kind, charset=parameters.get("charset", ""), name=name, content=content, head=head,
        is_attachment=is_attachment or bool(name) or kind not in _TEXTS, alternative=alternative,
    )  # fmt: skip


def _is_counted(walk: _Progress) -> bool:
    """Count one part more; false where it is one too many."""
    walk.parts += 1
    if walk.parts > MOST_PARTS:
        walk.remarks[_NOT_READ.format(what="the mail", most=f"{MOST_PARTS} parts")] = None
    return walk.parts <= MOST_PARTS


def _pieces(body: bytes, boundary: str, walk: _Progress) -> Iterator[bytes]:
    """What stands between the lines of a boundary; each line is searched once."""
    mark = b"--" + boundary.encode("utf-8", "replace")
    line = re.compile(rb"(?:\A|\n)" + re.escape(mark) + rb"(--)?[ \t]{0,99}\r?(?=\n|\Z)")
    start: int | None = None
    for found in line.finditer(body):
        if start is not None:
            yield body[start : found.start()].removesuffix(b"\r")
        start = found.end() + 1
        if found[1] or walk.parts > MOST_PARTS:
            return
    if start is not None and start < len(body):
        yield body[start:]  # the last line is missing: cut on the way


def content_type(text: str) -> tuple[str, dict[str, str]]:
    """The kind in lower case, `text/plain` for none, and its parameters by lower-case names."""
    kind, _, _ = text.partition(";")
    kind = kind.strip().lower()
    if not re.fullmatch(r"[a-z0-9.+_-]{1,60}/[a-z0-9.+_-]{1,100}", kind):
        kind = "text/plain"
    return kind, _parameters(text)


def _parameters(text: str) -> dict[str, str]:
    """As they stand, or by RFC 2231: in pieces, in a charset of their own; these go before a plain one of that name."""
    plain, pieces = dict[str, str](), dict[str, dict[int, tuple[str, bool]]]()
    for given, quoted, bare in _PARAMETER.findall(text[:MOST_FIELD]):
        value = re.sub(r"\\(.)", r"\1", quoted) if quoted else bare
        name, star, number = given.lower().partition("*")
        if not star:
            plain.setdefault(name, value)
        elif found := re.fullmatch(r"(\d{0,3})(\*?)", number):
            is_coded = bool(found[2]) or not found[1]
            pieces.setdefault(name, {}).setdefault(int(found[1] or 0), (value, is_coded))
    return plain | {name: joined for name, found in pieces.items() if (joined := _joined(found))}


def _joined(pieces: Mapping[int, tuple[str, bool]]) -> str:
    """The pieces up to the first that is missing; the first one says the charset (`charset'language'text`)."""
    content, charset = b"", ""
    for number in takewhile(pieces.__contains__, count()):
        text, is_coded = pieces[number]
        value = text
        if number == 0 and is_coded and text.count("'") > 1:
            charset, _, value = text.split("'", 2)
        content += unquote_to_bytes(value) if is_coded else value.encode("utf-8", "replace")
    return as_text(content, charset)


def _named(head: Mapping[str, str], of_type: Mapping[str, str]) -> tuple[str, bool]:
    """The file name of a part, and whether it says that it is an attachment."""
    disposition = head.get("content-disposition", "")
    stated = _parameters(f";{disposition.partition(';')[2]}")
    name = stated.get("filename") or of_type.get("name") or ""
    return name, disposition.strip().lower().startswith("attachment")


def _decoded(body: bytes, encoding: str) -> bytes:
    """The bytes of a leaf; whatever stands in it decodes to something."""
    way = encoding.strip().lower()
    if way == "base64":
        clean = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
        return binascii.a2b_base64(clean[: len(clean) - len(clean) % 4]) + _tail(clean)
    return binascii.a2b_qp(body) if way == "quoted-printable" else body


def _tail(clean: bytes) -> bytes:
    """The last one or two bytes, which are padded; a single sign holds none."""
    rest = clean[len(clean) - len(clean) % 4 :]
    return binascii.a2b_base64(rest + b"=" * (4 - len(rest))) if len(rest) > 1 else b""


_CHARSETS = frozenset(
    codecs.lookup(name).name
    for name in (
        "utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "hz", "big5", "big5-hkscs", "cp932", "iso-2022-jp",
        "euc-jp", "cp949", "iso-2022-kr", "koi8-r", "koi8-u", "tis-620", "cp874",
        *(f"iso-8859-{number}" for number in (*range(2, 12), *range(13, 17))),
        *(f"cp{number}" for number in range(1250, 1259)),
    )
)  # fmt: skip
"""What texts are read in. Others, such as punycode, take time that grows like the square of a text."""
_READ_AS = {
    "ascii": "utf-8", "iso8859-1": "cp1252", "gb2312": "gb18030", "gb_2312-80": "gb18030", "gbk": "gb18030",
    "x-gbk": "gb18030", "shift_jis": "cp932", "windows-31j": "cp932", "x-sjis": "cp932", "euc_kr": "cp949",
    "windows-874": "cp874", "iso-8859-8-i": "iso-8859-8",
}  # fmt: skip
"""Names that stand for a larger charset in mails, and names that Python does not know."""


@lru_cache(maxsize=100)
def _codec(charset: str) -> str:
    """The codec of the charset that a mail names by any of its names; UTF-8 for an unknown one."""
    name = charset.strip().strip('"').lower()[:_MOST_CHARSET]
    with suppress(LookupError, ValueError):
        name = codecs.lookup(_READ_AS.get(name, name)).name
        name = codecs.lookup(_READ_AS.get(name, name)).name
    return name if name in _CHARSETS else "utf-8"


def as_text(content: bytes, charset: str) -> str:
    """Text in the charset that it names, or UTF-8 for an unknown one; what does not decode becomes U+FFFD."""
    return content.decode(_codec(charset), "replace")
