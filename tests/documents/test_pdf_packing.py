"""Packing: fewer bytes, and the very same objects for whoever reads them."""

from __future__ import annotations

import io
from typing import Any

import pytest
import typst
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from leakguard.documents.pdf_packing import packed

pytestmark = pytest.mark.untraced

SOURCE = b"""#set document(title: "Letter (of \\\\ signs) endobj 1 0 obj", author: "A")
#set text(lang: "en")
= One
Words endstream endobj, and a table.
#table(columns: 2, [a], [b], [c], [d])
#pagebreak()
= Two
+ first
+ second"""


def plain() -> bytes:
    made = typst.compile(SOURCE, format="pdf", pdf_standards=["ua-1"], timestamp=0)
    assert isinstance(made, bytes)
    return made


def value(one: Any) -> Any:  # noqa: ANN401  (pypdf types its values loosely)
    """A plain form of an object; a stream by its contents, and a reference by its number."""
    if isinstance(one, IndirectObject):
        return f"{one.idnum} R"
    if isinstance(one, StreamObject):
        entries = {key: value(each) for key, each in one.items() if key not in {"/Length", "/Filter"}}
        return entries, one.get_data()
    if isinstance(one, DictionaryObject):
        return {key: value(each) for key, each in one.items()}
    return [value(each) for each in one] if isinstance(one, ArrayObject) else str(one)


def objects(document: bytes, count: int) -> list[Any]:
    reader = PdfReader(io.BytesIO(document))
    return [value(reader.get_object(number)) for number in range(1, count + 1)]


def size(document: bytes) -> int:
    """One more than the number of its objects."""
    told: Any = PdfReader(io.BytesIO(document)).trailer["/Size"]
    return int(told)


def test_every_object_is_as_it_was() -> None:
    document = plain()
    count = size(document) - 1

    assert objects(packed(document), count) == objects(document, count)


def test_a_third_of_the_bytes_is_saved_and_the_same_document_gives_the_same_bytes() -> None:
    document = plain()

    assert len(packed(document)) < 0.8 * len(document)
    assert packed(document) == packed(document)


@pytest.mark.parametrize("others", [0xFFFF, 0x10000])
def test_more_objects_than_two_bytes_count_are_left_as_they_are(others: int) -> None:
    document, places = bytearray(b"%PDF-1.7\n"), list[int]()
    for number in range(1, others + 1):
        places.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, b"<</Type/Catalog>>" if number == 1 else b"null")
    start = len(document)
    document += b"xref\n0 %d\n0000000000 65535 f \n" % (others + 1)
    document += b"".join(b"%010d 00000 n \n" % place for place in places)
    document += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (others + 1, start)

    made = packed(bytes(document))

    assert (made == bytes(document)) is (others == 0x10000)
    assert made == bytes(document) or size(made) >= others + 1


def test_the_trailer_keeps_its_entries() -> None:
    before, after = (PdfReader(io.BytesIO(one)).trailer for one in (plain(), packed(plain())))

    assert value(after.raw_get("/Root")) == value(before.raw_get("/Root"))
    assert value(after.raw_get("/Info")) == value(before.raw_get("/Info"))
    assert value(after["/ID"]) == value(before["/ID"])
    assert size(packed(plain())) == size(plain()) + 2


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda one: one[:200],
        lambda one: one.replace(b"%%EOF", b"%%EOX"),
        lambda one: one.replace(b"trailer", b"trailed"),
        lambda one: one.replace(b"/Info", b"/Encrypt 1 0 R/Info"),
        lambda one: one.replace(b" 00000 n", b" 00001 n", 1),
        lambda one: one.replace(b"1 0 obj", b"9 0 obj", 1),
        packed,
    ],
)
def test_what_is_written_in_another_way_comes_back_as_it_is(change: Any) -> None:  # noqa: ANN401  (a function of bytes)
    other = change(plain())

    assert packed(other) == other
