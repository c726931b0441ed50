"""Keys and signed notes: what was signed verifies, and nothing else does."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import UsageProblem
from leakguard.frozen import replace
from leakguard.ledger.keys import SigningKey, new_key, parse_public_key, parse_signing_key
from leakguard.ledger.notes import TreeHead, is_signed_by, parse_tree_head, text_of, to_note

KEY = new_key("ir.example.edu/ledger", b"\x07" * 32)
HEAD = TreeHead(size=3, root=b"r" * 32, hash="ab" * 32, recorded_at="2026-05-24T01:00:00Z", origin=KEY.name)
NOTE = to_note(HEAD.text, KEY)


def test_a_key_reads_back_from_both_of_its_forms() -> None:
    assert parse_signing_key(KEY.text) == KEY
    assert parse_public_key(KEY.public.text) == KEY.public
    assert parse_public_key(f"{KEY.public.text}\n") == KEY.public


def test_the_private_half_is_not_shown() -> None:
    assert "07" not in repr(KEY)
    assert "\\x07" not in repr(KEY)


def test_the_key_is_the_one_that_go_would_make() -> None:
    """The published example of `golang.org/x/mod/sumdb/note`."""
    published = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n"
    key = parse_signing_key(published)

    assert key is not None
    assert key.public.text == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert key.text == published


@pytest.mark.parametrize("name", ["", "two words", "a+b", "é", "x" * 101, "line\nbreak"])
def test_a_name_that_a_note_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(UsageProblem):
        new_key(name, b"\x07" * 32)


@pytest.mark.parametrize(
    "text",
    ["", "x", "name+00000000+AAAA", KEY.public.text.replace("+Ae", "+Af"), KEY.public.text[:-4], "a+zz+!!", "a+é+AAAA",
     KEY.public.text.replace("ir.", "jr.")],
)  # fmt: skip
def test_a_text_that_is_no_key_is_none(text: str) -> None:
    assert parse_public_key(text) is None
    assert parse_signing_key(text) is None
    assert parse_signing_key(f"PRIVATE+KEY+{text}") is None


def test_a_key_of_another_algorithm_and_one_without_a_proper_name_are_none() -> None:
    name, identifier, encoded = KEY.public.text.split("+", 2)
    other = base64.b64encode(b"\x02" + base64.b64decode(encoded)[1:]).decode()

    assert parse_public_key(f"{name}+{identifier}+{other}") is None
    assert parse_public_key(replace(KEY.public, name="no name").text) is None


def test_a_private_key_with_another_id_is_none() -> None:
    assert parse_signing_key(KEY.text.replace(KEY.public.id.hex(), "00000000")) is None


def test_a_head_reads_back_from_its_note() -> None:
    assert parse_tree_head(text_of(NOTE)) == HEAD
    assert parse_tree_head(text_of(to_note(HEAD.text, None))) == HEAD
    assert HEAD.head.sequence == 3


def test_a_text_that_is_no_head_is_none() -> None:
    loose = HEAD.text.replace("I=\n", "J=\n")

    assert parse_tree_head("") is None
    assert parse_tree_head(HEAD.text.replace("\n3\n", "\n03\n")) is None
    assert loose != HEAD.text
    assert parse_tree_head(loose) is None


def test_only_the_key_that_signed_has_signed() -> None:
    other = new_key(KEY.name, b"\x08" * 32)

    assert is_signed_by(NOTE, KEY.public)
    assert not is_signed_by(NOTE, other.public)
    assert not is_signed_by(NOTE, replace(KEY.public, name="another"))
    assert not is_signed_by(HEAD.text, KEY.public)
    assert is_signed_by(NOTE + to_note("x\n", other).splitlines()[-1] + "\n", KEY.public)


def test_a_signature_that_is_no_base64_and_a_key_that_is_no_point_are_no_signatures() -> None:
    odd = NOTE[:-3] + "\n"

    assert not is_signed_by(odd, KEY.public)
    assert not replace(KEY.public, raw=b"\xff" * 32).has_signed(b"", b"\x00" * 64)


@given(st.data())
def test_a_note_with_any_changed_letter_is_not_signed(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(HEAD.text) - 2))
    letter = data.draw(st.characters(codec="ascii", exclude_characters=NOTE[place]))

    assert not is_signed_by(NOTE[:place] + letter + NOTE[place + 1 :], KEY.public)


@given(st.text(max_size=200))
def test_no_text_breaks_the_parsers(text: str) -> None:
    parse_public_key(text)
    parse_signing_key(text)
    parse_tree_head(text)

    assert not is_signed_by(text, KEY.public)


def test_signing_the_same_twice_gives_the_same() -> None:
    assert to_note(HEAD.text, KEY) == to_note(HEAD.text, SigningKey(name=KEY.name, seed=KEY.seed))
