"""JSON web tokens: what their payload claims, read without a check of the signature, which only the owner can make."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping

_MOST_BYTES = 4096
_PARTS = 3


def claims_of(token: bytes) -> Mapping[str, str]:
    """The claims whose values are texts; none where it is no token, or larger than 4 KiB."""
    parts = token.split(b".")
    if len(parts) != _PARTS or len(token) > _MOST_BYTES:
        return {}
    try:
        claims = json.loads(urlsafe_b64decode(parts[1] + b"=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    items = claims.items() if isinstance(claims, dict) else ()
    return {name: value for name, value in items if isinstance(value, str)}
