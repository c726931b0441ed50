"""Zip files that every tool reads and that can be written in one way only."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from leakguard.errors import UsageProblem
from leakguard.frozen import replace
from leakguard.ledger.plain_zip import MOST_BYTES, MOST_FILES, BundleFile, text_file, zipped

PARTS = (text_file("b/c.txt", "数据\n"), text_file("a.txt", ""), text_file("b.txt", "x" * 1000))


def test_the_standard_library_reads_it() -> None:
    with zipfile.ZipFile(BytesIO(b"".join(zipped(PARTS)))) as file:
        assert file.testzip() is None
        assert file.namelist() == ["a.txt", "b.txt", "b/c.txt"]
        assert file.read("b/c.txt").decode() == "数据\n"
        assert {info.date_time for info in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_order_of_the_parts_does_not_matter() -> None:
    assert b"".join(zipped(PARTS)) == b"".join(zipped(PARTS[::-1]))


def test_one_that_is_too_large_for_every_tool_is_refused() -> None:
    """By its bytes, or by the number of its files."""
    huge = BundleFile(name="a", size=MOST_BYTES + 1, crc=0, sha256="", chunks=lambda: ())

    for parts in ([huge], [replace(huge, size=0)] * (MOST_FILES + 1)):
        with pytest.raises(UsageProblem, match="larger than 2 GiB or have more than 65,535 files"):
            list(zipped(parts))


@pytest.mark.parametrize("name", ["", "/a", "a/../b", "a/b/c", "é", "a b", "a\n"])
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        list(zipped([text_file(name, "")]))
