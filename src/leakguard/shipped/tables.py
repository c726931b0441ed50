"""Names of tables, collections and classes that scripts ask for, by the calls of the usual clients."""

from __future__ import annotations

import re
from collections.abc import Iterator

_NAME = rb"""[A-Za-z_][A-Za-z0-9_]{0,62}"""
_CALLS = re.compile(
    rb"""\.(?:from|collection)\(\s{0,4}["'`](?P<call>[A-Za-z_][A-Za-z0-9_-]{0,62})["'`]\s{0,4}\)"""
    rb"""|/rest/v1/(?!rpc/)(?P<rest>%(name)s)"""
    rb"""|/api/collections/(?P<pocketbase>%(name)s)/records"""
    rb"""|/classes/(?P<parse>%(name)s)"""
    rb"""|/items/(?P<directus>%(name)s)"""
    rb"""|/api/(?P<strapi>[a-z][a-z0-9-]{0,62})\?(?:populate|fields|filters|pagination|sort|locale|status)[=\[%%]"""
    % {b"name": _NAME}
)
"""supabase-js, Firebase, PocketBase; PostgREST, PocketBase, Parse and Directus by their paths, and Strapi by its own
words behind them."""
_LITERALS = (b".from(", b".collection(", b"/rest/v1/", b"/api/collections/", b"/classes/", b"/items/", b"/api/")
_NOT_CLIENTS = re.compile(rb"(?:Array|Buffer|Set|Map|Object|Date|String|Observable)\Z")
"""Whose own `from` has nothing to do with a table."""
_BEFORE, _BEHIND = 12, 96
MOST_TRIES = 20_000


def table_names(text: bytes) -> Iterator[str]:
    """Each name as often as it stands there."""
    for literal in _LITERALS:
        tried, at = 0, text.find(literal)
        while at >= 0 and tried < MOST_TRIES:
            yield from _name_at(text, at)
            tried, at = tried + 1, text.find(literal, at + len(literal))


def _name_at(text: bytes, at: int) -> Iterator[str]:
    found = _CALLS.match(text, at, at + _BEHIND)
    if found is None or (found["call"] and _NOT_CLIENTS.search(text[max(0, at - _BEFORE) : at])):
        return
    named = next(value for value in found.groups() if value)
    yield named.decode("ascii")
