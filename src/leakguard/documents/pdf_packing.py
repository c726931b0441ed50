"""PDF packing: what typst wrote, in a third less; no word, tag or sign is changed.

Typst writes each of some ninety small objects by itself, uncompressed, with twenty bytes of its own in the table of
places. Since PDF 1.5 (ISO 32000-1, 7.5.7 and 7.5.8) they may lie together in one compressed stream, and the table may
be one too. PDF/UA-1 rests on PDF 1.7 and allows both.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_TABLE = re.compile(rb"xref\s+0 (\d+)\s+")
_TRAILER = re.compile(rb"trailer\s*<<(?P<entries>.*)>>\s*startxref", re.DOTALL)
_METADATA = re.compile(rb"<<\s*/Length (\d+)\s*/Type/Metadata/Subtype/XML\s*>>\s*stream\r?\n", re.DOTALL)
_END = b"\nendobj"
_ROW = 20
"""Bytes of a row in a table of places."""
_LEVEL = 9
_MOST_TOGETHER = 0xFFFF
"""Objects of one stream: the table counts them in two bytes. A document of some 13,000 rows of tables has more."""
_IN_FILE, _IN_STREAM = 1, 2
"""Kinds of places: an offset in the file, or a number in a stream of objects."""


def packed(document: bytes) -> bytes:
    """The same document in fewer bytes, the same each time; one that is written otherwise comes back as it is."""
    found = _START.search(document)
    table = _TABLE.match(document, int(found[1])) if found else None
    trailer = _TRAILER.search(document, table.end()) if table else None
    if found is None or table is None or trailer is None or b"/Encrypt" in trailer["entries"]:
        return document
    bodies = _bodies(document, table, int(found[1]))
    if bodies is None:
        return document
    return _written(document[: document.index(b"1 0 obj")], bodies, trailer["entries"]) or document


def _bodies(document: bytes, table: re.Match[bytes], end: int) -> list[bytes] | None:
    """What each object holds, by its number less one; nothing where the table and the objects disagree."""
    rows = [document[table.end() + _ROW * row :][:_ROW].split() for row in range(1, int(table[1]))]
    if any(len(row) != 3 or row[1:] != [b"00000", b"n"] for row in rows):  # noqa: PLR2004  (place, generation, use)
        return None
    places = [int(row[0]) for row in rows]
    ends = dict(zip(sorted(places), [*sorted(places)[1:], end], strict=True))
    bodies = []
    for number, place in enumerate(places, start=1):
        head, text = b"%d 0 obj\n" % number, document[place : ends[place]].rstrip()
        if not text.startswith(head) or not text.endswith(_END):
            return None
        bodies.append(text[len(head) : -len(_END)])
    return bodies


def _written(head: bytes, bodies: Sequence[bytes], trailer: bytes) -> bytes | None:
    """Streams first, then one stream of all others, then the table of places; `None` if the others are too many."""
    document, places = bytearray(head), dict[int, tuple[int, int, int]]()
    together: list[tuple[int, bytes]] = []
    for number, body in enumerate(bodies, start=1):
        if body.endswith(b"endstream"):
            places[number] = (_IN_FILE, len(document), 0)
            document += b"%d 0 obj\n%s\nendobj\n" % (number, _deflated_metadata(body))
        else:
            together.append((number, body))
    if len(together) > _MOST_TOGETHER:
        return None
    holder, table = len(bodies) + 1, len(bodies) + 2
    places |= {number: (_IN_STREAM, holder, index) for index, (number, _) in enumerate(together)}
    places[holder] = (_IN_FILE, len(document), 0)
    document += _stream_of_objects(holder, together)
    places[table] = (_IN_FILE, len(document), 0)
    return bytes(document + _table(table, places, re.sub(rb"/Size \d+", b"", trailer)))


def _deflated_metadata(body: bytes) -> bytes:
    """The metadata, which typst leaves as they are; every other stream as it is."""
    found = _METADATA.match(body)
    if found is None:
        return body
    return _stream(b"/Type/Metadata/Subtype/XML", body[found.end() : found.end() + int(found[1])])


def _stream(entries: bytes, content: bytes) -> bytes:
    deflated = zlib.compress(content, _LEVEL)
    head = b"<<%s/Filter/FlateDecode/Length %d>>" % (entries, len(deflated))
    return b"%s\nstream\n%s\nendstream" % (head, deflated)


def _stream_of_objects(number: int, objects: Sequence[tuple[int, bytes]]) -> bytes:
    places, content = list[bytes](), bytearray()
    for each, body in objects:
        places.append(b"%d %d" % (each, len(content)))
        content += body + b"\n"
    index = b" ".join(places) + b"\n"
    entries = b"/Type/ObjStm/N %d/First %d" % (len(objects), len(index))
    return b"%d 0 obj\n%s\nendobj\n" % (number, _stream(entries, index + content))


def _table(number: int, places: dict[int, tuple[int, int, int]], trailer: bytes) -> bytes:
    start = places[number][1]
    rows = b"".join(
        kind.to_bytes(1, "big") + place.to_bytes(4, "big") + index.to_bytes(2, "big")
        for kind, place, index in ((0, 0, 0xFFFF), *(places[each] for each in range(1, number + 1)))
    )
    entries = b"/Type/XRef/Size %d/W[1 4 2]%s" % (number + 1, trailer)
    return b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (number, _stream(entries, rows), start)
