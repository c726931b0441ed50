"""One spelling for every JSON value (RFC 8785), so that equal values have equal hashes.

RFC 8785 writes numbers as IEEE doubles do, which loses integers beyond 2**53: counts of bytes reach that.
Such an integer is written as `{"$int": "9007199254740993"}`.
A key of the user's that begins with `$` gets a second `$`, so that the two can never be taken for each other.
Of numbers with a fraction nothing is lost but the difference between `1.0` and `1`.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import rfc8785

from leakguard.errors import UsageProblem

MAX_SAFE = 2**53 - 1
"""The largest integer that every reader of JSON keeps whole (RFC 8259, part 6)."""
MAX_DIGITS = 4000
"""Below Python's own limit for reading an integer from text (4,300 digits)."""
_SAFE_DIGITS = len(str(-MAX_SAFE))
_TAG = "$int"


def canonical(value: object) -> str:
    """The canonical JSON text of plain values; raises `UsageProblem` for what JSON cannot hold."""
    try:
        return rfc8785.dumps(_tagged(value)).decode("utf-8")
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError, TypeError, ValueError) as error:
        raise UsageProblem(
            f"a value cannot be kept as JSON ({type(error).__name__})",
            next_step="Use text in valid Unicode, whole or finite numbers, true, false, lists and mappings.",
        ) from error


def from_canonical(text: str) -> Any:  # noqa: ANN401  (JSON holds anything)
    """The value of a text that `canonical` wrote; raises `ValueError` when it is not JSON."""
    return json.loads(text, object_hook=_untagged, parse_int=_number)


def sha256_hex(text: str) -> str:
    """Hex SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _tagged(value: object) -> Any:  # noqa: ANN401  (JSON holds anything)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > MAX_SAFE:
        return {_TAG: _digits(value)}
    if isinstance(value, dict):
        return {f"${key}" if str(key).startswith("$") else key: _tagged(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_tagged(item) for item in value]
    return value


def _digits(value: int) -> str:
    if value.bit_length() > MAX_DIGITS * 3:
        raise ValueError("an integer of more than 4,000 digits")
    return str(value)


def _number(digits: str) -> int | float:
    """RFC 8785 writes a large double without a fraction; a large integer would have been tagged."""
    return int(digits) if len(digits) <= _SAFE_DIGITS and abs(int(digits)) <= MAX_SAFE else float(digits)


def _untagged(value: dict[str, Any]) -> Any:  # noqa: ANN401  (a tagged integer is no mapping)
    if value.keys() == {_TAG} and isinstance(value[_TAG], str):
        return int(value[_TAG])
    return {key.removeprefix("$"): item for key, item in value.items()}
