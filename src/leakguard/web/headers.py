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
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_TLS = {"strict-transport-security": "max-age=63072000"}


def answer_headers(*, is_page: bool, is_secure: bool, request_id: str) -> Mapping[str, str]:
    """The headers that an answer gets, whatever else it has."""
    policy = {"content-security-policy": PAGE_POLICY if is_page else DATA_POLICY, "x-request-id": request_id}
    return _ALWAYS | policy | (_TLS if is_secure else {})
