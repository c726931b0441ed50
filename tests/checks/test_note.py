"""Of a ransom note addresses and a hash are kept, each proved or at least in form, and not one word more."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.checks.definitions import NoteRequest, RansomMarkers
from leakguard.checks.naming import Place
from leakguard.checks.note import LONGEST_EMAIL, MOST_ADDRESSES, NoteAddresses, addresses_in, digest_of, is_note
from leakguard.checks.wallets import is_bitcoin
from leakguard.models.observations import Ending
from support.check_files import reply
from support.growth import takes_no_time

GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
SEGWIT = "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3"
ONION = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"
CANARY = "canary-note-7f3a"
MARKERS = RansomMarkers(
    entries=(Place(request="list", path="@"),),
    names=("read_me*",),
    note=NoteRequest(get="/{item}/_search", records="total"),
)
NO_NOTE = RansomMarkers(entries=MARKERS.entries, names=MARKERS.names)


def kept(text: str) -> NoteAddresses:
    return addresses_in([text.encode()])


@pytest.mark.parametrize(
    "text",
    [
        f"Pay to {GENESIS} and write to restore@example.org, or open http://{ONION}/login",
        f"<b>{GENESIS}</b><a href='mailto:restore@Example.ORG?subject=x'>www.{ONION.upper()}</a>",
        f"联系restore@example.org获取，付款{GENESIS}。{ONION}",
        json.dumps({"message": f"\n{GENESIS}\nrestore@example.org\t{ONION}\n"}),
        json.dumps(json.dumps({"message": f"\n{GENESIS}\nrestore@example.org\n{ONION}\n"})),
        json.dumps({"m": f"{GENESIS}\nrestore@example.org\n{ONION} and more of this"})[:-10],
        rf'{{"m": "{GENESIS} restore\u0040example.org http:\/\/{ONION}"}}',
    ],
)
def test_addresses_are_found_in_plain_text_html_and_json(text: str) -> None:
    assert kept(text) == NoteAddresses(emails=("restore@example.org",), bitcoin=(GENESIS,), onions=(ONION,))


@pytest.mark.parametrize(
    "text",
    [
        f"{GENESIS}x",
        f"x{GENESIS}",
        GENESIS.replace("1A", "1B"),
        f"{SEGWIT[:-1]}q",
        f"{'a' * 56}.onion",
        f"{ONION}x",
        f"{ONION.removesuffix('.onion')}.example",
        "restore@localhost",
        "@example.org",
        "restore@-example.org",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 60}.{'b' * 60}.{'b' * 60}.example.org",
        "请@例子.公司",
    ],
)
def test_what_only_looks_like_an_address_is_dropped(text: str) -> None:
    assert kept(text) == NoteAddresses()


def test_both_forms_of_bitcoin_addresses_are_kept_in_the_order_of_the_note_and_each_once() -> None:
    assert kept(f"{SEGWIT} {GENESIS} {SEGWIT}").bitcoin == (SEGWIT, GENESIS)
    assert addresses_in([SEGWIT.encode(), GENESIS.encode(), SEGWIT.encode()]).bitcoin == (SEGWIT, GENESIS)


def test_no_word_beside_the_addresses_is_kept() -> None:
    """Neither the name of somebody, nor a host, nor an amount."""
    text = f"{CANARY} 0.05 BTC to {GENESIS} for 192.0.2.1 https://{CANARY}.example/{CANARY} {CANARY}@"

    assert CANARY not in repr(kept(text))
    assert kept(text) == NoteAddresses(bitcoin=(GENESIS,))


def test_a_list_of_customers_is_not_kept_as_addresses() -> None:
    many = " ".join(f"customer{number}@example.org" for number in range(500))

    assert len(kept(many).emails) == MOST_ADDRESSES


def test_addresses_of_every_kind_fit_into_an_event() -> None:
    long = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.org"

    assert len(long) == LONGEST_EMAIL
    assert kept(long).emails == (long,)
    assert kept(f"{long}x").emails == ()


@given(st.lists(st.binary(max_size=300), max_size=3))
def test_any_bytes_give_addresses_that_can_be_printed(bodies: list[bytes]) -> None:
    found = addresses_in(bodies)
    words = (*found.emails, *found.bitcoin, *found.onions)

    assert all(word.isascii() and word.isprintable() and " " not in word for word in words)
    assert all(is_bitcoin(word) for word in found.bitcoin)


@given(st.text(max_size=100), st.text(max_size=100), st.integers(0, 20))
def test_an_address_between_any_words_is_found_in_json(before: str, after: str, cut: int) -> None:
    """Also where the cap cut off the end of the answer."""
    body = json.dumps({"note": f"{before}\n{GENESIS}\n{after}{'.' * 20}"}).encode()

    assert GENESIS in addresses_in([body[: len(body) - cut]]).bitcoin


@takes_no_time
@pytest.mark.parametrize("piece", ["a", "a@", "a.", "a@a.", "1", "bc1", "\\", "\\u00", "a%+-", "7", "@"])
def test_a_note_made_to_be_slow_is_not_slow(piece: str) -> None:
    """A note whose cost grew with the square of its length would take these twenty for many minutes."""
    for _ in range(20):
        kept(piece * (3 * 65536 // len(piece)))


@pytest.mark.parametrize(
    ("body", "status", "is_tiny", "is_kept"),
    [
        (b'{"total": 1}', 200, False, True),
        (b'{"total": 5}', 200, True, True),
        (b'{"total": 6}', 200, True, False),
        (b'{"total": 0}', 200, True, False),
        (b'{"total": 41000}', 200, False, False),
        (b'{"total": "many"}', 200, False, False),
        (b'{"total": 1', 200, False, False),
        (b'{"total": 1', 200, True, True),
        (b'{"total": 1}', 401, True, False),
    ],
)
def test_an_answer_is_a_note_only_where_few_records_are_stated(
    body: bytes, status: int, *, is_tiny: bool, is_kept: bool
) -> None:
    """By the answer itself, or, where it is cut off, by the list of entries; else it may be somebody's data."""
    assert is_note(MARKERS, reply("note", body, status=status), is_tiny=is_tiny) is is_kept


def test_no_answer_is_no_note() -> None:
    assert not is_note(MARKERS, reply("note", b'{"total": 1}', ended=Ending.SILENT), is_tiny=True)


def test_a_check_without_a_way_to_read_a_note_has_none() -> None:
    assert not is_note(NO_NOTE, reply("note", b'{"total": 1}'), is_tiny=True)


def test_the_hash_is_that_of_the_body_as_it_came() -> None:
    whole, cut = reply("note", b"pay"), reply("note", b"pay", ended=Ending.CAPPED)

    assert digest_of(whole).sha256 == hashlib.sha256(b"pay").hexdigest()
    assert (digest_of(whole).bytes, digest_of(whole).is_cut, digest_of(cut).is_cut) == (3, False, True)
