"""The headers of every answer: what a browser may do with it, and that nobody keeps it."""

from __future__ import annotations

from collections.abc import Mapping

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Of pages that we made."""
DATA_POLICY = "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox"
"""Of everything else: a browser renders nothing of it, whatever is in it."""
_ALWAYS = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "same-origin",  # with `no-referrer` a browser sends `Origin: null` with our own forms
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_TLS = {"strict-transport-security": "max-age=63072000"}


def answer_headers(*, is_page: bool, is_secure: bool, request_id: str, keeps: str = "") -> Mapping[str, str]:
    """The headers that an answer gets, whatever else it has; `keeps` says how long a browser may keep it."""
    policy = {"content-security-policy": PAGE_POLICY if is_page else DATA_POLICY, "x-request-id": request_id}
    kept = {"cache-control": keeps} if keeps else {}
    return _ALWAYS | policy | kept | (_TLS if is_secure else {})
