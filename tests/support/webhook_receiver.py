"""Verifies a message of LeakGuard's webhook, with the standard library alone."""

import hashlib
import hmac
from collections.abc import Mapping


def is_genuine(secret: bytes, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether LeakGuard sent this body with this secret, at most five minutes before `now` (seconds since 1970)."""
    stamp = headers["X-LeakGuard-Timestamp"]
    if abs(now - int(stamp)) > 300:
        return False
    expected = "v1=" + hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, headers["X-LeakGuard-Signature"])
