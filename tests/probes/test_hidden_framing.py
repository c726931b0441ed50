"""A header that hides, behind a bare CR, another that says where the body ends: it is garbled, as readers differ."""

from __future__ import annotations

import pytest

from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.http.reader import HttpReader

HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: application/json"


@pytest.mark.parametrize("hidden", [b"\rTransfer-Encoding: chunked", b"\r content-length : 3"])
def test_a_hidden_length_is_garbled(hidden: bytes) -> None:
    with pytest.raises(Garbled, match="hides another one"):
        HttpReader().feed(HEAD + hidden + b"\r\n\r\n4b\r\n[]")


def test_another_bare_cr_is_read_as_before() -> None:
    reader = HttpReader()
    reader.feed(HEAD + b"\rX-Note: a\r\n\r\n[]")

    assert (reader.status, bytes(reader.body)) == (200, b"[]")
