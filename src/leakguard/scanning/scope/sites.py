"""Sites: web servers of ours that the scope names by their URL, so that one port of their host is meant alone."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from leakguard.checks.fronts import encoded_path
from leakguard.scanning.literals import one_spelling

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?=.{1,253}$)(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*|[0-9a-f:.]{2,45}")
_NO_SITE = "a site is written `https://app.example.edu/`, with a port or a path if you like, and nothing else"


def is_site(text: str) -> bool:
    """Whether the text is written as a URL of the web, rightly or wrongly."""
    return text.partition("://")[0] in _PORTS


def site_parts(text: str) -> tuple[str, str]:
    """Scheme and path of a URL that is a site."""
    parts = urlsplit(text.strip())
    return parts.scheme, encoded_path(parts.path) or ""


def parse_site(text: str) -> tuple[str, int]:
    """Host, in lower case and as `one_spelling` has it, without brackets, and port of a URL; raises `ValueError`."""
    parts = urlsplit(text)
    try:
        host, port = (parts.hostname or "").rstrip("."), _PORTS[parts.scheme] if parts.port is None else parts.port
    except ValueError:
        raise ValueError(_NO_SITE) from None
    is_bare = not (parts.username or parts.password or parts.query or parts.fragment)
    if not is_bare or not port or not _HOST.fullmatch(host):
        raise ValueError(_NO_SITE)
    return one_spelling(host), port
