"""A roster's calendar from a web address: over TLS, within bounds of size and time, from that very address."""

from __future__ import annotations

from contextlib import suppress
from typing import NoReturn
from urllib.parse import urlsplit

import requests

from leakguard.channels.failures import within
from leakguard.errors import CalendarUnread, ChannelFailed
from leakguard.files.opening import text_of

MOST_BYTES = 1024 * 1024
TIMEOUT = 10.0
"""Seconds for one answer, and for the whole of it."""
_STRAIGHT = {"http": "", "https": ""}
"""The settings alone say whom the roster comes from: no proxy of the environment stands between."""
_PIECE = 1 << 14
_LOOK = "See whether the address under [oncall] in leakguard.toml still gives out the calendar."


def fetch_calendar(url: str, *, timeout: float = TIMEOUT, ca: str | None = None) -> str:
    """The text of a calendar; raises `CalendarUnread`, which names the host and never the address: it may be a secret.

    `ca` is a file of certificates to trust in place of those that ship.
    """
    host = _host(url)
    try:
        return within(timeout, lambda: _read(url, host, timeout, ca), channel="")
    except ChannelFailed:
        _fail(host, f"it did not arrive within {timeout:g} seconds")


def _host(url: str) -> str:
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme == "https" and parts.hostname:
            return parts.hostname
    raise CalendarUnread(
        "the calendar's address does not begin with https://", next_step="Correct it under [oncall] in leakguard.toml."
    )


def _read(url: str, host: str, timeout: float, ca: str | None) -> str:
    try:
        with requests.Session() as session:
            session.trust_env = False  # no password of ~/.netrc, and no other certificates
            headers = {"Accept": "text/calendar", "Accept-Encoding": "identity"}
            with session.get(
                url, headers=headers, timeout=timeout, allow_redirects=False, stream=True, proxies={**_STRAIGHT},
                verify=ca or True,
            ) as reply:  # fmt: skip
                return text_of(_body(reply, host), f"the calendar of {host}")
    except (requests.RequestException, OSError, ValueError) as error:
        _fail(host, f"there was no answer ({type(error).__name__})")


def _body(reply: requests.Response, host: str) -> bytes:
    if reply.status_code != requests.codes.ok:
        redirected = ": redirects are not followed" if reply.is_redirect else ""
        _fail(host, f"the server answered {reply.status_code}{redirected}")
    found = bytearray()
    for piece in reply.iter_content(_PIECE):
        found += piece
        if len(found) > MOST_BYTES:
            _fail(host, f"it is longer than {MOST_BYTES:,} bytes")
    return bytes(found)


def _fail(host: str, what: str) -> NoReturn:
    raise CalendarUnread(f"the calendar of {host} could not be read: {what}", next_step=_LOOK) from None
