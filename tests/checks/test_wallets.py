"""Addresses with a checksum: the published vectors, and one wrong letter anywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.checks.wallets import is_base58_address, is_bitcoin, is_onion, is_segwit_address

GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
"""The first block pays it."""
SCRIPT = "3P14159f73E4gFr7JterCCQh9QjiTjiZrG"
"""An example of BIP-16 in the Bitcoin wiki."""
ZEROS = "1111111111111111111114oLvT2"
"""Twenty zero bytes: each leading one is a byte of its own."""
SEGWIT = (
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
    "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
    "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
    "BC1SW50QGDZ25J",
    "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
)
"""Of BIP-173 and BIP-350, those of the main network."""
NO_SEGWIT = {
    "tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut": "another network",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd": "bech32 where bech32m belongs",
    "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL": "bech32 where bech32m belongs, in capitals",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh": "bech32m where bech32 belongs",
    "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4": "a letter that is none of bech32",
    "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R": "a version that does not exist",
    "bc1pw5dgrnzv": "a program of one byte",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav": "a program of 41 bytes",
    "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P": "a length that version 0 does not have",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf": "more than four bits left over",
    "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3pjxtptv": "bits left over that are not zero",
    "bc1gmk9yu": "nothing but a checksum",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kV8F3T4": "capitals and small letters",
    "bcqw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4": "no mark behind the prefix",
    "": "nothing",
}
ONIONS = (
    "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd",
    "sp3k262uwy4r2k3ycr5awluarykdpag6a7y33jxop4cs2lu5uz5sseqd",
    "xa4r2iadxm55fbnqgwwi5mymqdcofiu3w6rpbtqn7b2dyn7mgwj64jyd",
)
"""The examples of Tor's rend-spec-v3."""
_LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@pytest.mark.parametrize("word", [GENESIS, SCRIPT, ZEROS])
def test_base58_addresses_of_the_main_network_are_known(word: str) -> None:
    assert is_base58_address(word)
    assert is_bitcoin(word)


@pytest.mark.parametrize(
    "word",
    [
        "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
        "1" + GENESIS,
        ZEROS[1:],
        GENESIS.replace("P1", "0O"),
        "z" * 35,
        "1" * 36,
        "1" * 25,
        "",
    ],
)
def test_other_words_in_base58_are_no_address(word: str) -> None:
    """One of the test network, one with a zero byte too many or too few, foreign letters, a number too large."""
    assert not is_base58_address(word)


@pytest.mark.parametrize("word", SEGWIT)
def test_segwit_addresses_of_the_published_vectors_are_known(word: str) -> None:
    assert is_segwit_address(word)
    assert is_bitcoin(word)


@pytest.mark.parametrize("word", NO_SEGWIT, ids=NO_SEGWIT.values())
def test_invalid_segwit_addresses_are_refused(word: str) -> None:
    assert not is_segwit_address(word)


@pytest.mark.parametrize("word", ONIONS)
def test_onion_names_of_version_3_are_known(word: str) -> None:
    assert is_onion(word)
    assert is_onion(word.upper())


@pytest.mark.parametrize("word", ["expyuzz4wqqyqhjn", "a" * 56, "1" * 56, ONIONS[0][:-1], ONIONS[0][:-1] + "a"])
def test_onion_names_without_a_right_checksum_are_refused(word: str) -> None:
    """Names of version 2 have none, so that any sixteen letters would be one."""
    assert not is_onion(word)


@given(st.sampled_from([GENESIS, SCRIPT]), st.integers(0, 33), st.sampled_from(_LETTERS))
def test_one_wrong_letter_in_base58_is_noticed(word: str, place: int, letter: str) -> None:
    changed = word[:place] + letter + word[place + 1 :]

    assert is_base58_address(changed) == (changed == word)


@given(st.sampled_from(SEGWIT), st.integers(3, 13), st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7l"))
def test_one_wrong_letter_in_bech32_is_noticed(word: str, place: int, letter: str) -> None:
    lower = word.lower()
    changed = lower[:place] + letter + lower[place + 1 :]

    assert is_segwit_address(changed) == (changed == lower)


@given(st.text(max_size=120))
def test_any_text_is_looked_at_without_an_error(text: str) -> None:
    assert not is_bitcoin(text)
    assert not is_onion(text)
