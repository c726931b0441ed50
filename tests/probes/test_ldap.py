"""LDAP: only an entry is a proof; a bind that is granted or refused is none, and no name ever leaves the session."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.ldap.ber import children, element_at
from leakguard.probes.protocols.ldap.gate import BIND, GATE, ROOT, UNBIND, search_message
from leakguard.probes.protocols.ldap.reader import LdapReader, own_contexts
from support.hostile import Script, says
from support.probing import Question
from support.talks import ask, recorded, talks

pytestmark = pytest.mark.enable_socket

ASK_BIND, ASK_ROOT, ASK_SEARCH = Question("bind"), Question("root"), Question("search")
CANARY = b"uid=Invented-Person-4711,dc=example"
SEARCH = search_message(b"dc=example")


def tlv(tag: int, *parts: bytes) -> bytes:
    """An element with the shortest head, as servers write it."""
    content = b"".join(parts)
    size = len(content)
    head = bytes((size,)) if size < 0x80 else b"\x82" + size.to_bytes(2, "big")
    return bytes((tag,)) + head + content


def message(operation: bytes, number: int = 1) -> bytes:
    return tlv(0x30, tlv(2, bytes((number,))), operation)


def done(code: int, tag: int = 0x65) -> bytes:
    return message(tlv(tag, tlv(0x0A, bytes((code,))), tlv(4), tlv(4, CANARY)))


def entry(name: bytes = CANARY, **attributes: list[bytes]) -> bytes:
    pairs = [tlv(0x30, tlv(4, key.encode()), tlv(0x31, *(tlv(4, v) for v in vs))) for key, vs in attributes.items()]
    return message(tlv(0x64, tlv(4, name), tlv(0x30, *pairs)))


def root(*contexts: bytes, **more: list[bytes]) -> bytes:
    return entry(b"", namingContexts=list(contexts), supportedLDAPVersion=[b"2", b"3"], **more) + done(0)


def server(root_says: bytes, searches: dict[bytes, bytes] | None = None) -> Script:
    found = {search_message(base): said for base, said in (searches or {}).items()}
    return talks({BIND: done(0, 0x61), ROOT: root_says, **found})


@pytest.mark.parametrize(
    ("name", "documents"),
    [
        (
            "open",
            [
                {"code": 0},
                {"code": 0, "contexts": 1, "ldap3": True, "product": "openldap", "version": None},
                {"code": 4, "entries": 1, "at_least": 2, "asked": 1},
            ],
        ),
        (
            "protected",
            [
                {"code": 48},
                {"code": 53, "contexts": None, "ldap3": False, "product": None, "version": None},
                {"code": None, "entries": 0, "at_least": 0, "asked": 0},
            ],
        ),
    ],
)
def test_a_real_openldap_shows_an_entry_or_asks_for_a_login(name: str, documents: list[dict[str, Any]]) -> None:
    said = recorded(f"openldap-2.5.13-{name}")
    table = {BIND: said["bind"], ROOT: said["root"], search_message(b"dc=example,dc=org"): said.get("search")}

    replies, probing = ask(talks(table), "ldap", ASK_BIND, ASK_ROOT, ASK_SEARCH)

    assert [reply.document for reply in replies] == documents
    assert [reply.ended for reply in replies] == [Ending.COMPLETE] * 3
    assert (probing.connects, probing.said[-1]) == (1, UNBIND)


def test_the_contexts_are_searched_until_one_gives_an_entry() -> None:
    nothing, found = done(32), entry() + message(tlv(0x73, tlv(4, b"ldap://elsewhere"))) + done(0)
    script = server(root(b"dc=a", b"dc=b", b"dc=c"), {b"dc=a": nothing, b"dc=b": found, b"dc=c": nothing})

    [reply], probing = ask(script, "ldap", ASK_SEARCH)

    assert reply.document == {"code": 0, "entries": 1, "at_least": 1, "asked": 2}
    assert CANARY not in repr(reply).encode()
    assert probing.said == [ROOT, search_message(b"dc=a"), search_message(b"dc=b"), UNBIND]


def test_at_most_five_contexts_are_searched() -> None:
    names = [f"dc=d{number}".encode() for number in range(9)]

    [reply], _ = ask(server(root(*names), dict.fromkeys(names, done(1))), "ldap", ASK_SEARCH)

    assert reply.document == {"code": 1, "entries": 0, "at_least": 0, "asked": 5}


def test_a_server_that_goes_away_during_the_search_is_told_so() -> None:
    [reply], _ = ask(talks({ROOT: root(b"dc=example"), SEARCH: None}), "ldap", ASK_SEARCH)

    assert (reply.ended, reply.document) == (Ending.CLOSED, None)


def test_the_contexts_of_the_server_itself_are_left_out() -> None:
    names = ("CN=Configuration,DC=x", "cn=schema", "cn=monitor", "DC=x", "", "DC=y")

    assert own_contexts({"namingcontexts": names, "defaultnamingcontext": ("DC=y",)}) == ("DC=y", "DC=x")
    assert own_contexts({}) == ()


@pytest.mark.parametrize(
    ("attributes", "product", "version"),
    [
        ({"objectClass": [b"top", b"OpenLDAProotDSE"]}, "openldap", None),
        ({"forestFunctionality": [b"7"]}, "active directory", None),
        (
            {"vendorName": [b"389 Project"], "vendorVersion": [b"389-Directory/1.4.4.11 B2021.1"]},
            "389 directory server",
            "1.4.4.11",
        ),
        ({"vendorName": [b"Apache Software Foundation"], "vendorVersion": [b"2.0.0.AM26"]}, "apacheds", "2.0.0.AM26"),
        ({"vendorName": [CANARY], "vendorVersion": [CANARY]}, None, None),
    ],
)
def test_the_product_is_known_by_what_only_it_says(
    attributes: dict[str, list[bytes]], product: str | None, version: str | None
) -> None:
    [reply], _ = ask(server(root(**attributes)), "ldap", ASK_ROOT)

    assert (reply.document["product"], reply.document["version"]) == (product, version)
    assert CANARY not in repr(reply.document).encode()


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x15\x03\x03\x00\x02\x02\x46",
        b"\x30\x80\x02\x01\x01",
        b"\x30\x85\x00\x00\x00\x00\x05",
        b"\x30\x84\x7f\xff\xff\xff",
        b"\x30\x05\x02\x01\x01\x61\x09",
        message(tlv(0x02, b"\x01")),
        tlv(0x30, tlv(4), tlv(0x61)),
        tlv(0x30, tlv(2, b"\x01")),
        message(tlv(0x61)),
        message(tlv(0x61, tlv(4))),
        message(tlv(0x61, tlv(0x0A))),
        message(tlv(0x61, tlv(0x0A, b"\x01" * 9))),
        message(tlv(0x61, b"\x0a")),
        message(tlv(0x64, tlv(4, CANARY))) + done(0),
        message(tlv(0x64, tlv(4), tlv(0x30, tlv(0x30, tlv(4))))) + done(0),
        entry() * 65 + done(0),
    ],
)
def test_what_is_no_answer_of_a_directory_is_garbled(said: bytes) -> None:
    [reply], _ = ask(says(said, said, then="stay"), "ldap", ASK_ROOT)

    assert (reply.ended, reply.document) == (Ending.GARBLED, None)


def test_an_answer_in_single_bytes_is_the_same_answer() -> None:
    whole, pieces = LdapReader(), LdapReader()
    said = root(b"dc=example", altServer=[b"x" * 300])

    assert whole.feed(said)
    assert [pieces.feed(bytes((byte,))) for byte in said].count(True) == 1
    assert (whole.answer(), whole.reusable) == (pieces.answer(), pieces.reusable)


def test_a_notice_of_disconnection_ends_an_answer() -> None:
    """It comes unasked, with the number zero (RFC 4511, 4.4.1)."""
    [reply], _ = ask(says(message(tlv(0x78, tlv(0x0A, b"\x34")), 0), then="stay"), "ldap", ASK_BIND)

    assert reply.document == {"code": 52}


@given(st.binary(max_size=120), st.sampled_from([b"", b"\x30", done(0), entry(), root(b"dc=a")]))
def test_any_bytes_are_an_answer_or_garbled(data: bytes, start: bytes) -> None:
    reader = LdapReader()
    with contextlib.suppress(Garbled):
        if reader.feed(start + data):
            reader.answer()


@given(st.binary(max_size=60))
def test_elements_are_read_or_garbled(data: bytes) -> None:
    with contextlib.suppress(Garbled):
        outer = element_at(data, 0, len(data))
        assert outer is None or all(child.stop <= outer.stop for child in children(data, outer))


@given(st.binary(max_size=400))
def test_whatever_a_context_is_called_the_search_is_the_only_thing_said(base: bytes) -> None:
    data = search_message(base)

    assert GATE.carries("search", data)
    assert not GATE.carries("search", data + b"x")
    assert not GATE.carries("search", data.replace(b"1.1", b"*.*")) or b"1.1" in base
