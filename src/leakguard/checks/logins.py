"""Ways to a login: whether a redirect demands one, or merely leads elsewhere.

A word counts as a whole folder, a whole first label of a host, or a whole value of a query. `/blog/author-list` and
`https://login-free.example/` hold the letters of one, and demand nothing.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlsplit

from leakguard.models.observations import Reply

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ENTERING = r"(?:log|sign)[-_]?(?:in|on)"
_FOLDER = re.compile(
    rf"[._]?(?:(?:user|web|admin|main|app|sso)?{_ENTERING}|[a-z0-9]{{1,16}}[-_]{_ENTERING})"
    r"(?:[-_]?(?:page|form|check|action|required|view|screen|start|redirect))?"
    r"|[._]?(?:auth\d*|authn|authenticate|authentication|authori[sz]e|authorization|oauth2?|oidc|openid(?:-connect)?)"
    r"|(?:knox|web)?sso|saml2?|shibboleth|adfs|cas|idp|goauthentik|capture-url|j_spring_(?:cas_)?security_check",
    re.IGNORECASE,
)
"""A folder of a path without its ending. `capture-url` is Kibana's, `goauthentik` and `knoxsso` those of proxies."""
_CAMEL = re.compile(r"[a-z][a-zA-Z0-9]{0,15}(?:Log(?:in|on|In|On)|Sign(?:in|In|On))")
"""As `mainLogin` of Apache Drill; in small letters it would find `blogin` too."""
_MOST_FIELDS = 100
"""Of a query; what has more is no login of a product."""
_WHOLE = frozenset({"my.policy", "outpost.goauthentik.io", "shibboleth.sso"})
"""Folders whose ending belongs to them: of F5 BIG-IP APM, authentik and Shibboleth."""
_HOST = re.compile(
    r"(?:log[-]?[io]n|sign[-]?[io]n|auth|oauth2?|sso|idp|adfs|keycloak|authelia|authentik)\d*", re.IGNORECASE
)
_PLACES = frozenset({"action", "do", "page", "route", "r", "p", "view", "module", "m"})
"""Names under which a query says which page is meant."""
_SIGN_IN_OF_FEDERATION = "wsignin1.0"


def sends_to_login(reply: Reply) -> bool:
    """Whether the answer is a redirect to a login. One to the same path of another host is none."""
    if reply.status not in REDIRECTS:
        return False
    where = destination(reply)
    if where is None:
        return False
    asked = reply.what.partition("?")[0].rstrip("/")
    is_elsewhere = where.path.rstrip("/") != asked or bool(where.query)
    host = (where.hostname or "").partition(".")[0]
    by_path = where.path.rstrip("/") != asked and _names_login(where.path)
    return (
        by_path
        or _asks_by_query(where.query)
        or _names_login(where.fragment)
        or (is_elsewhere and _HOST.fullmatch(host) is not None)
    )


def destination(reply: Reply) -> SplitResult | None:
    """Where a redirect leads to; nothing where its address is none, as `http://[your-server]/`."""
    try:
        return urlsplit(reply.headers.get("location", ""))
    except ValueError:
        return None


def _names_login(path: str) -> bool:
    return any(map(_is_login, path.split("/")))


def _is_login(folder: str) -> bool:
    whole = folder.partition(";")[0].partition("?")[0]
    if whole.lower() in _WHOLE:
        return True
    bare = whole[:1] + whole[1:].partition(".")[0]
    return _FOLDER.fullmatch(bare) is not None or _CAMEL.fullmatch(bare) is not None


def _asks_by_query(query: str) -> bool:
    """By the requests of SAML, OAuth and WS-Federation, or by a page that the query names."""
    try:
        said = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        return False
    if (
        "SAMLRequest" in said
        or said.keys() >= {"response_type", "client_id"}
        or said.get("wa") == _SIGN_IN_OF_FEDERATION
    ):
        return True
    by_name = any(not value and _is_login(name) for name, value in said.items())
    return by_name or any(name.lower() in _PLACES and _names_login(value) for name, value in said.items())
