"""Addresses that prove themselves: Bitcoin's and Tor's carry a checksum, so a word that looks alike is told apart.

Sources: base58check as the Bitcoin software has it, BIP-173 and BIP-350 for bech32 and bech32m, BIP-141 for the
lengths of witness programs, Tor's rend-spec-v3 for onion services.
"""

from __future__ import annotations

import base64
import hashlib

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_BYTES = 25
"""One of version, twenty of the hash, four of the checksum."""
_LONGEST_BASE58 = 35
_BITCOIN_VERSIONS = frozenset({0, 5})
"""Pay to a key's hash, pay to a script's hash; those of the test network pay nobody."""
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_PREFIX = "bc"
_LONGEST_BECH32 = 90
_CHECKSUM = 6
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_END, _BECH32M_END = 1, 0x2BC830A3
_FIRST_LENGTHS = frozenset({20, 32})
"""Bytes of a witness program of version 0."""
_SHORTEST, _LONGEST, _LAST_VERSION = 2, 40, 16
"""Bytes of a witness program of a later version, and the last of those."""
_ONION_CHARACTERS = 56
_ONION_VERSION = 3


def is_bitcoin(word: str) -> bool:
    """Whether `word` is an address of Bitcoin's main network, in base58 or bech32, with the right checksum."""
    return is_base58_address(word) or is_segwit_address(word)


def is_base58_address(word: str) -> bool:
    """Whether `word` is a base58check address of the main network."""
    if len(word) > _LONGEST_BASE58 or any(letter not in _BASE58 for letter in word):
        return False
    number = 0
    for letter in word:
        number = number * 58 + _BASE58.index(letter)
    if number >> (8 * _BASE58_BYTES):
        return False
    octets = number.to_bytes(_BASE58_BYTES, "big")
    leading_zeros = len(octets) - len(octets.lstrip(b"\0"))
    leading_ones = len(word) - len(word.lstrip("1"))
    digest = hashlib.sha256(hashlib.sha256(octets[:-4]).digest()).digest()
    return octets[0] in _BITCOIN_VERSIONS and leading_zeros == leading_ones and digest[:4] == octets[-4:]


def is_segwit_address(word: str) -> bool:
    """Whether `word` is a bech32 or bech32m address of the main network."""
    prefix, one, data = word.lower().rpartition("1")
    is_shaped = one and prefix == _BECH32_PREFIX and len(word) <= _LONGEST_BECH32 and len(data) > _CHECKSUM
    if not is_shaped or word not in {word.lower(), word.upper()} or any(letter not in _BECH32 for letter in data):
        return False
    values = [_BECH32.index(letter) for letter in data]
    version, program = values[0], _octets(values[1:-_CHECKSUM])
    if program is None or _polymod([3, 3, 0, 2, 3, *values]) != (_BECH32M_END if version else _BECH32_END):
        return False
    if version == 0:
        return len(program) in _FIRST_LENGTHS
    return version <= _LAST_VERSION and _SHORTEST <= len(program) <= _LONGEST


def is_onion(word: str) -> bool:
    """Whether `word`, without `.onion`, is the name of an onion service of version 3 with the right checksum.

    The names of version 2 have no checksum, and Tor has not led to one since 2021.
    """
    if len(word) != _ONION_CHARACTERS:
        return False
    try:
        octets = base64.b32decode(word.upper())
    except ValueError:
        return False
    key, checksum, version = octets[:32], octets[32:34], octets[34]
    digest = hashlib.sha3_256(b".onion checksum" + key + bytes([version])).digest()
    return version == _ONION_VERSION and digest[:2] == checksum


def _octets(values: list[int]) -> bytes | None:
    """Groups of five bits as bytes; `None` where the bits that are left over are too many or not zero."""
    number = 0
    for value in values:
        number = number << 5 | value
    spare = len(values) * 5 % 8
    if spare > 4 or number & ((1 << spare) - 1):  # noqa: PLR2004  (a group of five bits that says nothing)
        return None
    return (number >> spare).to_bytes(len(values) * 5 // 8, "big")


def _polymod(values: list[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            checksum ^= generator if top >> bit & 1 else 0
    return checksum
