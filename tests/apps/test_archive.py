"""Archives are read within bounds, and what two programs may read differently is refused."""

from __future__ import annotations

import struct
import zipfile

import pytest

from leakguard.apps.archive import LONGEST_NAME, MOST_DIRECTORY, MOST_ENTRIES, Archive
from leakguard.apps.unread import CannotRead
from support.app_packages import zipped
from support.each import for_each

TEXT = b"a text of some length, " * 40
WHOLE = zipped({"one.txt": TEXT})
END = WHOLE.rindex(b"PK\x05\x06")
DIRECTORY = WHOLE.rindex(b"PK\x01\x02")


def with_bytes(at: int, new: bytes, data: bytes = WHOLE) -> bytes:
    return data[:at] + new + data[at + len(new) :]


@for_each("method", (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
def test_an_entry_is_read_however_it_is_packed(method: int) -> None:
    archive = Archive(zipped({"one.txt": TEXT, "folder/zwei.txt": b""}, method=method))

    assert list(archive.entries) == ["one.txt", "folder/zwei.txt"]
    assert archive.read("one.txt", most=len(TEXT)) == TEXT
    assert archive.read("folder/zwei.txt", most=1) == b""


def test_a_comment_behind_the_end_is_no_obstacle() -> None:
    said = with_bytes(END + 20, struct.pack("<H", 9)) + b"a comment"

    assert Archive(said).read("one.txt", most=10_000) == TEXT


REFUSED_WHOLE = {
    "it is no zip archive, or it is cut short": b"no archive",
    "it is no zip archive, or it is cut short ": WHOLE[: END + 10],
    "it is one part of an archive in several parts": with_bytes(END + 4, b"\1"),
    "it is a ZIP64 archive": with_bytes(END + 16, b"\xff" * 4),
    "it is a ZIP64 archive ": with_bytes(END + 8, struct.pack("<HH", MOST_ENTRIES + 1, MOST_ENTRIES + 1)),
    "it is a ZIP64 archive  ": with_bytes(DIRECTORY + 24, b"\xff" * 4),
    f"the directory of the archive is longer than {MOST_DIRECTORY:,} bytes": with_bytes(
        END + 12, struct.pack("<L", MOST_DIRECTORY + 1)
    ),
    "the directory of the archive is cut short": with_bytes(END + 12, struct.pack("<L", 90_000)),
    "the directory of the archive is cut short ": with_bytes(END + 8, struct.pack("<HH", 2, 2)),
    "the directory of the archive is cut short  ": with_bytes(DIRECTORY + 28, struct.pack("<H", 99)),
    "the directory of the archive is garbled": with_bytes(DIRECTORY, b"XX"),
    f"an entry has a name of more than {LONGEST_NAME:,} bytes": zipped({"n" * (LONGEST_NAME + 1): b""}),
}


@for_each("why,data", REFUSED_WHOLE.items(), ids=list(REFUSED_WHOLE))
def test_an_archive_is_refused_with_the_reason(why: str, data: bytes) -> None:
    with pytest.raises(CannotRead) as refused:
        Archive(data)

    assert str(refused.value) == why.rstrip()


def test_a_name_that_stands_there_twice_is_refused_as_programs_choose_differently() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        made = zipped_twice()

    with pytest.raises(CannotRead, match="stands there twice"):
        Archive(made)


def zipped_twice() -> bytes:
    import io  # noqa: PLC0415  (for this one archive)

    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for text in ("one", "two"):
            archive.writestr("AndroidManifest.xml", text)
    return target.getvalue()


STORED = zipped({"one.txt": TEXT}, method=zipfile.ZIP_STORED)
STORED_AT = STORED.rindex(b"PK\x01\x02")
REFUSED_ENTRY = {
    "it is marked as encrypted": with_bytes(DIRECTORY + 8, b"\1"),
    "it is packed by a method other than deflate": with_bytes(DIRECTORY + 10, b"\x0c"),
    "it unpacks to more than 10,000 bytes": zipped({"one.txt": b"x" * 10_001}),
    "it states a size that packing cannot reach": with_bytes(DIRECTORY + 20, struct.pack("<LL", 2, 9_999)),
    "it unpacks to another size than the directory states": with_bytes(DIRECTORY + 24, struct.pack("<L", 3)),
    "it unpacks to another size than the directory states ": with_bytes(DIRECTORY + 24, struct.pack("<L", 9_999)),
    "it cannot be unpacked": with_bytes(37, b"\xff\xff\xff\xff"),
    "its header is not where the directory says": with_bytes(DIRECTORY + 42, b"\1"),
    "it is beyond the end of the archive": with_bytes(DIRECTORY + 42, struct.pack("<L", 90_000)),
    "it is beyond the end of the archive ": with_bytes(DIRECTORY + 20, struct.pack("<L", 90_000)),
    "its two sizes differ although it is not packed": with_bytes(STORED_AT + 24, struct.pack("<L", 3), STORED),
}


@for_each("why,data", REFUSED_ENTRY.items(), ids=list(REFUSED_ENTRY))
def test_an_entry_is_refused_with_the_reason(why: str, data: bytes) -> None:
    archive = Archive(data)

    with pytest.raises(CannotRead) as refused:
        archive.read("one.txt", most=10_000)
    assert str(refused.value) == why.rstrip()


def test_what_is_not_there_is_not_read() -> None:
    with pytest.raises(CannotRead, match="not in the archive"):
        Archive(WHOLE).read("two.txt", most=1)


def test_an_archive_that_unpacks_to_a_thousand_times_its_size_costs_no_more_than_its_cap() -> None:
    """A published reader took a gigabyte for a megabyte of this form."""
    import tracemalloc  # noqa: PLC0415  (measures memory, not time)

    bomb = zipped({"AndroidManifest.xml": b"\0" * (64 << 20)})
    lying = bomb.replace(struct.pack("<L", 64 << 20), struct.pack("<L", 1 << 20))
    tracemalloc.start()
    with pytest.raises(CannotRead, match="another size"):
        Archive(lying).read("AndroidManifest.xml", most=8 << 20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(bomb) < 100_000
    assert peak < 8 << 20
