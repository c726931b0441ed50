"""One spelling for every JSON value (RFC 8785), so that equal values have equal hashes.

RFC 8785 writes numbers as IEEE doubles do, which loses integers beyond 2**53: counts of bytes reach that.
Such an integer is written as `{"$int": "9007199254740993"}`.
A key of the user's that begins with `$` gets a second `$`, so that the two can never be taken for each other.
Numbers with a fraction are written without loss, except that `1.0` becomes `1`.

The standard library's encoder, in C, writes the same text for values without fractions and tags whose keys are ASCII:
there the order of code points is the order of UTF-16, and both escape only quotation marks, backslashes and what is
below a space. Everything else takes the way through `rfc8785`, which takes ten times as long.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import msgspec
import rfc8785

from leakguard.errors import UsageProblem

MAX_SAFE = 2**53 - 1
"""The largest integer that every reader of JSON keeps whole (RFC 8259, part 6)."""
MAX_BITS = 12_000
"""Some 3,600 digits: below Python's own limit for reading an integer from text (4,300 digits)."""
_SAFE_DIGITS = len(str(-MAX_SAFE))
_TAG = "$int"
_SIMPLE = frozenset({str, bool, type(None)})
_NESTED = frozenset({list, tuple, dict})
_PLAIN = _SIMPLE | _NESTED | {int}
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode

_UNPRINTED = re.compile("[^\x00-\x7e]")
"""DEL and all that is not ASCII; canonical JSON already escapes the control characters below a space."""
_encode_ascii = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(value: object) -> str:
    """The canonical JSON text of a value; raises `UsageProblem` for what JSON cannot hold."""
    try:
        text = _encode(value)
        return _checked(text) if _suits_fast_encoder(value) else rfc8785.dumps(_tagged(value)).decode("utf-8")
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError, TypeError, ValueError) as error:
        raise UsageProblem(
            f"a value cannot be kept as JSON ({type(error).__name__})",
            next_step="Use text in valid Unicode, whole or finite numbers, true, false, lists and mappings.",
        ) from error


def from_canonical(text: str) -> Any:  # noqa: ANN401  (JSON holds anything)
    """The value of a text that `canonical` wrote; raises `ValueError` when it is not JSON."""
    return (_tagged_decoder if has_tags(text) else _untagged_decoder).decode(text)


def has_tags(text: str) -> bool:
    """Whether a text may hold a tagged integer, or a key with a `$` of its own."""
    return '"$' in text or "\\u0024" in text


def from_canonical_integers(text: str) -> Any:  # noqa: ANN401  (JSON holds anything)
    """As `from_canonical` for values without fractions, in a fifth of the time if the text has no tags."""
    if not has_tags(text):
        with suppress(ValueError, msgspec.DecodeError):  # the slower reader may accept it, or raises a better error
            return _whole_decoder.decode(text)
    return from_canonical(text)


def to_ascii(text: str) -> str:
    """The value of a canonical text as JSON without tags, in printable ASCII.

    Most texts are that already. In others, tags become numbers, and DEL and non-ASCII characters become escapes.
    """
    if '"$' in text:
        text = _encode_ascii(from_canonical(text))
    return text if text.isascii() and "\x7f" not in text else _UNPRINTED.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    """A character as escapes of JSON: two if it takes a surrogate pair in UTF-16."""
    units = found[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def sha256_hex(text: str) -> str:
    """Hex SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _suits_fast_encoder(value: object) -> bool:
    """Whether the standard library's encoder writes the canonical text of a value.

    The value must have no reference cycle, or the loop over its containers never ends; `canonical` encodes first, which
    raises for a cycle. Exact types only, since a subclass may print itself in its own way.
    """
    found: list[Any] = [(value,)]
    for each in found:
        if type(each) is dict and not _has_untagged_ascii_keys(each):
            return False
        values = each.values() if type(each) is dict else each
        kinds = set(map(type, values))
        if kinds <= _SIMPLE:
            continue
        if not kinds <= _PLAIN or (int in kinds and not _are_small(values)):
            return False
        found += [item for item in values if type(item) in _NESTED]
    return True


def _are_small(values: Iterable[object]) -> bool:
    return all(-MAX_SAFE <= item <= MAX_SAFE for item in values if type(item) is int)


def _has_untagged_ascii_keys(value: dict[Any, object]) -> bool:
    try:
        letters = "".join(value)
    except TypeError:
        return False
    return letters.isascii() and "$" not in letters


def _checked(text: str) -> str:
    """The same text; raises `UnicodeError` for a lone surrogate, which `rfc8785` refuses too."""
    if not text.isascii():
        text.encode("utf-8")
    return text


def _tagged(value: object) -> Any:  # noqa: ANN401  (JSON holds anything)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > MAX_SAFE:
        return {_TAG: _digits(value)}
    if isinstance(value, dict):
        return {f"${key}" if str(key).startswith("$") else key: _tagged(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_tagged(item) for item in value]
    return value


def _digits(value: int) -> str:
    if value.bit_length() > MAX_BITS:
        raise ValueError("an integer of more than 3,600 digits")
    return str(value)


def _number(digits: str) -> int | float:
    """RFC 8785 writes a large double without a fraction; a large integer would have been tagged."""
    return int(digits) if len(digits) <= _SAFE_DIGITS and abs(int(digits)) <= MAX_SAFE else float(digits)


def _untagged(value: dict[str, Any]) -> Any:  # noqa: ANN401  (a tagged integer is no mapping)
    if value.keys() == {_TAG} and isinstance(value[_TAG], str):
        return int(value[_TAG])
    return {key.removeprefix("$"): item for key, item in value.items()}


_whole_decoder = msgspec.json.Decoder()
_untagged_decoder = json.JSONDecoder(parse_int=_number)
_tagged_decoder = json.JSONDecoder(parse_int=_number, object_hook=_untagged)
"""Made once: `json.loads` makes a new one for each call that names a hook."""
